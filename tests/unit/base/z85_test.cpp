#include "base/z85.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace zmqng {
namespace {

std::string encode(const std::vector<std::uint8_t>& octets) {
  std::string text(z85_encoded_size(octets.size()), '?');
  return z85_encode(octets, text.data()) ? text : "error";
}

bool decodes(std::string_view text) {
  std::vector<std::uint8_t> octets(z85_decoded_size(text.size()) + 4);
  return z85_decode(text, octets.data());
}

TEST(Z85, EncodesTheVectorOfTheRfc) {
  EXPECT_EQ(encode({0x86, 0x4f, 0xd2, 0x6f, 0xb5, 0x59, 0xf7, 0x5b}), "HelloWorld");
  EXPECT_EQ(encode({0, 0, 0, 0}), "00000");
  EXPECT_EQ(encode({255, 255, 255, 255}), "%nSc0");
  EXPECT_EQ(encode({}), "");
}

TEST(Z85, DecodesWhatItEncoded) {
  std::vector<std::uint8_t> octets;
  for (int i = 0; i < 64; ++i) {
    octets.push_back(static_cast<std::uint8_t>(i * 37 + 11));
    if (octets.size() % 4 != 0) continue;
    std::vector<std::uint8_t> decoded(octets.size());
    EXPECT_TRUE(z85_decode(encode(octets), decoded.data()));
    EXPECT_EQ(decoded, octets);
  }
}

TEST(Z85, EncodesOnlyGroupsOf4) {
  for (const std::size_t size : {1U, 2U, 3U, 5U, 6U, 7U, 33U}) {
    EXPECT_EQ(encode(std::vector<std::uint8_t>(size)), "error") << size;
  }
}

TEST(Z85, DecodesOnlyGroupsOf5) {
  for (const std::size_t size : {1U, 2U, 3U, 4U, 6U, 39U, 41U}) {
    EXPECT_FALSE(decodes(std::string(size, 'a'))) << size;
  }
}

TEST(Z85, Knows85Characters) {
  int count = 0;
  for (int c = 0; c < 256; ++c) {
    count += decodes(std::string("0000") + static_cast<char>(c)) ? 1 : 0;
  }
  EXPECT_EQ(count, 85);
}

TEST(Z85, RefusesGroupsBeyond32Bits) {
  EXPECT_TRUE(decodes("%nSc0"));
  EXPECT_FALSE(decodes("%nSc1"));
  EXPECT_FALSE(decodes("#####"));
}

}  // namespace
}  // namespace zmqng
