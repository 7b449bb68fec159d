// Which events a socket's life makes, in which order, with which values and addresses.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <zmq.h>

#include <cstring>
#include <memory>

#include "api/support/monitor.h"
#include "api/support/plain_tcp.h"
#include "api/support/reference.h"
#include "api/support/socket.h"
#include "api/support/unknown_name.h"
#include "api/support/zmtp_peer.h"

namespace api_test {
namespace {

void expect_descriptor(const Event& event) {
  EXPECT_GT(event.value, 2u) << event;
  EXPECT_LT(event.value, 1'000'000u) << event;
}

TEST(MonitorSequence, ServerSeesListeningAcceptedHandshakeDisconnectedClosed) {
  Context context;
  Socket server(context, ZMQ_DEALER);
  Monitor events(context, server);
  const std::string endpoint = server.bind_any(Transport::tcp);
  expect_descriptor(events.expect(ZMQ_EVENT_LISTENING, endpoint));
  {
    Socket client(context, ZMQ_DEALER);
    client.connect(endpoint);
    const Event accepted = events.expect(ZMQ_EVENT_ACCEPTED, endpoint);
    expect_descriptor(accepted);
    EXPECT_EQ(events.expect(ZMQ_EVENT_HANDSHAKE_SUCCEEDED, endpoint).value, 0u);
    client.close();
    EXPECT_EQ(events.expect(ZMQ_EVENT_DISCONNECTED, endpoint).value, accepted.value);
  }
  server.unbind(endpoint);
  expect_descriptor(events.expect(ZMQ_EVENT_CLOSED, endpoint));
  server.close();
  EXPECT_EQ(events.expect(ZMQ_EVENT_MONITOR_STOPPED, "").value, 0u);
}

TEST(MonitorSequence, ClientSeesDelayedConnectedHandshakeAndNothingOfItsOwnClose) {
  Context context;
  Socket server(context, ZMQ_DEALER), client(context, ZMQ_DEALER);
  const std::string endpoint = server.bind_any(Transport::tcp);
  Monitor events(context, client);
  client.connect(endpoint);
  EXPECT_EQ(events.expect(ZMQ_EVENT_CONNECT_DELAYED, endpoint).value,
            static_cast<uint32_t>(EINPROGRESS));
  expect_descriptor(events.expect(ZMQ_EVENT_CONNECTED, endpoint));
  EXPECT_EQ(events.expect(ZMQ_EVENT_HANDSHAKE_SUCCEEDED, endpoint).value, 0u);
  client.close();
  events.expect(ZMQ_EVENT_MONITOR_STOPPED, "");
}

TEST(MonitorSequence, ClientSeesAServerGoAwayAndRetries) {
  Context context;
  Socket client(context, ZMQ_DEALER);
  auto server = std::make_unique<Socket>(context, ZMQ_DEALER);
  const std::string endpoint = server->bind_any(Transport::tcp);
  Monitor events(context, client);
  client.set(ZMQ_RECONNECT_IVL, 20);
  client.connect(endpoint);
  events.expect_all({ZMQ_EVENT_CONNECT_DELAYED, ZMQ_EVENT_CONNECTED, ZMQ_EVENT_HANDSHAKE_SUCCEEDED},
                    endpoint);
  server.reset();
  expect_descriptor(events.expect(ZMQ_EVENT_DISCONNECTED, endpoint));
  const Event retried = events.expect(ZMQ_EVENT_CONNECT_RETRIED, endpoint);
  EXPECT_GE(retried.value, 20u);
  EXPECT_LT(retried.value, 40u);
  events.expect(ZMQ_EVENT_CONNECT_DELAYED, endpoint);
}

TEST(MonitorSequence, ARefusedConnectionIsDelayedClosedRetriedAndSoOn) {
  Context context;
  FreeEndpoint nobody(Transport::tcp);
  Socket client(context, ZMQ_DEALER);
  client.set(ZMQ_RECONNECT_IVL, 5);
  Monitor events(context, client);
  client.connect(nobody.text());
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(events.expect(ZMQ_EVENT_CONNECT_DELAYED, nobody.text()).value,
              static_cast<uint32_t>(EINPROGRESS));
    expect_descriptor(events.expect(ZMQ_EVENT_CLOSED, nobody.text()));
    const Event retried = events.expect(ZMQ_EVENT_CONNECT_RETRIED, nobody.text());
    EXPECT_GE(retried.value, 5u);
    EXPECT_LT(retried.value, 10u);
  }
}

TEST(MonitorSequence, ANameThatDoesNotResolveIsOnlyRetried) {
  const UnknownName host;
  Context context;
  Socket client(context, ZMQ_DEALER);
  client.set(ZMQ_RECONNECT_IVL, 5);
  Monitor events(context, client);
  const std::string endpoint = "tcp://" + host.text() + ":5555";
  client.connect(endpoint);
  events.expect_all({ZMQ_EVENT_CONNECT_RETRIED, ZMQ_EVENT_CONNECT_RETRIED}, endpoint);
}

class MonitorWithoutReconnect : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Interval, MonitorWithoutReconnect, testing::Values(-1, 0),
                         [](const auto& param) { return param.param == 0 ? "Zero" : "Minus"; });

