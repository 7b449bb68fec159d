#include "zmtp/frame.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "wire/vectors.h"

namespace zmqng {
namespace {

using State = FrameHeader::State;

std::string encoded(std::uint8_t flags, std::uint64_t body_bytes) {
  std::uint8_t out[kFrameHeaderMax];
  return wire::to_hex(as_text(Bytes{out, encode_frame_header(flags, body_bytes, out)}));
}

std::string encoded_v1(std::uint8_t flags, std::uint64_t body_bytes) {
  std::uint8_t out[kFrameHeaderMaxV1];
  return wire::to_hex(as_text(Bytes{out, encode_frame_header_v1(flags, body_bytes, out)}));
}

FrameHeader decode(const std::string& hex) {
  return decode_frame_header(as_bytes(wire::from_hex(hex)));
}

FrameHeader decode_v1(const std::string& hex) {
  return decode_frame_header_v1(as_bytes(wire::from_hex(hex)));
}

TEST(FrameHeader, IsLongExactlyWhenTheSizeNeedsIt) {
  EXPECT_EQ(encoded(0, 0), "0000");
  EXPECT_EQ(encoded(kFrameMore, 255), "01ff");
  EXPECT_EQ(encoded(0, 256), "020000000000000100");
  EXPECT_EQ(encoded(kFrameCommand, 256), "060000000000000100");
  EXPECT_EQ(encoded(kFrameMore, UINT64_MAX), "03ffffffffffffffff");
}

TEST(FrameHeader, NeedsMoreUntilItIsWhole) {
  for (const std::string hex : {"00ff", "02ffffffffffffffff", "060000000000000100"}) {
    const std::string whole = wire::from_hex(hex);
    for (std::size_t size = 0; size < whole.size(); ++size) {
      EXPECT_EQ(decode_frame_header(as_bytes(whole).first(size)).state, State::need_more);
    }
    EXPECT_TRUE(decode_frame_header(as_bytes(whole)).is_complete());
    EXPECT_EQ(decode_frame_header(as_bytes(whole)).header_bytes, whole.size());
  }
}

TEST(FrameHeader, TakesALongFormForAShortBodyAndIgnoresReservedFlags) {
  EXPECT_EQ(decode("020000000000000001").body_bytes, 1u);
  const FrameHeader reserved = decode("f801");
  EXPECT_EQ(reserved.body_bytes, 1u);
  EXPECT_FALSE(reserved.has_more());
  EXPECT_FALSE(reserved.is_command());
}

TEST(FrameHeader, KeepsSizesBeyondReasonForTheCallerToRefuse) {
  EXPECT_EQ(decode("028000000000000000").body_bytes, std::uint64_t{1} << 63);
  EXPECT_EQ(decode("02ffffffffffffffff").body_bytes, UINT64_MAX);
}

TEST(FrameHeader, DecodesWhatItEncoded) {
  for (const std::uint64_t size : {0ull, 1ull, 254ull, 255ull, 256ull, 65536ull, 1ull << 40}) {
    for (const std::uint8_t flags : {0, 1, 4}) {
      const FrameHeader header = decode(encoded(flags, size));
      ASSERT_TRUE(header.is_complete());
      EXPECT_EQ(header.body_bytes, size);
      EXPECT_EQ(header.flags & ~kFrameLong, flags);
    }
  }
}

TEST(FrameHeaderV1, IsLongFrom254OctetsUp) {
  EXPECT_EQ(encoded_v1(0, 0), "0100");
  EXPECT_EQ(encoded_v1(kFrameMore, 253), "fe01");
  EXPECT_EQ(encoded_v1(0, 254), "ff00000000000000ff00");
  EXPECT_EQ(encoded_v1(kFrameMore, 255), "ff000000000000010001");
}

TEST(FrameHeaderV1, NeedsMoreUntilItIsWhole) {
  for (const std::string hex : {"fe00", "ff00000000000000ff01"}) {
    const std::string whole = wire::from_hex(hex);
    for (std::size_t size = 0; size < whole.size(); ++size) {
      EXPECT_EQ(decode_frame_header_v1(as_bytes(whole).first(size)).state, State::need_more);
    }
    const FrameHeader header = decode_frame_header_v1(as_bytes(whole));
    EXPECT_TRUE(header.is_complete());
    EXPECT_EQ(header.header_bytes, whole.size());
  }
}

TEST(FrameHeaderV1, OfLengthZeroIsMalformedAsSoonAsTheLengthIsKnown) {
  EXPECT_EQ(decode_v1("00").state, State::malformed);
  EXPECT_EQ(decode_v1("ff0000000000000000").state, State::malformed);
}

TEST(FrameHeaderV1, KnowsNoFlagButMore) {
  EXPECT_EQ(decode_v1("03ff").flags, kFrameMore);
  EXPECT_EQ(decode_v1("03fe").flags, 0);
}

TEST(FrameHeaderV1, DecodesWhatItEncoded) {
  for (const std::uint64_t size : {0ull, 1ull, 253ull, 254ull, 255ull, 65536ull, 1ull << 40}) {
    const FrameHeader header = decode_v1(encoded_v1(kFrameMore, size));
    ASSERT_TRUE(header.is_complete());
    EXPECT_EQ(header.body_bytes, size);
    EXPECT_TRUE(header.has_more());
  }
}

}  // namespace
}  // namespace zmqng
