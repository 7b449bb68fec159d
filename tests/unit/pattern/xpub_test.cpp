#include "pattern/xpub.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <ostream>

#include "unit/pattern/harness.h"

namespace zmqng {
namespace {

using Messages = std::vector<Frames>;

std::string sub(const std::string& topic) {
  return bytes({1}) + topic;
}
std::string cancel(const std::string& topic) {
  return bytes({0}) + topic;
}

struct Mode {
  const char* name;
  void (*set)(PatternOptions&);
  // What is reported, after: sub a, sub b, sub a again, cancel a, cancel a, cancel b.
  const char* reports;
  // And after sub a "A", sub b "A", sub a "B", when a goes, and when b goes.
  Messages a_gone;
  Messages b_gone;

  friend std::ostream& operator<<(std::ostream& out, const Mode& mode) { return out << mode.name; }
};

class XpubMode : public testing::TestWithParam<Mode> {};

TEST_P(XpubMode, ReportsRequests) {
  Bench xpub(kXpub);
  GetParam().set(xpub.pattern_options());
  Remote& a = xpub.join();
  Remote& b = xpub.join();
  const std::pair<Remote*, bool> steps[] = {{&a, true},  {&b, true},  {&a, true},
                                            {&a, false}, {&a, false}, {&b, false}};
  std::string reports;
  for (const auto& [peer, subscribe] : steps) {
    peer->command(subscribe, "A");
    const Messages told = xpub.recv_all();
    if (told.empty()) {
      reports += '.';
    } else {
      EXPECT_EQ(told, Messages{{subscribe ? sub("A") : cancel("A")}});
      reports += subscribe ? '+' : '-';
    }
  }
  EXPECT_EQ(reports, GetParam().reports);
}

TEST_P(XpubMode, ReportsWhatIsNoLongerWantedWhenPeersGo) {
  Bench xpub(kXpub);
  GetParam().set(xpub.pattern_options());
  Remote& a = xpub.join();
  Remote& b = xpub.join();
  a.subscribe("A");
  b.subscribe("A");
  a.subscribe("B");
  (void)xpub.recv_all();
  a.leave();
  Messages gone = xpub.recv_all();
  std::sort(gone.begin(), gone.end());
  EXPECT_EQ(gone, GetParam().a_gone);
  b.leave();
  EXPECT_EQ(xpub.recv_all(), GetParam().b_gone);
}

INSTANTIATE_TEST_SUITE_P(
    Modes, XpubMode,
    testing::Values(
        Mode{"default", [](PatternOptions&) {}, "+...--", {{cancel("B")}}, {{cancel("A")}}},
        Mode{"verbose",
             [](PatternOptions& o) { o.xpub_verbose = true; },
             "+++.--",
             {{cancel("B")}},
             {{cancel("A")}}},
        Mode{"verboser",
             [](PatternOptions& o) { o.xpub_verboser = true; },
             "+++---",
             {{cancel("A")}, {cancel("B")}},
             {{cancel("A")}}},
        Mode{"manual",
             [](PatternOptions& o) { o.xpub_manual = true; },
             "+++---",
             {{cancel("A")}, {cancel("B")}},
             {{cancel("A")}}},
        Mode{"last_value",
             [](PatternOptions& o) { o.xpub_manual = o.xpub_manual_last_value = true; },
             "+++---",
             {{cancel("A")}, {cancel("B")}},
             {{cancel("A")}}}),
    [](const auto& mode) { return std::string(mode.param.name); });

// Which frames of a message count as requests.
struct Upstream {
  bool only_first_subscribe;
  Frames sent;
  std::vector<std::pair<std::string, bool>> received;  // frame, has more

