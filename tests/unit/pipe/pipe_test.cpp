#include "pipe/pipe.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace zmqng {
namespace {

using Texts = std::vector<std::string>;

constexpr std::size_t kLarge = YPipe::kCopyMax + 1;  // goes by reference

// One end and its owner: a socket, more or less.
class Side final : public PipeOwner {
 public:
  explicit Side(PipeEnd& end) : end_(&end), mailbox_(new Mailbox) { end.set_mailbox(*mailbox_); }
  ~Side() {
    if (end_ != nullptr) leave();
    mailbox_->close();
    mailbox_->drop();
  }

  void pipe_readable(PipeEnd&) override { heard_.push_back("readable"); }
  void pipe_writable(PipeEnd&) override { heard_.push_back("writable"); }
  void pipe_closing(PipeEnd&) override { heard_.push_back("closing"); }
  void pipe_restarted(PipeEnd&) override { heard_.push_back("restarted"); }

  PipeEnd& end() { return *end_; }
  void adopt() { end_->adopt(*this); }
  void leave(int linger_ms = 0) { std::exchange(end_, nullptr)->leave(linger_ms); }

  // What the owner was told since the last time.
  Texts news() {
    mailbox_->serve_all();
    return std::exchange(heard_, {});
  }
  void write(std::string_view text, bool more = false) {
    Message message;
    ASSERT_TRUE(message.assign(as_bytes(text)));
    ASSERT_TRUE(end_->write({message.bytes(), more, &message}));
  }
  void send(std::string_view text) {
    write(text);
    end_->publish();
  }
  // The next frame, "-" if there is none, "." after the end.
  std::string read() {
    Message message;
    switch (end_->read(message)) {
      case PipeEnd::Read::got:
        return std::string(as_text(message.bytes())) + (message.has_more() ? "+" : "");
      case PipeEnd::Read::empty:
        return "-";
      case PipeEnd::Read::ended:
        return ".";
    }
    return "?";
  }

 private:
  PipeEnd* end_;
  Mailbox* mailbox_;
  Texts heard_;
};

struct Bench {
  explicit Bench(bool conflates = false)
      : pipe(Pipe::make(conflates, conflates)), near(pipe->a()), far(pipe->b()) {}
  void adopt() {
    near.adopt();
    far.adopt();
  }
  Pipe* pipe;
  Side near;
  Side far;
};

// Counts when it is freed.
class Witness {
 public:
  Message message() {
    static std::uint8_t bytes[kLarge];
    Message made;
    made.adopt(make_user_body(bytes, count_up, &freed), bytes, sizeof bytes);
    return made;
  }
  void send_through(Side& side) {
    Message made = message();
    ASSERT_TRUE(side.end().write({made.bytes(), false, &made}));
    side.end().publish();
  }
  int freed = 0;

