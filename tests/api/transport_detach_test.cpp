// zmq_unbind and zmq_disconnect: what ends, what is still delivered, what comes afterwards.
#include <gtest/gtest.h>
#include <zmq.h>

#include <memory>

#include "api/support/plain_tcp.h"
#include "api/support/reference.h"
#include "api/support/socket.h"
#include "api/support/zmtp_peer.h"

namespace api_test {
namespace {

class Detach : public testing::TestWithParam<int> {};  // the LINGER
INSTANTIATE_TEST_SUITE_P(Linger, Detach, testing::Values(0, 300, -1), [](const auto& param) {
  return param.param < 0 ? std::string("ForEver") : std::to_string(param.param);
});

// Closing may need further calls of the application on the socket.
bool closes_after_some_calls(Socket& socket, ZmtpPeer& peer) {
  return wait_until([&] {
    (void)socket.events();
    return peer.wait_closed(std::chrono::milliseconds{1});
  });
}

TEST_P(Detach, UnbindEndsTheConnectionsButDeliversWhatCame) {
  Context context;
  Socket socket(context, ZMQ_DEALER);
  socket.set(ZMQ_LINGER, GetParam());
  const std::string endpoint = socket.bind_any(Transport::tcp);
  ZmtpPeer peer = ZmtpPeer::connect(endpoint);
  ASSERT_TRUE(peer.handshake("DEALER"));
  peer.send_message("in1");
  peer.send_message("in2");
  ASSERT_TRUE(socket.wait_readable());
  EXPECT_EQ(socket.try_send("out"), ok);
  const auto out = peer.recv_frame();
  ASSERT_TRUE(out);
  EXPECT_EQ(out->body, "out");
  socket.unbind(endpoint);
  EXPECT_EQ(socket.recv_one(), "in1");
  EXPECT_EQ(socket.recv_one(), "in2");
  EXPECT_TRUE(wait_until([&] { return socket.try_send("x") == eagain; }));
  EXPECT_TRUE(closes_after_some_calls(socket, peer));
}

TEST_P(Detach, DisconnectDiscardsWhatWasNotRead) {
  Context context;
  PlainTcpServer server;
  Socket socket(context, ZMQ_DEALER);
  socket.set(ZMQ_LINGER, GetParam());
  socket.connect(server.endpoint());
  ZmtpPeer peer(server.accept());
  ASSERT_TRUE(peer.handshake("DEALER"));
  peer.send_message("in1");
  peer.send_message("in2");
  ASSERT_TRUE(socket.wait_readable());
  EXPECT_EQ(socket.try_send("out"), ok);
  const auto out = peer.recv_frame();
  ASSERT_TRUE(out);
  EXPECT_EQ(out->body, "out");
  socket.disconnect(server.endpoint());
  EXPECT_FALSE(socket.try_recv());
  EXPECT_EQ(socket.try_send("x"), eagain);
  EXPECT_TRUE(closes_after_some_calls(socket, peer));
}

class DetachOver : public testing::TestWithParam<Transport> {};
INSTANTIATE_TEST_SUITE_P(Over, DetachOver, all_transports(), transport_label);

TEST_P(DetachOver, OtherEndpointsOfTheSocketLiveOn) {
  Context context;
  Socket server(context, ZMQ_DEALER), first(context, ZMQ_DEALER), second(context, ZMQ_DEALER);
  const std::string one = server.bind_any(GetParam()), two = server.bind_any(GetParam());
  first.connect(one);
  second.connect(two);
  first.send("1");
  EXPECT_EQ(server.recv_one(), "1");
  second.send("2");
  EXPECT_EQ(server.recv_one(), "2");
  server.unbind(one);
  second.send("still");
  EXPECT_EQ(server.recv_one(), "still");
  second.disconnect(two);
  second.connect(two);
  second.send("again");
  EXPECT_EQ(server.recv_one(), "again");
}

TEST_P(DetachOver, ADisconnectedPeerMayComeBack) {
  Context context;
  Socket server(context, ZMQ_REP), client(context, ZMQ_REQ);
  const std::string endpoint = server.bind_any(GetParam());
  for (int i = 0; i < 20; ++i) {
    client.connect(endpoint);
    client.send(std::to_string(i));
    EXPECT_EQ(server.recv_one(), std::to_string(i));
    server.send("ok");
    EXPECT_EQ(client.recv_one(), "ok");
    client.disconnect(endpoint);
  }
}

TEST_P(DetachOver, AllConnectionsWithTheSameTextEndTogether) {
  Context context;
  Socket server(context, ZMQ_ROUTER), client(context, ZMQ_DEALER);
  const std::string endpoint = server.bind_any(GetParam());
  client.connect(endpoint);
  client.connect(endpoint);
  client.disconnect(endpoint);
  EXPECT_EQ(client.try_disconnect(endpoint), fails_with(ENOENT));
  EXPECT_EQ(client.try_send("x"), eagain);
}

TEST_P(DetachOver, UnbindingLetsNobodyNewIn) {
  Context context;
  Socket server(context, ZMQ_PULL);
  const std::string endpoint = server.bind_any(GetParam());
  server.unbind(endpoint);
  Socket client(context, ZMQ_PUSH);
  client.set(ZMQ_IMMEDIATE, 1).set(ZMQ_RECONNECT_IVL, 5);
  client.connect(endpoint);
  if (GetParam() == Transport::inproc) {
    EXPECT_EQ(client.try_send("x"), ok);  // a pipe waits for the name to be bound again
  } else {
    EXPECT_FALSE(client.wait_writable(quiet_time));
  }
  server.bind(endpoint);
  EXPECT_TRUE(client.wait_writable());
  client.send("in");
  EXPECT_FALSE(server.recv().empty());
}

TEST(DetachInproc, ConnectionsOutliveTheUnbind) {
  Context context;
  Socket server(context, ZMQ_DEALER), client(context, ZMQ_DEALER);
  const std::string name = server.bind_any(Transport::inproc);
  client.connect(name);
  server.unbind(name);
  client.send("still there");
  EXPECT_EQ(server.recv_one(), "still there");
  server.send("yes");
  EXPECT_EQ(client.recv_one(), "yes");
}

TEST(DetachInproc, AConnecterDoesNotFollowANewBinder) {
  Context context;
  auto server = std::make_unique<Socket>(context, ZMQ_DEALER);
  Socket client(context, ZMQ_DEALER);
  const std::string name = server->bind_any(Transport::inproc);
  client.connect(name);
  client.send("x");
  EXPECT_EQ(server->recv_one(), "x");
  server.reset();
  EXPECT_TRUE(wait_until([&] { return client.try_send("y") == eagain; }));
}

TEST(DetachInproc, AConnecterMayConnectAgainAfterItsBinderClosed) {
  for (const int type : {ZMQ_DEALER, ZMQ_PAIR}) {
    if (type == ZMQ_PAIR && is_reference()) continue;  // its PAIR never takes a second peer
    Context context;
    Socket client(context, type);
    const std::string name = bindable_endpoint(Transport::inproc);
    for (int i = 0; i < 4; ++i) {
      Socket server(context, type);
      ASSERT_TRUE(wait_until([&] { return server.try_bind(name) == ok; }));
      client.connect(name);
      client.send(std::to_string(i));
      EXPECT_EQ(server.recv_one(), std::to_string(i));
      server.close();
      EXPECT_TRUE(wait_until([&] { return !client.writable(); }));
    }
  }
}

TEST(DetachInproc, HighWaterMarksOfBothEndsAddUp) {
  Context context;
  Socket puller(context, ZMQ_PULL), pusher(context, ZMQ_PUSH);
  puller.set(ZMQ_RCVHWM, 3);
  pusher.set(ZMQ_SNDHWM, 5);
  pusher.connect(puller.bind_any(Transport::inproc));
  EXPECT_EQ(fill(pusher, 100), 8);
}

}  // namespace
}  // namespace api_test
