// What a peer sends while a thread waits for a message: it may be that thread which reads it.
#include <gtest/gtest.h>
#include <zmq.h>

#include <future>
#include <string>

#include "wire/player.h"

namespace wire {
namespace {

// The next message, received by a thread of its own that waits for it.
std::future<std::string> receive(Library& library) {
  return std::async(std::launch::async, [&library] { return library.socket().recv_one(); });
}

// So many waits in a row that the reader expects the next one to be short as well.
void exchange_some(Library& library, ZmtpPeer& peer) {
  for (int i = 0; i < 20; ++i) {
    auto received = receive(library);
    ASSERT_TRUE(peer.send_message(std::to_string(i)));
    ASSERT_EQ(received.get(), std::to_string(i));
  }
}

TEST(WireWaitingReader, GetsABodyThatComesInPieces) {
  Library library{ZMQ_PULL};
  ZmtpPeer peer = library.dial_ready("PUSH");
  exchange_some(library, peer);
  for (const size_t size : {100u, 5'000u, 70'000u, 1'500'000u}) {
    const std::string body(size, 'b');
    const std::string frame = zmtp_frame(0, body);
    auto received = receive(library);
    for (size_t at = 0; at < frame.size(); at += frame.size() / 7 + 1) {
      ASSERT_TRUE(peer.send(frame.substr(at, frame.size() / 7 + 1)));
    }
    EXPECT_TRUE(received.get() == body) << size;
  }
}

TEST(WireWaitingReader, DoesNotKeepPingsFromBeingAnswered) {
  Library library{ZMQ_PULL};
  ZmtpPeer peer = library.dial_ready("PUSH");
  exchange_some(library, peer);
  for (int i = 0; i < 5; ++i) {
    auto received = receive(library);
    const std::string context = std::to_string(i);
    ASSERT_TRUE(peer.send(zmtp_command("PING", std::string(2, '\0') + context)));
    EXPECT_EQ(peer.recv_frame_like("\4PONG").value_or(ZmtpFrame{}).body, "\4PONG" + context);
    ASSERT_TRUE(peer.send_message("m" + context));
    EXPECT_EQ(received.get(), "m" + context);
  }
}

TEST(WireWaitingReader, GetsWhatStandsBeforeAndBehindAPing) {
  Library library{ZMQ_PULL};
  ZmtpPeer peer = library.dial_ready("PUSH");
  exchange_some(library, peer);
  auto received = receive(library);
  const std::string ping = zmtp_command("PING", std::string("\0\0x", 3));
  ASSERT_TRUE(
      peer.send(zmtp_frame(0, "1") + ping + zmtp_frame(0, "2") + ping + ping + zmtp_frame(0, "3")));
  EXPECT_EQ(received.get(), "1");
  for (const char* expected : {"2", "3"}) EXPECT_EQ(library.socket().recv_one(), expected);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(peer.recv_frame_like("\4PONG").has_value());
}

TEST(WireWaitingReader, NonsenseBehindAGoodMessageEndsTheConnection) {
  SKIP_ON_REFERENCE("it loses the good one");
  Library library{ZMQ_PULL, [](Socket& socket) { socket.set64(ZMQ_MAXMSGSIZE, 100); }};
  ZmtpPeer peer = library.dial_ready("PUSH");
  exchange_some(library, peer);
  auto received = receive(library);
  ASSERT_TRUE(peer.send(zmtp_frame(0, "good") + zmtp_frame(0, std::string(101, 'x'))));
  EXPECT_EQ(received.get(), "good");
  EXPECT_TRUE(peer.wait_closed());
}

TEST(WireWaitingReader, AnEnvelopeBrokenBehindAReplyEndsTheConnection) {
  Library library{ZMQ_REQ};
  ZmtpPeer peer = library.dial_ready("REP");
  library.socket().send("question");
  ASSERT_TRUE(peer.recv_frame_like("question").has_value());
  auto received = receive(library);
  ASSERT_TRUE(peer.send(zmtp_frame(1, "") + zmtp_frame(0, "answer") + zmtp_frame(0, "broken")));
  EXPECT_EQ(received.get(), "answer");
  EXPECT_TRUE(peer.wait_closed());
}

TEST(WireWaitingReader, ASilentPeerIsGivenUpAndHearsOfIt) {
  Library library{ZMQ_DEALER, [](Socket& socket) { socket.set(ZMQ_HEARTBEAT_IVL, 100); }};
  ZmtpPeer peer = library.dial_ready("ROUTER");
  exchange_some(library, peer);
  auto received = receive(library);
  EXPECT_TRUE(peer.wait_closed());
  ZmtpPeer other = library.dial_ready("ROUTER");
  ASSERT_TRUE(other.send_message("at last"));
  EXPECT_EQ(received.get(), "at last");
}

TEST(WireWaitingReader, TheEndOfThePeerIsNoticed) {
  Library library{ZMQ_PULL};
  Monitor monitor{library.context(), library.socket(), ZMQ_EVENT_DISCONNECTED};
  std::future<std::string> received;
  {
    ZmtpPeer peer = library.dial_ready("PUSH");
    exchange_some(library, peer);
    received = receive(library);
  }
  monitor.expect(ZMQ_EVENT_DISCONNECTED);
  ZmtpPeer peer = library.dial_ready("PUSH");
  ASSERT_TRUE(peer.send_message("from another"));
  EXPECT_EQ(received.get(), "from another");
}

// The reader takes at most its high-water mark at once; the rest waits with the connection.
TEST(WireWaitingReader, TakesAFloodInPieces) {
  Library library{ZMQ_PULL, [](Socket& socket) { socket.set(ZMQ_RCVHWM, 3); }};
  ZmtpPeer peer = library.dial_ready("PUSH");
  exchange_some(library, peer);
  std::string flood;
  for (int i = 0; i < 5000; ++i) flood += zmtp_frame(0, std::to_string(i));
  auto sent = std::async(std::launch::async, [&] { return peer.send(flood); });
  for (int i = 0; i < 5000; ++i) ASSERT_EQ(library.socket().recv_one(), std::to_string(i));
  EXPECT_TRUE(sent.get());
}

}  // namespace
}  // namespace wire
