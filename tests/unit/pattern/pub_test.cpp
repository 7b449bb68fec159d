#include "pattern/pub.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "unit/pattern/harness.h"

namespace zmqng {
namespace {

using Messages = std::vector<Frames>;

SocketOptions with(void (*change)(PatternOptions&)) {
  SocketOptions options;
  change(options.pattern);
  return options;
}

TEST(Pub, SendsWhatMatchesToWhoWantsIt) {
  Bench pub(kPub);
  Remote& a = pub.join();
  Remote& b = pub.join();
  a.subscribe("A");
  b.subscribe("AB");
  for (const char* text : {"A", "AB", "ABC", "B", ""}) EXPECT_EQ(pub.send({text}), 0);
  EXPECT_EQ(a.recv_all(), (Messages{{"A"}, {"AB"}, {"ABC"}}));
  EXPECT_EQ(b.recv_all(), (Messages{{"AB"}, {"ABC"}}));
}

TEST(Pub, SendsOnceToWhoMatchesTwice) {
  Bench pub(kPub);
  Remote& a = pub.join();
  for (const char* topic : {"", "A", "AB"}) a.subscribe(topic);
  EXPECT_EQ(pub.send({"ABC"}), 0);
  EXPECT_EQ(a.recv_all(), Messages{{"ABC"}});
}

TEST(Pub, TheFirstFrameDecidesForAll) {
  Bench pub(kPub);
  Remote& a = pub.join();
  Remote& b = pub.join();
  a.subscribe("A");
  b.subscribe("B");
  EXPECT_EQ(pub.send({"A", "B", ""}), 0);
  EXPECT_EQ(pub.send({"x", "A"}), 0);
  EXPECT_EQ(a.recv_all(), (Messages{{"A", "B", ""}}));
  EXPECT_EQ(b.recv_all(), Messages{});
}

TEST(Pub, TakesSubscriptionsAsOldPeersSendThem) {
  Bench pub(kPub);
  Remote& a = pub.join();
  a.send({bytes({1, 'A'})});
  EXPECT_EQ(pub.send({"A1"}), 0);
  a.send({bytes({0, 'A'})});
  EXPECT_EQ(pub.send({"A2"}), 0);
  EXPECT_EQ(a.recv_all(), Messages{{"A1"}});
}

TEST(Pub, OneCancellationIsEnoughForTwoSubscriptions) {
  Bench pub(kPub);
  Remote& a = pub.join();
  a.subscribe("A");
  a.subscribe("A");
  a.cancel("A");
  EXPECT_EQ(pub.send({"A"}), 0);
  EXPECT_EQ(a.recv_all(), Messages{});
}

TEST(Pub, AFullSubscriberMissesMessagesUntilItHasReadHalf) {
  Bench pub(kPub);
  Remote& slow = pub.join_with_room(4);
  Remote& fast = pub.join();
  slow.subscribe("");
  fast.subscribe("");
  for (int i = 0; i < 6; ++i) EXPECT_EQ(pub.send({std::to_string(i)}), 0);
  EXPECT_EQ(slow.recv(), Frames{"0"});
  EXPECT_EQ(pub.send({"6"}), 0);
  EXPECT_EQ(slow.recv(), Frames{"1"});
  EXPECT_EQ(pub.send({"7"}), 0);
  EXPECT_EQ(slow.recv_all(), (Messages{{"2"}, {"3"}, {"7"}}));
  EXPECT_EQ(fast.recv_all().size(), 8u);
}

TEST(Pub, WhoComesDuringAMessageGetsTheNext) {
  Bench pub(kPub);
  Remote& a = pub.join();
  a.subscribe("");
  EXPECT_EQ(pub.send_frame("1", true), 0);
  Remote& b = pub.join();
  b.subscribe("");
  EXPECT_EQ(pub.send_frame("2", false), 0);
  EXPECT_EQ(pub.send({"next"}), 0);
  EXPECT_EQ(a.recv_all(), (Messages{{"1", "2"}, {"next"}}));
  EXPECT_EQ(b.recv_all(), Messages{{"next"}});
}

TEST(Pub, WhoGoesDuringAMessageTakesNobodyAlong) {
  Bench pub(kPub);
  Remote* peers[] = {&pub.join(), &pub.join(), &pub.join(), &pub.join()};
  for (Remote* peer : peers) peer->subscribe("");
  EXPECT_EQ(pub.send_frame("1", true), 0);
  peers[0]->leave();
  pub.disconnect(*peers[2]);
  EXPECT_EQ(pub.send_frame("2", false), 0);
  EXPECT_EQ(peers[1]->recv_all(), (Messages{{"1", "2"}}));
  EXPECT_EQ(peers[2]->recv_all(), Messages{});
  EXPECT_EQ(peers[3]->recv_all(), (Messages{{"1", "2"}}));
  EXPECT_EQ(pub.pipes(), 2u);
}

TEST(Pub, AChangeOfSubscriptionsDuringAMessageHoldsFromTheNext) {
  Bench pub(kPub);
  Remote& a = pub.join();
  Remote& b = pub.join();
  a.subscribe("A");
  EXPECT_EQ(pub.send_frame("A", true), 0);
  a.cancel("A");
  b.subscribe("A");
  EXPECT_EQ(pub.send_frame("end", false), 0);
  EXPECT_EQ(a.recv_all(), (Messages{{"A", "end"}}));
  EXPECT_EQ(b.recv_all(), Messages{});
}

TEST(Pub, DiscardsDataAndNeverReceives) {
  Bench pub(kPub);
  Remote& a = pub.join();
  a.send({"hello"});
  EXPECT_FALSE(pub.can_recv());
  EXPECT_EQ(pub.recv(), std::nullopt);
  EXPECT_EQ(pub.last_error, ENOTSUP);
  EXPECT_TRUE(pub.can_send());
  a.leave();
  pub.serve();
  EXPECT_EQ(pub.pipes(), 0u);
}

TEST(Pub, InvertedMatchingSendsToThoseWhoDoNotMatch) {
  Bench pub(kPub, with([](PatternOptions& o) { o.invert_matching = true; }));
  Remote& a = pub.join();
  Remote& b = pub.join();
  Remote& c = pub.join();
  a.subscribe("A");
  b.subscribe("B");
  EXPECT_EQ(pub.send({"A", "1"}), 0);
  EXPECT_EQ(pub.send({"B"}), 0);
  EXPECT_EQ(a.recv_all(), Messages{{"B"}});
  EXPECT_EQ(b.recv_all(), (Messages{{"A", "1"}}));
  EXPECT_EQ(c.recv_all(), (Messages{{"A", "1"}, {"B"}}));
}

TEST(Pub, WithNodropAFullMatchingSubscriberHoldsUpEverybody) {
  Bench pub(kPub, with([](PatternOptions& o) { o.xpub_nodrop = true; }));
  Remote& slow = pub.join_with_room(1);
  Remote& fast = pub.join();
  slow.subscribe("A");
  fast.subscribe("");
  EXPECT_EQ(pub.send({"A1"}), 0);
  EXPECT_EQ(pub.send({"A2"}), EAGAIN);
  EXPECT_EQ(pub.send({"A2"}), EAGAIN);
  EXPECT_FALSE(pub.can_send());
  EXPECT_EQ(pub.send({"B1", "end"}), 0) << "nobody full wants this one";
  EXPECT_EQ(slow.recv(), Frames{"A1"});
  EXPECT_TRUE(pub.can_send());
  EXPECT_EQ(pub.send({"A2"}), 0);
  EXPECT_EQ(slow.recv_all(), Messages{{"A2"}});
  EXPECT_EQ(fast.recv_all(), (Messages{{"A1"}, {"B1", "end"}, {"A2"}}));
}

TEST(Pub, WithNodropAndInvertedMatchingAFullSubscriberThatDoesNotMatchHoldsUpEverybody) {
  Bench pub(kPub, with([](PatternOptions& o) { o.xpub_nodrop = o.invert_matching = true; }));
  Remote& slow = pub.join_with_room(1);
  Remote& fast = pub.join();
  slow.subscribe("A");
  slow.subscribe("A2");
  EXPECT_EQ(pub.send({"B1"}), 0);
  EXPECT_EQ(pub.send({"B2"}), EAGAIN) << "not dropped";
  EXPECT_EQ(pub.send({"A2"}), 0) << "which it does not want, for it matches, twice";
  EXPECT_EQ(slow.recv(), Frames{"B1"});
  EXPECT_EQ(pub.send({"B2", "end"}), 0);
  EXPECT_EQ(slow.recv_all(), (Messages{{"B2", "end"}}));
  EXPECT_EQ(fast.recv_all(), (Messages{{"B1"}, {"A2"}, {"B2", "end"}}));
}

TEST(Pub, WithNodropAndInvertedMatchingEveryFullSubscriberCounts) {
  Bench pub(kPub, with([](PatternOptions& o) { o.xpub_nodrop = o.invert_matching = true; }));
  Remote& a = pub.join_with_room(1);
  Remote& b = pub.join_with_room(1);
  a.subscribe("A");
  b.subscribe("B");
  EXPECT_EQ(pub.send({"C"}), 0);
  EXPECT_EQ(pub.send({"A"}), EAGAIN);
  EXPECT_EQ(pub.send({"B"}), EAGAIN);
  EXPECT_EQ(b.recv(), Frames{"C"});
  EXPECT_EQ(pub.send({"B"}), EAGAIN);
  EXPECT_EQ(pub.send({"A"}), 0);
  EXPECT_EQ(a.recv_all(), Messages{{"C"}});
  EXPECT_EQ(b.recv_all(), Messages{{"A"}});
}

TEST(Pub, AFullSubscriberThatGoesHoldsUpNobody) {
  Bench pub(kPub, with([](PatternOptions& o) { o.xpub_nodrop = true; }));
  Remote& slow = pub.join_with_room(1);
  slow.subscribe("");
  EXPECT_EQ(pub.send({"1"}), 0);
  EXPECT_EQ(pub.send({"2"}), EAGAIN);
  slow.leave();
  EXPECT_TRUE(pub.can_send());
  EXPECT_EQ(pub.send({"2"}), 0);
}

TEST(Pub, WelcomesEverybodyFirst) {
  Bench pub(kPub, with([](PatternOptions& o) { o.xpub_welcome_msg = std::string(2000, 'W'); }));
  Remote& a = pub.join();
  a.subscribe("");
  EXPECT_EQ(pub.send({"x"}), 0);
  EXPECT_EQ(a.recv_all(), (Messages{{std::string(2000, 'W')}, {"x"}}));
}

TEST(Pub, SharesLargeBodiesAmongAll) {
  Bench pub(kPub);
  const std::string large(100000, 'x');
  std::vector<Remote*> peers;
  for (int i = 0; i < 5; ++i) {
    peers.push_back(&pub.join());
    peers.back()->subscribe("");
  }
  EXPECT_EQ(pub.send({large, large}), 0);
  for (Remote* peer : peers) EXPECT_EQ(peer->recv(), (Frames{large, large}));
}

}  // namespace
}  // namespace zmqng
