#include "link/sender.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "unit/pipe/pipe_bench.h"
#include "zmtp/command.h"
#include "zmtp/frame.h"

namespace zmqng {
namespace {

using Outcome = Sender::Outcome;
using Encoding = Sender::Encoding;

// A kernel that has room for so many octets.
class Kernel final : public Stream {
 public:
  explicit Kernel(std::size_t room = SIZE_MAX) : room_(room) {}
  void make_room(std::size_t more) { room_ += more; }
  std::string taken;

  IoResult read(MutableBytes) override { return IoResult::later(); }
  IoResult write(const iovec* parts, int count) override {
    std::size_t bytes = 0;
    for (int i = 0; i < count && room_ > 0; ++i) {
      const std::size_t size = std::min(parts[i].iov_len, room_);
      taken.append(static_cast<const char*>(parts[i].iov_base), size);
      room_ -= size;
      bytes += size;
    }
    return bytes == 0 ? IoResult::later() : IoResult::moved(bytes);
  }
  int fd() const override { return -1; }
  void shutdown_write() override {}
  std::size_t pending_output() const override { return 0; }
  std::string peer_address() const override { return {}; }

 private:
  std::size_t room_;
};

class SenderTest : public testing::Test {
 protected:
  SenderTest() { bench.adopt(); }

  void subscribe(const std::string& topic) { change(true, topic); }
  void cancel(const std::string& topic) { change(false, topic); }
  void change(bool subscribe, const std::string& topic) {
    ASSERT_TRUE(bench.near.end().write_subscription(subscribe, as_bytes(topic)));
    bench.near.end().publish();
  }
  void restart() {
    ASSERT_TRUE(bench.near.end().write_restart());
    bench.near.end().publish();
  }
  // What a new connection to a peer of 3.0, which gets subscriptions as messages, is sent.
  std::string sent_after_a_reconnect() {
    Kernel kernel;
    Sender sender(kernel);
    sender.attach(bench.far.end(), Encoding::zmtp, Version::v3_0, true);
    EXPECT_EQ(sender.flush(), Outcome::idle);
    return bodies(kernel.taken);
  }
  // The bodies of frames; + and - for subscriptions.
  static std::string bodies(const std::string& stream) {
    std::string found;
    Bytes rest = as_bytes(stream);
    while (!rest.empty()) {
      const FrameHeader header = decode_frame_header(rest);
      std::string body(as_text(rest.subspan(header.header_bytes, header.body_bytes)));
      if (body[0] == 1) body[0] = '+';
      if (body[0] == 0) body[0] = '-';
      found += body + " ";
      rest = rest.subspan(header.header_bytes + header.body_bytes);
    }
    return found;
  }