TEST_P(MonitorWithoutReconnect, ARefusedConnectionIsDelayedAndClosedOnce) {
  Context context;
  FreeEndpoint nobody(Transport::tcp);
  Socket client(context, ZMQ_DEALER);
  client.set(ZMQ_RECONNECT_IVL, GetParam());
  Monitor events(context, client);
  client.connect(nobody.text());
  events.expect_all({ZMQ_EVENT_CONNECT_DELAYED, ZMQ_EVENT_CLOSED}, nobody.text());
  EXPECT_FALSE(events.try_next(quiet_time));
}

TEST_P(MonitorWithoutReconnect, ALostConnectionIsDisconnectedAndForgotten) {
  Context context;
  Socket client(context, ZMQ_DEALER);
  auto server = std::make_unique<Socket>(context, ZMQ_DEALER);
  const std::string endpoint = server->bind_any(Transport::tcp);
  client.set(ZMQ_RECONNECT_IVL, GetParam());
  Monitor events(context, client);
  client.connect(endpoint);
  events.expect_all({ZMQ_EVENT_CONNECT_DELAYED, ZMQ_EVENT_CONNECTED, ZMQ_EVENT_HANDSHAKE_SUCCEEDED},
                    endpoint);
  server.reset();
  events.expect(ZMQ_EVENT_DISCONNECTED, endpoint);
  EXPECT_FALSE(events.try_next(quiet_time));
  EXPECT_EQ(client.try_disconnect(endpoint), fails_with(ENOENT));
}

TEST(MonitorSequence, DisconnectIsSeenByThePeerOnly) {
  Context context;
  Socket server(context, ZMQ_DEALER), client(context, ZMQ_DEALER);
  const std::string endpoint = server.bind_any(Transport::tcp);
  Monitor server_events(context, server), client_events(context, client);
  client.connect(endpoint);
  server_events.expect_all({ZMQ_EVENT_ACCEPTED, ZMQ_EVENT_HANDSHAKE_SUCCEEDED}, endpoint);
  client_events.expect_all(
      {ZMQ_EVENT_CONNECT_DELAYED, ZMQ_EVENT_CONNECTED, ZMQ_EVENT_HANDSHAKE_SUCCEEDED}, endpoint);
  client.disconnect(endpoint);
  // The connection may end only when the application has made further calls on the socket.
  EXPECT_TRUE(wait_until([&] {
    (void)client.events();
    return server_events.reader().readable();
  }));
  server_events.expect(ZMQ_EVENT_DISCONNECTED, endpoint);
  EXPECT_FALSE(client_events.try_next(quiet_time));
}

TEST(MonitorSequence, OwnCloseReportsTheListenerButNoConnection) {
  Context context;
  Socket server(context, ZMQ_DEALER), client(context, ZMQ_DEALER);
  const std::string endpoint = server.bind_any(Transport::tcp);
  Monitor events(context, server);
  client.connect(endpoint);
  events.expect_all({ZMQ_EVENT_ACCEPTED, ZMQ_EVENT_HANDSHAKE_SUCCEEDED}, endpoint);
  server.close();
  events.expect(ZMQ_EVENT_CLOSED, endpoint);
  events.expect(ZMQ_EVENT_MONITOR_STOPPED, "");
}

TEST(MonitorSequence, UnbindReportsTheListenerButNoConnection) {
  Context context;
  Socket server(context, ZMQ_DEALER), client(context, ZMQ_DEALER);
  const std::string endpoint = server.bind_any(Transport::tcp);
  Monitor events(context, server);
  client.connect(endpoint);
  events.expect_all({ZMQ_EVENT_ACCEPTED, ZMQ_EVENT_HANDSHAKE_SUCCEEDED}, endpoint);
  server.unbind(endpoint);
  events.expect(ZMQ_EVENT_CLOSED, endpoint);
  (void)server.events();
  EXPECT_FALSE(events.try_next(quiet_time));
}