 private:
  static void count_up(void*, void* hint) { ++*static_cast<int*>(hint); }
};

TEST(Pipe, CarriesMessagesBothWays) {
  Bench bench;
  bench.adopt();
  EXPECT_EQ(&bench.near.end().peer(), &bench.far.end());
  EXPECT_EQ(&bench.near.end().pipe(), bench.pipe);
  bench.near.send("ping");
  bench.far.send("pong");
  EXPECT_EQ(bench.far.read(), "ping");
  EXPECT_EQ(bench.near.read(), "pong");
  EXPECT_EQ(bench.near.read(), "-");
}

TEST(Pipe, PartsArriveTogether) {
  Bench bench;
  bench.adopt();
  bench.near.write("a", true);
  bench.near.write("b", true);
  EXPECT_TRUE(bench.near.end().has_unpublished());
  EXPECT_EQ(bench.far.read(), "-");
  bench.near.send("c");
  EXPECT_EQ(bench.far.read(), "a+");
  EXPECT_EQ(bench.far.read(), "b+");
  EXPECT_EQ(bench.far.read(), "c");
}

TEST(Pipe, WhatIsRolledBackNeverArrives) {
  Bench bench;
  bench.adopt();
  bench.near.write("a", true);
  bench.near.end().rollback();
  bench.near.send("b");
  EXPECT_EQ(bench.far.read(), "b");
}

TEST(Pipe, ALargeBodyIsHandedOverAsItIs) {
  Bench bench;
  bench.adopt();
  Witness witness;
  Message received;
  {
    Message sent = witness.message();
    ASSERT_TRUE(bench.near.end().write({sent.bytes(), false, &sent}));
    bench.near.end().publish();
    ASSERT_EQ(bench.far.end().read(received), PipeEnd::Read::got);
    EXPECT_EQ(received.data(), sent.data());
  }
  EXPECT_EQ(witness.freed, 0);
  received = Message();
  EXPECT_EQ(witness.freed, 1);
}

TEST(Pipe, ALargeConstantIsNeverCopied) {
  static const std::string constant(kLarge, 'c');
  Bench bench;
  bench.adopt();
  Message sent;
  sent.refer_to_constant(constant.data(), constant.size());
  ASSERT_TRUE(bench.near.end().write({sent.bytes(), false, &sent}));
  bench.near.end().publish();
  Message received;
  ASSERT_EQ(bench.far.end().read(received), PipeEnd::Read::got);
  EXPECT_TRUE(received.is_constant());
  EXPECT_EQ(received.bytes().data(), as_bytes(constant).data());
}

TEST(Pipe, MemoryOfTheApplicationTravelsItselfHoweverSmall) {
  static std::uint8_t bytes[3] = {'a', 'b', 'c'};
  Bench bench;
  bench.adopt();
  for (const std::size_t size : {std::size_t{0}, sizeof bytes}) {
    int freed = 0;
    Message received;
    {
      Message sent;
      Body* body = make_user_body(
          bytes, [](void*, void* hint) { ++*static_cast<int*>(hint); }, &freed);
      sent.adopt_user_data(body, bytes, size);
      ASSERT_TRUE(bench.near.end().write({sent.bytes(), false, &sent}));
      bench.near.end().publish();
    }
    ASSERT_EQ(bench.far.end().read(received), PipeEnd::Read::got);
    EXPECT_EQ(received.data(), bytes);
    EXPECT_EQ(received.size(), size);
    EXPECT_EQ(freed, 0);
    received = Message();
    EXPECT_EQ(freed, 1);
  }
}

TEST(Pipe, EverySizeArrivesUnchanged) {
  Bench bench;
  bench.adopt();
  for (std::size_t size : {0u, 1u, 48u, 49u, 255u, 256u, 512u, 513u, 1024u, 4096u, 4097u, 100000u}) {
    const std::string text(size, 's');
    bench.near.send(text);
    EXPECT_EQ(bench.far.read(), text);
  }
}

TEST(Pipe, AMessageThatIsASliceOutlivesThePipe) {
  Message kept;
  {
    Bench bench;
    bench.adopt();
    bench.near.send(std::string(800, 'k'));
    ASSERT_EQ(bench.far.end().read(kept), PipeEnd::Read::got);
    bench.near.send(std::string(800, 'l'));
  }
  EXPECT_EQ(as_text(kept.bytes()), std::string(800, 'k'));
}

TEST(Pipe, AMessageThatIsReadIntoLosesWhatItHeld) {
  Bench bench;
  bench.adopt();
  Witness witness;
  Message message = witness.message();
  message.set_more(true);
  bench.near.send("x");
  ASSERT_EQ(bench.far.end().read(message), PipeEnd::Read::got);
  EXPECT_EQ(witness.freed, 1);
  EXPECT_FALSE(message.has_more());
}

TEST(Pipe, CopiesWhatItIsToldToCopy) {
  Bench bench;
  bench.adopt();
  std::string bytes(30000, 'b');
  ASSERT_TRUE(bench.near.end().write_copy(as_bytes("head"), true));
  ASSERT_TRUE(bench.near.end().write_copy(as_bytes(bytes), false));
  bench.near.end().publish();
  bytes.assign(30000, '-');
  EXPECT_EQ(bench.far.read(), "head+");
  EXPECT_EQ(bench.far.read(), std::string(30000, 'b'));
}

TEST(Pipe, SubscriptionsAreReadAsMessagesWithARole) {
  Bench bench;
  bench.adopt();
  const std::string long_topic(kLarge, 't');
  ASSERT_TRUE(bench.near.end().write_subscription(true, as_bytes("a")));
  ASSERT_TRUE(bench.near.end().write_subscription(false, as_bytes(long_topic)));
  bench.near.end().publish();
  Message message;
  ASSERT_EQ(bench.far.end().read(message), PipeEnd::Read::got);
  EXPECT_EQ(message.role(), Message::Role::subscribe);
  EXPECT_EQ(as_text(message.bytes()), "a");
  ASSERT_EQ(bench.far.end().read(message), PipeEnd::Read::got);
  EXPECT_EQ(message.role(), Message::Role::cancel);
  EXPECT_EQ(as_text(message.bytes()), long_topic);
  bench.near.send("data");
  ASSERT_EQ(bench.far.end().read(message), PipeEnd::Read::got);
  EXPECT_EQ(message.role(), Message::Role::data);
}

// ---- peers

TEST(Pipe, MessagesCarryTheLatestPeer) {
  Bench bench;
  bench.adopt();
  ASSERT_TRUE(bench.near.end().write_peer(new PeerInfo("one", {{"Identity", "one"}}, -1)));
  bench.near.send("a");
  ASSERT_TRUE(bench.near.end().write_peer(new PeerInfo("two", {}, -1)));
  bench.near.send("b");
  Message message;
  EXPECT_EQ(bench.far.end().peer_info(), nullptr);
  ASSERT_EQ(bench.far.end().read(message), PipeEnd::Read::got);
  ASSERT_NE(message.peer(), nullptr);
  EXPECT_EQ(message.peer(), bench.far.end().peer_info());
  Message first = std::move(message);
  ASSERT_EQ(bench.far.end().read(message), PipeEnd::Read::got);
  EXPECT_EQ(bench.far.end().peer_info()->identity(), "two");
  EXPECT_EQ(message.peer(), nullptr) << "a peer without properties has nothing to tell";
  EXPECT_EQ(first.peer()->identity(), "one");
}

TEST(Pipe, LookingTakesInWhoThePeerIs) {
  Bench bench;
  bench.adopt();
  ASSERT_TRUE(bench.near.end().write_peer(new PeerInfo("one", {}, -1)));
  ASSERT_TRUE(bench.near.end().write_restart());
  bench.near.end().publish();
  EXPECT_FALSE(bench.far.end().can_read());
  ASSERT_NE(bench.far.end().peer_info(), nullptr);
  EXPECT_EQ(bench.far.end().peer_info()->identity(), "one");
  bench.far.end().set_peer_info(new PeerInfo("other", {}, -1));
  EXPECT_EQ(bench.far.end().peer_info()->identity(), "other");
}

// ---- telling each other

TEST(Pipe, AReaderIsToldOnceAfterItFoundNothing) {
  Bench bench;
  bench.adopt();
  bench.near.send("a");
  EXPECT_EQ(bench.far.news(), Texts()) << "it has not looked yet";
  EXPECT_EQ(bench.far.read(), "a");
  EXPECT_EQ(bench.far.read(), "-");
  bench.near.send("b");
  bench.near.send("c");
  EXPECT_EQ(bench.far.news(), Texts({"readable"}));
  EXPECT_TRUE(bench.far.end().can_read());
  EXPECT_EQ(bench.far.read(), "b");
  EXPECT_EQ(bench.far.read(), "c");
  EXPECT_FALSE(bench.far.end().can_read());
  bench.near.send("d");
  EXPECT_EQ(bench.far.news(), Texts({"readable"}));
}

TEST(Pipe, AWriterIsToldWhenThereIsRoom) {
  Bench bench;
  bench.adopt();
  bench.near.end().set_out_limit(4);
  for (int i = 0; i < 4; ++i) {
    ASSERT_TRUE(bench.near.end().can_write());
    bench.near.send("x");
  }
  EXPECT_FALSE(bench.near.end().would_write());
  EXPECT_FALSE(bench.near.end().can_write());
  EXPECT_EQ(bench.far.read(), "x");
  EXPECT_EQ(bench.near.news(), Texts());
  EXPECT_EQ(bench.far.read(), "x");
  EXPECT_EQ(bench.near.news(), Texts({"writable"}));
  EXPECT_TRUE(bench.near.end().would_write());
  EXPECT_TRUE(bench.near.end().can_write());
}

TEST(Pipe, AReaderGivesAllCreditBeforeItSleeps) {
  Bench bench;
  bench.adopt();
  bench.far.end().set_in_limit(10);
  bench.near.send("x");
  EXPECT_EQ(bench.far.read(), "x");
  EXPECT_EQ(bench.far.read(), "-");
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(bench.near.end().can_write()) << i;
    bench.near.send("y");
  }
  EXPECT_FALSE(bench.near.end().can_write());
}