  Bench bench;
};

std::string frame_v1(const std::string& body, bool more = false) {
  Octets frame;
  append_frame_v1(frame, more ? kFrameMore : 0, as_bytes(body));
  return std::string(as_text(frame));
}

struct Recoded {
  const char* name;
  Encoding encoding;
  Version version;
};
void PrintTo(const Recoded& row, std::ostream* out) {
  *out << row.name;
}

class SenderRecodes : public SenderTest, public testing::WithParamInterface<Recoded> {
 protected:
  std::string on_the_wire(const std::string& body, bool more = false) const {
    return GetParam().encoding == Encoding::raw ? body : frame_v1(body, more);
  }
  void attach(Sender& sender) {
    sender.attach(bench.far.end(), GetParam().encoding, GetParam().version, false);
  }
};

INSTANTIATE_TEST_SUITE_P(Of, SenderRecodes,
                         testing::Values(Recoded{"Zmtp1", Encoding::zmtp_v1, Version::v1_0},
                                         Recoded{"Raw", Encoding::raw, Version::v3_1}),
                         [](const auto& row) { return row.param.name; });

TEST_P(SenderRecodes, EverythingIsSentWhereverTheKernelStops) {
  const std::string large(YPipe::kCopyMax + 1, 'l');
  const std::string whole = on_the_wire("one") + on_the_wire(large) + on_the_wire("three");
  for (std::size_t room = 1; room <= 20; ++room) {
    for (const std::string& body : {std::string("one"), large, std::string("three")}) {
      bench.near.send(body);
    }
    Kernel kernel(0);
    Sender sender(kernel);
    attach(sender);
    Outcome outcome = sender.flush();
    while (outcome != Outcome::idle && kernel.taken.size() <= whole.size()) {
      kernel.make_room(room);
      outcome = sender.flush();
    }
    EXPECT_TRUE(kernel.taken == whole) << room;
  }
}

TEST_P(SenderRecodes, WhatTheKernelDidNotTakeWaitsForTheNextConnection) {
  const std::string one = on_the_wire("one");
  const std::string two = on_the_wire("two");
  for (std::size_t room = 0; room <= one.size() + two.size(); ++room) {
    for (const char* body : {"one", "two", "three"}) bench.near.send(body);
    Kernel first(room);
    {
      Sender sender(first);
      attach(sender);
      EXPECT_EQ(sender.flush(), Outcome::blocked);
      sender.skip_to_message_start();
    }
    Kernel second;
    Sender sender(second);
    attach(sender);
    EXPECT_EQ(sender.flush(), Outcome::idle);
    // A message of which a part is gone is gone.
    std::string expected = on_the_wire("three");
    if (room <= one.size()) expected.insert(0, two);
    if (room == 0) expected.insert(0, one);
    EXPECT_EQ(second.taken, expected) << room;
  }
}

TEST_P(SenderRecodes, AMessageOfWhichAPartIsSentIsNotContinuedOnTheNextConnection) {
  if (GetParam().encoding == Encoding::raw) GTEST_SKIP() << "messages have one part";
  for (std::size_t room = 1; room < frame_v1("a", true).size() + frame_v1("b").size(); ++room) {
    bench.near.write("a", true);
    bench.near.send("b");
    bench.near.send("next");
    Kernel first(room);
    {
      Sender sender(first);
      attach(sender);
      EXPECT_EQ(sender.flush(), Outcome::blocked);
      sender.skip_to_message_start();
    }
    Kernel second;
    Sender sender(second);
    attach(sender);
    EXPECT_EQ(sender.flush(), Outcome::idle);
    EXPECT_EQ(second.taken, frame_v1("next")) << room;
  }
}

TEST_P(SenderRecodes, ControlFramesStandBetweenTwoFrames) {
  bench.near.send("one");
  Kernel kernel(2);
  Sender sender(kernel);
  attach(sender);
  EXPECT_EQ(sender.flush(), Outcome::blocked);
  sender.stage(as_bytes("[control]"));
  bench.near.send("two");
  kernel.make_room(1000);
  EXPECT_EQ(sender.flush(), Outcome::idle);
  EXPECT_EQ(kernel.taken, on_the_wire("one") + "[control]" + on_the_wire("two"));
}

TEST_P(SenderRecodes, CreditIsGivenWhenTheKernelHasTakenTheMessage) {
  bench.near.end().set_out_limit(1);
  bench.near.send("one");
  EXPECT_FALSE(bench.near.end().can_write());
  Kernel kernel(2);
  Sender sender(kernel);
  attach(sender);
  EXPECT_EQ(sender.flush(), Outcome::blocked);
  EXPECT_FALSE(bench.near.end().can_write());
  kernel.make_room(1000);
  EXPECT_EQ(sender.flush(), Outcome::idle);
  EXPECT_TRUE(bench.near.end().can_write());
}

TEST_F(SenderTest, EmptyMessagesAreNothingOnARawStream) {
  bench.near.send("");
  bench.near.send("a");
  bench.near.send("");
  Kernel kernel;
  Sender sender(kernel);
  sender.attach(bench.far.end(), Encoding::raw, Version::v3_1, false);
  EXPECT_EQ(sender.flush(), Outcome::idle);
  EXPECT_EQ(kernel.taken, "a");
  bench.near.send("b");
  EXPECT_EQ(sender.flush(), Outcome::idle);
  EXPECT_EQ(kernel.taken, "ab");
}

TEST_F(SenderTest, TheEndIsReachedWhenAllBeforeItIsSent) {
  bench.near.send("x");
  bench.near.end().shut_write(0);
  Kernel kernel(1);
  Sender sender(kernel);
  sender.attach(bench.far.end(), Encoding::zmtp_v1, Version::v1_0, false);
  EXPECT_EQ(sender.flush(), Outcome::blocked);
  EXPECT_FALSE(sender.has_reached_end());
  kernel.make_room(100);
  EXPECT_EQ(sender.flush(), Outcome::idle);
  EXPECT_TRUE(sender.has_reached_end());
}

TEST_F(SenderTest, SubscriptionsThatTheKernelDidNotTakeAreRepeatedOnlyBehindARestart) {
  subscribe("A");
  bench.near.send("data");
  Kernel full(3);
  {
    Sender sender(full);
    sender.attach(bench.far.end(), Encoding::zmtp, Version::v3_1, false);
    EXPECT_EQ(sender.flush(), Outcome::blocked);
    sender.skip_to_message_start();
  }
  restart();
  subscribe("A");
  EXPECT_EQ(sent_after_a_reconnect(), "data +A ");
}

TEST_F(SenderTest, SkippingToARestartLeavesOutSubscriptionsAndSendsData) {
  subscribe("old");
  bench.near.send("up0");
  cancel("older");
  bench.near.write("up1", true);
  bench.near.send("up2");
  EXPECT_EQ(sent_after_a_reconnect(), "up0 up1 up2 ");
  subscribe("told before the restart");
  restart();
  subscribe("A");
  bench.near.send("up3");
  cancel("A");
  EXPECT_EQ(sent_after_a_reconnect(), "+A up3 -A ");
}

TEST_F(SenderTest, SkippingEndsAtTheLastRestartThatIsThere) {
  bench.near.send("up0");
  restart();
  subscribe("A");
  subscribe("B");
  bench.near.send("up1");
  restart();
  subscribe("A");
  EXPECT_EQ(sent_after_a_reconnect(), "up0 up1 +A ");
}

TEST_F(SenderTest, SkippingEndsAtARestartThatComesLater) {
  Kernel kernel;
  Sender sender(kernel);
  sender.attach(bench.far.end(), Encoding::zmtp, Version::v3_0, true);
  subscribe("old");
  EXPECT_EQ(sender.flush(), Outcome::idle);
  restart();
  subscribe("A");
  EXPECT_EQ(sender.flush(), Outcome::idle);
  restart();
  subscribe("A");
  EXPECT_EQ(sender.flush(), Outcome::idle);
  EXPECT_EQ(bodies(kernel.taken), "+A +A ") << "a second one means nothing to this connection";
}

std::string command(bool subscribe, const std::string& topic) {
  Octets frame;
  if (subscribe) {
    append_subscribe(frame, Version::v3_1, as_bytes(topic));
  } else {
    append_cancel(frame, Version::v3_1, as_bytes(topic));
  }
  return std::string(as_text(frame));
}

// They stand in the pipe as they travel.
TEST_F(SenderTest, SubscriptionsAreSentAsTheyStandWhereverTheKernelStops) {
  const std::string longer(300, 'l');
  const std::string by_reference(YPipe::kCopyMax + 1, 'r');
  std::string expected;
  for (std::size_t room = 1; room < 60; ++room) {
    Kernel kernel(room);
    Sender sender(kernel);
    sender.attach(bench.far.end(), Encoding::zmtp, Version::v3_1, false);
    expected.clear();
    for (const std::string& topic : {std::string("A"), std::string(), longer, by_reference}) {
      subscribe(topic);
      bench.near.send("up");
      cancel(topic);
      expected += command(true, topic) + std::string("\0\2up", 4) + command(false, topic);
    }
    while (sender.flush() == Outcome::blocked) kernel.make_room(room);
    EXPECT_EQ(kernel.taken, expected) << room;
  }
}

TEST_F(SenderTest, ASubscriptionGoesAtOnceWhenTheConnectionIsIdle) {
  Kernel kernel;
  Sender sender(kernel);
  sender.attach(bench.far.end(), Encoding::zmtp, Version::v3_1, false);
  EXPECT_EQ(sender.flush(), Outcome::idle);
  subscribe("A");
  EXPECT_TRUE(sender.flush_now());
  EXPECT_EQ(kernel.taken, command(true, "A"));
}

TEST_F(SenderTest, ABulkOfSubscriptionsKeepsItAwakeButNotWhatIsCancelledAgain) {
  Kernel kernel;
  Sender sender(kernel);
  Rounds rounds(true);
  sender.attach(bench.far.end(), Encoding::zmtp, Version::v3_1, false);
  for (int i = 0; i < 1000; ++i) subscribe("many");
  EXPECT_EQ(sender.flush(&rounds), Outcome::awake);
  bench.far.news();
  subscribe("late");
  EXPECT_EQ(bench.far.news(), Texts{}) << "nobody is told, for it is looked for";
  for (int i = 0; i < 1000; ++i) change(i % 2 == 0, "toggled");
  EXPECT_EQ(sender.flush(&rounds), Outcome::idle);
}

TEST_F(SenderTest, TheEndIsReachedBehindABulk) {
  Kernel kernel;
  Sender sender(kernel);
  sender.attach(bench.far.end(), Encoding::zmtp, Version::v3_1, false);
  Rounds rounds(true);
  for (int i = 0; i < 1000; ++i) subscribe("many");
  bench.near.end().shut_write(0);
  EXPECT_EQ(sender.flush(&rounds), Outcome::idle);
  EXPECT_TRUE(sender.has_reached_end());
}

// ---- drop_to_restart

TEST_F(SenderTest, WithoutARestartNothingIsDropped) {
  drop_to_restart(bench.far.end());
  subscribe("A");
  drop_to_restart(bench.far.end());
  EXPECT_EQ(bench.far.read(), "A");
}

TEST_F(SenderTest, WhatStandsBeforeTheLastRestartIsDroppedAndGivesRoom) {
  bench.near.end().set_out_limit(4);
  for (int i = 0; i < 100; ++i) {
    subscribe("A" + std::to_string(i));
    cancel("A" + std::to_string(i));
    if (i % 30 == 0) restart();
  }
  restart();
  subscribe("A");
  EXPECT_FALSE(bench.near.end().can_write());
  drop_to_restart(bench.far.end());
  EXPECT_TRUE(bench.near.end().can_write());
  EXPECT_EQ(bench.near.news(), Texts{"writable"});
  EXPECT_EQ(sent_after_a_reconnect(), "+A ");
}

TEST_F(SenderTest, DataIsNotDropped) {
  subscribe("old");
  bench.near.send("up0");
  subscribe("old, too");
  restart();
  subscribe("A");
  drop_to_restart(bench.far.end());
  EXPECT_EQ(sent_after_a_reconnect(), "up0 +A ");
}

TEST_F(SenderTest, LargeTopicsAreFreedWhenTheyAreDropped) {
  subscribe(std::string(YPipe::kCopyMax + 1, 't'));
  restart();
  subscribe("A");
  drop_to_restart(bench.far.end());
  EXPECT_EQ(sent_after_a_reconnect(), "+A ");
}

TEST_F(SenderTest, WhatSendsALotStaysAwakeUntilARoundFindsNothing) {
  constexpr int kMany = 100;
  Kernel kernel;
  Sender sender(kernel);
  Rounds rounds(true);
  PipeEnd& near = bench.near.end();
  sender.attach(bench.far.end(), Encoding::zmtp, Version::v3_1, false);
  EXPECT_EQ(sender.flush(&rounds), Outcome::idle);
  for (int i = 0; i < kMany; ++i) ASSERT_TRUE(near.write({as_bytes("x"), i + 1 < kMany}));
  EXPECT_FALSE(near.out().has_awake_reader());
  near.publish();
  EXPECT_EQ(sender.flush(&rounds), Outcome::idle) << "one message, however many parts";
  for (int i = 0; i < kMany; ++i) {
    ASSERT_TRUE(near.write({as_bytes("y")}));
    near.publish();
  }
  EXPECT_EQ(sender.flush(&rounds), Outcome::awake);
  EXPECT_TRUE(near.out().has_awake_reader());
  ASSERT_TRUE(near.write({as_bytes("z")}));
  near.publish();
  EXPECT_TRUE(sender.flush_now()) << "whoever else sends leaves it awake";
  EXPECT_TRUE(near.out().has_awake_reader());
  EXPECT_EQ(sender.flush(&rounds), Outcome::awake) << "that one came since";
  EXPECT_EQ(sender.flush(&rounds), Outcome::idle);
  EXPECT_FALSE(near.out().has_awake_reader());
  EXPECT_EQ(kernel.taken.size(), 3u * (kMany + kMany + 1));
}

}  // namespace
}  // namespace zmqng
