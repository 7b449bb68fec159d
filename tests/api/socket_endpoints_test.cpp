// Connecting and binding, again and again: what a second connect does, what happens to queued
// messages when an endpoint goes, and when an address is free again.
#include <gtest/gtest.h>
#include <zmq.h>

#include <algorithm>
#include <array>
#include <optional>

#include "api/support/plain_tcp.h"
#include "api/support/reference.h"
#include "api/support/socket.h"

namespace api_test {
namespace {

constexpr Outcome enoent = fails_with(ENOENT);

struct SecondConnect {
  const char* name;
  int type;
  int connections;
};

void PrintTo(const SecondConnect& row, std::ostream* out) {
  *out << row.name;
}

constexpr SecondConnect second_connects[] = {
    {"DEALER", ZMQ_DEALER, 1}, {"SUB", ZMQ_SUB, 1},       {"PUB", ZMQ_PUB, 1},
    {"REQ", ZMQ_REQ, 1},       {"PUSH", ZMQ_PUSH, 2},     {"XSUB", ZMQ_XSUB, 2},
    {"PULL", ZMQ_PULL, 2},     {"ROUTER", ZMQ_ROUTER, 2}, {"PAIR", ZMQ_PAIR, 2},
};

class ConnectingTwice : public testing::TestWithParam<SecondConnect> {};
INSTANTIATE_TEST_SUITE_P(As, ConnectingTwice, testing::ValuesIn(second_connects),
                         [](const auto& row) { return std::string(row.param.name); });

TEST_P(ConnectingTwice, MakesAsManyConnectionsAsTheTypeWants) {
  Context context;
  PlainTcpServer server;
  Socket socket{context, GetParam().type};
  socket.connect(server.endpoint());
  socket.connect(server.endpoint());
  const PlainTcp first = server.accept();
  if (GetParam().connections == 2) {
    EXPECT_TRUE(server.has_caller());
  } else {
    EXPECT_FALSE(server.has_caller(quiet_time));
  }
}

TEST_P(ConnectingTwice, NeedsOneDisconnectOnly) {
  Context context;
  PlainTcpServer server;
  Socket socket{context, GetParam().type};
  socket.connect(server.endpoint());
  socket.connect(server.endpoint());
  socket.disconnect(server.endpoint());
  EXPECT_EQ(socket.try_disconnect(server.endpoint()), enoent);
}

class Endpoints : public testing::TestWithParam<Transport> {
 protected:
  Context context;
  Socket push{context, ZMQ_PUSH};
  Socket pull{context, ZMQ_PULL};
};
INSTANTIATE_TEST_SUITE_P(Over, Endpoints, all_transports(), transport_label);

TEST_P(Endpoints, ConnectMayComeBeforeBind) {
  const FreeEndpoint endpoint{GetParam()};
  push.connect(endpoint.text());
  for (int i = 0; i < 10; ++i) push.send_all({std::to_string(i), "part"});
  pull.bind(endpoint.text());
  for (int i = 0; i < 10; ++i) EXPECT_EQ(pull.recv(), (Frames{std::to_string(i), "part"}));
  push.send("after");
  EXPECT_EQ(pull.recv_one(), "after");
}

TEST_P(Endpoints, SeveralMayWaitForOneBind) {
  const FreeEndpoint endpoint{GetParam()};
  std::array pushes{Socket{context, ZMQ_PUSH}, Socket{context, ZMQ_PUSH},
                    Socket{context, ZMQ_PUSH}};
  for (size_t i = 0; i < 3; ++i) {
    pushes[i].connect(endpoint.text());
    pushes[i].send(std::to_string(i));
  }
  pull.bind(endpoint.text());
  Frames got = pull.recv_many(3);
  std::sort(got.begin(), got.end());
  EXPECT_EQ(got, (Frames{"0", "1", "2"}));
}

TEST_P(Endpoints, WhatWasQueuedForABindIsSentAlthoughTheSenderHasClosed) {
  if (GetParam() == Transport::inproc) GTEST_SKIP() << "a closed inproc connecter waits for nobody";
  const FreeEndpoint endpoint{GetParam()};
  push.set(ZMQ_RECONNECT_IVL, 5);
  push.connect(endpoint.text());
  push.send("left behind");
  push.close();  // LINGER is for ever
  pull.bind(endpoint.text());
  EXPECT_EQ(pull.recv_one(), "left behind");
}

TEST_P(Endpoints, LastEndpointTellsTheLatestAddress) {
  EXPECT_EQ(pull.last_endpoint(), "");
  const std::string first = pull.bind_any(GetParam());
  const std::string second = pull.bind_any(GetParam());
  EXPECT_NE(first, second);
  EXPECT_EQ(pull.last_endpoint(), second);
  push.connect(first);
  EXPECT_EQ(push.last_endpoint(), first);
  push.connect(second);
  EXPECT_EQ(push.last_endpoint(), second);
}

TEST_P(Endpoints, UnknownOnesCannotBeDetached) {
  const FreeEndpoint endpoint{GetParam()};
  EXPECT_EQ(push.try_disconnect(endpoint.text()), enoent);
  EXPECT_EQ(push.try_unbind(endpoint.text()), enoent);
  push.connect(endpoint.text());
  EXPECT_EQ(push.try_disconnect(endpoint.text()), ok);
  EXPECT_EQ(push.try_disconnect(endpoint.text()), enoent);
  const std::string bound = pull.bind_any(GetParam());
  EXPECT_EQ(push.try_unbind(bound), enoent) << "it is another socket's";
  EXPECT_EQ(pull.try_unbind(bound), ok);
  EXPECT_EQ(pull.try_unbind(bound), enoent);
}

TEST_P(Endpoints, ADisconnectedPeerIsNotSentTo) {
  Socket other{context, ZMQ_PULL};
  const std::string endpoint = pull.bind_any(GetParam());
  push.connect(endpoint);
  push.connect(other.bind_any(GetParam()));
  push.send("0");
  push.send("1");
  EXPECT_EQ(pull.recv_one(), "0");
  EXPECT_EQ(other.recv_one(), "1");
  push.disconnect(endpoint);
  for (int i = 2; i < 6; ++i) push.send(std::to_string(i));
  EXPECT_EQ(other.recv_many(4), (Frames{"2", "3", "4", "5"}));
  EXPECT_EQ(pull.try_recv(), std::nullopt);
}

TEST_P(Endpoints, DisconnectingTheOnlyPeerLeavesNobody) {
  const std::string endpoint = pull.bind_any(GetParam());
  push.connect(endpoint);
  push.send("0");
  EXPECT_EQ(pull.recv_one(), "0");
  push.disconnect(endpoint);
  EXPECT_EQ(push.try_send("1"), eagain);
  EXPECT_FALSE(push.writable());
}

TEST_P(Endpoints, WhatWasQueuedIsStillSentAfterADisconnect) {
  const std::string endpoint = pull.bind_any(GetParam());
  push.connect(endpoint);
  for (int i = 0; i < 20; ++i) push.send(std::to_string(i));
  push.disconnect(endpoint);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(pull.recv_one(), std::to_string(i));
}

TEST_P(Endpoints, WhatHadArrivedIsDiscardedByADisconnect) {
  const std::string endpoint = push.bind_any(GetParam());
  pull.connect(endpoint);
  push.send("unread");
  EXPECT_TRUE(pull.wait_readable());
  pull.disconnect(endpoint);
  EXPECT_EQ(pull.try_recv(), std::nullopt);
  Socket marker{context, ZMQ_PUSH};
  pull.connect(marker.bind_any(GetParam()));
  marker.send("marker");
  EXPECT_EQ(pull.recv_one(), "marker");
}

TEST_P(Endpoints, ReadingGoesOnAfterADisconnectWithinAMessage) {
  SKIP_ON_REFERENCE("it aborts");
  const std::string endpoint = push.bind_any(GetParam());
  pull.connect(endpoint);
  push.send_all({"1", "2", "3"});
  char buffer[4];
  ASSERT_EQ(zmq_recv(pull, buffer, sizeof buffer, 0), 1);
  pull.disconnect(endpoint);
  // Either the rest of the message, or nothing; never the middle of it as a new message.
  Frames rest;
  if (pull.recv_into(rest, ZMQ_DONTWAIT) == ok) {
    EXPECT_EQ(rest, (Frames{"2", "3"}));
  }
  Socket other{context, ZMQ_PUSH};
  pull.connect(other.bind_any(GetParam()));
  other.send("marker");
  EXPECT_EQ(pull.recv_one(), "marker");
}

TEST_P(Endpoints, WritingGoesOnAfterADisconnectWithinAMessage) {
  const std::string endpoint = pull.bind_any(GetParam());
  push.connect(endpoint);
  push.send("whole");
  EXPECT_EQ(push.try_send("1", ZMQ_SNDMORE), ok);
  push.disconnect(endpoint);
  push.try_send("2", ZMQ_SNDMORE | ZMQ_DONTWAIT);
  push.try_send("3");
  Socket other{context, ZMQ_PULL};
  push.connect(other.bind_any(GetParam()));
  push.send_all({"new", "message"});
  EXPECT_EQ(other.recv(), (Frames{"new", "message"}));
  EXPECT_EQ(pull.recv_one(), "whole");
  EXPECT_EQ(pull.try_recv(), std::nullopt);
}

TEST_P(Endpoints, ConnectingAgainAfterADisconnectWorks) {
  Socket dealer{context, ZMQ_DEALER};
  Socket router{context, ZMQ_DEALER};
  const std::string endpoint = router.bind_any(GetParam());
  for (int round = 0; round < 10; ++round) {
    dealer.connect(endpoint);
    dealer.send(std::to_string(round));
    EXPECT_EQ(router.recv_one(), std::to_string(round));
    dealer.disconnect(endpoint);
  }
}

TEST_P(Endpoints, NobodyIsLetInAfterAnUnbind) {
  const std::string endpoint = pull.bind_any(GetParam());
  pull.unbind(endpoint);
  if (GetParam() == Transport::inproc) {
    push.connect(endpoint);
    push.send("waits for another bind");
    EXPECT_TRUE(pull.stays_silent());
    return;
  }
  // The listener may take a moment to close.
  EXPECT_TRUE(wait_until([&] {
    Socket caller{context, ZMQ_PUSH};
    caller.set(ZMQ_IMMEDIATE, 1);
    caller.connect(endpoint);
    return !caller.wait_writable(std::chrono::milliseconds{20});
  }));
}

TEST_P(Endpoints, WhatHadArrivedIsStillReadAfterAnUnbind) {
  const std::string endpoint = pull.bind_any(GetParam());
  push.connect(endpoint);
  push.send("1");
  push.send("2");
  EXPECT_TRUE(pull.wait_readable());
  EXPECT_EQ(pull.recv_one(), "1");
  EXPECT_TRUE(pull.wait_readable());
  pull.unbind(endpoint);
  EXPECT_EQ(pull.recv_one(), "2");
}

TEST_P(Endpoints, AnAddressIsFreeRightAfterAnUnbind) {
  if (GetParam() != Transport::inproc) {
    SKIP_ON_REFERENCE("the listener closes a moment later");
  }
  const FreeEndpoint endpoint{GetParam()};
  for (int round = 0; round < 100 && !HasFailure(); ++round) {
    pull.bind(endpoint.text());
    pull.unbind(endpoint.text());
  }
}

TEST_P(Endpoints, AnAddressIsFreeRightAfterAClose) {
  SKIP_ON_REFERENCE("the listener closes a moment later");
  const FreeEndpoint endpoint{GetParam()};
  for (int round = 0; round < 100 && !HasFailure(); ++round) {
    Socket socket{context, ZMQ_PULL};
    socket.bind(endpoint.text());
    socket.close();
  }
}

TEST_P(Endpoints, AnAddressInUseCannotBeBoundAgain) {
  if (GetParam() == Transport::ipc) {
    SKIP_ON_REFERENCE("the second bind takes the path over");
  }
  const std::string endpoint = pull.bind_any(GetParam());
  Socket other{context, ZMQ_PULL};
  EXPECT_EQ(other.try_bind(endpoint), fails_with(EADDRINUSE));
  EXPECT_EQ(pull.try_bind(endpoint), fails_with(EADDRINUSE));
  push.connect(endpoint);
  push.send("to the owner");
  EXPECT_EQ(pull.recv_one(), "to the owner");
}

class Reconnecting : public testing::TestWithParam<Transport> {
 protected:
  // Binds as soon as the former owner of the address is gone.
  void bind_again(std::optional<Socket>& socket, int type, const std::string& endpoint) {
    EXPECT_TRUE(wait_until([&] {
      socket.emplace(context, type);
      return socket->try_bind(endpoint) == ok;
    }));
  }
  Context context;
};
INSTANTIATE_TEST_SUITE_P(Over, Reconnecting, stream_transports(), transport_label);

TEST_P(Reconnecting, MessagesQueuedMeanwhileAreDelivered) {
  const FreeEndpoint endpoint{GetParam()};
  Socket push{context, ZMQ_PUSH};
  push.set(ZMQ_RECONNECT_IVL, 5);
  const std::string events = bindable_endpoint(Transport::inproc);
  ASSERT_EQ(zmq_socket_monitor(push, events.c_str(), ZMQ_EVENT_DISCONNECTED), 0);
  Socket watcher{context, ZMQ_PAIR};
  watcher.connect(events);
  push.connect(endpoint.text());
  std::optional<Socket> pull;
  for (int round = 0; round < 3; ++round) {
    bind_again(pull, ZMQ_PULL, endpoint.text());
    if (round > 0) {
      EXPECT_EQ(pull->recv_many(3), (Frames{"a", "b", "c"})) << round;
    }
    push.send("hello");
    EXPECT_EQ(pull->recv_one(), "hello") << round;
    pull.reset();
    watcher.recv();  // the connection has ended
    for (const char* text : {"a", "b", "c"}) push.send(text);
  }
  zmq_socket_monitor(push, nullptr, 0);
}

TEST_P(Reconnecting, OrderIsKeptPerPeer) {
  const FreeEndpoint endpoint{GetParam()};
  Socket push{context, ZMQ_PUSH};
  push.set(ZMQ_RECONNECT_IVL, 1).set(ZMQ_SNDHWM, 0);
  push.connect(endpoint.text());
  int next = 0;
  int last = -1;
  std::optional<Socket> pull;
  for (int round = 0; round < 10 && !HasFailure(); ++round) {
    bind_again(pull, ZMQ_PULL, endpoint.text());
    pull->set(ZMQ_RCVHWM, 5);
    // What a dying connection held may be lost, but nothing is doubled or overtaken.
    int heard = 0;
    EXPECT_TRUE(wait_until([&] {
      for (int i = 0; i < 5; ++i) push.send(std::to_string(next++));
      while (const auto message = pull->try_recv()) {
        const int got = std::stoi(message->front());
        EXPECT_GT(got, last) << "round " << round;
        last = got;
        ++heard;
      }
      return heard >= 10;
    }));
  }
}

TEST(InprocNames, MayBeLong) {
  for (const size_t length : {1, 255, 256, 257, 1000, 5000}) {
    Context context;
    Socket a{context, ZMQ_PAIR};
    Socket b{context, ZMQ_PAIR};
    const std::string endpoint = "inproc://" + std::string(length, 'n');
    a.bind(endpoint);
    b.connect(endpoint);
    b.send("x");
    EXPECT_EQ(a.recv_one(), "x");
  }
}

TEST(InprocNames, BelongToOneContext) {
  Context one;
  Context two;
  Socket a{one, ZMQ_PULL};
  Socket b{two, ZMQ_PULL};
  Socket push{two, ZMQ_PUSH};
  a.bind("inproc://same");
  b.bind("inproc://same");
  push.connect("inproc://same");
  push.send("x");
  EXPECT_EQ(b.recv_one(), "x");
  EXPECT_EQ(a.try_recv(), std::nullopt);
}

TEST(InprocNames, AreComparedExactly) {
  Context context;
  Socket lower{context, ZMQ_PULL};
  Socket upper{context, ZMQ_PULL};
  Socket push{context, ZMQ_PUSH};
  lower.bind("inproc://name");
  upper.bind("inproc://Name");
  push.connect("inproc://Name");
  push.send("x");
  EXPECT_EQ(upper.recv_one(), "x");
}

TEST(InprocConnections, SurviveAnUnbind) {
  Context context;
  Socket pull{context, ZMQ_PULL};
  Socket push{context, ZMQ_PUSH};
  const std::string endpoint = pull.bind_any(Transport::inproc);
  push.connect(endpoint);
  push.send("before");
  EXPECT_EQ(pull.recv_one(), "before");
  pull.unbind(endpoint);
  push.send("after");
  EXPECT_EQ(pull.recv_one(), "after");
}

TEST(InprocConnections, EndWhenTheBinderCloses) {
  Context context;
  Socket pull{context, ZMQ_PULL};
  Socket push{context, ZMQ_PUSH};
  push.connect(pull.bind_any(Transport::inproc));
  push.send("x");
  EXPECT_EQ(pull.recv_one(), "x");
  pull.close();
  EXPECT_TRUE(wait_until([&] { return !push.writable(); }));
  EXPECT_EQ(push.try_send("x"), eagain);
}

TEST(InprocConnections, DeliverWhatAClosedSenderHadWrittenWhateverItsLinger) {
  for (const int linger : {0, -1}) {
    Context context;
    Socket pull{context, ZMQ_PULL};
    Socket push{context, ZMQ_PUSH};
    push.set(ZMQ_LINGER, linger);
    push.connect(pull.bind_any(Transport::inproc));
    for (int i = 0; i < 100; ++i) push.send_all({std::to_string(i), "part"});
    push.close();
    for (int i = 0; i < 100; ++i) EXPECT_EQ(pull.recv(), (Frames{std::to_string(i), "part"}));
  }
}

TEST(InprocConnections, EndTogetherAtADisconnect) {
  Context context;
  Socket pull{context, ZMQ_PULL};
  Socket push{context, ZMQ_PUSH};
  const std::string endpoint = pull.bind_any(Transport::inproc);
  push.connect(endpoint);
  push.connect(endpoint);
  push.send("0");
  push.send("1");
  EXPECT_EQ(pull.recv_many(2), (Frames{"0", "1"}));
  push.disconnect(endpoint);
  EXPECT_EQ(push.try_disconnect(endpoint), enoent);
  EXPECT_EQ(push.try_send("2"), eagain);
}

TEST(InprocConnections, JoinTypesThatMakeNoSense) {
  Context context;
  struct Mix {
    int bound, connected, bound_events, connected_events;
  };
  const Mix mixes[] = {{ZMQ_PUB, ZMQ_REQ, ZMQ_POLLOUT, ZMQ_POLLOUT},
                       {ZMQ_PUSH, ZMQ_SUB, ZMQ_POLLOUT, 0},
                       {ZMQ_PAIR, ZMQ_DEALER, ZMQ_POLLOUT, ZMQ_POLLOUT},
                       {ZMQ_REP, ZMQ_PULL, 0, 0},
                       {ZMQ_ROUTER, ZMQ_PUSH, ZMQ_POLLOUT, ZMQ_POLLOUT}};
  for (const Mix& mix : mixes) {
    Socket a{context, mix.bound};
    Socket b{context, mix.connected};
    b.connect(a.bind_any(Transport::inproc));
    EXPECT_EQ(a.events(), mix.bound_events) << mix.bound;
    EXPECT_EQ(b.events(), mix.connected_events) << mix.connected;
  }
}

}  // namespace
}  // namespace api_test