  friend std::ostream& operator<<(std::ostream& out, const Upstream& row) {
    return out << testing::PrintToString(row.sent)
               << (row.only_first_subscribe ? " only first subscribe" : "");
  }
};

class XpubUpstream : public testing::TestWithParam<Upstream> {};

TEST_P(XpubUpstream, ExaminesTheFramesOfMessages) {
  Bench xpub(kXpub);
  xpub.pattern_options().only_first_subscribe = GetParam().only_first_subscribe;
  Remote& peer = xpub.join();
  peer.send(GetParam().sent);
  std::vector<std::pair<std::string, bool>> received;
  Message frame;
  while (xpub.recv_frame(frame) == 0) {
    received.emplace_back(as_text(frame.bytes()), frame.has_more());
  }
  EXPECT_EQ(received, GetParam().received);
}

INSTANTIATE_TEST_SUITE_P(
    Measured, XpubUpstream,
    testing::Values(
        Upstream{false, {"d", sub("A")}, {{"d", true}, {sub("A"), false}}},
        Upstream{false, {"d", sub("A"), "t"}, {{"d", true}, {sub("A"), false}, {"t", false}}},
        Upstream{false, {sub("A"), "t"}, {{sub("A"), false}, {"t", false}}},
        Upstream{
            false, {sub("A"), "t", sub("B")}, {{sub("A"), false}, {"t", true}, {sub("B"), false}}},
        Upstream{false, {"d", cancel("Q"), "t"}, {{"d", true}, {cancel("Q"), false}, {"t", false}}},
        Upstream{true, {"d", sub("A"), "t"}, {{"d", true}, {sub("A"), true}, {"t", false}}},
        Upstream{
            true, {sub("A"), "t", sub("B")}, {{sub("A"), false}, {"t", true}, {sub("B"), false}}},
        Upstream{true, {"d", cancel("Q")}, {{"d", true}, {cancel("Q"), false}}},
        Upstream{false, {""}, {{"", false}}}));

TEST(Xpub, KeepsReportsUntilTheyAreAskedFor) {
  Bench xpub(kXpub);
  Remote& a = xpub.join("a");
  Remote& b = xpub.join("b");
  a.subscribe("A");
  xpub.serve();
  b.send({"data", std::string(5000, 'x')});
  xpub.serve();
  a.subscribe("");
  a.leave();
  EXPECT_EQ(xpub.send({"x"}), 0);
  EXPECT_TRUE(xpub.can_recv());
  Messages all = xpub.recv_all();
  ASSERT_EQ(all.size(), 5u);
  EXPECT_EQ(all[0], Frames{sub("A")});
  EXPECT_EQ(all[1], (Frames{"data", std::string(5000, 'x')}));
  EXPECT_EQ(all[2], Frames{sub("")});
  EXPECT_FALSE(xpub.can_recv());
}

TEST(Xpub, ReportsAndDataSayWhomTheyAreFrom) {
  Bench xpub(kXpub);
  Remote& a = xpub.join("a");
  Remote& b = xpub.join("b");
  Remote& stranger = xpub.join(Bench::Joining{std::nullopt, 0, true});
  a.subscribe("A");
  xpub.serve();
  b.send({"data"});
  xpub.serve();
  stranger.subscribe("S");
  Message message;
  ASSERT_EQ(xpub.recv_frame(message), 0);
  ASSERT_NE(message.peer(), nullptr);
  EXPECT_EQ(message.peer()->identity(), "a");
  ASSERT_EQ(xpub.recv_frame(message), 0);
  EXPECT_EQ(message.peer()->identity(), "b");
  ASSERT_EQ(xpub.recv_frame(message), 0);
  EXPECT_EQ(as_text(message.bytes()), sub("S"));
  EXPECT_EQ(message.peer(), nullptr);
}

TEST(Xpub, InManualModeTheApplicationDecides) {
  Bench xpub(kXpub);
  xpub.pattern_options().xpub_manual = true;
  Remote& a = xpub.join();
  Remote& b = xpub.join();
  a.subscribe("A");
  EXPECT_EQ(xpub.recv(), Frames{sub("A")});
  EXPECT_EQ(xpub.send({"A0"}), 0);
  EXPECT_EQ(xpub.pattern().subscribe(as_bytes("XA")), 0);
  b.subscribe("B");
  EXPECT_EQ(xpub.recv(), Frames{sub("B")});
  EXPECT_EQ(xpub.pattern().subscribe(as_bytes("XB")), 0);
  for (const char* text : {"A1", "XA1", "XB1"}) EXPECT_EQ(xpub.send({text}), 0);
  EXPECT_EQ(a.recv_all(), Messages{{"XA1"}});
  EXPECT_EQ(b.recv_all(), Messages{{"XB1"}});
  b.cancel("B");
  EXPECT_EQ(xpub.recv(), Frames{cancel("B")});
  EXPECT_EQ(xpub.pattern().unsubscribe(as_bytes("XB")), 0);
  EXPECT_EQ(xpub.send({"XB2"}), 0);
  EXPECT_EQ(b.recv_all(), Messages{});
}

TEST(Xpub, InManualModeAnAnswerForAPeerThatHasGoneIsIgnored) {
  Bench xpub(kXpub);
  xpub.pattern_options().xpub_manual = true;
  Remote& a = xpub.join();
  a.subscribe("A");
  xpub.serve();
  a.leave();
  Remote& b = xpub.join();
  EXPECT_EQ(xpub.recv(), Frames{sub("A")});
  EXPECT_EQ(xpub.pattern().subscribe(as_bytes("A")), 0);
  EXPECT_EQ(xpub.send({"A"}), 0);
  EXPECT_EQ(b.recv_all(), Messages{}) << "b has taken a's place, but not its subscription";
  EXPECT_EQ(xpub.recv(), Frames{cancel("A")});
  EXPECT_EQ(xpub.pattern().unsubscribe(as_bytes("A")), 0);
}

// XPUB_MANUAL_LAST_VALUE, and two peers of which the first has what it asked for.
class XpubLastValue : public testing::Test {
 protected:
  XpubLastValue() {
    xpub.pattern_options().xpub_manual = true;
    xpub.pattern_options().xpub_manual_last_value = true;
    ask(a);
    answer();
    EXPECT_EQ(xpub.send({"A"}), 0);
    EXPECT_EQ(a.recv_all(), Messages{{"A"}});
  }
  void ask(Remote& peer) {
    peer.subscribe("A");
    EXPECT_EQ(xpub.recv(), Frames{sub("A")});
  }
  void answer() { EXPECT_EQ(xpub.pattern().subscribe(as_bytes("A")), 0); }

