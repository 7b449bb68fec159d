// A connecting socket keeps its messages in order across reconnects.
#include <gtest/gtest.h>
#include <zmq.h>

#include <random>
#include <string>

#include "api/support/monitor.h"
#include "api/support/plain_tcp.h"
#include "api/support/reference.h"
#include "api/support/socket.h"
#include "api/support/zmtp_peer.h"

namespace api_test {
namespace {

// Connections that are cut at random lose what was on its way, but what comes comes in order.
TEST(Order, OfSentMessagesHoldsAcrossReconnects) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  Context context;
  PlainTcpServer server;
  Socket pusher(context, ZMQ_PUSH);
  pusher.set(ZMQ_RECONNECT_IVL, 2);
  pusher.connect(server.endpoint());
  int sent = 0, last = -1;
  for (int connection = 0; connection < 15; ++connection) {
    for (unsigned i = random() % 300; i > 0; --i) {
      ASSERT_EQ(pusher.try_send(std::to_string(sent++), 0), ok);
    }
    ZmtpPeer peer(server.accept());
    ASSERT_TRUE(peer.handshake("PULL"));
    // What was sent before may be lost with the last connection; this goes into the new one.
    ASSERT_EQ(pusher.try_send(std::to_string(sent++), 0), ok);
    const unsigned wanted = 1 + random() % 200;
    for (unsigned i = 0; i < wanted; ++i) {
      const auto frame = peer.recv_frame(i == 0 ? deadline : std::chrono::milliseconds{20});
      ASSERT_TRUE(frame || i > 0) << "nothing arrives in connection " << connection;
      if (!frame) break;
      const int number = std::stoi(frame->body);
      ASSERT_GT(number, last) << "in connection " << connection;
      last = number;
    }
    if (random() % 2 == 0)
      peer.reset();
    else
      peer.close();
  }
}

// What the first connection delivered stands before what the second delivers, read or unread.
TEST(Order, OfReceivedMessagesHoldsAcrossReconnects) {
  for (const char* peer_type : {"DEALER", "PUSH", "PUB"}) {
    SCOPED_TRACE(peer_type);
    const std::string type = peer_type;
    Context context;
    PlainTcpServer server;
    Socket receiver(context, type == "PUB" ? ZMQ_SUB : type == "PUSH" ? ZMQ_PULL : ZMQ_DEALER);
    if (type == "PUB") receiver.set(ZMQ_SUBSCRIBE, "");
    receiver.set(ZMQ_RECONNECT_IVL, 2);
    Monitor events(context, receiver, ZMQ_EVENT_DISCONNECTED);
    receiver.connect(server.endpoint());
    int next = 0;
    for (int connection = 0; connection < 4; ++connection) {
      ZmtpPeer peer(server.accept());
      ASSERT_TRUE(peer.handshake(type));
      for (int i = 0; i < 50; ++i) peer.send_message(std::to_string(next++));
      peer.close();
      events.expect(ZMQ_EVENT_DISCONNECTED);
    }
    int last = -1, received = 0;
    while (const auto message = receiver.recv_within(quiet_time)) {
      const int number = std::stoi(message->front());
      EXPECT_GT(number, last);
      last = number;
      ++received;
    }
    EXPECT_GT(received, 0);
    ASSERT_FALSE(HasFailure());
  }
}

// Two sockets of the library with a server that drops everybody: the REQ/REP-like numbering of
// one client must never run backwards at the server.
TEST(Order, HoldsAtARouterWhoseClientReconnects) {
  Context context;
  Socket dealer(context, ZMQ_DEALER);
  dealer.set(ZMQ_RECONNECT_IVL, 2).set(ZMQ_ROUTING_ID, "client");
  FreeEndpoint place(Transport::tcp);
  dealer.connect(place.text());
  int sent = 0, last = -1;
  for (int life = 0; life < 10; ++life) {
    Context own;
    Socket router(own, ZMQ_ROUTER);
    ASSERT_TRUE(wait_until([&] { return router.try_bind(place.text()) == ok; }));
    // The first ones may still go to the router that has just left.
    ASSERT_TRUE(wait_until([&] {
      for (int i = 0; i < 20; ++i) EXPECT_EQ(dealer.try_send(std::to_string(sent++), 0), ok);
      return router.wait_readable(std::chrono::milliseconds{20});
    })) << "nothing arrives in life "
        << life;
    for (int i = 0; i < 10; ++i) {
      const auto message = router.try_recv();
      if (!message) break;
      const int number = std::stoi(message->back());
      EXPECT_GT(number, last);
      last = number;
    }
  }
}

}  // namespace
}  // namespace api_test