TEST(Pipe, AWriterHearsOfALimitThatWasRaised) {
  Bench bench;
  bench.adopt();
  bench.far.end().set_in_limit(1);
  bench.near.send("x");
  ASSERT_FALSE(bench.near.end().can_write());
  bench.far.end().raise_in_limit(2);
  EXPECT_EQ(bench.near.news(), Texts({"writable"}));
  EXPECT_TRUE(bench.near.end().can_write());
}

TEST(Pipe, ARestartIsAnnouncedToThePeersOwner) {
  Bench bench;
  bench.adopt();
  bench.far.end().announce_restart();
  EXPECT_EQ(bench.near.news(), Texts({"restarted"}));
}

// ---- adopting and leaving

TEST(Pipe, TheEndComesAfterEverythingThatWasSent) {
  Bench bench;
  bench.adopt();
  bench.near.send("a");
  bench.near.write("half", true);
  bench.near.leave(1234);
  EXPECT_EQ(bench.far.news(), Texts({"closing"}));
  EXPECT_EQ(bench.far.end().peer_linger_ms(), 1234);
  EXPECT_FALSE(bench.far.end().has_ended());
  EXPECT_EQ(bench.far.read(), "a");
  EXPECT_EQ(bench.far.read(), ".");
  EXPECT_TRUE(bench.far.end().has_ended());
  EXPECT_EQ(bench.far.read(), ".");
  EXPECT_FALSE(bench.far.end().can_read());
}