TEST(MonitorSequence, BindingAUsedPortIsClosedThenFailed) {
  Context context;
  Socket first(context, ZMQ_DEALER), second(context, ZMQ_DEALER);
  const std::string endpoint = first.bind_any(Transport::tcp);
  Monitor events(context, second);
  EXPECT_EQ(second.try_bind(endpoint), fails_with(EADDRINUSE));
  expect_descriptor(events.expect(ZMQ_EVENT_CLOSED, ""));
  EXPECT_EQ(events.expect(ZMQ_EVENT_BIND_FAILED, endpoint.substr(6)).value,
            static_cast<uint32_t>(EADDRINUSE));
}

TEST(MonitorSequence, AnAcceptFilterRefusesWithAcceptFailed) {
  Context context;
  Socket server(context, ZMQ_DEALER);
  server.set(ZMQ_TCP_ACCEPT_FILTER, "10.1.2.3");
  Monitor events(context, server);
  const std::string endpoint = server.bind_any(Transport::tcp);
  events.expect(ZMQ_EVENT_LISTENING, endpoint);
  PlainTcp peer = PlainTcp::connect(endpoint);
  events.expect(ZMQ_EVENT_ACCEPT_FAILED, endpoint);
  EXPECT_TRUE(peer.wait_closed());
}

class MonitorOverIpc : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Ipc, MonitorOverIpc, testing::Values("path", "abstract"),
                         [](const auto& param) { return std::string(param.param); });

TEST_P(MonitorOverIpc, ConnectsAtOnceWithoutDelay) {
  const std::string endpoint = GetParam() == std::string("path")
                                   ? bindable_endpoint(Transport::ipc)
                                   : "ipc://@" + temp_folder() + unique_name();
  Context context;
  Socket server(context, ZMQ_DEALER), client(context, ZMQ_DEALER);
  Monitor server_events(context, server), client_events(context, client);
  server.bind(endpoint);
  expect_descriptor(server_events.expect(ZMQ_EVENT_LISTENING, endpoint));
  client.connect(endpoint);
  expect_descriptor(client_events.expect(ZMQ_EVENT_CONNECTED, endpoint));
  EXPECT_EQ(client_events.expect(ZMQ_EVENT_HANDSHAKE_SUCCEEDED, endpoint).value, 0u);
  server_events.expect_all({ZMQ_EVENT_ACCEPTED, ZMQ_EVENT_HANDSHAKE_SUCCEEDED}, endpoint);
  client.close();
  client_events.expect(ZMQ_EVENT_MONITOR_STOPPED, "");
  server_events.expect(ZMQ_EVENT_DISCONNECTED, endpoint);
  server.unbind(endpoint);
  server_events.expect(ZMQ_EVENT_CLOSED, endpoint);
}

TEST(MonitorSequence, AMissingIpcPathIsClosedAndRetried) {
  Context context;
  FreeEndpoint nobody(Transport::ipc);
  Socket client(context, ZMQ_DEALER);
  client.set(ZMQ_RECONNECT_IVL, 5);
  Monitor events(context, client);
  client.connect(nobody.text());
  events.expect_all(
      {ZMQ_EVENT_CLOSED, ZMQ_EVENT_CONNECT_RETRIED, ZMQ_EVENT_CLOSED, ZMQ_EVENT_CONNECT_RETRIED},
      nobody.text());
}

TEST(MonitorSequence, InprocHasNoEvents) {
  Context context;
  Socket server(context, ZMQ_DEALER), client(context, ZMQ_DEALER);
  Monitor server_events(context, server), client_events(context, client);
  client.connect(server.bind_any(Transport::inproc));
  client.send("x");
  EXPECT_EQ(server.recv_one(), "x");
  client.close();
  server.close();
  client_events.expect(ZMQ_EVENT_MONITOR_STOPPED, "");
  server_events.expect(ZMQ_EVENT_MONITOR_STOPPED, "");
}

TEST(MonitorSequence, AStreamEndsWithNoDetailAndDisconnected) {
  Context context;
  Socket server(context, ZMQ_STREAM);
  Monitor events(context, server);
  const std::string endpoint = server.bind_any(Transport::tcp);
  events.expect(ZMQ_EVENT_LISTENING, endpoint);
  PlainTcp peer = PlainTcp::connect(endpoint);
  events.expect(ZMQ_EVENT_ACCEPTED, endpoint);
  peer.send("hello");
  EXPECT_EQ(server.recv()[1], "");
  EXPECT_EQ(server.recv()[1], "hello");
  peer.close();
  EXPECT_EQ(events.expect(ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL, endpoint).value,
            static_cast<uint32_t>(EPIPE));
  events.expect(ZMQ_EVENT_DISCONNECTED, endpoint);
}

