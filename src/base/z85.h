// Z85: octets as printable text, 4 octets in 5 characters (ZeroMQ RFC 32). Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/bytes.h"

namespace zmqng {

constexpr std::size_t z85_encoded_size(std::size_t octets) {
  return octets / 4 * 5;
}
constexpr std::size_t z85_decoded_size(std::size_t characters) {
  return characters / 5 * 4;
}

// Writes z85_encoded_size characters, without a NUL. False, and nothing written, unless the number
// of octets is divisible by 4.
bool z85_encode(Bytes octets, char* text);

// Writes up to z85_decoded_size octets. False unless the number of characters is divisible by 5,
// each is in the alphabet and each group is a number of 32 bits; octets before a bad group are
// written already.
bool z85_decode(std::string_view text, std::uint8_t* octets);

}  // namespace zmqng
