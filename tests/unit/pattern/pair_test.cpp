#include "pattern/pair.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "unit/pattern/harness.h"

namespace zmqng {
namespace {

using Messages = std::vector<Frames>;

TEST(Pair, PassesMessagesUnchanged) {
  Bench pair(kPair);
  EXPECT_EQ(pair.send({"x"}), EAGAIN);
  Remote& peer = pair.join();
  EXPECT_EQ(pair.send({"a", "", "b"}), 0);
  EXPECT_EQ(peer.recv(), (Frames{"a", "", "b"}));
  peer.send({"c", "d"});
  EXPECT_EQ(pair.recv(), (Frames{"c", "d"}));
  EXPECT_EQ(pair.recv(), std::nullopt);
}

TEST(Pair, ASecondPeerIsNeitherHeardNorSpokenToUntilTheFirstHasGone) {
  Bench pair(kPair);
  Remote& first = pair.join();
  Remote& second = pair.join();
  second.send({"second"});
  EXPECT_EQ(pair.recv(), std::nullopt);
  EXPECT_EQ(pair.send({"x"}), 0);
  EXPECT_EQ(second.recv(), std::nullopt);
  first.leave();
  EXPECT_EQ(pair.recv_all(), Messages{{"second"}});
  EXPECT_EQ(pair.send({"y"}), 0);
  EXPECT_EQ(second.recv(), Frames{"y"});
  EXPECT_EQ(pair.pipes(), 1u);
}

TEST(Pair, WhoGivesUpWaitingIsForgotten) {
  Bench pair(kPair);
  Remote& first = pair.join();
  Remote& second = pair.join();
  second.send({"second"});
  second.leave();
  pair.serve();
  EXPECT_EQ(pair.pipes(), 1u);
  Remote& third = pair.join();
  third.send({"third"});
  first.leave();
  EXPECT_EQ(pair.recv_all(), Messages{{"third"}});
}

TEST(Pair, ThoseWhoWaitComeInTurn) {
  Bench pair(kPair);
  Remote& first = pair.join();
  Remote& second = pair.join();
  Remote& third = pair.join();
  third.send({"third"});
  second.send({"second"});
  first.leave();
  EXPECT_EQ(pair.recv_all(), Messages{{"second"}});
  pair.disconnect(second);
  EXPECT_EQ(pair.recv_all(), Messages{{"third"}});
}

TEST(Pair, WorksAgainAfterDisconnectAndConnect) {
  Bench pair(kPair);
  Remote& first = pair.join();
  pair.disconnect(first);
  Remote& second = pair.join();
  EXPECT_EQ(pair.send({"x"}), 0);
  EXPECT_EQ(second.recv(), Frames{"x"});
  second.send({"y"});
  EXPECT_EQ(pair.recv(), Frames{"y"});
}

TEST(Pair, ANewPeerIsTakenWhileTheOldOnesLastWordsAreUnread) {
  Bench pair(kPair);
  Remote& first = pair.join();
  first.send({"last", "words"});
  first.leave();
  Remote& second = pair.join();
  second.send({"hello"});
  EXPECT_EQ(pair.send({"x"}), 0);
  EXPECT_EQ(second.recv(), Frames{"x"});
  EXPECT_EQ(pair.recv_all(), (Messages{{"last", "words"}, {"hello"}}));
  EXPECT_EQ(pair.pipes(), 1u);
}

TEST(Pair, AFullPeerIsEagain) {
  Bench pair(kPair);
  Remote& peer = pair.join_with_room(1);
  EXPECT_EQ(pair.send({"1"}), 0);
  EXPECT_EQ(pair.send({"2"}), EAGAIN);
  EXPECT_FALSE(pair.can_send());
  EXPECT_EQ(peer.recv(), Frames{"1"});
  EXPECT_TRUE(pair.can_send());
}

}  // namespace
}  // namespace zmqng