TEST(Pipe, ASleepingReaderIsToldOfTheEnd) {
  Bench bench;
  bench.adopt();
  EXPECT_EQ(bench.far.read(), "-");
  bench.near.leave();
  EXPECT_EQ(bench.far.news(), Texts({"closing", "readable"}));
  EXPECT_EQ(bench.far.read(), ".");
}

TEST(Pipe, WhoHasShutItsWriteSideReadsOn) {
  Bench bench;
  bench.adopt();
  bench.near.write("half", true);
  bench.near.end().shut_write(5);
  bench.near.end().shut_write(6);
  EXPECT_TRUE(bench.near.end().has_shut_write());
  EXPECT_EQ(bench.far.end().peer_linger_ms(), 5);
  EXPECT_EQ(bench.far.read(), ".");
  bench.far.send("still here");
  EXPECT_EQ(bench.near.read(), "still here");
  bench.far.leave();
  EXPECT_EQ(bench.near.read(), ".");
}

TEST(Pipe, WhoAdoptsLateHearsThatThePeerHasLeft) {
  Bench bench;
  bench.near.adopt();
  bench.near.send("a");
  bench.near.leave();
  EXPECT_EQ(bench.far.news(), Texts()) << "nobody hears for an end without owner";
  bench.far.adopt();
  EXPECT_EQ(bench.far.news(), Texts({"closing"}));
  EXPECT_EQ(bench.far.read(), "a");
  EXPECT_EQ(bench.far.read(), ".");
}

TEST(Pipe, IsFreedByTheSecondEndThatLeaves) {
  for (const bool near_is_first : {true, false}) {
    Witness witness;
    Bench bench;
    bench.adopt();
    witness.send_through(bench.near);
    witness.send_through(bench.far);
    (near_is_first ? bench.near : bench.far).leave();
    EXPECT_EQ(witness.freed, 0);
    (near_is_first ? bench.far : bench.near).leave();
    // The one that left last had been told that its peer is closing: its mailbox holds it still.
    (void)bench.near.news();
    (void)bench.far.news();
    EXPECT_EQ(witness.freed, 2);
  }
}

TEST(Pipe, AnEndThatIsQueuedWhenItLeavesIsFreedWithTheMailbox) {
  Witness witness;
  {
    Bench bench;
    bench.adopt();
    EXPECT_EQ(bench.far.read(), "-");
    witness.send_through(bench.near);
    bench.near.leave();
    bench.far.leave();
    EXPECT_EQ(witness.freed, 0);
  }
  EXPECT_EQ(witness.freed, 1);
}

TEST(Pipe, NewsForAnEndThatHasLeftAreDropped) {
  Bench bench;
  bench.adopt();
  EXPECT_EQ(bench.far.read(), "-");
  bench.near.send("x");
  bench.far.leave();
  EXPECT_EQ(bench.far.news(), Texts());
}