  Bench xpub{kXpub};
  Remote& a = xpub.join();
  Remote& b = xpub.join();
};

TEST_F(XpubLastValue, GoesToWhoAskedLastAndWhatFollowsToAll) {
  ask(b);
  answer();
  EXPECT_EQ(xpub.send({"A", "last"}), 0);
  EXPECT_EQ(xpub.send({"A", "next"}), 0);
  EXPECT_EQ(a.recv_all(), (Messages{{"A", "next"}}));
  EXPECT_EQ(b.recv_all(), (Messages{{"A", "last"}, {"A", "next"}}));
}

TEST_F(XpubLastValue, GoesToNobodyIfWhoAskedGotNoAnswer) {
  ask(b);
  EXPECT_EQ(xpub.send({"A", "last"}), 0);
  EXPECT_EQ(xpub.send({"A", "next"}), 0);
  EXPECT_EQ(a.recv_all(), (Messages{{"A", "next"}}));
  EXPECT_EQ(b.recv_all(), Messages{});
}

TEST_F(XpubLastValue, EndsWhatCouldBeAnswered) {
  ask(b);
  EXPECT_EQ(xpub.send({"A", "last"}), 0);
  answer();
  EXPECT_EQ(xpub.send({"A", "next"}), 0);
  EXPECT_EQ(a.recv_all(), (Messages{{"A", "next"}}));
  EXPECT_EQ(b.recv_all(), Messages{});
}

TEST_F(XpubLastValue, GoesToNobodyIfWhoAskedHasGone) {
  ask(b);
  answer();
  b.leave();
  xpub.serve();
  EXPECT_EQ(xpub.send({"A", "last"}), 0);
  EXPECT_EQ(xpub.send({"A", "next"}), 0);
  EXPECT_EQ(a.recv_all(), (Messages{{"A", "next"}}));
}

TEST_F(XpubLastValue, GoesToAllOnceTheCancelOfWhoHasGoneWasReceived) {
  ask(b);
  answer();
  b.leave();
  EXPECT_EQ(xpub.recv(), Frames{cancel("A")});
  EXPECT_EQ(xpub.send({"A", "next"}), 0);
  EXPECT_EQ(a.recv_all(), (Messages{{"A", "next"}}));
}

TEST_F(XpubLastValue, GoesToAllWhileTheModeIsOff) {
  ask(b);
  answer();
  PatternOptions& options = xpub.pattern_options();
  options.xpub_manual_last_value = false;
  EXPECT_EQ(xpub.send({"A", "1"}), 0);
  options.xpub_manual_last_value = true;
  options.xpub_manual = false;
  EXPECT_EQ(xpub.send({"A", "2"}), 0);
  options.xpub_manual = true;
  EXPECT_EQ(xpub.send({"A", "3"}), 0);
  EXPECT_EQ(a.recv_all(), (Messages{{"A", "1"}, {"A", "2"}}));
  EXPECT_EQ(b.recv_all(), (Messages{{"A", "1"}, {"A", "2"}, {"A", "3"}}));
}

TEST(Xpub, ReportsAMillionOctetTopic) {
  Bench xpub(kXpub);
  Remote& a = xpub.join();
  const std::string topic(1000000, 't');
  a.subscribe(topic);
  EXPECT_EQ(xpub.recv(), Frames{sub(topic)});
  EXPECT_EQ(xpub.send({topic + "x"}), 0);
  EXPECT_EQ(a.recv(), Frames{topic + "x"});
}

}  // namespace
}  // namespace zmqng
