// ZMQ_RECONNECT_STOP: which ends of a connection are final.
#define ZMQ_BUILD_DRAFT_API  // the option's name is among the drafts, the library has it always
#include <gtest/gtest.h>
#include <zmq.h>

#include <chrono>
#include <string>

#include "api/support/monitor.h"
#include "api/support/plain_tcp.h"
#include "api/support/reference.h"
#include "api/support/socket.h"
#include "api/support/zmtp_peer.h"

namespace api_test {
namespace {

using std::chrono::milliseconds;

constexpr char no_reconnect_stop[] = "only draft builds have this option";

TEST(ReconnectStop, IsOffByDefaultAndTakesFlags) {
  SKIP_ON_REFERENCE(no_reconnect_stop);
  Context context;
  Socket socket(context, ZMQ_DEALER);
  EXPECT_EQ(socket.get_int(ZMQ_RECONNECT_STOP), 0);
  for (const int flags : {1, 2, 3, 4, 7, 0}) {
    socket.set(ZMQ_RECONNECT_STOP, flags);
    EXPECT_EQ(socket.get_int(ZMQ_RECONNECT_STOP), flags);
  }
}

TEST(ReconnectStop, ARefusedConnectionIsGivenUpWithFlag1Only) {
  SKIP_ON_REFERENCE(no_reconnect_stop);
  for (const int flags : {0, 1, 2, 3, 4}) {
    SCOPED_TRACE("flags " + std::to_string(flags));
    Context context;
    FreeEndpoint nobody(Transport::tcp);
    Socket socket(context, ZMQ_DEALER);
    socket.set(ZMQ_RECONNECT_IVL, 5).set(ZMQ_RECONNECT_STOP, flags);
    Monitor events(context, socket);
    socket.connect(nobody.text());
    events.expect_all({ZMQ_EVENT_CONNECT_DELAYED, ZMQ_EVENT_CLOSED}, nobody.text());
    if ((flags & ZMQ_RECONNECT_STOP_CONN_REFUSED) == 0) {
      events.expect(ZMQ_EVENT_CONNECT_RETRIED, nobody.text());
      continue;
    }
    EXPECT_FALSE(events.try_next(quiet_time));
    EXPECT_TRUE(wait_until([&] { return socket.try_send("to nobody") == eagain; }));
    EXPECT_EQ(socket.try_disconnect(nobody.text()), fails_with(ENOENT));
  }
}

TEST(ReconnectStop, AHandshakeThatFailsIsTheEndWithFlag2Only) {
  SKIP_ON_REFERENCE(no_reconnect_stop);
  for (const int flags : {0, 1, 2, 3, 4}) {
    SCOPED_TRACE("flags " + std::to_string(flags));
    Context context;
    PlainTcpServer server;
    Socket socket(context, ZMQ_DEALER);
    socket.set(ZMQ_RECONNECT_IVL, 5).set(ZMQ_RECONNECT_STOP, flags);
    Monitor events(context, socket, ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_CONNECT_RETRIED);
    socket.connect(server.endpoint());
    ZmtpPeer(server.accept()).send(zmtp_greeting());  // and is gone
    events.expect(ZMQ_EVENT_DISCONNECTED);
    if ((flags & ZMQ_RECONNECT_STOP_HANDSHAKE_FAILED) == 0) {
      EXPECT_TRUE(server.has_caller());
      continue;
    }
    EXPECT_FALSE(server.has_caller(quiet_time));
    EXPECT_FALSE(events.try_next(milliseconds{0}));
  }
}

TEST(ReconnectStop, AConnectionThatWasGoodOnceComesBackWhateverTheFlags) {
  SKIP_ON_REFERENCE(no_reconnect_stop);
  for (const int flags : {1, 2, 3, 4}) {
    SCOPED_TRACE("flags " + std::to_string(flags));
    Context context;
    PlainTcpServer server;
    Socket socket(context, ZMQ_DEALER);
    socket.set(ZMQ_RECONNECT_IVL, 5).set(ZMQ_RECONNECT_STOP, flags);
    socket.connect(server.endpoint());
    for (int i = 0; i < 2; ++i) {
      ZmtpPeer peer(server.accept());
      ASSERT_TRUE(peer.handshake("DEALER"));
    }
  }
}

// Whoever says disconnect once, with flag 4, wants no connection made again on that socket.
TEST(ReconnectStop, ADisconnectEndsTheReconnectingOfTheOthersWithFlag4Only) {
  SKIP_ON_REFERENCE(no_reconnect_stop);
  for (const int flags : {0, 1, 2, 3, 4}) {
    SCOPED_TRACE("flags " + std::to_string(flags));
    Context context;
    PlainTcpServer left, stays;
    Socket socket(context, ZMQ_DEALER);
    socket.set(ZMQ_RECONNECT_IVL, 5).set(ZMQ_RECONNECT_STOP, flags);
    socket.connect(left.endpoint());
    socket.connect(stays.endpoint());
    ZmtpPeer first(left.accept()), second(stays.accept());
    ASSERT_TRUE(first.handshake("DEALER"));
    ASSERT_TRUE(second.handshake("DEALER"));
    socket.disconnect(left.endpoint());
    second.close();
    const bool stops = (flags & ZMQ_RECONNECT_STOP_AFTER_DISCONNECT) != 0;
    EXPECT_EQ(stays.has_caller(stops ? quiet_time : deadline), !stops);
    EXPECT_FALSE(left.has_caller(milliseconds{0}));
  }
}

}  // namespace
}  // namespace api_test
