#include "zmtp/greeting.h"

#include <gtest/gtest.h>

#include <string>

#include "script.h"
#include "wire/vectors.h"

namespace zmqng {
namespace {

using State = GreetingExchange::State;

// One side that feeds and collects.
struct Side {
  Octets output;
  GreetingExchange greeting;
  std::size_t consumed = 0;

  explicit Side(std::size_t routing_id_bytes = 0)
      : greeting(SocketType::dealer, routing_id_bytes, "NULL", output) {}

  std::string feed(std::string_view input) {
    const std::size_t before = output.size();
    consumed += greeting.feed(as_bytes(input), output);
    return std::string{as_text(Bytes{output}.subspan(before))};
  }
};

const std::string kMinorToEnd = "\1NULL" + std::string(48, '\0');

TEST(Greeting, SignatureIsTheHeaderOfA1_0IdentityFrame) {
  EXPECT_EQ(as_text(Side{0}.output), kSignature);
  EXPECT_EQ(as_text(Side{255}.output), "\xff\0\0\0\0\0\0\1\0\x7f"s);
}

TEST(Greeting, IsStagedOnWhatThePeerHasSaid) {
  Side side;
  const std::string peer = greeting_v3(1);
  for (std::size_t i = 0; i < peer.size(); ++i) {
    const std::string expected = i == 9 ? "\3" : i == 10 ? kMinorToEnd : "";
    EXPECT_EQ(side.feed(peer.substr(i, 1)), expected) << i;
    EXPECT_EQ(side.greeting.state() == State::complete, i == 63) << i;
  }
  EXPECT_EQ(side.output.size(), 64u);
}

TEST(Greeting, VersionFollowsMajorAndMinor) {
  for (int major = 2; major <= 255; ++major) {
    for (const int minor : {0, 1, 2, 255}) {
      Side side;
      side.feed(
          greeting_v3(static_cast<std::uint8_t>(minor), "NULL", static_cast<std::uint8_t>(major)));
      ASSERT_EQ(side.greeting.state(), State::complete);
      EXPECT_EQ(side.greeting.version(), major == 3 && minor == 0 ? Version::v3_0 : Version::v3_1);
    }
  }
}

TEST(Greeting, OfMajor0Or1EndsAfterTheSocketTypeWhateverThatIs) {
  for (const bool is_v2 : {false, true}) {
    for (int type = 0; type < 256; ++type) {
      Side side;
      const std::string major(1, is_v2 ? '\1' : '\0');
      EXPECT_EQ(side.feed(kSignature + major), "\3\5");
      EXPECT_EQ(side.feed(std::string(1, static_cast<char>(type)) + "next"), "");
      EXPECT_EQ(side.consumed, 12u);
      ASSERT_EQ(side.greeting.state(), State::complete);
      EXPECT_EQ(side.greeting.version(), is_v2 ? Version::v2_0 : Version::v1_0_versioned);
    }
  }
}

TEST(Greeting, IsNoneIfTheFirstOctetIsNotFf) {
  for (int first = 0; first < 255; ++first) {
    Side side;
    EXPECT_EQ(side.feed(std::string(1, static_cast<char>(first)) + "abc"), "");
    ASSERT_EQ(side.greeting.state(), State::complete);
    EXPECT_EQ(side.greeting.version(), Version::v1_0);
    EXPECT_EQ(side.consumed, 0u);
    EXPECT_TRUE(side.greeting.start_of_v1_stream().empty());
  }
}

TEST(Greeting, IsNoneIfTheTenthOctetIsEven) {
  const std::string header = "\xff\0\0\0\0\0\0\1\1\0"s;
  for_each_split(header + "body", [&](std::string_view head, std::string_view tail) {
    Side side;
    EXPECT_EQ(side.feed(head), "");
    EXPECT_EQ(side.feed(tail), "");
    ASSERT_EQ(side.greeting.state(), State::complete);
    EXPECT_EQ(side.greeting.version(), Version::v1_0);
    EXPECT_EQ(as_text(side.greeting.start_of_v1_stream()), header);
    EXPECT_EQ(side.consumed, header.size());
  });
}

TEST(Greeting, LeavesWhatFollowsItWhereverItIsCut) {
  for (const std::uint8_t major : {0, 1, 3}) {
    const std::size_t size = major == 3 ? 64 : 12;
    const std::string input = greeting_v3(1, "NULL", major).substr(0, size) + "traffic";
    for_each_split(input, [&](std::string_view head, std::string_view tail) {
      Side side;
      side.feed(head);
      side.feed(tail);
      EXPECT_EQ(side.greeting.state(), State::complete);
      EXPECT_EQ(side.consumed, size);
    });
  }
}

TEST(Greeting, IgnoresPaddingAsServerAndFiller) {
  std::string peer = greeting_v3(1);
  peer.replace(1, 8, 8, '\xaa');
  peer.replace(32, 32, 32, '\xff');
  Side side;
  side.feed(peer);
  EXPECT_EQ(side.greeting.state(), State::complete);
}

TEST(Greeting, ComparesAllTwentyOctetsOfTheMechanism) {
  for (std::size_t at = 12; at < 32; ++at) {
    std::string peer = greeting_v3(1);
    peer[at] ^= 1;
    Side side;
    side.feed(peer);
    EXPECT_EQ(side.greeting.state(), State::mechanism_mismatch) << at;
  }
  Side side;
  side.feed(greeting_v3(1, ""));
  EXPECT_EQ(side.greeting.state(), State::mechanism_mismatch);
}

}  // namespace
}  // namespace zmqng
