// PING and PONG: what is sent when, and who is given up.
#include <gtest/gtest.h>
#include <zmq.h>

#include <string>

#include "wire/player.h"

namespace wire {
namespace {

const std::string kPing = zmtp_command("PING", std::string(2, '\0'));

// A time-out of 0 leaves the default, the interval.
Library::Setup heartbeat(int interval_ms, int timeout_ms = 0, int ttl_ms = 0) {
  return [=](Socket& socket) {
    socket.set(ZMQ_HEARTBEAT_IVL, interval_ms).set(ZMQ_HEARTBEAT_TTL, ttl_ms);
    if (timeout_ms > 0) socket.set(ZMQ_HEARTBEAT_TIMEOUT, timeout_ms);
  };
}

TEST(WireHeartbeat, PingsAreAnsweredAsRecorded) {
  Library library{ZMQ_DEALER};
  Player{"traffic/ping-pong", library.dial_ready("ROUTER")}.play();
}

TEST(WireHeartbeat, PingsAreSentTo3_0PeersToo) {
  Library library{ZMQ_DEALER, heartbeat(50)};
  Player{"traffic/ping-30-peer", library.dial_ready("ROUTER", 0)}.play();
}

TEST(WireHeartbeat, SilentPeerIsGivenUpWithoutAnEventOfItsOwn) {
  Library library{ZMQ_DEALER, heartbeat(100, 250, 1050)};
  Monitor monitor{library.context(), library.socket(),
                  ZMQ_EVENT_ALL & ~ZMQ_EVENT_LISTENING & ~ZMQ_EVENT_ACCEPTED};
  Player player{"traffic/ping-emitted", library.dial_ready("ROUTER")};
  player.play_next(3);
  EXPECT_TRUE(player.peer().wait_closed());
  monitor.expect(ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
  monitor.expect(ZMQ_EVENT_DISCONNECTED);
}

TEST(WireHeartbeat, SilentPeerIsDialedAgain) {
  PlainTcpServer server;
  Library library{ZMQ_DEALER, heartbeat(50)};
  library.socket().connect(server.endpoint());
  ZmtpPeer peer{server.accept()};
  ASSERT_TRUE(peer.handshake("ROUTER"));
  EXPECT_TRUE(peer.wait_closed());
  EXPECT_TRUE(server.has_caller());
}

TEST(WireHeartbeat, AnythingReceivedKeepsAPeerAlive) {
  Library library{ZMQ_DEALER, heartbeat(30, 300)};
  ZmtpPeer peer = library.dial_ready("ROUTER");
  for (int pings = 0; pings < 20; ++pings) {
    ASSERT_TRUE(peer.recv_frame_like("\4PING").has_value());
    peer.send_message("m");
  }
}

TEST(WireHeartbeat, PeersTtlIsTakenAtItsWord) {
  Library library{ZMQ_DEALER};
  ZmtpPeer peer = library.dial_ready("ROUTER");
  peer.send(zmtp_command("PING", std::string("\0\1", 2)));
  ASSERT_TRUE(peer.recv_frame_like("\4PONG").has_value());
  EXPECT_TRUE(peer.wait_closed());
}

TEST(WireHeartbeat, LongTtlDoesNotWrap) {
  SKIP_ON_REFERENCE("65.6 s become 64 ms");
  Library library{ZMQ_DEALER};
  ZmtpPeer peer = library.dial_ready("ROUTER");
  peer.send(zmtp_command("PING", "\x02\x90"));
  ASSERT_TRUE(peer.recv_frame_like("\4PONG").has_value());
  EXPECT_TRUE(peer.stays_quiet(std::chrono::milliseconds{300}));
}

TEST(WireHeartbeat, PingWithoutAWholeTtlIsNotAnswered) {
  SKIP_ON_REFERENCE("it answers with octets that follow the message in memory");
  Library library{ZMQ_DEALER};
  ZmtpPeer peer = library.dial_ready("ROUTER");
  peer.send(zmtp_command("PING", "") + zmtp_command("PING", "x") +
            zmtp_command("PING", std::string("\0\0marker", 8)));
  EXPECT_EQ(next_frame(peer).body, "\4PONGmarker");
}

// A peer whose messages we do not read because our own queue is full.
struct Flooded {
  Library library;
  ZmtpPeer peer;
  static constexpr int kMessages = 2000;

  explicit Flooded(const Library::Setup& setup)
      : library(ZMQ_PULL,
                [&](Socket& socket) {
                  socket.set(ZMQ_RCVHWM, 1);
                  if (setup) setup(socket);
                }),
        peer(library.dial_ready("PUSH")) {}
  void flood() {
    for (int i = 0; i < kMessages; ++i) ASSERT_TRUE(peer.send_message(std::string(1000, 'm')));
  }
  void expect_all_messages() {
    for (int i = 0; i < kMessages; ++i) {
      ASSERT_EQ(library.socket().recv_one().size(), 1000u) << "message " << i;
    }
  }
};

TEST(WireHeartbeat, PeerThatAnswersIsNotDroppedBecauseWeDoNotReadIt) {
  SKIP_ON_REFERENCE("it takes its own full queue for the peer's silence");
  Flooded side{heartbeat(50, 50)};
  side.flood();
  // Every PING is answered behind the flood; several time-outs pass.
  for (int pings = 0; pings < 10; ++pings) {
    ASSERT_TRUE(side.peer.recv_frame_like("\4PING").has_value()) << pings;
    ASSERT_TRUE(side.peer.send(zmtp_command("PONG", "")));
  }
  side.expect_all_messages();
}

TEST(WireHeartbeat, PeerThatPingsHearsFromUsThoughWeDoNotReadIt) {
  SKIP_ON_REFERENCE("it says nothing while its queue is full");
  Flooded side{{}};
  side.peer.send(kPing);
  ASSERT_TRUE(side.peer.recv_frame_like("\4PONG").has_value());
  side.peer.send(kPing);
  ASSERT_TRUE(side.peer.recv_frame_like("\4PONG").has_value());
  side.flood();
  for (int pongs = 0; pongs < 3; ++pongs) {
    ASSERT_TRUE(side.peer.recv_frame_like("\4PONG").has_value()) << pongs;
  }
  side.expect_all_messages();
}

}  // namespace
}  // namespace wire
