#include "pipe/record.h"

#include <gtest/gtest.h>

#include <vector>

namespace zmqng {
namespace {

std::vector<int> header(std::uint64_t size, bool more) {
  std::uint8_t bytes[9];
  const std::uint32_t length = write_frame_header(bytes, size, more);
  return {bytes, bytes + length};
}

TEST(Record, FrameHeadersAreThoseOfZmtp) {
  EXPECT_EQ(header(0, false), std::vector<int>({0, 0}));
  EXPECT_EQ(header(5, true), std::vector<int>({1, 5}));
  EXPECT_EQ(header(255, false), std::vector<int>({0, 255}));
  EXPECT_EQ(header(256, false), std::vector<int>({2, 0, 0, 0, 0, 0, 0, 1, 0}));
  EXPECT_EQ(header(0x0102030405060708, true), std::vector<int>({3, 1, 2, 3, 4, 5, 6, 7, 8}));
}

TEST(Record, DataIsWhatTheApplicationSent) {
  Record record;
  record.kind = Record::Kind::frame;
  EXPECT_TRUE(record.is_data());
  record.kind = Record::Kind::referenced;
  EXPECT_TRUE(record.is_data());
  for (const auto kind : {Record::Kind::subscribe, Record::Kind::cancel, Record::Kind::peer,
                          Record::Kind::restart, Record::Kind::end}) {
    record.kind = kind;
    EXPECT_FALSE(record.is_data());
  }
}

}  // namespace
}  // namespace zmqng
