// Traffic of ZMTP 3.x on established connections, octet by octet as recorded.
#include <gtest/gtest.h>
#include <zmq.h>

#include <cstring>
#include <string>

#include "wire/player.h"

namespace wire {
namespace {

TEST(WireTraffic, FramesHaveTheRecordedForm) {
  Library library{ZMQ_DEALER};
  Player player{"traffic/framing-3x", library.dial_ready("ROUTER")};
  for (const std::size_t size : {0, 1, 254, 255, 256, 257}) {
    library.socket().send(std::string(size, 'a'));
  }
  library.socket().send_all({"", "bb", "", std::string(300, 'c'), "end"});
  library.socket().send(std::string(70000, 'z'));
  player.play();
  EXPECT_EQ(library.socket().recv(), (Frames{"s"}));
  EXPECT_EQ(library.socket().recv(), (Frames{"p1", "p2", "p3"}));
  EXPECT_EQ(library.socket().recv(), (Frames{"r"}));
  EXPECT_EQ(library.socket().recv(), (Frames{"", ""}));
}

TEST(WireTraffic, MayBeCutAnywhere) {
  const std::string message = zmtp_frame(1, "part") + zmtp_command("PING", std::string(2, '\0')) +
                              zmtp_frame(0, std::string(300, 'b'));
  Library library{ZMQ_DEALER};
  ZmtpPeer peer = library.dial_ready("ROUTER");
  for (std::size_t at = 1; at < message.size(); at += at < 40 ? 1 : 37) {
    peer.send(message.substr(0, at));
    EXPECT_TRUE(library.socket().stays_silent(std::chrono::milliseconds{1}));
    peer.send(message.substr(at));
    EXPECT_EQ(library.socket().recv(), (Frames{"part", std::string(300, 'b')}));
    EXPECT_TRUE(peer.recv_frame_like("\4PONG").has_value());
  }
}

// One after the other, because what is set before the connection is known goes out in any order.
void subscribe_and_cancel(Library& library, Player& player) {
  for (const std::size_t size : {0, 1, 244, 245, 246, 254, 255, 256, 300}) {
    library.socket().set(ZMQ_SUBSCRIBE, std::string(size, 't'));
    library.work_until_readable(player.peer());
    player.play_next(1);
  }
  library.socket().set(ZMQ_UNSUBSCRIBE, "t").set(ZMQ_UNSUBSCRIBE, "");
  library.socket().set(ZMQ_SUBSCRIBE, "dup").set(ZMQ_SUBSCRIBE, "dup");
  library.socket().set(ZMQ_UNSUBSCRIBE, "dup").set(ZMQ_UNSUBSCRIBE, "dup");
  player.play();
}

TEST(WireTraffic, SubscriptionsTo3_0AreMessages) {
  SKIP_ON_REFERENCE("a topic of 255 octets goes out without the long flag");
  Library library{ZMQ_SUB};
  Player player{"traffic/subscribe-30", library.dial_ready("PUB", 0)};
  subscribe_and_cancel(library, player);
}

TEST(WireTraffic, SubscriptionsTo3_1AreCommands) {
  SKIP_ON_REFERENCE("topics of 246 to 255 octets go out without the long flag");
  Library library{ZMQ_SUB};
  Player player{"traffic/subscribe-31", library.dial_ready("PUB")};
  subscribe_and_cancel(library, player);
}

TEST(WireTraffic, UnknownTopicsAreNotCancelled) {
  Library library{ZMQ_SUB};
  ZmtpPeer peer = library.dial_ready("PUB");
  library.socket().set(ZMQ_UNSUBSCRIBE, "never").set(ZMQ_SUBSCRIBE, "marker");
  library.work_until_readable(peer);
  EXPECT_EQ(next_frame(peer).body, "\x09SUBSCRIBEmarker");
}

TEST(WireTraffic, PublisherTakesSubscriptionsInBothForms) {
  Library library{ZMQ_XPUB};
  Player player{"traffic/publish-filtering", library.dial_ready("SUB")};
  Socket& xpub = library.socket();
  player.play_next(1);
  EXPECT_EQ(xpub.recv_one(), "\1A");
  player.play_next(1);
  EXPECT_EQ(xpub.recv_one(), "\1B");
  xpub.send("Cx");  // nobody asked for it
  xpub.send_all({"Ax", "part2"});
  player.play_until("CANCEL");
  player.play_next(1);
  EXPECT_EQ(xpub.recv_one(), std::string("\0A", 2));
  player.play();
  EXPECT_EQ(xpub.recv_one(), std::string("\0B", 2));
  EXPECT_EQ(xpub.recv_one(), "\2user");
  EXPECT_EQ(xpub.recv_one(), "");
  // What follows the first part is no subscription, whatever it looks like; the reference takes it
  // for one all the same, so only the message itself is compared.
  EXPECT_EQ(xpub.recv(), (Frames{"hdr", "\1Z"}));
}

TEST(WireTraffic, SubscriptionsEndWithTheConnection) {
  Library library{ZMQ_XPUB};
  Player player{"traffic/xpub-disconnect", library.dial_ready("SUB")};
  player.play();
  EXPECT_EQ(library.socket().recv_one(), "\1A");
  player.peer().close();
  EXPECT_EQ(library.socket().recv_one(), std::string("\0A", 2));
}

TEST(WireTraffic, RequestsTravelInAnEnvelope) {
  Library library{ZMQ_REQ};
  Player player{"traffic/req-envelope", library.dial_ready("REP")};
  library.socket().send_all({"question", "part 2"});
  player.play();
  EXPECT_EQ(library.socket().recv_one(), "answer");
}

TEST(WireTraffic, CorrelatedRequestsCarryANumberThatRepliesMustRepeat) {
  Library library{ZMQ_REQ,
                  [](Socket& socket) { socket.set(ZMQ_REQ_CORRELATE, 1).set(ZMQ_REQ_RELAXED, 1); }};
  ZmtpPeer peer = library.dial_ready("REP");
  library.socket().send("q1");
  const ZmtpFrame first = next_frame(peer);
  EXPECT_EQ(first.flags, 1);
  ASSERT_EQ(first.body.size(), 4u);
  EXPECT_EQ(next_frame(peer).flags, 1);
  EXPECT_EQ(next_frame(peer).body, "q1");
  library.socket().send("q2");
  const ZmtpFrame second = next_frame(peer);
  EXPECT_EQ(second.flags, 1);
  ASSERT_EQ(second.body.size(), 4u);
  EXPECT_EQ(next_frame(peer).flags, 1);
  EXPECT_EQ(next_frame(peer).body, "q2");
  uint32_t numbers[2];
  std::memcpy(&numbers[0], first.body.data(), 4);
  std::memcpy(&numbers[1], second.body.data(), 4);
  EXPECT_EQ(numbers[1], numbers[0] + 1);
  peer.send(zmtp_frame(1, first.body) + zmtp_frame(1, "") + zmtp_frame(0, "stale"));
  peer.send(zmtp_frame(1, second.body) + zmtp_frame(1, "") + zmtp_frame(0, "fresh"));
  EXPECT_EQ(library.socket().recv_one(), "fresh");
}

TEST(WireTraffic, RepliesRepeatTheEnvelopeOfTheRequest) {
  Library library{ZMQ_REP};
  Player player{"traffic/rep-envelope", library.dial_ready("DEALER")};
  player.play_next(1);
  EXPECT_EQ(library.socket().recv(), (Frames{"body1", "body2"}));
  library.socket().send_all({"rep1", "rep2"});
  player.play();
  EXPECT_EQ(library.socket().recv_one(), "good");
}

TEST(WireTraffic, ProbeIsAnEmptyMessage) {
  Library library{ZMQ_DEALER, [](Socket& socket) { socket.set(ZMQ_PROBE_ROUTER, 1); }};
  Player player{"traffic/probe-router", library.dial_ready("ROUTER")};
  library.work_until_readable(player.peer());
  player.play();
}

TEST(WireTraffic, RouterNamesAnonymousPeersByAZeroAndACounter) {
  Library library{ZMQ_ROUTER};
  std::string names[2];
  ZmtpPeer peers[2] = {library.dial_ready("DEALER"), library.dial_ready("DEALER")};
  for (int i = 0; i < 2; ++i) {
    peers[i].send_message("hi");
    const Frames frames = library.socket().recv();
    ASSERT_EQ(frames.size(), 2u);
    names[i] = frames[0];
    EXPECT_EQ(names[i].size(), 5u);
    EXPECT_EQ(names[i][0], '\0');
    library.socket().send_all({names[i], "back"});
    EXPECT_EQ(next_frame(peers[i]).body, "back");
  }
  EXPECT_NE(names[0], names[1]);
}

}  // namespace
}  // namespace wire
