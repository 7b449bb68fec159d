#include "base/z85.h"

#include <array>

namespace zmqng {
namespace {

constexpr std::string_view kAlphabet =
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";
static_assert(kAlphabet.size() == 85);

constexpr std::uint8_t kInvalid = 255;

constexpr std::array<std::uint8_t, 256> make_digits() {
  std::array<std::uint8_t, 256> digits{};
  digits.fill(kInvalid);
  for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
    digits[static_cast<std::uint8_t>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return digits;
}

constexpr auto kDigits = make_digits();

}  // namespace

bool z85_encode(Bytes octets, char* text) {
  if (octets.size() % 4 != 0) return false;
  for (std::size_t i = 0; i < octets.size(); i += 4) {
    std::uint32_t group = load_be32(octets.data() + i);
    for (int digit = 4; digit >= 0; --digit) {
      text[digit] = kAlphabet[group % 85];
      group /= 85;
    }
    text += 5;
  }
  return true;
}

bool z85_decode(std::string_view text, std::uint8_t* octets) {
  if (text.size() % 5 != 0) return false;
  for (std::size_t i = 0; i < text.size(); i += 5) {
    std::uint64_t group = 0;  // five digits reach beyond 32 bits
    for (const char c : text.substr(i, 5)) {
      const std::uint8_t digit = kDigits[static_cast<std::uint8_t>(c)];
      if (digit == kInvalid) return false;
      group = group * 85 + digit;
    }
    if (group > UINT32_MAX) return false;
    store_be32(octets, static_cast<std::uint32_t>(group));
    octets += 4;
  }
  return true;
}

}  // namespace zmqng
