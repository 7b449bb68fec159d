#include "pattern/rep.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "base/errors.h"
#include "unit/pattern/harness.h"

namespace zmqng {
namespace {

using Messages = std::vector<Frames>;

TEST(Rep, AnswersWithTheEnvelopeOfTheRequest) {
  Bench rep(kRep);
  Remote& peer = rep.join();
  peer.send({"hop 1", "hop 2", "", "question", "", "part"});
  EXPECT_EQ(rep.recv(), (Frames{"question", "", "part"}));
  EXPECT_EQ(rep.send({"answer", "part"}), 0);
  EXPECT_EQ(peer.recv_all(), (Messages{{"hop 1", "hop 2", "", "answer", "part"}}));
}

TEST(Rep, KeepsToItsTurns) {
  Bench rep(kRep);
  EXPECT_EQ(rep.send({"x"}), kEfsm);
  EXPECT_EQ(rep.recv(), std::nullopt);
  EXPECT_EQ(rep.last_error, EAGAIN);
  EXPECT_FALSE(rep.can_send());
  Remote& peer = rep.join();
  peer.send({"", "1", "2"});
  peer.send({"", "next"});
  EXPECT_TRUE(rep.can_recv());
  EXPECT_EQ(rep.send({"x"}), kEfsm);
  Message part;
  ASSERT_EQ(rep.recv_frame(part), 0);
  EXPECT_EQ(rep.send({"x"}), kEfsm);
  EXPECT_FALSE(rep.can_send());
  ASSERT_EQ(rep.recv_frame(part), 0);
  EXPECT_TRUE(rep.can_send());
  EXPECT_FALSE(rep.can_recv());
  EXPECT_EQ(rep.recv(), std::nullopt);
  EXPECT_EQ(rep.last_error, kEfsm);
  ASSERT_EQ(rep.send_frame("a", true), 0);
  EXPECT_EQ(rep.recv(), std::nullopt);
  EXPECT_EQ(rep.last_error, kEfsm);
  EXPECT_EQ(peer.recv(), std::nullopt);
  ASSERT_EQ(rep.send_frame("b", false), 0);
  EXPECT_EQ(peer.recv(), (Frames{"", "a", "b"}));
  EXPECT_EQ(rep.recv(), Frames{"next"});
}

TEST(Rep, TakesRequestsInTurn) {
  Bench rep(kRep);
  Remote& a = rep.join();
  Remote& b = rep.join();
  a.send({"", "a1"});
  a.send({"", "a2"});
  b.send({"", "b1"});
  for (const char* request : {"a1", "b1", "a2"}) {
    EXPECT_EQ(rep.recv(), Frames{request});
    EXPECT_EQ(rep.send({std::string("re:") + request}), 0);
  }
  EXPECT_EQ(a.recv_all(), (Messages{{"", "re:a1"}, {"", "re:a2"}}));
  EXPECT_EQ(b.recv_all(), (Messages{{"", "re:b1"}}));
}

TEST(Rep, SkipsWhatHasNoEnvelope) {
  Bench rep(kRep);
  Remote& peer = rep.join();
  for (const Frames& frames : Messages{{"x"}, {""}, {"x", "y"}, {"x", ""}}) peer.send(frames);
  EXPECT_FALSE(rep.can_recv());
  EXPECT_EQ(rep.send({"x"}), kEfsm);
  peer.send({"", ""});
  EXPECT_EQ(rep.recv(), Frames{""});
  EXPECT_EQ(rep.dropped, 0);
}

TEST(Rep, ReplyToARequesterThatHasGoneSucceeds) {
  Bench rep(kRep);
  Remote& a = rep.join();
  Remote& b = rep.join();
  a.send({"", "1"});
  a.leave();
  EXPECT_EQ(rep.recv(), Frames{"1"});
  EXPECT_EQ(rep.send({"lost", "reply"}), 0);
  b.send({"", "2"});
  EXPECT_EQ(rep.recv(), Frames{"2"});
  ASSERT_EQ(rep.send_frame("half", true), 0);
  rep.disconnect(b);
  EXPECT_EQ(rep.send_frame("lost", false), 0);
  EXPECT_EQ(b.recv_all(), Messages{});
  EXPECT_EQ(rep.recv(), std::nullopt);
  EXPECT_EQ(rep.last_error, EAGAIN);
}

TEST(Rep, FinishesARequestWhosePeerIsDisconnectedMeanwhile) {
  Bench rep(kRep);
  Remote& a = rep.join();
  a.send({"id", "", "1", "2"});
  Message part;
  ASSERT_EQ(rep.recv_frame(part), 0);
  rep.disconnect(a);
  EXPECT_EQ(rep.recv(), Frames{"2"});
  EXPECT_EQ(rep.send({"reply"}), 0);
}

TEST(Rep, DropsAReplyThatAFullRequesterHasNoRoomFor) {
  Bench rep(kRep);
  Remote& dealer = rep.join_with_room(1);
  dealer.send({"", "1"});
  EXPECT_EQ(rep.recv(), Frames{"1"});
  EXPECT_EQ(rep.send({"re:1"}), 0);
  dealer.send({"", "2"});
  EXPECT_EQ(rep.recv(), Frames{"2"});
  EXPECT_EQ(rep.send({"re:2", "part"}), 0);
  EXPECT_EQ(dealer.recv_all(), (Messages{{"", "re:1"}}));
}

TEST(Rep, NeverLosesAReplyToALockStepRequesterWithRoomForOne) {
  Bench rep(kRep);
  Remote& req = rep.join_with_room(1);
  for (int i = 0; i < 1000; ++i) {
    req.send({"", "q"});
    ASSERT_EQ(rep.recv(), Frames{"q"});
    ASSERT_EQ(rep.send({"a"}), 0);
    ASSERT_EQ(req.recv(), (Frames{"", "a"}));
  }
}

TEST(Rep, DoesNotHearADuplicateOfALivePeer) {
  Bench rep(kRep);
  Remote& first = rep.join("A");
  Remote& second = rep.join("A");
  second.send({"", "second"});
  first.send({"", "first"});
  EXPECT_EQ(rep.recv(), Frames{"first"});
  EXPECT_EQ(rep.send({"x"}), 0);
  EXPECT_EQ(rep.recv(), std::nullopt);
}

TEST(Rep, SwallowsNotifications) {
  Bench rep(kRep);
  Remote& a = rep.join();
  a.send({""});
  a.send({"", "q"});
  a.send({""});
  a.leave();
  EXPECT_EQ(rep.recv(), Frames{"q"});
  EXPECT_EQ(rep.send({"x"}), 0);
  EXPECT_EQ(rep.recv(), std::nullopt);
  EXPECT_EQ(rep.pipes(), 0u);
}

}  // namespace
}  // namespace zmqng
