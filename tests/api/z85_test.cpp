// Z85 text and the CURVE key functions.
#include <gtest/gtest.h>
#include <zmq.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace api_test {
namespace {

std::string encode(const std::vector<std::uint8_t>& octets) {
  std::array<char, 256> text;
  text.fill('?');
  errno = 0;
  if (zmq_z85_encode(text.data(), octets.data(), octets.size()) != text.data()) {
    EXPECT_EQ(zmq_errno(), EINVAL);
    return "error";
  }
  return text.data();
}

std::vector<std::uint8_t> decode(const std::string& text) {
  std::vector<std::uint8_t> octets(text.size() / 5 * 4 + 4);
  errno = 0;
  if (zmq_z85_decode(octets.data(), text.c_str()) != octets.data()) {
    EXPECT_EQ(zmq_errno(), EINVAL);
    return {};
  }
  octets.resize(octets.size() - 4);
  return octets;
}

using Octets = std::vector<std::uint8_t>;

TEST(Z85, EncodesGroupsOf4Octets) {
  EXPECT_EQ(encode({0x86, 0x4f, 0xd2, 0x6f, 0xb5, 0x59, 0xf7, 0x5b}), "HelloWorld");
  EXPECT_EQ(encode({0x86, 0x4f, 0xd2, 0x6f}), "Hello");
  EXPECT_EQ(encode({0, 0, 0, 0}), "00000");
  EXPECT_EQ(encode({255, 255, 255, 255}), "%nSc0");
  EXPECT_EQ(encode(Octets(32, 1)), "0rAi40rAi40rAi40rAi40rAi40rAi40rAi40rAi4");
  EXPECT_EQ(encode({}), "");
  for (const std::size_t size : {1U, 2U, 3U, 5U}) EXPECT_EQ(encode(Octets(size)), "error");
}

TEST(Z85, DecodesGroupsOf5Characters) {
  EXPECT_EQ(decode("HelloWorld"), (Octets{0x86, 0x4f, 0xd2, 0x6f, 0xb5, 0x59, 0xf7, 0x5b}));
  EXPECT_EQ(decode("00000"), Octets(4, 0));
  EXPECT_EQ(decode("%nSc0"), Octets(4, 255));
  for (const char* text : {"", "a", "abcd", "abcdef"}) EXPECT_EQ(decode(text), Octets{}) << text;
}

TEST(Z85, RefusesCharactersOutsideTheAlphabet) {
  for (const char* text : {"Hel\\o", "Hel`o", "Hel,o", "Hel\x7fo", "Hel\x80o", "Hel|o", "Hel\"o",
                           "Hel'o", "Hel;o", "Hello Worl", "Hel\to", "Hel~o", "Hel_o"}) {
    EXPECT_EQ(decode(text), Octets{}) << text;
  }
}

TEST(Z85, AcceptsExactlyTheAlphabet) {
  std::string accepted;
  for (int c = 1; c < 256; ++c) {
    const std::string text = std::string("0000") + static_cast<char>(c);
    if (!decode(text).empty()) accepted += static_cast<char>(c);
  }
  EXPECT_EQ(
      accepted,
      "!#$%&()*+-./0123456789:<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^abcdefghijklmnopqrstuvwxyz{}");
}

TEST(Z85, RefusesGroupsBeyond32Bits) {
  EXPECT_EQ(decode("%nSc1"), Octets{});
  EXPECT_EQ(decode("#####"), Octets{});
}

TEST(CurveKeys, AKeypairIsTwoTextsThatBelongTogether) {
  std::array<char, 48> public_key;
  std::array<char, 48> secret_key;
  public_key.fill('?');
  secret_key.fill('?');
  ASSERT_EQ(zmq_curve_keypair(public_key.data(), secret_key.data()), 0);
  EXPECT_EQ(std::strlen(public_key.data()), 40U);
  EXPECT_EQ(std::strlen(secret_key.data()), 40U);
  EXPECT_EQ(public_key[41], '?');
  EXPECT_EQ(secret_key[41], '?');
  std::array<char, 41> derived;
  ASSERT_EQ(zmq_curve_public(derived.data(), secret_key.data()), 0);
  EXPECT_STREQ(derived.data(), public_key.data());
}

TEST(CurveKeys, TwoKeypairsDiffer) {
  std::array<char, 41> public_key;
  std::array<char, 41> first;
  std::array<char, 41> second;
  ASSERT_EQ(zmq_curve_keypair(public_key.data(), first.data()), 0);
  ASSERT_EQ(zmq_curve_keypair(public_key.data(), second.data()), 0);
  EXPECT_STRNE(first.data(), second.data());
}

TEST(CurveKeys, AKnownSecretHasItsPublicKey) {
  std::array<char, 41> public_key;
  // The secret key of the example in the manual page of zmq_curve.
  ASSERT_EQ(zmq_curve_public(public_key.data(), "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs"), 0);
  EXPECT_STREQ(public_key.data(), "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID");
}

TEST(CurveKeys, ASecretThatIsNoZ85IsRefused) {
  std::array<char, 41> public_key;
  for (const std::string& secret : {std::string(), std::string(39, '0'), std::string(40, '~')}) {
    errno = 0;
    EXPECT_EQ(zmq_curve_public(public_key.data(), secret.c_str()), -1);
    EXPECT_EQ(zmq_errno(), EINVAL);
  }
}

}  // namespace
}  // namespace api_test
