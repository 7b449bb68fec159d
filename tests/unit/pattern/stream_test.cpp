#include "pattern/stream.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "unit/pattern/harness.h"

namespace zmqng {
namespace {

using Messages = std::vector<Frames>;

const Bench::Joining kPlain{std::nullopt, 0, false};
const std::string kFirstId = bytes({0, 1, 2, 3, 4});

TEST(Stream, PrefixesWhatComesInWithAnId) {
  Bench stream(kStream);
  Remote& a = stream.join(kPlain);
  a.send({""});
  a.send({"octets"});
  a.send({""});
  a.leave();
  EXPECT_EQ(stream.recv_all(), (Messages{{kFirstId, ""}, {kFirstId, "octets"}, {kFirstId, ""}}));
  EXPECT_EQ(stream.pipes(), 0u);
}

TEST(Stream, WhatAPeerHadMoreToSayIsGoneWithIt) {
  Bench stream(kStream);
  Remote& dealer = stream.join(Bench::Joining{"", 0, true});
  Remote& other = stream.join(kPlain);
  dealer.send({"a", "b", "c"});
  EXPECT_EQ(stream.recv(), (Frames{kFirstId, "a"}));
  stream.disconnect(dealer);
  EXPECT_FALSE(stream.can_recv());
  EXPECT_EQ(stream.recv(), std::nullopt);
  EXPECT_EQ(stream.last_error, EAGAIN);
  other.send({"d"});
  EXPECT_EQ(stream.recv(), (Frames{bytes({0, 1, 2, 3, 5}), "d"}));
}

TEST(Stream, OctetsWhoseIdWasReadAreDeliveredAlthoughThePeerIsGone) {
  Bench stream(kStream);
  Remote& dealer = stream.join(Bench::Joining{"", 0, true});
  dealer.send({"a", "b"});
  Message frame;
  EXPECT_EQ(stream.recv_frame(frame), 0);
  stream.disconnect(dealer);
  EXPECT_EQ(stream.recv(), Frames{"a"});
  EXPECT_EQ(stream.recv(), std::nullopt);
}

TEST(Stream, SendsTheSecondFrameAndIgnoresItsMore) {
  Bench stream(kStream);
  Remote& a = stream.join(kPlain);
  EXPECT_EQ(stream.send_frame(kFirstId, true), 0);
  EXPECT_EQ(stream.send_frame("1", true), 0);
  EXPECT_EQ(stream.send_frame(kFirstId, true), 0);
  EXPECT_EQ(stream.send_frame("2", false), 0);
  EXPECT_EQ(a.recv_all(), (Messages{{"1"}, {"2"}}));
}

TEST(Stream, AFirstFrameAloneSwallowsTheNext) {
  Bench stream(kStream);
  Remote& a = stream.join(kPlain);
  EXPECT_EQ(stream.send_frame("x", false), 0);
  EXPECT_EQ(stream.send_frame("y", false), 0);
  EXPECT_EQ(stream.send({kFirstId, "z"}), 0);
  EXPECT_EQ(a.recv_all(), Messages{{"z"}});
}

TEST(Stream, AnUnknownIdIsUnreachable) {
  Bench stream(kStream);
  EXPECT_TRUE(stream.can_send());
  EXPECT_EQ(stream.send({"nobody", "x"}), EHOSTUNREACH);
  Remote& a = stream.join(kPlain);
  EXPECT_EQ(stream.send({"nobody", "x"}), EHOSTUNREACH);
  a.leave();
  EXPECT_EQ(stream.send({kFirstId, "x"}), EHOSTUNREACH);
}

TEST(Stream, AFullPeerIsEagain) {
  Bench stream(kStream);
  Remote& a = stream.join(Bench::Joining{std::nullopt, 1, false});
  EXPECT_EQ(stream.send({kFirstId, "1"}), 0);
  EXPECT_EQ(stream.send({kFirstId, "2"}), EAGAIN);
  EXPECT_EQ(a.recv_all(), Messages{{"1"}});
  EXPECT_EQ(stream.send({kFirstId, "2"}), 0);
}

TEST(Stream, AnEmptySecondFrameClosesTheConnection) {
  Bench stream(kStream);
  Remote& a = stream.join(kPlain);
  EXPECT_EQ(stream.send({kFirstId, ""}), 0);
  EXPECT_EQ(stream.dropped, 1);
  EXPECT_EQ(stream.pipes(), 0u);
  stream.serve();
  EXPECT_TRUE(a.is_peer_gone);
}

TEST(Stream, ThePeerMayGoBetweenTheFrames) {
  Bench stream(kStream);
  Remote& a = stream.join(kPlain);
  EXPECT_EQ(stream.send_frame(kFirstId, true), 0);
  a.leave();
  EXPECT_EQ(stream.send_frame("x", false), 0);
}

TEST(Stream, TellsTheIdOfTheLatestConnection) {
  Bench stream(kStream);
  EXPECT_TRUE(stream.pattern().latest_routing_id().empty());
  stream.join(kPlain);
  EXPECT_EQ(as_text(stream.pattern().latest_routing_id()), kFirstId);
  stream.pattern().set_next_routing_id("mine");
  Remote& b = stream.join(kPlain);
  EXPECT_EQ(as_text(stream.pattern().latest_routing_id()), "mine");
  EXPECT_EQ(stream.send({"mine", "x"}), 0);
  EXPECT_EQ(b.recv_all(), Messages{{"x"}});
}

}  // namespace
}  // namespace zmqng
