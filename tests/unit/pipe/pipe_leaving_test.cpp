// How the ends of a Pipe are adopted and left, and Pipes that conflate.

#include <gtest/gtest.h>

#include "pipe/pipe.h"
#include "unit/pipe/pipe_bench.h"

namespace zmqng {
namespace {

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
