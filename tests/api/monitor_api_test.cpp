// Starting, stopping and replacing monitors, and what their frames look like.
#include <gtest/gtest.h>
#include <zmq.h>

#include <cstring>
#include <memory>
#include <thread>

#include "api/support/monitor.h"
#include "api/support/plain_tcp.h"
#include "api/support/reference.h"
#include "api/support/socket.h"

namespace api_test {
namespace {

Outcome monitor(Socket& socket, const char* address, int events = ZMQ_EVENT_ALL) {
  return outcome_of(zmq_socket_monitor(socket, address, events));
}

TEST(MonitorApi, RefusesBadArguments) {
  Context context;
  Socket socket(context, ZMQ_DEALER);
  EXPECT_EQ(monitor(socket, ""), fails_with(EINVAL));
  EXPECT_EQ(monitor(socket, "word"), fails_with(EINVAL));
  EXPECT_EQ(monitor(socket, "inproc://"), fails_with(EINVAL));
  EXPECT_EQ(monitor(socket, "ipc://*"), fails_with(EPROTONOSUPPORT));
  EXPECT_EQ(monitor(socket, "tcp://127.0.0.1:*"), fails_with(EPROTONOSUPPORT));
  EXPECT_EQ(monitor(socket, "foo://x"), fails_with(EPROTONOSUPPORT));
  EXPECT_EQ(monitor(socket, "inproc://x", -1), fails_with(EINVAL));
  EXPECT_EQ(monitor(socket, "inproc://x", 0x10000), fails_with(EINVAL));
  EXPECT_EQ(monitor(socket, "inproc://x", 0x7fffffff), fails_with(EINVAL));
  EXPECT_EQ(monitor(socket, "inproc://x", 0), ok);
}

TEST(MonitorApi, RefusesANameInUse) {
  Context context;
  Socket taken(context, ZMQ_PAIR), socket(context, ZMQ_DEALER);
  taken.bind("inproc://taken");
  EXPECT_EQ(monitor(socket, "inproc://taken"), fails_with(EADDRINUSE));
}

TEST(MonitorApi, StoppingWithoutAMonitorIsFine) {
  Context context;
  Socket socket(context, ZMQ_DEALER);
  EXPECT_EQ(monitor(socket, nullptr, 0), ok);
}

TEST(MonitorApi, FramesAreEventAndValueUnalignedThenTheAddress) {
  Context context;
  Socket socket(context, ZMQ_DEALER);
  Monitor events(context, socket);
  const std::string endpoint = socket.bind_any(Transport::tcp);
  const Frames frames = events.reader().recv();
  ASSERT_EQ(frames.size(), 2u);
  ASSERT_EQ(frames[0].size(), 6u);
  uint16_t id = 0;
  std::memcpy(&id, frames[0].data(), sizeof id);
  EXPECT_EQ(id, ZMQ_EVENT_LISTENING);
  EXPECT_EQ(frames[1], endpoint);
}

TEST(MonitorApi, DeliversOnlyTheSelectedEvents) {
  Context context;
  Socket server(context, ZMQ_DEALER);
  Monitor events(context, server, ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_DISCONNECTED);
  const std::string endpoint = server.bind_any(Transport::tcp);
  Socket client(context, ZMQ_DEALER);
  client.connect(endpoint);
  events.expect(ZMQ_EVENT_ACCEPTED, endpoint);
  client.send("x");
  EXPECT_EQ(server.recv_one(), "x");
  client.close();
  events.expect(ZMQ_EVENT_DISCONNECTED, endpoint);
  server.close();
  EXPECT_FALSE(events.try_next(quiet_time)) << "MONITOR_STOPPED was not selected";
}

TEST(MonitorApi, StoppingByANullAddressIsTheLastEvent) {
  Context context;
  Socket server(context, ZMQ_DEALER);
  Monitor events(context, server);
  const std::string endpoint = server.bind_any(Transport::tcp);
  events.expect(ZMQ_EVENT_LISTENING, endpoint);
  EXPECT_EQ(monitor(server, nullptr, 0), ok);
  EXPECT_EQ(events.expect(ZMQ_EVENT_MONITOR_STOPPED, "").value, 0u);
  server.unbind(endpoint);
  EXPECT_FALSE(events.try_next(quiet_time));
}

TEST(MonitorApi, AContextShutdownStopsItsMonitors) {
  void* context = zmq_ctx_new();
  {
    Socket server(context, ZMQ_DEALER);
    Monitor events(context, server);
    server.bind_any(Transport::tcp);
    EXPECT_EQ(zmq_ctx_shutdown(context), 0);
  }
  EXPECT_EQ(zmq_ctx_term(context), 0);
}

TEST(MonitorApi, ASecondMonitorReplacesTheFirst) {
  Context context;
  Socket server(context, ZMQ_DEALER);
  Monitor first(context, server);
  Monitor second(context, server);
  first.expect(ZMQ_EVENT_MONITOR_STOPPED, "");
  const std::string endpoint = server.bind_any(Transport::tcp);
  second.expect(ZMQ_EVENT_LISTENING, endpoint);
  EXPECT_FALSE(first.try_next(quiet_time));
}

TEST(MonitorApi, ItsNameIsFreeAgainAfterTheStop) {
  Context context;
  Socket server(context, ZMQ_DEALER);
  EXPECT_EQ(monitor(server, "inproc://again", ZMQ_EVENT_LISTENING), ok);
  EXPECT_EQ(monitor(server, nullptr, 0), ok);
  EXPECT_TRUE(
      wait_until([&] { return monitor(server, "inproc://again", ZMQ_EVENT_LISTENING) == ok; }));
}

TEST(MonitorApi, EventsBeforeTheReaderConnectsAreKept) {
  SKIP_ON_REFERENCE("the first event blocks until a reader connects");
  Context context;
  Socket server(context, ZMQ_DEALER), reader(context, ZMQ_PAIR);
  EXPECT_EQ(monitor(server, "inproc://late-reader"), ok);
  const std::string endpoint = server.bind_any(Transport::tcp);
  reader.connect("inproc://late-reader");
  const Frames frames = reader.recv();
  ASSERT_EQ(frames.size(), 2u);
  EXPECT_EQ(frames[1], endpoint);
}

TEST(MonitorApi, StopRestartAndCloseNeverHangWithoutAReader) {
  SKIP_ON_REFERENCE("stopping waits for a reader");
  Context context;
  Socket server(context, ZMQ_DEALER);
  EXPECT_EQ(monitor(server, "inproc://unread-1"), ok);
  server.bind_any(Transport::tcp);
  EXPECT_EQ(monitor(server, "inproc://unread-2"), ok);
  server.bind_any(Transport::tcp);
  EXPECT_EQ(monitor(server, nullptr, 0), ok);
  EXPECT_EQ(monitor(server, "inproc://unread-3"), ok);
  server.bind_any(Transport::tcp);
  server.close();
}

TEST(MonitorApi, WorksForEverySocketType) {
  for (const int type : {ZMQ_PAIR, ZMQ_PUB, ZMQ_SUB, ZMQ_REQ, ZMQ_REP, ZMQ_DEALER, ZMQ_ROUTER,
                         ZMQ_PULL, ZMQ_PUSH, ZMQ_XPUB, ZMQ_XSUB, ZMQ_STREAM}) {
    Context context;
    Socket server(context, type);
    Monitor events(context, server);
    const std::string endpoint = server.bind_any(Transport::tcp);
    events.expect(ZMQ_EVENT_LISTENING, endpoint);
    PlainTcp peer = PlainTcp::connect(endpoint);
    events.expect(ZMQ_EVENT_ACCEPTED, endpoint);
  }
}

TEST(MonitorApi, TheReaderMayLiveInAnotherThread) {
  Context context;
  auto server = std::make_unique<Socket>(context, ZMQ_ROUTER);
  auto events = std::make_unique<Monitor>(context, *server);
  const std::string endpoint = server->bind_any(Transport::tcp);
  int accepted = 0, disconnected = 0;
  std::thread reader([&] {
    while (const auto event = events->try_next()) {
      if (event->id == ZMQ_EVENT_ACCEPTED) ++accepted;
      if (event->id == ZMQ_EVENT_DISCONNECTED) ++disconnected;
      if (event->id == ZMQ_EVENT_MONITOR_STOPPED || disconnected == 50) break;
    }
    events.reset();
  });
  for (int i = 0; i < 50; ++i) {
    Socket client(context, ZMQ_DEALER);
    client.connect(endpoint);
    client.send("x");
    EXPECT_EQ(server->recv().back(), "x");
  }
  reader.join();
  EXPECT_EQ(accepted, 50);
  EXPECT_EQ(disconnected, 50);
}

}  // namespace
}  // namespace api_test
