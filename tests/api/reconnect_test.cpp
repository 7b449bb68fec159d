// Reconnecting: intervals and their growth, what is retried, what waits and what is lost.
// Intervals are read from the monitor, never from a clock.
#include <gtest/gtest.h>
#include <zmq.h>

#include <algorithm>
#include <memory>
#include <set>
#include <vector>

#include "api/support/monitor.h"
#include "api/support/plain_tcp.h"
#include "api/support/reference.h"
#include "api/support/socket.h"
#include "api/support/zmtp_peer.h"

namespace api_test {
namespace {

// The first intervals a connecter in vain announces.
std::vector<uint32_t> intervals(int interval, int maximum, size_t count) {
  Context context;
  FreeEndpoint nobody(Transport::ipc);
  Socket socket(context, ZMQ_DEALER);
  socket.set(ZMQ_RECONNECT_IVL, interval).set(ZMQ_RECONNECT_IVL_MAX, maximum);
  Monitor events(context, socket, ZMQ_EVENT_CONNECT_RETRIED);
  socket.connect(nobody.text());
  std::vector<uint32_t> found;
  while (found.size() < count && !testing::Test::HasFailure()) {
    found.push_back(events.expect(ZMQ_EVENT_CONNECT_RETRIED).value);
  }
  return found;
}

TEST(Reconnect, WithoutAMaximumTheIntervalDoesNotGrow) {
  for (const uint32_t interval : intervals(10, 0, 12)) {
    EXPECT_GE(interval, 10u);
    EXPECT_LT(interval, 20u);
  }
}

TEST(Reconnect, WithAMaximumTheIntervalDoublesUpToIt) {
  const std::vector<uint32_t> found = intervals(10, 100, 7);
  ASSERT_EQ(found.size(), 7u);
  uint32_t base = 10;
  for (const uint32_t interval : found) {
    SCOPED_TRACE("base " + std::to_string(base));
    EXPECT_GE(interval, base / 4);  // some room for jitter either way
    EXPECT_LE(interval, base * 2);
    base = std::min(2 * base, 100u);
  }
}

TEST(Reconnect, IntervalsAreSpreadOutEvenWithAMaximum) {
  // Many clients of a server that went away must not come back in step.
  const std::vector<uint32_t> found = intervals(10, 40, 16);
  const std::set<uint32_t> distinct(found.begin() + 4, found.end());
  EXPECT_GT(distinct.size(), 3u);
}

TEST(Reconnect, AMaximumThatIsNotAboveTheIntervalIsIgnored) {
  for (const int maximum : {10, 50}) {
    for (const uint32_t interval : intervals(50, maximum, 4)) {
      EXPECT_GE(interval, 50u);
      EXPECT_LT(interval, 100u);
    }
  }
}

TEST(Reconnect, TheIntervalStartsAgainAfterAConnectionThatSucceeded) {
  Context context;
  PlainTcpServer server;
  Socket socket(context, ZMQ_DEALER);
  socket.set(ZMQ_RECONNECT_IVL, 10).set(ZMQ_RECONNECT_IVL_MAX, 1000);
  Monitor events(context, socket, ZMQ_EVENT_CONNECT_RETRIED);
  socket.connect(server.endpoint());
  for (int i = 0; i < 5; ++i) {
    server.accept().close();
    EXPECT_LE(events.expect(ZMQ_EVENT_CONNECT_RETRIED).value, 20u);
  }
}

TEST(Reconnect, HappensAfterAResetAtAnyStage) {
  Context context;
  PlainTcpServer server;
  Socket socket(context, ZMQ_DEALER);
  socket.set(ZMQ_RECONNECT_IVL, 5);
  socket.connect(server.endpoint());
  const std::string whole = zmtp_greeting() + zmtp_ready("DEALER");
  for (const size_t octets : {size_t{0}, size_t{10}, size_t{64}, size_t{70}, whole.size()}) {
    ZmtpPeer peer(server.accept());
    peer.send(std::string_view(whole).substr(0, octets));
    (void)peer.recv(10);
    peer.reset();
  }
  ZmtpPeer last(server.accept());
  ASSERT_TRUE(last.handshake("DEALER"));
}

TEST(Reconnect, SubscriptionsAreSentAgain) {
  Context context;
  PlainTcpServer server;
  Socket sub(context, ZMQ_SUB);
  sub.set(ZMQ_RECONNECT_IVL, 5).set(ZMQ_SUBSCRIBE, "A").set(ZMQ_SUBSCRIBE, "B");
  sub.set(ZMQ_SUBSCRIBE, "gone").set(ZMQ_UNSUBSCRIBE, "gone");
  sub.connect(server.endpoint());
  for (int i = 0; i < 3; ++i) {
    ZmtpPeer peer(server.accept());
    ASSERT_TRUE(peer.handshake("PUB"));
    // The subscriptions may be waiting for a call of the application on the socket.
    EXPECT_TRUE(wait_until([&] {
      (void)sub.events();
      return !peer.stays_quiet(std::chrono::milliseconds{1});
    }));
    std::set<std::string> topics;
    for (int n = 0; n < 2; ++n) {
      const auto frame = peer.recv_frame();
      ASSERT_TRUE(frame);
      EXPECT_EQ(frame->body.substr(0, 10), "\x09SUBSCRIBE");
      topics.insert(frame->body.substr(10));
    }
    EXPECT_EQ(topics, (std::set<std::string>{"A", "B"}));
    EXPECT_TRUE(peer.stays_quiet(std::chrono::milliseconds{10}));
  }
}

TEST(Reconnect, MessagesQueueUpWhileThereIsNobody) {
  Context context;
  FreeEndpoint later(Transport::tcp);
  Socket pusher(context, ZMQ_PUSH);
  pusher.set(ZMQ_RECONNECT_IVL, 5).set(ZMQ_SNDHWM, 10);
  pusher.connect(later.text());
  EXPECT_EQ(fill(pusher, 100), 10);
  Socket puller(context, ZMQ_PULL);
  puller.bind(later.text());
  for (int i = 0; i < 10; ++i) EXPECT_EQ(puller.recv_one(), "m" + std::to_string(i));
  EXPECT_FALSE(puller.try_recv());
}

TEST(Reconnect, MessagesQueueUpWhileTheConnectionIsDown) {
  Context context;
  PlainTcpServer server;
  Socket socket(context, ZMQ_DEALER);
  socket.set(ZMQ_RECONNECT_IVL, 5);
  Monitor events(context, socket, ZMQ_EVENT_DISCONNECTED);
  socket.connect(server.endpoint());
  EXPECT_EQ(socket.try_send("before"), ok);
  ZmtpPeer first(server.accept());
  ASSERT_TRUE(first.handshake("DEALER"));
  const auto before = first.recv_frame();
  ASSERT_TRUE(before);
  EXPECT_EQ(before->body, "before");
  first.close();
  events.expect(ZMQ_EVENT_DISCONNECTED);
  EXPECT_EQ(socket.try_send("while down"), ok);
  ZmtpPeer second(server.accept());
  ASSERT_TRUE(second.handshake("DEALER"));
  const auto again = second.recv_frame();
  ASSERT_TRUE(again);
  EXPECT_EQ(again->body, "while down");
}

TEST(Reconnect, ImmediateQueuesNothingWithoutAConnection) {
  Context context;
  FreeEndpoint later(Transport::tcp);
  Socket pusher(context, ZMQ_PUSH);
  pusher.set(ZMQ_IMMEDIATE, 1).set(ZMQ_RECONNECT_IVL, 5);
  pusher.connect(later.text());
  EXPECT_EQ(pusher.try_send("nobody"), eagain);
  EXPECT_FALSE(pusher.writable());
  {
    Socket puller(context, ZMQ_PULL);
    puller.bind(later.text());
    EXPECT_TRUE(pusher.wait_writable());
    pusher.send("somebody");
    EXPECT_EQ(puller.recv_one(), "somebody");
  }
  EXPECT_TRUE(wait_until([&] { return pusher.try_send("nobody again") == eagain; }));
}

TEST(Reconnect, ImmediateChoosesThePeerThatIsThere) {
  Context context;
  FreeEndpoint nobody(Transport::tcp);
  Socket pusher(context, ZMQ_PUSH), puller(context, ZMQ_PULL);
  pusher.set(ZMQ_IMMEDIATE, 1);
  pusher.connect(nobody.text());
  pusher.connect(puller.bind_any(Transport::tcp));
  for (int i = 0; i < 20; ++i) pusher.send(std::to_string(i));
  for (int i = 0; i < 20; ++i) EXPECT_EQ(puller.recv_one(), std::to_string(i));
}

TEST(Reconnect, AHalfReceivedMessageIsForgotten) {
  Context context;
  PlainTcpServer server;
  Socket socket(context, ZMQ_DEALER);
  socket.set(ZMQ_RECONNECT_IVL, 5);
  socket.connect(server.endpoint());
  {
    ZmtpPeer peer(server.accept());
    ASSERT_TRUE(peer.handshake("DEALER"));
    peer.send(zmtp_frame(0, "whole") + zmtp_frame(1, "half of it"));
    EXPECT_EQ(socket.recv_one(), "whole");
  }
  ZmtpPeer peer(server.accept());
  ASSERT_TRUE(peer.handshake("DEALER"));
  peer.send(zmtp_frame(0, "another"));
  EXPECT_EQ(socket.recv(), Frames{"another"});
}

TEST(Reconnect, AHalfSentMessageStartsAgainOrIsDroppedButNeverContinues) {
  Context context;
  PlainTcpServer server;
  Socket socket(context, ZMQ_DEALER);
  socket.set(ZMQ_RECONNECT_IVL, 5);
  Monitor events(context, socket, ZMQ_EVENT_DISCONNECTED);
  socket.connect(server.endpoint());
  const std::string large(8'000'000, 'x');  // more than the kernel takes
  EXPECT_EQ(socket.try_send("first part", ZMQ_SNDMORE), ok);
  EXPECT_EQ(socket.try_send(large), ok);
  {
    ZmtpPeer peer(server.accept());
    ASSERT_TRUE(peer.handshake("DEALER"));
    ASSERT_TRUE(peer.recv_frame());
    EXPECT_EQ(peer.recv(1000).size(), 1000u);
    peer.reset();
  }
  events.expect(ZMQ_EVENT_DISCONNECTED);
  EXPECT_EQ(socket.try_send("marker"), ok);
  ZmtpPeer peer(server.accept());
  ASSERT_TRUE(peer.handshake("DEALER"));
  const auto frame = peer.recv_frame();
  ASSERT_TRUE(frame);
  EXPECT_TRUE(frame->body == "marker" || frame->body == "first part") << frame->body.size();
}

TEST(Reconnect, ProtocolErrorsAreNotRetried) {
  const std::vector<std::string> mistakes{
      zmtp_ready("PUB"),  // no partner for DEALER
      zmtp_command("READY", zmtp_property("Socket-Type", "DEALER") + "\x01"),  // cut off
      zmtp_command("ERROR", std::string("\x03no!", 4)),
      zmtp_command("NONSENSE", ""),
  };
  for (const std::string& mistake : mistakes) {
    SCOPED_TRACE(mistake.substr(3));
    Context context;
    PlainTcpServer server;
    Socket socket(context, ZMQ_DEALER);
    socket.set(ZMQ_RECONNECT_IVL, 5);
    socket.connect(server.endpoint());
    ZmtpPeer peer(server.accept());
    peer.send(zmtp_greeting());
    EXPECT_EQ(peer.recv(64).size(), 64u);
    ASSERT_TRUE(peer.recv_frame());
    peer.send(mistake);
    EXPECT_TRUE(peer.wait_closed());
    EXPECT_FALSE(server.has_caller(quiet_time));
    EXPECT_TRUE(wait_until([&] { return socket.try_send("x") == eagain; }));
  }
}

TEST(Reconnect, AServerThatComesBackIsFoundAgain) {
  for (const Transport transport : {Transport::tcp, Transport::ipc}) {
    Context context;
    Socket client(context, ZMQ_REQ);
    client.set(ZMQ_RECONNECT_IVL, 5);
    auto server = std::make_unique<Socket>(context, ZMQ_REP);
    const std::string endpoint = server->bind_any(transport);
    Monitor events(context, client, ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
    client.connect(endpoint);
    for (int i = 0; i < 5; ++i) {
      events.expect(ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
      client.send(std::to_string(i));
      EXPECT_EQ(server->recv_one(), std::to_string(i));
      server->send("ok");
      EXPECT_EQ(client.recv_one(), "ok");
      server.reset();
      server = std::make_unique<Socket>(context, ZMQ_REP);
      ASSERT_TRUE(wait_until([&] { return server->try_bind(endpoint) == ok; }));
    }
  }
}

}  // namespace
}  // namespace api_test
