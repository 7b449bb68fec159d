#include "pattern/xsub.h"

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

struct Sent {
  bool only_first_subscribe;
  Frames sent;
  Messages received;  // by a publisher

  friend std::ostream& operator<<(std::ostream& out, const Sent& row) {
    return out << testing::PrintToString(row.sent)
               << (row.only_first_subscribe ? " only first subscribe" : "");
  }
};

class XsubSends : public testing::TestWithParam<Sent> {};

TEST_P(XsubSends, RequestsAndData) {
  Bench xsub(kXsub);
  xsub.pattern_options().only_first_subscribe = GetParam().only_first_subscribe;
  Remote& a = xsub.join();
  Remote& b = xsub.join();
  EXPECT_EQ(xsub.send(GetParam().sent), 0);
  EXPECT_EQ(a.recv_all(), GetParam().received);
  EXPECT_EQ(b.recv_all(), GetParam().received);
  EXPECT_EQ(xsub.send({"next"}), 0);
  EXPECT_EQ(a.recv_all(), Messages{{"next"}});
}

INSTANTIATE_TEST_SUITE_P(
    Cases, XsubSends,
    testing::Values(Sent{false, {sub("A")}, {{"+A"}}}, Sent{false, {sub("")}, {{"+"}}},
                    Sent{false, {cancel("unknown")}, {}}, Sent{false, {""}, {{""}}},
                    Sent{false, {"d", "e"}, {{"d", "e"}}},
                    Sent{false, {sub("A"), sub("B")}, {{"+A"}, {"+B"}}},
                    Sent{false, {sub("A"), "d", "e"}, {{"+A"}, {"d", "e"}}},
                    // In the middle of a message a request is one of its frames.
                    Sent{false, {"d", sub("A")}, {{"d", sub("A")}}},
                    Sent{false, {"d", sub("A"), "e"}, {{"d", sub("A"), "e"}}},
                    Sent{false, {"d", cancel("unknown"), "e"}, {{"d", "e"}}},
                    Sent{false, {"d", cancel("unknown")}, {{"d", cancel("unknown")}}},
                    Sent{true, {"d", sub("A")}, {{"d", sub("A")}}},
                    Sent{true, {"d", cancel("unknown"), "e"}, {{"d", cancel("unknown"), "e"}}},
                    Sent{true, {sub("A"), sub("B")}, {{"+A"}, {"+B"}}}));

TEST(Xsub, CountsReferences) {
  Bench xsub(kXsub);
  Remote& a = xsub.join();
  for (const std::string& request : {sub("A"), sub("A"), cancel("A"), cancel("A"), cancel("A")}) {
    EXPECT_EQ(xsub.send({request}), 0);
  }
  EXPECT_EQ(a.recv_all(), (Messages{{"+A"}, {"+A"}, {"-A"}}));
}

TEST(Xsub, WithOnlyFirstSubscribeLaterFramesAreNotRemembered) {
  for (bool only_first : {false, true}) {
    Bench xsub(kXsub);
    xsub.pattern_options().only_first_subscribe = only_first;
    EXPECT_EQ(xsub.send({"d", sub("A")}), 0);
    EXPECT_EQ(xsub.join().recv_all(), only_first ? Messages{} : Messages{{"+A"}});
  }
}

TEST(Xsub, APublisherThatRestartsDuringAMessageGetsTheNext) {
  Bench xsub(kXsub);
  Remote& a = xsub.join();
  Remote& b = xsub.join();
  EXPECT_EQ(xsub.send({sub("A")}), 0);
  EXPECT_EQ(xsub.send_frame("1", true), 0);
  a.far().announce_restart();
  EXPECT_EQ(xsub.send_frame("2", false), 0);
  EXPECT_EQ(xsub.send({"next"}), 0);
  EXPECT_EQ(a.recv_all(), (Messages{{"+A"}, {"+A"}, {"next"}}));
  EXPECT_EQ(b.recv_all(), (Messages{{"+A"}, {"1", "2"}, {"next"}}));
}

TEST(Xsub, DropsDataForAFullPublisherButNoSubscriptions) {
  Bench xsub(kXsub);
  Remote& a = xsub.join_with_room(1);
  EXPECT_EQ(xsub.send({"1"}), 0);
  EXPECT_EQ(xsub.send({"2"}), 0);
  EXPECT_EQ(xsub.send({sub("A")}), 0);
  EXPECT_TRUE(xsub.can_send());
  EXPECT_EQ(a.recv_all(), (Messages{{"1"}, {"+A"}}));
}

TEST(Xsub, ReceivesEverything) {
  Bench xsub(kXsub);
  Remote& a = xsub.join();
  EXPECT_FALSE(xsub.can_recv());
  a.send({"not", "subscribed"});
  EXPECT_TRUE(xsub.can_recv());
  EXPECT_EQ(xsub.recv_all(), (Messages{{"not", "subscribed"}}));
  EXPECT_EQ(xsub.pattern().subscribe(as_bytes("A")), EINVAL);
}

TEST(Xsub, SaysNothingMoreToAPublisherThatLeaves) {
  Bench xsub(kXsub);
  Remote& a = xsub.join();
  a.send({"last words"});
  xsub.shut(a);
  EXPECT_EQ(xsub.send({sub("A")}), 0);
  EXPECT_EQ(xsub.send({"data"}), 0);
  EXPECT_EQ(a.recv_all(), Messages{});
  EXPECT_EQ(xsub.recv_all(), (Messages{{"last words"}}));
}

}  // namespace
}  // namespace zmqng
