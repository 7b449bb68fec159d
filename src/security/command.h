// Command: what stands inside a command frame, `u8 name length, name, data` (ZMTP 3.x). Views into
// the frame body: valid as long as that is. Pure functions for any thread.
#pragma once

#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "security/octets.h"

namespace zmqng {

struct Command {
  std::string_view name;
  Bytes data;
};

// Nothing if the body is empty or the name would run past its end.
std::optional<Command> parse_command(Bytes body);

// Appends name length and name; the caller appends the data. The name has 1 to 255 octets.
void append_command_name(Octets& body, std::string_view name);

}  // namespace zmqng
