#include "link/input_buffer.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cerrno>
#include <string>
#include <vector>

#include "zmtp/frame.h"

namespace zmqng {
namespace {

using Status = IoResult::Status;

// Gives what was put there, at most `at_once` bytes in one read, and remembers where to.
class FakeStream final : public Stream {
 public:
  IoResult read(MutableBytes into) override {
    if (fills_with_frames) return fill(into);
    if (!waiting.empty()) {
      const std::size_t count = std::min({into.size(), waiting.size(), at_once});
      std::copy_n(waiting.begin(), count, into.begin());
      waiting.erase(waiting.begin(), waiting.begin() + static_cast<std::ptrdiff_t>(count));
      return IoResult::moved(count);
    }
    return has_ended ? IoResult::ended() : IoResult::later();
  }
  IoResult write(const iovec*, int) override { return IoResult::later(); }
  int fd() const override { return -1; }
  void shutdown_write() override {}
  std::size_t pending_output() const override { return 0; }
  std::string peer_address() const override { return {}; }

  Octets waiting;
  std::size_t at_once = SIZE_MAX;
  bool has_ended = false;
  bool fills_with_frames = false;  // that fit exactly

 private:
  static IoResult fill(MutableBytes into) {
    for (MutableBytes left = into; !left.empty();) {
      const std::size_t whole = left.size() < 200 ? left.size() : 100;
      encode_frame_header(0, whole - 2, left.data());
      std::fill_n(left.begin() + 2, whole - 2, std::uint8_t{'x'});
      left = left.subspan(whole);
    }
    return IoResult::moved(into.size());
  }
};

std::string text_of(std::size_t size, int seed) {
  std::string text;
  for (std::size_t i = 0; i < size; ++i) {
    text += static_cast<char>('a' + (i * 7 + i / 251 + static_cast<std::size_t>(seed)) % 26);
  }
  return text;
}

// A connection's way of using it, without the connection.
class InputBufferTest : public testing::Test {
 protected:
  void comes(std::string_view body, bool is_long = false) {
    std::uint8_t header[kFrameHeaderMax];
    std::size_t length = encode_frame_header(0, body.size(), header);
    if (is_long) {
      header[0] = kFrameLong;
      store_be64(header + 1, body.size());
      length = kFrameHeaderMax;
    }
    append(stream.waiting, Bytes(header, length));
    append(stream.waiting, body);
  }
  IoResult read() { return buffer.read(stream, &pipe, scratch); }
  // Appends all whole frames to the pipe, where they were read to if that is there.
  void take_frames() {
    for (;;) {
      const FrameHeader header = decode_frame_header(buffer.bytes());
      const std::size_t whole = header.header_bytes + header.body_bytes;
      if (!header.is_complete() || buffer.bytes().size() < whole) return;
      const Bytes body = buffer.bytes().subspan(header.header_bytes, header.body_bytes);
      ASSERT_TRUE(pipe.append_moved_frame(body, header.has_more()));
      (void)pipe.publish();
      buffer.take(whole);
    }
  }
  // All that a connection does when its descriptor is readable; the scratch buffer is used by
  // others afterwards.
  void read_and_take() {
    while (read().is_done()) {
      take_frames();
      buffer.keep_rest();
      std::fill(scratch.begin(), scratch.end(), std::uint8_t{0xee});
    }
  }
  // So that the next one is expected to be as much.
  void read_a_lot() {
    comes(text_of(9'000, 0));
    ASSERT_EQ(read().bytes, 9'009u);
    take_frames();
    buffer.keep_rest();
    ASSERT_EQ(next(), text_of(9'000, 0));
  }
  bool is_in_scratch(Bytes bytes) const {
    return bytes.data() >= scratch.data() && bytes.data() < scratch.data() + scratch.size();
  }
  // The next payload in the pipe; "-": none.
  std::string next() {
    Record record;
    if (!pipe.front(record)) return "-";
    place = record.payload.data();
    std::string text(as_text(record.payload));
    (void)pipe.pop(record);
    return text;
  }

  YPipe pipe;
  FakeStream stream;
  InputBuffer buffer;
  Octets scratch = Octets(64 * 1024);
  const std::uint8_t* place = nullptr;  // where the last payload stood
};

TEST_F(InputBufferTest, LittleInputGoesThroughTheScratchBuffer) {
  comes("one");
  comes("two");
  EXPECT_EQ(read().bytes, 10u);
  EXPECT_TRUE(is_in_scratch(buffer.bytes()));
  EXPECT_FALSE(buffer.was_full());
  take_frames();
  EXPECT_TRUE(buffer.is_empty());
  EXPECT_EQ(next(), "one");
  EXPECT_EQ(next(), "two");
}

TEST_F(InputBufferTest, TheRestOfLittleInputOutlivesTheScratchBuffer) {
  const std::string body = text_of(300, 1);
  for (std::size_t cut = 1; cut < 300 + 9; cut += 44) {
    comes(body);
    stream.at_once = cut;
    read_and_take();
    EXPECT_EQ(next(), body) << cut;
    EXPECT_TRUE(buffer.is_empty());
  }
}

TEST_F(InputBufferTest, TheRestIsNeitherInTheScratchBufferNorInThePipe) {
  comes("whole");
  append(stream.waiting, as_bytes("\x01"));
  ASSERT_TRUE(read().is_done());
  take_frames();
  buffer.keep_rest();
  ASSERT_EQ(buffer.bytes().size(), 1u);
  EXPECT_FALSE(is_in_scratch(buffer.bytes()));
  EXPECT_EQ(buffer.bytes()[0], 1);
}

TEST_F(InputBufferTest, AReadThatBringsNothingKeepsTheRest) {
  append(stream.waiting, as_bytes("\x01"));
  read_and_take();  // up to a read that found nothing
  EXPECT_FALSE(is_in_scratch(buffer.bytes()));
  EXPECT_EQ(as_text(buffer.bytes()), "\x01");
  stream.has_ended = true;
  EXPECT_EQ(read().status, Status::closed);
  EXPECT_FALSE(is_in_scratch(buffer.bytes()));
  EXPECT_EQ(as_text(buffer.bytes()), "\x01");
}

TEST_F(InputBufferTest, AnEmptyOneOwnsNoMemory) {
  const std::string unfinished(64, '\x7f');
  stream.waiting.reserve(1'000);  // so that nobody but the buffer needs memory
  append(stream.waiting, unfinished);
  read_and_take();
  const auto* kept = buffer.bytes().data();
  buffer.take(buffer.bytes().size());
  buffer.keep_rest();
  // The memory goes to somebody else, so that what is kept next cannot be there.
  std::vector<Octets> in_the_way(100);
  for (Octets& octets : in_the_way) octets.resize(unfinished.size());
  append(stream.waiting, unfinished);
  read_and_take();
  EXPECT_EQ(buffer.bytes().size(), unfinished.size());
  EXPECT_NE(buffer.bytes().data(), kept);
}

TEST_F(InputBufferTest, ClearForgetsTheInput) {
  append(stream.waiting, as_bytes("\x01"));
  read_and_take();
  buffer.clear();
  EXPECT_TRUE(buffer.is_empty());
  comes("anew");
  read_and_take();
  EXPECT_EQ(next(), "anew");
}

TEST_F(InputBufferTest, MuchInputIsReadInPlaceAndNotMoved) {
  read_a_lot();
  std::vector<std::string> bodies;
  for (const std::size_t size : {0, 1, 255, 256, 3'000, 4'000}) {
    bodies.push_back(text_of(size, 2));
    comes(bodies.back());
  }
  ASSERT_TRUE(read().is_done());
  EXPECT_TRUE(stream.waiting.empty());
  EXPECT_FALSE(is_in_scratch(buffer.bytes()));
  std::vector<const std::uint8_t*> places;
  Bytes left = buffer.bytes();
  for (const std::string& body : bodies) {
    const std::size_t header = body.size() <= 255 ? 2 : 9;
    places.push_back(left.data() + header);
    left = left.subspan(header + body.size());
  }
  take_frames();
  EXPECT_TRUE(buffer.is_empty());
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    EXPECT_EQ(next(), bodies[i]);
    EXPECT_EQ(place, places[i]) << i;
  }
}

TEST_F(InputBufferTest, AFrameThatEndsWhereTheRoomEndsIsNotMovedEither) {
  read_a_lot();
  stream.fills_with_frames = true;
  ASSERT_TRUE(read().is_done());
  const std::uint8_t* end = buffer.bytes().data() + buffer.bytes().size();
  take_frames();
  EXPECT_TRUE(buffer.is_empty());
  const std::uint8_t* last = nullptr;
  for (std::string text = next(); text != "-"; text = next()) last = place + text.size();
  EXPECT_EQ(last, end);
}

TEST_F(InputBufferTest, LittleInputAfterMuchGoesThroughTheScratchBufferAgain) {
  read_a_lot();
  comes("little");
  ASSERT_TRUE(read().is_done());
  EXPECT_FALSE(is_in_scratch(buffer.bytes())) << "nobody could know";
  take_frames();
  comes("as well");
  ASSERT_TRUE(read().is_done());
  EXPECT_TRUE(is_in_scratch(buffer.bytes()));
  take_frames();
  EXPECT_EQ(next(), "little");
  EXPECT_EQ(next(), "as well");
}

TEST_F(InputBufferTest, AFullScratchBufferMeansThatThereIsMuch) {
  scratch.resize(100);
  comes(text_of(80, 0));
  comes(text_of(80, 1));
  ASSERT_EQ(read().bytes, 100u);
  EXPECT_TRUE(buffer.was_full());
  take_frames();
  buffer.keep_rest();
  ASSERT_EQ(read().bytes, 64u);
  EXPECT_FALSE(buffer.was_full());
  EXPECT_FALSE(is_in_scratch(buffer.bytes()));
  take_frames();
  EXPECT_EQ(next(), text_of(80, 0));
  EXPECT_EQ(next(), text_of(80, 1));
}

// Whatever its chunks are like: sizes that leave all sorts of rests at their ends.
TEST_F(InputBufferTest, TheRestOfAFrameFollowsIntoTheNextChunk) {
  for (const std::size_t at_once : {SIZE_MAX, std::size_t{8'192}, std::size_t{9'999}}) {
    for (const std::size_t size : {700, 3'333, 8'000}) {
      stream.at_once = SIZE_MAX;
      read_a_lot();
      stream.at_once = at_once;
      constexpr int kFrames = 60;
      for (int i = 0; i < kFrames; ++i) comes(text_of(size, i));
      read_and_take();
      for (int i = 0; i < kFrames; ++i) ASSERT_TRUE(next() == text_of(size, i)) << size << " " << i;
      EXPECT_EQ(next(), "-");
      EXPECT_TRUE(buffer.is_empty());
    }
  }
}

TEST_F(InputBufferTest, AFrameWithANeedlesslyLongHeaderIsMovedTogether) {
  read_a_lot();
  std::vector<std::string> bodies;
  for (const std::size_t size : {0, 1, 7, 8, 255, 30}) {
    bodies.push_back(text_of(size, 3));
    comes(bodies.back(), true);
    bodies.push_back(text_of(size, 4));
    comes(bodies.back());
  }
  comes(text_of(9'000, 5));
  read_and_take();
  for (const std::string& body : bodies) EXPECT_EQ(next(), body);
  EXPECT_EQ(next(), text_of(9'000, 5));
  EXPECT_TRUE(buffer.is_empty());
}

TEST_F(InputBufferTest, BeforeALargeBodyOnlyItsBeginningIsRead) {
  read_a_lot();
  append(stream.waiting, Octets(20'000, 0x7f));
  buffer.expect_large();
  const std::size_t first = read().bytes;
  EXPECT_LE(first, 4'096u);
  EXPECT_GE(first, kFrameHeaderMax);
  EXPECT_TRUE(buffer.was_full());
  buffer.keep_rest();
  EXPECT_GT(read().bytes, 4'096u) << "only the next one";
}

TEST_F(InputBufferTest, AReadThatFindsNothingDoesNotEndTheExpectationOfALargeBody) {
  read_a_lot();
  buffer.expect_large();
  EXPECT_EQ(read().status, Status::try_later);
  append(stream.waiting, Octets(20'000, 0x7f));
  EXPECT_LE(read().bytes, 4'096u);
}

TEST_F(InputBufferTest, WithoutAScratchBufferAllIsReadInPlace) {
  const std::string body = text_of(200, 6);
  comes(body);
  stream.at_once = 50;
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(buffer.read(stream, &pipe, {}).is_done());
    take_frames();
    buffer.keep_rest();
  }
  EXPECT_EQ(next(), body);
  comes("through the scratch buffer again");
  read_and_take();
  EXPECT_EQ(next(), "through the scratch buffer again");
}

TEST_F(InputBufferTest, WithoutAPipeAllGoesThroughTheScratchBuffer) {
  read_a_lot();
  comes("a handshake");
  ASSERT_TRUE(buffer.read(stream, nullptr, scratch).is_done());
  EXPECT_TRUE(is_in_scratch(buffer.bytes()));
}

TEST_F(InputBufferTest, WhatWasReadInPlaceIsMovedToTheScratchBufferIfThePipeGoesAway) {
  read_a_lot();
  comes(text_of(1'000, 7));
  stream.at_once = 500;
  ASSERT_TRUE(read().is_done());
  buffer.keep_rest();
  ASSERT_TRUE(buffer.read(stream, nullptr, scratch).is_done());
  stream.at_once = SIZE_MAX;
  ASSERT_TRUE(buffer.read(stream, nullptr, scratch).is_done());
  ASSERT_EQ(buffer.bytes().size(), 1'009u);
  EXPECT_EQ(as_text(buffer.bytes().subspan(9)), text_of(1'000, 7));
}

// No new mappings: the chunks for a lot of input cannot be had.
class NoMemory {
 public:
  NoMemory() {
    getrlimit(RLIMIT_AS, &before_);
    rlimit none = before_;
    none.rlim_cur = 0;
    setrlimit(RLIMIT_AS, &none);
  }
  ~NoMemory() { setrlimit(RLIMIT_AS, &before_); }

 private:
  rlimit before_{};
};

TEST_F(InputBufferTest, WithoutMemoryForThePipeTheScratchBufferServes) {
  read_a_lot();
  comes("in spite of it");
  IoResult result;
  {
    const NoMemory none;
    result = read();
  }
  EXPECT_TRUE(result.is_done());
  EXPECT_TRUE(is_in_scratch(buffer.bytes()));
  take_frames();
  EXPECT_EQ(next(), "in spite of it");
}

TEST_F(InputBufferTest, WithoutMemoryAndAScratchBufferItFails) {
  read_a_lot();
  comes("later");
  IoResult result;
  {
    const NoMemory none;
    result = buffer.read(stream, &pipe, {});
  }
  EXPECT_EQ(result.status, Status::lost);
  EXPECT_EQ(result.error, ENOMEM);
  read_and_take();
  EXPECT_EQ(next(), "later");
}

}  // namespace
}  // namespace zmqng
