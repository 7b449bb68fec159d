// Octets: owned, growing bytes for the small things that are built here: greetings, handshake
// commands, control frames. Values; whoever holds one owns it. Message bodies never pass through.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace zmqng {

using Octets = std::vector<std::uint8_t>;

inline void append(Octets& out, Bytes bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

inline void append(Octets& out, std::string_view text) {
  append(out, as_bytes(text));
}

}  // namespace zmqng
