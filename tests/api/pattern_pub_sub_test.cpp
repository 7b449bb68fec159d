// PUB and SUB: messages go to those who subscribed to a prefix of them.
#include <gtest/gtest.h>
#include <zmq.h>

#include <algorithm>
#include <array>
#include <optional>

#include "api/support/pub_sub.h"
#include "api/support/reference.h"
#include "api/support/socket.h"

namespace api_test {
namespace {

class Publishing : public testing::TestWithParam<Transport> {
 protected:
  void pair_up() { sub.connect(pub.bind_any(GetParam())); }
  Context context;
  Socket pub{context, ZMQ_PUB};
  Socket sub{context, ZMQ_SUB};
};

INSTANTIATE_TEST_SUITE_P(Over, Publishing, all_transports(), transport_label);

TEST_P(Publishing, OnlyMessagesWithASubscribedPrefixArrive) {
  pair_up();
  sub.set(ZMQ_SUBSCRIBE, "ab").set(ZMQ_SUBSCRIBE, "x").set(ZMQ_SUBSCRIBE, "end");
  settle(pub, sub, "end");
  for (const char* text : {"a", "ab", "abc", "b", "xyz", "x", "", "ABC", "zab", "end"}) {
    pub.send(text);
  }
  EXPECT_EQ(sub.recv_many(5), (Frames{"ab", "abc", "xyz", "x", "end"}));
}

TEST_P(Publishing, TheEmptyPrefixMatchesEverything) {
  pair_up();
  sub.set(ZMQ_SUBSCRIBE, "");
  settle(pub, sub, "");
  pub.send("");
  pub.send("anything");
  pub.send_all({"", "part"});
  EXPECT_EQ(sub.recv(), Frames{""});
  EXPECT_EQ(sub.recv(), Frames{"anything"});
  EXPECT_EQ(sub.recv(), (Frames{"", "part"}));
}

TEST_P(Publishing, WithoutASubscriptionNothingArrives) {
  pair_up();
  EXPECT_EQ(fill(pub, 10), 10);
  EXPECT_TRUE(sub.stays_silent());
}

TEST_P(Publishing, TheFirstFrameDecidesForTheWholeMessage) {
  pair_up();
  sub.set(ZMQ_SUBSCRIBE, "a").set(ZMQ_SUBSCRIBE, "end");
  settle(pub, sub, "end");
  pub.send_all({"a", "b", "", pattern_text(10'000)});
  pub.send_all({"b", "a"});
  pub.send_all({"", "a"});
  pub.send("end");
  EXPECT_EQ(sub.recv(), (Frames{"a", "b", "", pattern_text(10'000)}));
  EXPECT_EQ(sub.recv(), Frames{"end"});
}

TEST_P(Publishing, OverlappingSubscriptionsDeliverOnce) {
  pair_up();
  for (const char* prefix : {"", "a", "ab", "abc", "abc"}) sub.set(ZMQ_SUBSCRIBE, prefix);
  settle(pub, sub, "abc");
  pub.send("abcd");
  pub.send("end");
  EXPECT_EQ(sub.recv_many(2), (Frames{"abcd", "end"}));
}

TEST_P(Publishing, PrefixesAreOctetsOfAnyLengthAndValue) {
  pair_up();
  const std::string zeros(3, '\0');
  const std::string longest = pattern_text(1000, 3);
  sub.set(ZMQ_SUBSCRIBE, zeros).set(ZMQ_SUBSCRIBE, longest).set(ZMQ_SUBSCRIBE, "\xff\x01");
  sub.set(ZMQ_SUBSCRIBE, "end");
  settle(pub, sub, "end");
  pub.send(std::string(2, '\0'));
  pub.send(zeros + "x");
  pub.send(longest.substr(0, 999));
  pub.send(longest + longest);
  pub.send("\xff\x01\x02");
  pub.send("\xff");
  pub.send("end");
  EXPECT_EQ(sub.recv_many(4), (Frames{zeros + "x", longest + longest, "\xff\x01\x02", "end"}));
}

TEST_P(Publishing, UnsubscribingEndsDelivery) {
  Socket xpub{context, ZMQ_XPUB};
  sub.connect(xpub.bind_any(GetParam()));
  sub.set(ZMQ_SUBSCRIBE, "a").set(ZMQ_SUBSCRIBE, "b");
  EXPECT_EQ(xpub.recv_one(), subscribing("a"));
  EXPECT_EQ(xpub.recv_one(), subscribing("b"));
  sub.set(ZMQ_UNSUBSCRIBE, "a");
  EXPECT_EQ(xpub.recv_one(), cancelling("a"));
  xpub.send("a1");
  xpub.send("b1");
  EXPECT_EQ(sub.recv_one(), "b1");
}

TEST_P(Publishing, SubscriptionsAreCounted) {
  Socket xpub{context, ZMQ_XPUB};
  sub.connect(xpub.bind_any(GetParam()));
  for (int i = 0; i < 3; ++i) sub.set(ZMQ_SUBSCRIBE, "a");
  EXPECT_EQ(xpub.recv_one(), subscribing("a"));
  sub.set(ZMQ_UNSUBSCRIBE, "a").set(ZMQ_UNSUBSCRIBE, "a");
  sub.set(ZMQ_SUBSCRIBE, "b");
  EXPECT_EQ(xpub.recv_one(), subscribing("b"));
  xpub.send("a1");
  EXPECT_EQ(sub.recv_one(), "a1") << "one of three is left";
  sub.set(ZMQ_UNSUBSCRIBE, "a");
  EXPECT_EQ(xpub.recv_one(), cancelling("a"));
  xpub.send("a2");
  xpub.send("b2");
  EXPECT_EQ(sub.recv_one(), "b2");
}

TEST_P(Publishing, UnsubscribingWhatWasNeverSubscribedChangesNothing) {
  pair_up();
  sub.set(ZMQ_UNSUBSCRIBE, "never");
  sub.set(ZMQ_SUBSCRIBE, "a");
  sub.set(ZMQ_UNSUBSCRIBE, "").set(ZMQ_UNSUBSCRIBE, "ab");
  settle(pub, sub, "a");
  pub.send("abc");
  EXPECT_EQ(sub.recv_one(), "abc");
}

TEST_P(Publishing, AMessageWaitingWhenItsSubscriptionEndsIsNotDelivered) {
  pair_up();
  sub.set(ZMQ_SUBSCRIBE, "a").set(ZMQ_SUBSCRIBE, "b");
  settle(pub, sub, "b");
  settle(pub, sub, "a");
  pub.send("a1");
  pub.send("b1");
  EXPECT_TRUE(sub.wait_readable());
  // SUB filters what it takes from its queue, too; only the one it has looked at may slip through.
  EXPECT_EQ(sub.recv_one(), "a1");
  pub.send("a2");
  EXPECT_EQ(sub.recv_one(), "b1");
  sub.set(ZMQ_UNSUBSCRIBE, "a");
  pub.send("b2");
  EXPECT_EQ(sub.recv_one(), "b2");
}

TEST_P(Publishing, EverySubscriberGetsEveryMatchingMessage) {
  const std::string endpoint = pub.bind_any(GetParam());
  std::array subs{Socket{context, ZMQ_SUB}, Socket{context, ZMQ_SUB}, Socket{context, ZMQ_SUB}};
  for (size_t i = 0; i < 3; ++i) {
    subs[i].set(ZMQ_SUBSCRIBE, "all").set(ZMQ_SUBSCRIBE, std::to_string(i));
    subs[i].connect(endpoint);
    settle(pub, subs[i], std::to_string(i));
  }
  for (int n = 0; n < 20; ++n) pub.send_all({"all", std::to_string(n), pattern_text(2000)});
  for (Socket& each : subs) {
    for (int n = 0; n < 20; ++n) {
      EXPECT_EQ(each.recv(), (Frames{"all", std::to_string(n), pattern_text(2000)}));
    }
  }
}

TEST_P(Publishing, SubscriptionsMadeBeforeConnectingCount) {
  sub.set(ZMQ_SUBSCRIBE, "a");
  pair_up();
  settle(pub, sub, "a");
  pub.send("abc");
  EXPECT_EQ(sub.recv_one(), "abc");
}

TEST_P(Publishing, ASubscriberMayBindAndPublishersConnect) {
  sub.set(ZMQ_SUBSCRIBE, "");
  const std::string endpoint = sub.bind_any(GetParam());
  Socket other{context, ZMQ_PUB};
  pub.connect(endpoint);
  other.connect(endpoint);
  settle(pub, sub, "from the first");
  settle(other, sub, "from the second");
  pub.send("1");
  EXPECT_EQ(sub.recv_one(), "1");
  other.send("2");
  EXPECT_EQ(sub.recv_one(), "2");
}

TEST_P(Publishing, ASubscriberHearsSeveralPublishers) {
  Socket other{context, ZMQ_PUB};
  sub.set(ZMQ_SUBSCRIBE, "");
  sub.connect(pub.bind_any(GetParam()));
  sub.connect(other.bind_any(GetParam()));
  settle(pub, sub, "first");
  settle(other, sub, "second");
  for (int i = 0; i < 3; ++i) {
    pub.send("p");
    other.send("o");
    const Frames both = sub.recv_many(2);
    EXPECT_TRUE(both == (Frames{"p", "o"}) || both == (Frames{"o", "p"}));
  }
}

TEST_P(Publishing, NewPublishersLearnTheSubscriptionsInForce) {
  sub.set(ZMQ_SUBSCRIBE, "a").set(ZMQ_SUBSCRIBE, "b").set(ZMQ_SUBSCRIBE, "c");
  sub.set(ZMQ_UNSUBSCRIBE, "b");
  Socket xpub{context, ZMQ_XPUB};
  sub.connect(xpub.bind_any(GetParam()));
  Frames seen = xpub.recv_many(2);
  std::sort(seen.begin(), seen.end());
  EXPECT_EQ(seen, (Frames{subscribing("a"), subscribing("c")}));
  EXPECT_TRUE(xpub.stays_silent());
}

TEST_P(Publishing, AReconnectedPublisherLearnsTheSubscriptionsAgain) {
  if (GetParam() == Transport::inproc) GTEST_SKIP() << "inproc does not reconnect";
  const FreeEndpoint endpoint{GetParam()};
  sub.set(ZMQ_RECONNECT_IVL, 5).set(ZMQ_SUBSCRIBE, "a");
  sub.connect(endpoint.text());
  for (int round = 0; round < 3; ++round) {
    std::optional<Socket> xpub;
    EXPECT_TRUE(wait_until([&] {
      xpub.emplace(context, ZMQ_XPUB);
      return xpub->try_bind(endpoint.text()) == ok;
    }));
    EXPECT_TRUE(wait_served(sub, *xpub));
    EXPECT_EQ(xpub->recv_one(), subscribing("a"));
    const std::string text = "a" + std::to_string(round);
    xpub->send(text);
    EXPECT_EQ(sub.recv_one(), text);
  }
}

TEST_P(Publishing, MoreSubscriptionsThanTheHighWaterMarkAllArrive) {
  SKIP_ON_REFERENCE("it drops subscriptions beyond SNDHWM");
  constexpr int count = 3000;  // the mark is 1000
  Socket xpub{context, ZMQ_XPUB};
  sub.connect(xpub.bind_any(GetParam()));
  for (int i = 0; i < count; ++i) sub.set(ZMQ_SUBSCRIBE, "topic" + std::to_string(i));
  std::vector<bool> seen(count, false);
  for (int i = 0; i < count && !HasFailure(); ++i) {
    seen[std::stoul(xpub.recv_one().substr(6))] = true;
  }
  EXPECT_EQ(std::count(seen.begin(), seen.end(), true), count);
  xpub.send("topic2999");
  EXPECT_EQ(sub.recv_one(), "topic2999");
}

TEST_P(Publishing, MoreSubscriptionsThanTheMarkArriveOnALateConnection) {
  SKIP_ON_REFERENCE("it drops subscriptions beyond SNDHWM");
  constexpr int count = 3000;
  Socket xpub{context, ZMQ_XPUB};
  for (int i = 0; i < count; ++i) sub.set(ZMQ_SUBSCRIBE, "topic" + std::to_string(i));
  sub.connect(xpub.bind_any(GetParam()));
  std::vector<bool> seen(count, false);
  for (int i = 0; i < count && !HasFailure(); ++i) {
    seen[std::stoul(xpub.recv_one().substr(6))] = true;
  }
  EXPECT_EQ(std::count(seen.begin(), seen.end(), true), count);
}

TEST_P(Publishing, InvertedMatchingDeliversWhatIsNotSubscribed) {
  pub.set(ZMQ_INVERT_MATCHING, 1);
  sub.set(ZMQ_INVERT_MATCHING, 1);
  Socket xpub{context, ZMQ_XPUB};
  xpub.set(ZMQ_INVERT_MATCHING, 1);
  sub.connect(xpub.bind_any(GetParam()));
  sub.set(ZMQ_SUBSCRIBE, "a");
  EXPECT_EQ(xpub.recv_one(), subscribing("a"));
  for (const char* text : {"abc", "bcd", "a", "", "end"}) xpub.send(text);
  EXPECT_EQ(sub.recv_many(3), (Frames{"bcd", "", "end"}));
  sub.set(ZMQ_UNSUBSCRIBE, "a");
  EXPECT_EQ(xpub.recv_one(), cancelling("a"));
  xpub.send("abc");
  EXPECT_EQ(sub.recv_one(), "abc");
}

TEST_P(Publishing, APublisherIgnoresWhatSubscribersSend) {
  Socket xsub{context, ZMQ_XSUB};
  xsub.connect(pub.bind_any(GetParam()));
  xsub.send("upstream data");
  xsub.send(subscribing(""));
  settle(pub, xsub, "");
  pub.send("downstream");
  EXPECT_EQ(xsub.recv_one(), "downstream");
}

TEST_P(Publishing, ALeavingSubscriberDisturbsNobody) {
  const std::string endpoint = pub.bind_any(GetParam());
  sub.set(ZMQ_SUBSCRIBE, "");
  sub.connect(endpoint);
  settle(pub, sub, "s");
  for (int round = 0; round < 5; ++round) {
    Socket visitor{context, ZMQ_SUB};
    visitor.set(ZMQ_SUBSCRIBE, "v");
    visitor.connect(endpoint);
    settle(pub, visitor, "v");
    visitor.close();
    const std::string marker = "marker" + std::to_string(round);
    pub.send(marker);
    while (sub.recv_one() != marker && !HasFailure()) {
    }
  }
}

TEST(PublishingRules, ASubscriberJoiningDuringAMessageGetsTheFollowingOnes) {
  Context context;
  Socket pub{context, ZMQ_PUB};
  Socket early{context, ZMQ_SUB};
  Socket late{context, ZMQ_SUB};
  const std::string endpoint = pub.bind_any(Transport::inproc);
  early.set(ZMQ_SUBSCRIBE, "");
  late.set(ZMQ_SUBSCRIBE, "");
  early.connect(endpoint);
  (void)pub.events();
  EXPECT_EQ(pub.try_send("1", ZMQ_SNDMORE), ok);
  late.connect(endpoint);
  (void)pub.events();
  EXPECT_EQ(pub.try_send("2", ZMQ_SNDMORE), ok);
  EXPECT_EQ(pub.try_send("3"), ok);
  pub.send("next");
  EXPECT_EQ(early.recv(), (Frames{"1", "2", "3"}));
  EXPECT_EQ(late.recv(), Frames{"next"});
}

TEST(PublishingRules, SubscriptionOptionsBelongToSubscribers) {
  Context context;
  for (const int type : {ZMQ_PUB, ZMQ_XPUB, ZMQ_XSUB, ZMQ_PAIR, ZMQ_DEALER}) {
    Socket socket{context, type};
    EXPECT_EQ(socket.try_set(ZMQ_SUBSCRIBE, "a"), fails_with(EINVAL)) << type;
    EXPECT_EQ(socket.try_set(ZMQ_UNSUBSCRIBE, "a"), fails_with(EINVAL)) << type;
  }
}

}  // namespace
}  // namespace api_test
