// XPUB: a publisher whose application sees the subscriptions, and may decide about them.
#include <gtest/gtest.h>
#include <zmq.h>

#include <algorithm>
#include <thread>
#include <tuple>

#include "api/support/pub_sub.h"
#include "api/support/reference.h"
#include "api/support/socket.h"

namespace api_test {
namespace {

// Draft names in the header, stable numbers in the library.
constexpr int xpub_manual_last_value = 98;
constexpr int only_first_subscribe = 108;

// What the application sees of: a subscribes, b subscribes, a again, a cancels, a cancels
// again, b cancels; all the same topic.
struct Mode {
  const char* name;
  int option;  // 0: none
  bool seen[6];
};

void PrintTo(const Mode& mode, std::ostream* out) {
  *out << mode.name;
}

constexpr Mode modes[] = {
    {"Default", 0, {true, false, false, false, true, true}},
    {"Verbose", ZMQ_XPUB_VERBOSE, {true, true, true, false, true, true}},
    {"Verboser", ZMQ_XPUB_VERBOSER, {true, true, true, true, true, true}},
    {"OnlyFirst", only_first_subscribe, {true, false, false, false, true, true}},
};

class Telling : public testing::TestWithParam<std::tuple<Mode, Transport>> {};

INSTANTIATE_TEST_SUITE_P(Of, Telling, testing::Combine(testing::ValuesIn(modes), all_transports()),
                         [](const auto& row) {
                           return std::string(std::get<0>(row.param).name) + "_" +
                                  name_of(std::get<1>(row.param));
                         });

TEST_P(Telling, ShowsSubscriptionsAccordingToTheMode) {
  const auto& [mode, transport] = GetParam();
  Context context;
  Socket xpub{context, ZMQ_XPUB};
  if (mode.option != 0) xpub.set(mode.option, 1);
  Socket a{context, ZMQ_XSUB};
  Socket b{context, ZMQ_XSUB};
  // A cancel for something not held is swallowed by XSUB: raw frames need two more subscribers.
  const std::string endpoint = xpub.bind_any(transport);
  a.connect(endpoint);
  b.connect(endpoint);
  struct Step {
    Socket& who;
    std::string what;
  };
  const Step steps[] = {{a, subscribing("A")}, {b, subscribing("A")}, {a, subscribing("A")},
                        {a, cancelling("A")},  {a, cancelling("A")},  {b, cancelling("A")}};
  // After each step a marker of the same subscriber shows that the step has been seen or not.
  int marker = 0;
  for (size_t i = 0; i < 4; ++i) {
    const std::string mark = subscribing("mark" + std::to_string(++marker));
    steps[i].who.send(steps[i].what);
    steps[i].who.send(mark);
    // XSUB counts, too: a's second subscription is sent, but only its last cancel is.
    const bool cancelled_once_of_two = i == 3;
    if (mode.seen[i] && !cancelled_once_of_two) {
      EXPECT_EQ(xpub.recv_one(), steps[i].what) << "step " << i;
    }
    EXPECT_EQ(xpub.recv_one(), mark) << "step " << i;
  }
  // a's last cancel: b still holds the topic.
  a.send(cancelling("A"));
  a.send(subscribing("end a"));
  if (mode.option == ZMQ_XPUB_VERBOSER) {
    EXPECT_EQ(xpub.recv_one(), cancelling("A"));
  }
  EXPECT_EQ(xpub.recv_one(), subscribing("end a"));
  b.send(cancelling("A"));
  EXPECT_EQ(xpub.recv_one(), cancelling("A"));
}

class Xpub : public testing::TestWithParam<Transport> {
 protected:
  Context context;
  Socket xpub{context, ZMQ_XPUB};
  Socket sub{context, ZMQ_SUB};
  Socket other{context, ZMQ_SUB};
};

INSTANTIATE_TEST_SUITE_P(Over, Xpub, all_transports(), transport_label);

TEST_P(Xpub, SeesSubscriptionsOfAnyLength) {
  sub.connect(xpub.bind_any(GetParam()));
  for (const size_t size : {0, 1, 31, 32, 33, 245, 246, 252, 253, 254, 255, 256, 10'000}) {
    // The reference sends topics of 246 to 255 octets malformed.
    if (is_reference() && size > 245 && size < 256) continue;
    sub.set(ZMQ_SUBSCRIBE, pattern_text(size));
    EXPECT_TRUE(xpub.recv_one() == subscribing(pattern_text(size))) << size;
    sub.set(ZMQ_UNSUBSCRIBE, pattern_text(size));
    EXPECT_TRUE(xpub.recv_one() == cancelling(pattern_text(size))) << size;
  }
}

TEST_P(Xpub, IsToldWhenTheLastSubscriberOfATopicLeaves) {
  const std::string endpoint = xpub.bind_any(GetParam());
  sub.connect(endpoint);
  sub.set(ZMQ_SUBSCRIBE, "both").set(ZMQ_SUBSCRIBE, "mine");
  EXPECT_EQ(xpub.recv_one(), subscribing("both"));
  EXPECT_EQ(xpub.recv_one(), subscribing("mine"));
  other.connect(endpoint);
  other.set(ZMQ_SUBSCRIBE, "both").set(ZMQ_SUBSCRIBE, "other");
  EXPECT_EQ(xpub.recv_one(), subscribing("other"));
  sub.close();
  EXPECT_EQ(xpub.recv_one(), cancelling("mine"));
  other.close();
  Frames gone = xpub.recv_many(2);
  std::sort(gone.begin(), gone.end());
  EXPECT_EQ(gone, (Frames{cancelling("both"), cancelling("other")}));
}

TEST_P(Xpub, ReceivesDataOfXsubs) {
  Socket xsub{context, ZMQ_XSUB};
  xsub.connect(xpub.bind_any(GetParam()));
  EXPECT_TRUE(xsub.wait_writable());
  xsub.send(subscribing("a"));
  EXPECT_EQ(xpub.recv_one(), subscribing("a"));
  xsub.send("data");
  EXPECT_EQ(xpub.recv_one(), "data");
  xsub.send_all({"two", "frames"});
  EXPECT_EQ(xpub.recv(), (Frames{"two", "frames"}));
  xsub.send("");
  EXPECT_EQ(xpub.recv(), Frames{""});
}

TEST_P(Xpub, TakesLaterFramesForSubscriptionsUnlessToldNotTo) {
  for (const bool only_first : {false, true}) {
    Socket pub{context, ZMQ_XPUB};
    Socket xsub{context, ZMQ_XSUB};
    pub.set(only_first_subscribe, only_first ? 1 : 0);
    xsub.set(only_first_subscribe, only_first ? 1 : 0);
    xsub.connect(pub.bind_any(GetParam()));
    xsub.send_all({"data", subscribing("t")});
    const Frames first = pub.recv();
    if (only_first) {
      EXPECT_EQ(first, (Frames{"data", subscribing("t")}));
      pub.send("t1");
      xsub.send(subscribing("u"));
      EXPECT_EQ(pub.recv_one(), subscribing("u"));
      pub.send("u1");
      EXPECT_EQ(xsub.recv_one(), "u1");
    } else {
      EXPECT_EQ(first.front(), "data");
      xsub.send(subscribing("u"));
      while (pub.recv().back() != subscribing("u") && !HasFailure()) {
      }
      pub.send("t1");
      EXPECT_EQ(xsub.recv_one(), "t1");
    }
  }
}

TEST_P(Xpub, ManualModeSubscribesOnlyWhatTheApplicationSays) {
  xpub.set(ZMQ_XPUB_MANUAL, 1);
  sub.connect(xpub.bind_any(GetParam()));
  sub.set(ZMQ_SUBSCRIBE, "");
  EXPECT_EQ(xpub.recv_one(), subscribing(""));
  xpub.send("nobody gets it");
  xpub.set(ZMQ_SUBSCRIBE, "B");
  xpub.send("A1");
  xpub.send("B1");
  EXPECT_EQ(sub.recv_one(), "B1");
  sub.set(ZMQ_SUBSCRIBE, "x");
  EXPECT_EQ(xpub.recv_one(), subscribing("x"));
  xpub.set(ZMQ_UNSUBSCRIBE, "B").set(ZMQ_SUBSCRIBE, "C");
  xpub.send("B2");
  xpub.send("C2");
  EXPECT_EQ(sub.recv_one(), "C2");
}

TEST_P(Xpub, ManualModeKeepsSubscribersApart) {
  xpub.set(ZMQ_XPUB_MANUAL, 1);
  const std::string endpoint = xpub.bind_any(GetParam());
  sub.connect(endpoint);
  sub.set(ZMQ_SUBSCRIBE, "");
  EXPECT_EQ(xpub.recv_one(), subscribing(""));
  xpub.set(ZMQ_SUBSCRIBE, "A");
  other.connect(endpoint);
  other.set(ZMQ_SUBSCRIBE, "");
  EXPECT_EQ(xpub.recv_one(), subscribing("")) << "manual mode reports every request";
  xpub.set(ZMQ_SUBSCRIBE, "B");
  xpub.send("A1");
  xpub.send("B1");
  EXPECT_EQ(sub.recv_one(), "A1");
  EXPECT_EQ(other.recv_one(), "B1");
  EXPECT_EQ(sub.try_recv(), std::nullopt);
}

TEST_P(Xpub, ManualModeReportsCancellationsAndDepartures) {
  xpub.set(ZMQ_XPUB_MANUAL, 1);
  sub.connect(xpub.bind_any(GetParam()));
  sub.set(ZMQ_SUBSCRIBE, "a").set(ZMQ_SUBSCRIBE, "b");
  EXPECT_EQ(xpub.recv_one(), subscribing("a"));
  xpub.set(ZMQ_SUBSCRIBE, "XA");
  EXPECT_EQ(xpub.recv_one(), subscribing("b"));
  xpub.set(ZMQ_SUBSCRIBE, "XB");
  sub.set(ZMQ_UNSUBSCRIBE, "a");
  EXPECT_EQ(xpub.recv_one(), cancelling("a"));
  sub.close();
  EXPECT_EQ(xpub.recv_one(), cancelling("b")) << "what the peer had asked for";
}

TEST_P(Xpub, LastValueModeSendsToTheNewestSubscriberOnly) {
  xpub.set(xpub_manual_last_value, 1);
  const std::string endpoint = xpub.bind_any(GetParam());
  sub.connect(endpoint);
  sub.set(ZMQ_SUBSCRIBE, "A");
  EXPECT_EQ(xpub.recv_one(), subscribing("A"));
  xpub.set(ZMQ_SUBSCRIBE, "A");
  xpub.send("A last value");
  EXPECT_EQ(sub.recv_one(), "A last value");
  other.connect(endpoint);
  other.set(ZMQ_SUBSCRIBE, "A");
  EXPECT_EQ(xpub.recv_one(), subscribing("A"));
  xpub.set(ZMQ_SUBSCRIBE, "A");
  xpub.send("A for the newest");
  EXPECT_EQ(other.recv_one(), "A for the newest");
  xpub.send("A for all");
  EXPECT_EQ(other.recv_one(), "A for all");
  EXPECT_EQ(sub.recv_one(), "A for all");
}

// ZMQ_XPUB_MANUAL_LAST_VALUE: `sub` has what it asked for, `other` has just asked for the same.
class XpubLastValue : public Xpub {
 protected:
  void SetUp() override {
    xpub.set(xpub_manual_last_value, 1);
    const std::string endpoint = xpub.bind_any(GetParam());
    for (Socket* each : {&sub, &other}) {
      each->connect(endpoint);
      each->set(ZMQ_SUBSCRIBE, "A");
      EXPECT_EQ(xpub.recv_one(), subscribing("A"));
      if (each == &other) break;
      xpub.set(ZMQ_SUBSCRIBE, "A");
      xpub.send("A0");
      EXPECT_EQ(sub.recv_one(), "A0");
    }
  }
};

INSTANTIATE_TEST_SUITE_P(Over, XpubLastValue, all_transports(), transport_label);

TEST_P(XpubLastValue, GoesToNobodyIfTheNewestAskedInVain) {
  xpub.send("A last");
  xpub.send("A for all");
  EXPECT_EQ(sub.recv_one(), "A for all");
}

TEST_P(XpubLastValue, GoesToNobodyIfTheNewestHasGone) {
  SKIP_ON_REFERENCE("so it does, but some calls later it sends to all");
  xpub.set(ZMQ_SUBSCRIBE, "A");
  other.close();
  ASSERT_TRUE(xpub.wait_readable(deadline));
  xpub.send("A last");
  xpub.send("A for all");
  EXPECT_EQ(sub.recv_one(), "A for all");
}

TEST_P(XpubLastValue, GoesToAllOnceTheCancelOfTheNewestWasReceived) {
  xpub.set(ZMQ_SUBSCRIBE, "A");
  other.close();
  EXPECT_EQ(xpub.recv_one(), cancelling("A"));
  xpub.send("A for all");
  EXPECT_EQ(sub.recv_one(), "A for all");
}

TEST_P(XpubLastValue, GoesToAllWhileTheModeIsOff) {
  xpub.set(ZMQ_SUBSCRIBE, "A");
  for (const int option : {xpub_manual_last_value, ZMQ_XPUB_MANUAL}) {
    xpub.set(option, 0);
    xpub.send("A for all");
    EXPECT_EQ(sub.recv_one(), "A for all");
    EXPECT_EQ(other.recv_one(), "A for all");
    xpub.set(xpub_manual_last_value, 1);
  }
  xpub.send("A last");
  xpub.send("A end");
  EXPECT_EQ(sub.recv_one(), "A end");
  EXPECT_EQ(other.recv_one(), "A last");
}

TEST_P(Xpub, WelcomesEveryNewSubscriber) {
  xpub.set(ZMQ_XPUB_WELCOME_MSG, "W welcome");
  const std::string endpoint = xpub.bind_any(GetParam());
  for (Socket* each : {&sub, &other}) {
    each->set(ZMQ_SUBSCRIBE, "W");
    each->connect(endpoint);
    EXPECT_TRUE(wait_served(xpub, *each));
    EXPECT_EQ(each->recv_one(), "W welcome");
  }
  Socket deaf{context, ZMQ_SUB};
  deaf.set(ZMQ_SUBSCRIBE, "x");
  deaf.connect(endpoint);
  EXPECT_EQ(xpub.recv_one(), subscribing("W"));
  EXPECT_EQ(xpub.recv_one(), subscribing("x"));
  xpub.send("x1");
  EXPECT_EQ(deaf.recv_one(), "x1") << "its own filter drops the welcome";
}

TEST_P(Xpub, AnEmptyWelcomeTurnsTheWelcomeOff) {
  xpub.set(ZMQ_XPUB_WELCOME_MSG, "W welcome");
  xpub.set(ZMQ_XPUB_WELCOME_MSG, "");
  sub.set(ZMQ_SUBSCRIBE, "W");
  sub.connect(xpub.bind_any(GetParam()));
  EXPECT_EQ(xpub.recv_one(), subscribing("W"));
  xpub.send("W1");
  EXPECT_EQ(sub.recv_one(), "W1");
}

TEST(XpubRules, NodropRefusesWhileAMatchingSubscriberIsFull) {
  for (const int type : {ZMQ_XPUB, ZMQ_PUB}) {
    Context context;
    Socket pub{context, type};
    Socket full{context, ZMQ_SUB};
    Socket idle{context, ZMQ_SUB};
    pub.set(ZMQ_XPUB_NODROP, 1).set(ZMQ_SNDHWM, 3).set(ZMQ_SNDTIMEO, 20);
    full.set(ZMQ_RCVHWM, 2).set(ZMQ_SUBSCRIBE, "m");
    idle.set(ZMQ_RCVHWM, 2).set(ZMQ_SUBSCRIBE, "other");
    const std::string endpoint = pub.bind_any(Transport::inproc);
    full.connect(endpoint);
    idle.connect(endpoint);
    (void)pub.events();
    EXPECT_EQ(fill(pub, 100), 5);
    EXPECT_EQ(pub.try_send("m over"), eagain);
    EXPECT_EQ(pub.try_send("m over", 0), eagain) << "after SNDTIMEO";
    EXPECT_EQ(full.recv_many(5), (Frames{"m0", "m1", "m2", "m3", "m4"}));
    EXPECT_TRUE(wait_until([&] { return pub.try_send("m again") == ok; }));
    EXPECT_EQ(full.recv_one(), "m again");
  }
}

TEST(XpubRules, NodropBlocksUntilThereIsRoom) {
  Context context;
  Socket pub{context, ZMQ_XPUB};
  Socket sub{context, ZMQ_SUB};
  pub.set(ZMQ_XPUB_NODROP, 1).set(ZMQ_SNDHWM, 3);
  sub.set(ZMQ_RCVHWM, 2).set(ZMQ_SUBSCRIBE, "");
  sub.connect(pub.bind_any(Transport::inproc));
  EXPECT_EQ(pub.recv_one(), subscribing(""));
  constexpr int count = 500;
  std::thread sender{[&] {
    for (int i = 0; i < count; ++i) pub.send(std::to_string(i));
  }};
  int in_order = 0;
  while (in_order < count && sub.recv_one() == std::to_string(in_order)) ++in_order;
  sender.join();
  EXPECT_EQ(in_order, count);
}

TEST(XpubRules, VerboseAndVerboserExcludeEachOther) {
  Context context;
  Socket xpub{context, ZMQ_XPUB};
  xpub.set(ZMQ_XPUB_VERBOSER, 1).set(ZMQ_XPUB_VERBOSE, 1);
  Socket a{context, ZMQ_SUB};
  Socket b{context, ZMQ_SUB};
  const std::string endpoint = xpub.bind_any(Transport::inproc);
  for (Socket* each : {&a, &b}) {
    each->connect(endpoint);
    each->set(ZMQ_SUBSCRIBE, "t");
    EXPECT_EQ(xpub.recv_one(), subscribing("t"));
  }
  a.set(ZMQ_UNSUBSCRIBE, "t");
  EXPECT_EQ(xpub.try_recv(), std::nullopt) << "verboser is off again";
  b.set(ZMQ_UNSUBSCRIBE, "t");
  EXPECT_EQ(xpub.recv_one(), cancelling("t"));
}

TEST(XpubRules, ManualSubscribingWithoutARequestChangesNothing) {
  Context context;
  for (const int option : {ZMQ_XPUB_MANUAL, xpub_manual_last_value}) {
    Socket xpub{context, ZMQ_XPUB};
    xpub.set(option, 1);
    EXPECT_EQ(xpub.try_set(ZMQ_SUBSCRIBE, "a"), ok);
    EXPECT_EQ(xpub.try_set(ZMQ_UNSUBSCRIBE, "a"), ok);
    xpub.send("a");
  }
}

}  // namespace
}  // namespace api_test
