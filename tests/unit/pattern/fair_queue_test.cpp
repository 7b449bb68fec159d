#include "pattern/fair_queue.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "unit/pattern/harness.h"

namespace zmqng {
namespace {

using Messages = std::vector<Frames>;

TEST(FairQueue, ServesThreeSendersInTurn) {
  Bench pull(kPull);
  Remote* senders[] = {&pull.join(), &pull.join(), &pull.join()};
  for (int message = 0; message < 3; ++message) {
    for (int sender = 0; sender < 3; ++sender) {
      senders[sender]->send({std::to_string(sender) + std::to_string(message)});
    }
  }
  EXPECT_EQ(pull.recv_all(),
            (Messages{{"00"}, {"10"}, {"20"}, {"01"}, {"11"}, {"21"}, {"02"}, {"12"}, {"22"}}));
  EXPECT_EQ(pull.last_error, EAGAIN);
}

TEST(FairQueue, DoesNotInterleaveThePartsOfMessages) {
  Bench pull(kPull);
  Remote& a = pull.join();
  Remote& b = pull.join();
  a.send({"a1", "a2", "a3"});
  b.send({"b1", "b2"});
  a.send({"A1", "A2"});
  EXPECT_EQ(pull.recv_all(), (Messages{{"a1", "a2", "a3"}, {"b1", "b2"}, {"A1", "A2"}}));
}

TEST(FairQueue, AnEmptiedPipeComesBackAtTheEnd) {
  Bench pull(kPull);
  Remote& a = pull.join();
  Remote& b = pull.join();
  Remote& c = pull.join();
  EXPECT_FALSE(pull.can_recv());
  c.send({"c"});
  a.send({"a"});
  b.send({"b"});
  EXPECT_EQ(pull.recv_all(), (Messages{{"c"}, {"a"}, {"b"}}));
}

TEST(FairQueue, DeliversTheRestOfAMessageWhosePipeWasDisconnected) {
  Bench pull(kPull);
  Remote& a = pull.join();
  Remote& b = pull.join();
  a.send({"1", "2", "3"});
  a.send({"discarded"});
  b.send({"other"});
  Message part;
  ASSERT_EQ(pull.recv_frame(part), 0);
  EXPECT_TRUE(part.has_more());
  pull.disconnect(a);
  EXPECT_TRUE(pull.can_recv());
  EXPECT_EQ(pull.recv(), (Frames{"2", "3"}));
  EXPECT_EQ(pull.recv(), Frames{"other"});
  EXPECT_EQ(pull.recv(), std::nullopt);
}

TEST(FairQueue, KeepsItsPlaceInAMessageWhenOtherPipesGo) {
  Bench pull(kPull);
  Remote& a = pull.join();
  Remote& b = pull.join();
  Remote& c = pull.join();
  a.send({"a"});
  b.send({"b"});
  c.send({"c1", "c2", "c3"});
  EXPECT_EQ(pull.recv(), Frames{"a"});
  EXPECT_EQ(pull.recv(), Frames{"b"});
  Message part;
  ASSERT_EQ(pull.recv_frame(part), 0);
  pull.disconnect(a);
  ASSERT_EQ(pull.recv_frame(part), 0);
  EXPECT_EQ(as_text(part.bytes()), "c2");
  b.leave();
  EXPECT_EQ(pull.recv(), Frames{"c3"});
  EXPECT_EQ(pull.pipes(), 1u);
}

TEST(FairQueue, ReadsAPeerThatHasLeftToItsEnd) {
  Bench pull(kPull);
  Remote& a = pull.join();
  a.send({"1"});
  a.send({"2", "3"});
  a.leave();
  pull.serve();
  EXPECT_EQ(pull.pipes(), 1u);
  EXPECT_EQ(pull.recv_all(), (Messages{{"1"}, {"2", "3"}}));
  EXPECT_EQ(pull.pipes(), 0u);
}

TEST(FairQueue, LetsAPeerGoThatLeftNothingWithoutBeingAskedToReceive) {
  Bench pull(kPull);
  Remote& idle = pull.join();
  Remote& used = pull.join();
  used.send({"x"});
  EXPECT_EQ(pull.recv(), Frames{"x"});
  idle.leave();
  used.leave();
  pull.serve();
  EXPECT_EQ(pull.pipes(), 0u);
}

TEST(FairQueue, SkipsSubscriptions) {
  Bench pull(kPull);
  Remote& a = pull.join();
  a.subscribe("topic");
  EXPECT_FALSE(pull.can_recv());
  a.cancel("topic");
  a.send({"data"});
  a.subscribe("");
  EXPECT_EQ(pull.recv_all(), Messages{{"data"}});
}

TEST(FairQueue, ReadsFromAConflatingPipe) {
  Bench pull(kPull);
  Remote& other = pull.join();
  other.send({"seed"});
  EXPECT_EQ(pull.recv(), Frames{"seed"});
  EXPECT_EQ(pull.send({"x"}), ENOTSUP);
  EXPECT_FALSE(pull.can_send());
}

}  // namespace
}  // namespace zmqng
