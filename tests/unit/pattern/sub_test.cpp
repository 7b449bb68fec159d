#include "pattern/sub.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "unit/pattern/harness.h"

namespace zmqng {
namespace {

using Messages = std::vector<Frames>;

int subscribe(Bench& bench, const std::string& topic) {
  return bench.pattern().subscribe(as_bytes(topic));
}
int unsubscribe(Bench& bench, const std::string& topic) {
  return bench.pattern().unsubscribe(as_bytes(topic));
}

TEST(Sub, TellsEachSubscriptionAndTheLastCancellation) {
  Bench sub(kSub);
  Remote& peer = sub.join();
  EXPECT_EQ(subscribe(sub, "A"), 0);
  EXPECT_EQ(subscribe(sub, "A"), 0);
  EXPECT_EQ(unsubscribe(sub, "unknown"), 0);
  EXPECT_EQ(unsubscribe(sub, "A"), 0);
  EXPECT_EQ(peer.recv_all(), (Messages{{"+A"}, {"+A"}}));
  EXPECT_EQ(unsubscribe(sub, "A"), 0);
  EXPECT_EQ(unsubscribe(sub, "A"), 0);
  EXPECT_EQ(peer.recv_all(), Messages{{"-A"}});
}

TEST(Sub, TellsANewcomerEverything) {
  Bench sub(kSub);
  for (const char* topic : {"B", "", "A", "A"}) EXPECT_EQ(subscribe(sub, topic), 0);
  EXPECT_EQ(sub.join().recv_all(), (Messages{{"+"}, {"+A"}, {"+B"}}));
}

TEST(Sub, TellsARestartedPeerEverythingAgain) {
  Bench sub(kSub);
  Remote& peer = sub.join();
  EXPECT_EQ(subscribe(sub, "A"), 0);
  EXPECT_EQ(subscribe(sub, "B"), 0);
  EXPECT_EQ(unsubscribe(sub, "A"), 0);
  EXPECT_EQ(peer.recv_all(), (Messages{{"+A"}, {"+B"}, {"-A"}}));
  peer.far().announce_restart();
  sub.serve();
  Record record;
  ASSERT_TRUE(peer.far().in().front(record));
  EXPECT_EQ(record.kind, Record::Kind::restart);
  EXPECT_EQ(peer.recv_all(), Messages{{"+B"}});
}

TEST(Sub, SubscriptionsNeedNoRoomAndAreNeverDropped) {
  Bench sub(kSub);
  Remote& peer = sub.join_with_room(1);
  for (int i = 0; i < 5000; ++i) ASSERT_EQ(subscribe(sub, std::to_string(i)), 0);
  EXPECT_EQ(peer.recv_all().size(), 5000u);
  EXPECT_EQ(sub.join_with_room(1).recv_all().size(), 5000u);
}

TEST(Sub, DropsWhatItHasNotSubscribedTo) {
  Bench sub(kSub);
  Remote& peer = sub.join();
  EXPECT_EQ(subscribe(sub, "A"), 0);
  for (const Frames& frames : Messages{{"B", "A"}, {"A1", "B"}, {""}, {"A2"}, {"b"}}) {
    peer.send(frames);
  }
  EXPECT_EQ(sub.recv_all(), (Messages{{"A1", "B"}, {"A2"}}));
}

TEST(Sub, IsNotReadableForWhatItWouldDrop) {
  Bench sub(kSub);
  Remote& peer = sub.join();
  EXPECT_EQ(subscribe(sub, "A"), 0);
  peer.send({"B", "b"});
  EXPECT_FALSE(sub.can_recv());
  peer.send({"A", "a"});
  EXPECT_TRUE(sub.can_recv());
  EXPECT_TRUE(sub.can_recv());
  EXPECT_EQ(sub.recv(), (Frames{"A", "a"}));
  EXPECT_FALSE(sub.can_recv());
}

TEST(Sub, KeepsAFoundMessageWholeWhenItsPeerIsDisconnected) {
  Bench sub(kSub);
  Remote& peer = sub.join();
  EXPECT_EQ(subscribe(sub, ""), 0);
  peer.send({"1", "2"});
  EXPECT_TRUE(sub.can_recv());
  sub.disconnect(peer);
  EXPECT_EQ(sub.recv(), (Frames{"1", "2"}));
}

TEST(Sub, WithInvertedMatchingTakesWhatDoesNotMatch) {
  Bench sub(kSub);
  sub.pattern_options().invert_matching = true;
  Remote& peer = sub.join();
  EXPECT_EQ(subscribe(sub, "A"), 0);
  peer.send({"A"});
  peer.send({"B"});
  EXPECT_EQ(sub.recv_all(), Messages{{"B"}});
}

TEST(Sub, NeverSends) {
  Bench sub(kSub);
  sub.join();
  EXPECT_EQ(sub.send({"x"}), ENOTSUP);
  EXPECT_FALSE(sub.can_send());
}

TEST(Sub, ToleratesSubscriptionsFromThePeer) {
  Bench sub(kSub);
  Remote& peer = sub.join();
  EXPECT_EQ(subscribe(sub, ""), 0);
  peer.subscribe("x");
  peer.send({"y"});
  EXPECT_EQ(sub.recv_all(), Messages{{"y"}});
}

}  // namespace
}  // namespace zmqng
