#include "zmtp/command.h"

#include <gtest/gtest.h>

#include <string>

#include "security/command.h"
#include "wire/vectors.h"
#include "zmtp/frame.h"

namespace zmqng {
namespace {

using Append = void (*)(Octets&, Version, Bytes);

std::string hex_of(const Octets& octets) {
  return wire::to_hex(as_text(octets));
}

std::string subscribe(Version version, std::size_t topic_bytes) {
  Octets out;
  append_subscribe(out, version, as_bytes(std::string(topic_bytes, 't')));
  return hex_of(out);
}

std::string cancel(Version version, const std::string& topic) {
  Octets out;
  append_cancel(out, version, as_bytes(topic));
  return hex_of(out);
}

TEST(ControlFrame, SubscriptionHasTheFormThatThePeerUnderstands) {
  EXPECT_EQ(subscribe(Version::v1_0, 1), "03000174");
  EXPECT_EQ(subscribe(Version::v1_0_versioned, 1), "03000174");
  EXPECT_EQ(subscribe(Version::v2_0, 1), "00020174");
  EXPECT_EQ(subscribe(Version::v3_0, 1), "00020174");
  EXPECT_EQ(subscribe(Version::v3_1, 1), "040b0953554253435249424574");
  EXPECT_EQ(cancel(Version::v1_0, "t"), "03000074");
  EXPECT_EQ(cancel(Version::v3_0, "t"), "00020074");
  EXPECT_EQ(cancel(Version::v3_1, "t"), "04080643414e43454c74");
}

TEST(ControlFrame, SubscriptionOfAnyLengthIsAWellFormedFrame) {
  for (const Version version : {Version::v2_0, Version::v3_0, Version::v3_1}) {
    for (std::size_t size = 0; size <= 600; ++size) {
      const std::string frame = wire::from_hex(subscribe(version, size));
      const FrameHeader header = decode_frame_header(as_bytes(frame));
      ASSERT_TRUE(header.is_complete());
      ASSERT_EQ(header.header_bytes + header.body_bytes, frame.size()) << size;
      ASSERT_EQ(header.header_bytes == 9, header.body_bytes > 255) << size;
    }
  }
}

// Segments marked as malformed are a defect of the reference: size of 8 octets, long flag clear.
void expect_recorded_subscriptions(const char* name, Version version) {
  const nlohmann::json vector = wire::load_vector(name);
  for (const auto& segment : vector["segments"]) {
    std::string bytes = wire::from_hex(segment["hex"].get<std::string>());
    if (!segment.value("well_formed", true)) bytes[0] |= kFrameLong;
    const FrameHeader header = decode_frame_header(as_bytes(bytes));
    ASSERT_EQ(header.header_bytes + header.body_bytes, bytes.size());
    const Bytes body = as_bytes(bytes).subspan(header.header_bytes);
    Octets built;
    if (header.is_command()) {
      const Command command = *parse_command(body);
      const Append append = command.name == "CANCEL" ? append_cancel : append_subscribe;
      append(built, version, command.data);
    } else {
      const Append append = body[0] == 0 ? append_cancel : append_subscribe;
      append(built, version, body.subspan(1));
    }
    EXPECT_EQ(hex_of(built), wire::to_hex(bytes)) << segment["meaning"];
  }
}

TEST(ControlFrame, SubscriptionsEqualTheRecordedOnes) {
  expect_recorded_subscriptions("traffic/subscribe-30", Version::v3_0);
  expect_recorded_subscriptions("traffic/subscribe-31", Version::v3_1);
}

TEST(ControlFrame, PingCarriesTenthsOfASecondRoundedDown) {
  const auto ping = [](Millis ttl) {
    Octets out;
    append_ping(out, ttl);
    return hex_of(out);
  };
  EXPECT_EQ(ping(0), "04070450494e470000");
  EXPECT_EQ(ping(1050), "04070450494e47000a");
  EXPECT_EQ(ping(6553599), "04070450494e47ffff");
  EXPECT_EQ(ping(99999999), "04070450494e47ffff");
  EXPECT_EQ(ping(-1), "04070450494e470000");
}

TEST(ControlFrame, PongEchoesAtMostSixteenOctets) {
  Octets out;
  append_pong(out, as_bytes("abc"));
  EXPECT_EQ(hex_of(out), "040804504f4e47616263");
  out.clear();
  append_pong(out, as_bytes(std::string(17, 'c')));
  EXPECT_EQ(hex_of(out), "041504504f4e47" + wire::to_hex(std::string(16, 'c')));
}

TEST(Ping, NeedsATtl) {
  Ping ping;
  EXPECT_FALSE(parse_ping({}, ping));
  EXPECT_FALSE(parse_ping(as_bytes("\1"), ping));
  EXPECT_TRUE(parse_ping(as_bytes("\1\2"), ping));
  EXPECT_EQ(ping.ttl, 0x102 * 100);
  EXPECT_TRUE(ping.context.empty());
}

TEST(Ping, TtlDoesNotWrap) {
  Ping ping;
  EXPECT_TRUE(parse_ping(as_bytes("\xff\xff"), ping));
  EXPECT_EQ(ping.ttl, 6553500);
}

}  // namespace
}  // namespace zmqng