// inproc before the other side has bound: the far end has neither owner nor mailbox.
TEST(Pipe, CanBeLeftByAnEndThatNobodyTook) {
  Witness witness;
  Pipe* pipe = Pipe::make(false, false);
  Side near(pipe->a());
  near.adopt();
  witness.send_through(near);
  pipe->b().leave(0);
  EXPECT_EQ(near.news(), Texts({"closing"}));
  near.leave();
  (void)near.news();
  EXPECT_EQ(witness.freed, 1);
}

TEST(Pipe, IsDiscardedWithAllItHolds) {
  Witness witness;
  Pipe* pipe = Pipe::make(true, false);
  Message message = witness.message();
  ASSERT_TRUE(pipe->a().write({message.bytes(), false, &message}));
  ASSERT_TRUE(pipe->b().write({message.bytes(), false, &message}));
  ASSERT_TRUE(pipe->a().write_peer(new PeerInfo("p", {}, -1)));
  pipe->a().publish();
  message = Message();
  Pipe::discard(pipe);
  EXPECT_EQ(witness.freed, 1);
}

// ---- conflation

TEST(ConflatingPipe, HoldsTheLatestMessageOnly) {
  Bench bench(true);
  bench.adopt();
  EXPECT_EQ(bench.far.read(), "-");
  bench.near.send("a");
  EXPECT_EQ(bench.far.news(), Texts({"readable"}));
  bench.near.send("b");
  bench.near.send("c");
  EXPECT_TRUE(bench.far.end().can_read());
  EXPECT_EQ(bench.far.read(), "c");
  EXPECT_EQ(bench.far.read(), "-");
}

TEST(ConflatingPipe, AlwaysHasRoom) {
  Bench bench(true);
  bench.adopt();
  bench.near.end().set_out_limit(1);
  for (int i = 0; i < 10; ++i) {
    EXPECT_TRUE(bench.near.end().can_write());
    EXPECT_TRUE(bench.near.end().would_write());
    bench.near.send("x");
  }
}

TEST(ConflatingPipe, CarriesSubscriptionsPeersAndLargeBodies) {
  Bench bench(true);
  bench.adopt();
  Witness witness;
  ASSERT_TRUE(bench.near.end().write_peer(new PeerInfo("p", {{"Identity", "p"}}, -1)));
  ASSERT_TRUE(bench.near.end().write_subscription(true, as_bytes("topic")));
  bench.near.end().publish();
  Message message;
  ASSERT_EQ(bench.far.end().read(message), PipeEnd::Read::got);
  EXPECT_EQ(message.role(), Message::Role::subscribe);
  witness.send_through(bench.near);
  witness.send_through(bench.near);
  EXPECT_EQ(witness.freed, 1);
  ASSERT_EQ(bench.far.end().read(message), PipeEnd::Read::got);
  EXPECT_EQ(message.size(), kLarge);
  EXPECT_EQ(message.role(), Message::Role::data);
  ASSERT_NE(message.peer(), nullptr);
  ASSERT_TRUE(bench.near.end().write_copy(as_bytes("copy"), false));
  bench.near.end().publish();
  EXPECT_EQ(bench.far.read(), "copy");
}

TEST(ConflatingPipe, TheLatestMessageComesBeforeTheEnd) {
  Bench bench(true);
  bench.adopt();
  bench.near.send("a");
  bench.near.send("b");
  bench.near.leave();
  EXPECT_EQ(bench.far.news(), Texts({"closing"}));
  EXPECT_TRUE(bench.far.end().can_read());
  EXPECT_FALSE(bench.far.end().has_ended());
  EXPECT_EQ(bench.far.read(), "b");
  EXPECT_EQ(bench.far.read(), ".");
  EXPECT_TRUE(bench.far.end().has_ended());
}

TEST(ConflatingPipe, ASleepingReaderIsToldOfTheEnd) {
  Bench bench(true);
  bench.adopt();
  EXPECT_EQ(bench.far.read(), "-");
  bench.near.leave();
  EXPECT_EQ(bench.far.news(), Texts({"closing", "readable"}));
  EXPECT_EQ(bench.far.read(), ".");
}

}  // namespace
}  // namespace zmqng
