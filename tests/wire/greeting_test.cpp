// Greetings with peers of every age, octet by octet as recorded.
#include <gtest/gtest.h>
#include <zmq.h>

#include <string>

#include "wire/player.h"

namespace wire {
namespace {

Library::Setup named(const std::string& routing_id) {
  return [=](Socket& socket) { socket.set(ZMQ_ROUTING_ID, routing_id); };
}

TEST(WireGreeting, ToA3_1PeerIsTheSameWhenWeConnect) {
  PlainTcpServer server;
  Library library{ZMQ_DEALER};
  library.socket().connect(server.endpoint());
  Player player{"greeting/greeting-connect-31", ZmtpPeer{server.accept()}};
  library.socket().send("hello");
  player.play();
}

TEST(WireGreeting, IsStagedOnWhatThePeerHasSaid) {
  Library library{ZMQ_DEALER};
  Player player{"greeting/greeting-staging-31", library.dial()};
  for (const char* meaning : {"greeting octet 0", "greeting octet 9", "greeting octet 10",
                              "greeting octets 11..62", "greeting octet 63"}) {
    player.play_until(meaning);
    EXPECT_TRUE(player.peer().stays_quiet(std::chrono::milliseconds{20})) << meaning;
  }
  player.play();
}

TEST(WireGreeting, WithA1_0PeerEndsInItsFraming) {
  for (const auto& [name, id] : {std::pair{"greeting/v10-dealer", std::string{}},
                                 {"greeting/v10-dealer-id2", "me"},
                                 {"greeting/v10-dealer-id255", std::string(255, 'R')}}) {
    SCOPED_TRACE(name);
    Library library{ZMQ_DEALER, id.empty() ? Library::Setup{} : named(id)};
    Player player{name, library.dial()};
    player.play_until("first frame");
    library.socket().send_all({"one", "two"});
    library.socket().send(std::string(253, 'x'));
    library.socket().send(std::string(254, 'x'));
    player.play();
    EXPECT_EQ(library.socket().recv_one(), "reply");
  }
}

TEST(WireGreeting, WithA1_0PeerTellsTheRouterItsName) {
  Library library{ZMQ_ROUTER};
  Player player{"greeting/v10-router", library.dial()};
  player.play();
  EXPECT_EQ(library.socket().recv(), (Frames{"old-peer", "hi"}));
  library.socket().send_all({"old-peer", "back"});
  EXPECT_EQ(player.peer().recv(6), std::string("\5\0back", 6));
}

TEST(WireGreeting, WithA1_0PeerMayStartWithALongFrame) {
  Library library{ZMQ_ROUTER};
  Player player{"greeting/v10-long-identity", library.dial()};
  player.play();
  EXPECT_EQ(library.socket().recv(), (Frames{"LONGID", "hi"}));
}

TEST(WireGreeting, WithA1_0SubscriberSubscribesItToEverything) {
  Library library{ZMQ_PUB};
  Player player{"greeting/v10-pub", library.dial()};
  player.play_until("published");
  ASSERT_TRUE(wait_until([&] {
    library.socket().send("ANY");
    return !player.peer().stays_quiet(std::chrono::milliseconds{2});
  }));
  player.play();
}

TEST(WireGreeting, WithA1_0SubscriberShowsAnXpubTheEmptyPrefix) {
  Library library{ZMQ_XPUB};
  Player player{"greeting/v10-pub", library.dial()};
  player.play_until("published");
  EXPECT_EQ(library.socket().recv_one(), "\1");
}

TEST(WireGreeting, WithA1_0PublisherSendsSubscriptionsAsMessages) {
  Library library{ZMQ_SUB};
  library.socket().set(ZMQ_SUBSCRIBE, "AB");
  Player player{"greeting/v10-sub", library.dial()};
  player.play_until("subscription");
  library.work_until_readable(player.peer());
  player.play();
}

TEST(WireGreeting, OfRevision0IsFollowedBy1_0Frames) {
  Library library{ZMQ_DEALER, named("me")};
  Player player{"greeting/v1x-revision0", library.dial()};
  player.play_until("frame, MORE");
  library.socket().send_all({"one", "two"});
  player.play();
}

TEST(WireGreeting, WithA2_0PeerEndsInItsFraming) {
  Library library{ZMQ_DEALER, named("me")};
  Player player{"greeting/v20-dealer", library.dial()};
  player.play_until("first frame");
  library.socket().send_all({"one", "two"});
  library.socket().send(std::string(255, 'x'));
  library.socket().send(std::string(256, 'x'));
  player.play();
  EXPECT_EQ(library.socket().recv_one(), "reply");
}

TEST(WireGreeting, WithA2_0PeerTellsTheRouterItsName) {
  Library library{ZMQ_ROUTER};
  Player player{"greeting/v20-router", library.dial()};
  player.play();
  EXPECT_EQ(library.socket().recv(), (Frames{"peer-2", "hi"}));
}

TEST(WireGreeting, WithA2_0SubscriberTakesSubscriptionsAsMessages) {
  Library library{ZMQ_PUB, named("me")};
  Player player{"greeting/v20-pub", library.dial()};
  player.play_until("published");
  ASSERT_TRUE(wait_until([&] {
    library.socket().send("ABC");
    return !player.peer().stays_quiet(std::chrono::milliseconds{2});
  }));
  player.play();
}

TEST(WireGreeting, WithA2_0PublisherSendsSubscriptionsAsMessages) {
  Library library{ZMQ_SUB, named("me")};
  library.socket().set(ZMQ_SUBSCRIBE, "AB");
  Player player{"greeting/v20-sub", library.dial()};
  player.play_until("subscription");
  library.work_until_readable(player.peer());
  player.play_until("cancellation");
  library.socket().set(ZMQ_UNSUBSCRIBE, "AB");
  player.play();
}

TEST(WireGreeting, OfA2_0PeerWhoseTypeDoesNotFitEndsTheConnection) {
  SKIP_ON_REFERENCE("it reads the type of a 2.0 peer and ignores it");
  Library library{ZMQ_PULL};
  ZmtpPeer peer = library.dial();
  peer.send(zmtp_greeting(1, ZMQ_PUB).substr(0, 12) + zmtp_frame(0, "") + zmtp_frame(0, "x"));
  EXPECT_TRUE(peer.wait_closed());
  EXPECT_FALSE(library.socket().try_recv().has_value());
}

TEST(WireGreeting, OfEveryLaterVersionIsTreatedAs3_1) {
  const nlohmann::json table = load_vector("greeting-versions");
  for (const nlohmann::json& row : table["cases"]) {
    SCOPED_TRACE(row.dump());
    Library library{ZMQ_SUB};
    library.socket().set(ZMQ_SUBSCRIBE, "A");
    ZmtpPeer peer = library.dial();
    peer.send(zmtp_greeting(row["peer_major"], row["peer_minor"]) + zmtp_ready("PUB"));
    EXPECT_EQ(peer.recv(64).size(), 64u);
    ASSERT_TRUE(peer.recv_frame().has_value());
    library.work_until_readable(peer);
    const std::string expected = from_hex(row["subscription_on_wire"].get<std::string>());
    EXPECT_EQ(to_hex(peer.recv(expected.size())), to_hex(expected));
  }
}

TEST(WireGreeting, MayComeInOneSegmentWithEverythingElse) {
  SKIP_ON_REFERENCE("a message right behind READY waits for the next octets to come");
  Library library{ZMQ_DEALER};
  ZmtpPeer peer = library.dial();
  peer.send(zmtp_greeting() + zmtp_ready("ROUTER") + zmtp_frame(1, "a") + zmtp_frame(0, "b"));
  EXPECT_EQ(library.socket().recv(), (Frames{"a", "b"}));
}

TEST(WireGreeting, OfAnOldPeerLeavesNoTraceButTheEndInTheMonitor) {
  for (const std::string& handshake : {std::string("\1\0", 2), zmtp_greeting(1, 6).substr(0, 12)}) {
    Library library{ZMQ_DEALER};
    Monitor monitor{library.context(), library.socket(),
                    ZMQ_EVENT_ALL & ~ZMQ_EVENT_LISTENING & ~ZMQ_EVENT_ACCEPTED};
    ZmtpPeer peer = library.dial();
    peer.send(handshake + (handshake.size() == 12 ? std::string(2, '\0') : ""));
    library.socket().send("one");
    ASSERT_TRUE(wait_until([&] {
      return peer.recv(4096, std::chrono::milliseconds{1}).find("one") != std::string::npos;
    }));
    peer.close();
    EXPECT_EQ(monitor.expect(ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL).value, unsigned{EPIPE});
    monitor.expect(ZMQ_EVENT_DISCONNECTED);
  }
}

}  // namespace
}  // namespace wire
