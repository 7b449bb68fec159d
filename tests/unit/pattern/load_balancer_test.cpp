#include "pattern/load_balancer.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "unit/pattern/harness.h"

namespace zmqng {
namespace {

using Messages = std::vector<Frames>;

TEST(LoadBalancer, GoesRoundItsPeersWithWholeMessages) {
  Bench push(kPush);
  Remote& a = push.join();
  Remote& b = push.join();
  Remote& c = push.join();
  for (int i = 0; i < 7; ++i) ASSERT_EQ(push.send({std::to_string(i), "end"}), 0);
  EXPECT_EQ(a.recv_all(), (Messages{{"0", "end"}, {"3", "end"}, {"6", "end"}}));
  EXPECT_EQ(b.recv_all(), (Messages{{"1", "end"}, {"4", "end"}}));
  EXPECT_EQ(c.recv_all(), (Messages{{"2", "end"}, {"5", "end"}}));
}

TEST(LoadBalancer, HasNothingToSendToWithoutPeers) {
  Bench push(kPush);
  EXPECT_FALSE(push.can_send());
  EXPECT_EQ(push.send({"x"}), EAGAIN);
  EXPECT_EQ(push.recv(), std::nullopt);
  EXPECT_EQ(push.last_error, ENOTSUP);
}

TEST(LoadBalancer, AFullPipeLeavesAndComesBackAtTheEnd) {
  Bench push(kPush);
  Remote& a = push.join_with_room(1);
  Remote& b = push.join_with_room(0);
  for (const char* text : {"1", "2", "3", "4"}) ASSERT_EQ(push.send({text}), 0);
  EXPECT_EQ(b.recv_all(), (Messages{{"2"}, {"3"}, {"4"}}));
  EXPECT_EQ(a.recv_all(), Messages{{"1"}});
  ASSERT_EQ(push.send({"5"}), 0);
  ASSERT_EQ(push.send({"6"}), 0);
  EXPECT_EQ(b.recv_all(), Messages{{"5"}});
  EXPECT_EQ(a.recv_all(), Messages{{"6"}});
}

TEST(LoadBalancer, AllFullIsEagainUntilOneIsDrained) {
  Bench push(kPush);
  Remote& a = push.join_with_room(2);
  EXPECT_EQ(push.send({"1"}), 0);
  EXPECT_EQ(push.send({"2", "of", "three"}), 0) << "parts of a message need no room";
  EXPECT_EQ(push.send({"3"}), EAGAIN);
  EXPECT_FALSE(push.can_send());
  EXPECT_EQ(a.recv(), Frames{"1"});
  EXPECT_TRUE(push.can_send());
  EXPECT_EQ(push.send({"3"}), 0);
}

TEST(LoadBalancer, ShowsNoMessageBeforeItsLastPart) {
  Bench push(kPush);
  Remote& a = push.join();
  ASSERT_EQ(push.send_frame("1", true), 0);
  EXPECT_EQ(a.recv(), std::nullopt);
  ASSERT_EQ(push.send_frame("2", false), 0);
  EXPECT_EQ(a.recv(), (Frames{"1", "2"}));
}

// Who goes: the peer by itself, or by zmq_disconnect, or by zmq_unbind.
class LostPeer : public testing::TestWithParam<int> {};

TEST_P(LostPeer, TakesTheRestOfTheMessageWithIt) {
  Bench push(kPush);
  Remote& a = push.join();
  ASSERT_EQ(push.send_frame("1", true), 0);
  Remote& b = push.join();
  switch (GetParam()) {
    case 0:
      a.leave();
      break;
    case 1:
      push.disconnect(a);
      break;
    default:
      push.shut(a);
  }
  EXPECT_TRUE(push.can_send());
  EXPECT_EQ(push.send_frame("2", true), kAgainAtOnce);
  EXPECT_EQ(push.send_frame("2", true), 0);
  EXPECT_EQ(push.send_frame("3", false), 0);
  EXPECT_EQ(push.send({"new", "message"}), 0);
  EXPECT_EQ(b.recv_all(), (Messages{{"new", "message"}}));
  if (!a.has_left()) {
    EXPECT_EQ(a.recv(), std::nullopt);
  }
}

INSTANTIATE_TEST_SUITE_P(Ways, LostPeer, testing::Values(0, 1, 2));

TEST(LoadBalancer, KeepsItsMessageWhenOtherPeersGo) {
  Bench push(kPush);
  Remote& a = push.join();
  Remote& b = push.join();
  Remote& c = push.join();
  ASSERT_EQ(push.send({"to a"}), 0);
  ASSERT_EQ(push.send({"to b"}), 0);
  ASSERT_EQ(push.send_frame("c1", true), 0);
  a.leave();
  ASSERT_EQ(push.send_frame("c2", true), 0);
  push.disconnect(b);
  ASSERT_EQ(push.send_frame("c3", false), 0);
  EXPECT_EQ(c.recv_all(), (Messages{{"c1", "c2", "c3"}}));
}

TEST(LoadBalancer, WhatComesInForASenderIsDiscardedSoThatItsEndIsSeen) {
  Bench push(kPush);
  Remote& a = push.join();
  a.send({"nobody", "wants this"});
  a.leave();
  push.serve();
  EXPECT_EQ(push.pipes(), 0u);
  EXPECT_FALSE(push.can_send());
}

TEST(LoadBalancer, SendsLargeBodiesByReference) {
  Bench push(kPush);
  Remote& a = push.join();
  const std::string large(100000, 'x');
  ASSERT_EQ(push.send({large, "small", large}), 0);
  EXPECT_EQ(a.recv(), (Frames{large, "small", large}));
}

}  // namespace
}  // namespace zmqng
