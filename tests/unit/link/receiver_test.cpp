#include "link/receiver.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "unit/pipe/pipe_bench.h"
#include "zmtp/command.h"

namespace zmqng {
namespace {

using Outcome = Receiver::Outcome;

// A publisher's connection: subscriptions go into the pipe, other commands nowhere.
class ReceiverTest : public testing::Test, public CommandSink {
 protected:
  ReceiverTest() { bench.adopt(); }

  bool command_received(Bytes body) override {
    if (!needs_room(body)) return true;
    EXPECT_TRUE(bench.far.end().write_subscription(true, body.subspan(10)));
    if (!receiver.is_inside_message()) bench.far.end().publish();
    return true;
  }
  bool needs_room(Bytes start) const override {
    return as_text(start).starts_with("\x09SUBSCRIBE");
  }

  // Feeds it whole, or what was not taken before and this behind it.
  Outcome feed(const Octets& more) {
    append(input, more);
    std::size_t taken = 0;
    const Outcome outcome = receiver.feed(input, &taken);
    input.erase(input.begin(), input.begin() + static_cast<std::ptrdiff_t>(taken));
    return outcome;
  }
  static Octets subscription(const std::string& topic) {
    Octets frame;
    append_subscribe(frame, Version::v3_1, as_bytes(topic));
    return frame;
  }
  static Octets part(const std::string& text, bool more) {
    Octets frame;
    append_frame(frame, more ? kFrameMore : 0, as_bytes(text));
    return frame;
  }

