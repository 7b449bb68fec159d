#include "pipe/plain_frames.h"

#include <gtest/gtest.h>

#include <string>

namespace zmqng {
namespace {

using namespace std::string_literals;

PlainFrames walk(const std::string& text, const PlainLimits& limits = {}) {
  return walk_plain_frames(as_bytes(text), limits);
}

std::string long_frame(std::size_t size, char flags = 2) {
  std::string frame(9 + size, 'x');
  frame[0] = flags;
  store_be64(reinterpret_cast<std::uint8_t*>(frame.data()) + 1, size);
  return frame;
}

TEST(PlainFrames, AreCountedUpToTheFirstThatIsNotComplete) {
  EXPECT_EQ(walk("").bytes, 0u);
  EXPECT_EQ(walk("\0"s).bytes, 0u);
  EXPECT_EQ(walk("\0\1"s).bytes, 0u);
  const PlainFrames found = walk("\0\1a\0\0\0\2b"s);
  EXPECT_EQ(found.bytes, 5u);
  EXPECT_EQ(found.whole_bytes, 5u);
  EXPECT_EQ(found.frames, 2u);
  EXPECT_EQ(found.messages, 2u);
}

TEST(PlainFrames, AMessageEndsWithItsLastPart) {
  const PlainFrames found = walk("\0\1a\1\1b\0\1c\1\1d"s);
  EXPECT_EQ(found.bytes, 12u);
  EXPECT_EQ(found.whole_bytes, 9u);
  EXPECT_EQ(found.frames, 4u);
  EXPECT_EQ(found.messages, 2u);
}

TEST(PlainFrames, MayBeLong) {
  const std::string two = long_frame(256) + long_frame(5000, 3);
  EXPECT_EQ(walk(two).bytes, two.size());
  EXPECT_EQ(walk(two).messages, 1u);
  EXPECT_EQ(walk(two.substr(0, two.size() - 1)).bytes, 265u);
  EXPECT_EQ(walk(two.substr(0, 8)).bytes, 0u);
  EXPECT_EQ(walk(long_frame(255)).bytes, 0u) << "longer than it need be";
}

TEST(PlainFrames, EndAtWhateverElseThereIs) {
  for (const char flags : "\x04\x05\x06\x08\x10\x80\xb0\xff"s) {
    EXPECT_EQ(walk("\0\1a"s + flags + "\1b"s).bytes, 3u) << int{flags};
  }
}

TEST(PlainFrames, NeitherTheSizeNorAnySumOverflows) {
  std::string frame = long_frame(300);
  for (int i = 1; i <= 8; ++i) frame[static_cast<std::size_t>(i)] = '\xff';
  EXPECT_EQ(walk(frame).bytes, 0u);
}

TEST(PlainFrames, NoMessageIsBegunBeyondTheLimit) {
  const std::string three = "\0\1a\1\1b\0\1c\0\1d"s;
  EXPECT_EQ(walk(three, {.messages_max = 0}).bytes, 0u);
  EXPECT_EQ(walk(three, {.messages_max = 1}).bytes, 3u);
  EXPECT_EQ(walk(three, {.messages_max = 2}).bytes, 9u);
  EXPECT_EQ(walk(three, {.messages_max = 0, .is_inside = true}).bytes, 3u) << "it is begun";
}

TEST(PlainFrames, LeaveOutWhatIsTooLarge) {
  EXPECT_EQ(walk("\0\1a\0\2bb"s, {.body_max = 1}).bytes, 3u);
}

}  // namespace
}  // namespace zmqng