TEST(MonitorSequence, AnOldPeerNeverSucceedsInAHandshake) {
  const std::string greetings[] = {std::string("\x01\x00", 2),  // 1.0: an empty identity frame
                                   std::string("\xff\0\0\0\0\0\0\0\x01\x7f\x01\x05\0\0", 14)};
  for (const std::string& greeting : greetings) {
    Context context;
    Socket server(context, ZMQ_DEALER);
    Monitor events(context, server);
    const std::string endpoint = server.bind_any(Transport::tcp);
    events.expect(ZMQ_EVENT_LISTENING, endpoint);
    PlainTcp peer = PlainTcp::connect(endpoint);
    events.expect(ZMQ_EVENT_ACCEPTED, endpoint);
    peer.send(greeting);
    (void)peer.recv(10);
    // 1.0: length with the flags octet, flags, body; 2.0: flags, length, body.
    peer.send(greeting.size() == 2 ? std::string("\x02\x00x", 3) : std::string("\x00\x01x", 3));
    EXPECT_EQ(server.recv_one(), "x");
    peer.close();
    EXPECT_EQ(event_name(events.expect(ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL, endpoint).id),
              "HANDSHAKE_FAILED_NO_DETAIL");
    events.expect(ZMQ_EVENT_DISCONNECTED, endpoint);
  }
}

TEST(MonitorSequence, APeerThatLeavesDuringTheHandshakeFailsWithNoDetail) {
  Context context;
  Socket server(context, ZMQ_DEALER);
  Monitor events(context, server);
  const std::string endpoint = server.bind_any(Transport::tcp);
  events.expect(ZMQ_EVENT_LISTENING, endpoint);
  PlainTcp peer = PlainTcp::connect(endpoint);
  events.expect(ZMQ_EVENT_ACCEPTED, endpoint);
  peer.send(zmtp_greeting().substr(0, 20));
  (void)peer.recv(11);
  peer.close();
  const Event failed = events.expect(ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL, endpoint);
  EXPECT_TRUE(failed.value == EPIPE || failed.value == ECONNRESET) << failed;
  events.expect(ZMQ_EVENT_DISCONNECTED, endpoint);
}

TEST(MonitorSequence, ASilentPeerFailsWhenTheHandshakeTimeIsOver) {
  Context context;
  Socket server(context, ZMQ_DEALER);
  server.set(ZMQ_HANDSHAKE_IVL, 100);
  Monitor events(context, server);
  const std::string endpoint = server.bind_any(Transport::tcp);
  events.expect(ZMQ_EVENT_LISTENING, endpoint);
  PlainTcp peer = PlainTcp::connect(endpoint);
  events.expect(ZMQ_EVENT_ACCEPTED, endpoint);
  EXPECT_EQ(events.expect(ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL, endpoint).value,
            static_cast<uint32_t>(EAGAIN));
  events.expect(ZMQ_EVENT_DISCONNECTED, endpoint);
}

TEST(MonitorSequence, AMechanismMismatchIsAProtocolFailure) {
  constexpr uint32_t mechanism_mismatch = 0x11000002;
  Context context;
  Socket server(context, ZMQ_DEALER);
  Monitor events(context, server);
  const std::string endpoint = server.bind_any(Transport::tcp);
  events.expect(ZMQ_EVENT_LISTENING, endpoint);
  PlainTcp peer = PlainTcp::connect(endpoint);
  events.expect(ZMQ_EVENT_ACCEPTED, endpoint);
  std::string greeting = zmtp_greeting();
  greeting.replace(12, 5, "PLAIN");
  peer.send(greeting);
  EXPECT_EQ(events.expect(ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL, endpoint).value, mechanism_mismatch);
  events.expect(ZMQ_EVENT_DISCONNECTED, endpoint);
}

TEST(MonitorSequence, AnIncompatibleSocketTypeEndsTheConnectionForGood) {
  Context context;
  Socket server(context, ZMQ_PUB), client(context, ZMQ_PUSH);
  Monitor events(context, client);
  const std::string endpoint = server.bind_any(Transport::tcp);
  client.connect(endpoint);
  events.expect_all({ZMQ_EVENT_CONNECT_DELAYED, ZMQ_EVENT_CONNECTED}, endpoint);
  Event last;
  EXPECT_TRUE(events.wait_for(ZMQ_EVENT_DISCONNECTED, &last));
  EXPECT_FALSE(events.try_next(quiet_time)) << "no retry after a protocol error";
}

}  // namespace
}  // namespace api_test