  Bench bench;
  Octets input;
  Receiver receiver{bench.far.end(), *this, Receiver::Framing::zmtp, false, -1};
};

TEST_F(ReceiverTest, SubscriptionsInsideAMessageComeWithIt) {
  EXPECT_EQ(feed(part("1", true)), Outcome::need_more);
  EXPECT_EQ(feed(subscription("A")), Outcome::need_more);
  EXPECT_EQ(bench.near.read(), "-");
  EXPECT_EQ(feed(part("2", false)), Outcome::need_more);
  EXPECT_EQ(bench.near.read(), "1+");
  EXPECT_EQ(bench.near.read(), "A");
  EXPECT_EQ(bench.near.read(), "2");
}

TEST_F(ReceiverTest, SubscriptionsInsideAMessageEndTheConnectionWhenTheyGetTooMany) {
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(feed(part("1", true)), Outcome::need_more);
    for (int i = 0; i < 1000; ++i) ASSERT_EQ(feed(subscription("A")), Outcome::need_more) << i;
    if (round == 2) break;
    EXPECT_EQ(feed(part("2", false)), Outcome::need_more);
  }
  EXPECT_EQ(feed(subscription("A")), Outcome::failed);
}

TEST_F(ReceiverTest, OtherCommandsInsideAMessageDoNotCount) {
  EXPECT_EQ(feed(part("1", true)), Outcome::need_more);
  Octets ping;
  append_ping(ping, 0);
  for (int i = 0; i < 5000; ++i) ASSERT_EQ(feed(ping), Outcome::need_more) << i;
}

TEST_F(ReceiverTest, ASubscriptionWaitsForRoomHoweverLongItIs) {
  bench.near.end().set_in_limit(1);
  for (const std::size_t size : {1, 300, 8'000, 10'000, 200'000}) {
    EXPECT_EQ(feed(part("fills it", false)), Outcome::need_more);
    Octets frame = subscription(std::string(size, 't'));
    frame.resize(std::min<std::size_t>(frame.size(), 30'000));
    EXPECT_EQ(feed(frame), Outcome::paused) << size;
    EXPECT_EQ(input.size(), frame.size()) << "nothing of it was taken";
    EXPECT_EQ(bench.near.read(), "fills it");
    EXPECT_EQ(bench.near.read(), "-");
    EXPECT_EQ(feed({}), Outcome::need_more);
    // The rest of a large one is read past the buffer.
    while (!receiver.direct_room().empty()) {
      const std::size_t room = receiver.direct_room().size();
      std::fill_n(receiver.direct_room().begin(), room, std::uint8_t{'t'});
      EXPECT_EQ(receiver.direct_read(room), Outcome::need_more);
    }
    EXPECT_EQ(bench.near.read().size(), size);
    EXPECT_EQ(bench.near.read(), "-");
  }
}

TEST_F(ReceiverTest, ALargeSubscriptionMayBeCutAnywhereInItsHead) {
  const Octets frame = subscription(std::string(9'000, 't'));
  const std::size_t head = 9 + 10;  // the frame's header, and what tells that it is a subscription
  for (std::size_t cut = 0; cut <= head; ++cut) {
    const auto middle = frame.begin() + static_cast<std::ptrdiff_t>(cut);
    EXPECT_EQ(feed(Octets(frame.begin(), middle)), Outcome::need_more);
    EXPECT_EQ(receiver.direct_room().empty(), cut < head) << cut;
    if (cut == head) break;
    EXPECT_EQ(feed(Octets(middle, frame.end())), Outcome::need_more);
    EXPECT_EQ(bench.near.read().size(), 9'000u) << cut;
  }
}

// A receiver, and how its input comes to it.
struct Reading : CommandSink {
  explicit Reading(bool reads_in_place) : is_in_place(reads_in_place) {
    bench.adopt();
    bench.near.end().set_in_limit(3);
  }
  bool command_received(Bytes) override {
    ++commands;
    return true;
  }
  bool needs_room(Bytes) const override { return false; }

  // The peer has sent this.
  void come(Bytes more) {
    if (!receiver.direct_room().empty()) {
      const std::size_t count = std::min(more.size(), receiver.direct_room().size());
      std::copy_n(more.begin(), count, receiver.direct_room().begin());
      ASSERT_EQ(receiver.direct_read(count), Outcome::need_more);
      more = more.subspan(count);
    }
    if (is_in_place) {
      const MutableBytes room = receiver.place()->room(input, input.size() + more.size(), 4096);
      std::copy(more.begin(), more.end(), room.begin() + static_cast<std::ptrdiff_t>(input.size()));
      input = Bytes(room).first(input.size() + more.size());
    } else {
      kept.erase(kept.begin(), kept.end() - static_cast<std::ptrdiff_t>(input.size()));
      append(kept, more);
      input = kept;
    }
    go_on();
  }
  void go_on() {
    std::size_t taken = 0;
    outcome = receiver.feed(input, &taken);
    input = input.subspan(taken);
  }

  bool is_in_place;
  Bench bench;
  Receiver receiver{bench.far.end(), *this, Receiver::Framing::zmtp, false, -1};
  Octets kept;
  Bytes input;
  int commands = 0;
  Outcome outcome = Outcome::need_more;
};

// Frames of every kind that may come, also such as no peer should write.
Octets random_frame(std::mt19937& rng) {
  const auto one_of = [&rng](int count) { return static_cast<int>(rng() % count); };
  Octets frame;
  const std::size_t sizes[] = {0, 1, 5, 100, 255, 256, 300, 4000, 8191, 8192, 20'000};
  const Octets body(sizes[one_of(8) != 0 ? one_of(7) : one_of(11)],
                    static_cast<std::uint8_t>(rng()));
  switch (one_of(12)) {
    case 0:
      append_ping(frame, 0);
      break;
    case 1:  // a long header where a short one would do
      frame = {kFrameLong, 0, 0, 0, 0, 0, 0, 0, 3, 'a', 'b', 'c'};
      break;
    case 2:  // reserved bits
      append_frame(frame, 0, body);
      frame[0] |= 0xb0;
      break;
    default:
      append_frame(frame, one_of(3) == 0 ? kFrameMore : 0, body);
  }
  return frame;
}

TEST(Receiver, WhatIsReadInPlaceBecomesTheSameMessages) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    std::mt19937 rng(seed);
    Octets stream;
    for (int i = 0; i < 100; ++i) append(stream, random_frame(rng));
    append_frame(stream, 0, as_bytes("last"));
    Reading copied(false);
    Reading placed(true);
    Bytes rest = stream;
    std::string last;
    while (last != "last") {
      if (!rest.empty() && copied.outcome != Outcome::paused) {
        const std::size_t count = std::min<std::size_t>(rest.size(), rng() % 2000);
        copied.come(rest.first(count));
        placed.come(rest.first(count));
        rest = rest.subspan(count);
      } else {
        copied.go_on();
        placed.go_on();
      }
      ASSERT_EQ(placed.outcome, copied.outcome) << seed;
      ASSERT_EQ(placed.input.size(), copied.input.size()) << seed;
      ASSERT_EQ(placed.commands, copied.commands) << seed;
      ASSERT_EQ(placed.receiver.frames_taken(), copied.receiver.frames_taken()) << seed;
      ASSERT_EQ(placed.receiver.messages_published(), copied.receiver.messages_published());
      ASSERT_EQ(placed.receiver.is_inside_message(), copied.receiver.is_inside_message());
      for (auto reads = rng() % 8; reads > 0; --reads) {
        const std::string text = copied.bench.near.read();
        ASSERT_EQ(placed.bench.near.read(), text) << seed;
        if (text != "-") last = text;
      }
    }
  }
}

}  // namespace
}  // namespace zmqng
