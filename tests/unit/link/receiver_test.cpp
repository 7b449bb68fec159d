#include "link/receiver.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace zmqng
