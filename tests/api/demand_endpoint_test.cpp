// Endpoints that cannot work are refused at once, those in use are not stolen. (B16, B17)
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zmq.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "api/support/monitor.h"
#include "api/support/reference.h"
#include "api/support/socket.h"
#include "api/support/unknown_name.h"

namespace api_test {
namespace {

namespace fs = std::filesystem;

TEST(IpcTheft, ALiveListenerIsNotReplaced) {
  SKIP_ON_REFERENCE("the second bind takes the name over");
  Context context;
  Socket first(context, ZMQ_DEALER), second(context, ZMQ_DEALER), client(context, ZMQ_DEALER);
  const std::string endpoint = first.bind_any(Transport::ipc);
  EXPECT_EQ(second.try_bind(endpoint), fails_with(EADDRINUSE));
  EXPECT_EQ(first.try_bind(endpoint), fails_with(EADDRINUSE));
  client.connect(endpoint);
  client.send("to the first");
  EXPECT_EQ(first.recv_one(), "to the first");
}

TEST(IpcTheft, AListenerOfAnotherProcessIsNotReplaced) {
  SKIP_ON_REFERENCE("the second bind takes the name over");
  const std::string endpoint = bindable_endpoint(Transport::ipc);
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t server = ::fork();
  if (server == 0) {
    void* context = zmq_ctx_new();
    void* socket = zmq_socket(context, ZMQ_DEALER);
    const char answer = zmq_bind(socket, endpoint.c_str()) == 0 ? 'y' : 'n';
    if (::write(ready[1], &answer, 1) != 1) ::_exit(1);
    for (;;) ::pause();
  }
  char answer = 'n';
  EXPECT_EQ(::read(ready[0], &answer, 1), 1);
  EXPECT_EQ(answer, 'y');
  Context context;
  Socket socket(context, ZMQ_DEALER);
  EXPECT_EQ(socket.try_bind(endpoint), fails_with(EADDRINUSE));
  ::kill(server, SIGKILL);
  ::waitpid(server, nullptr, 0);
  // The file of the killed server is in nobody's way.
  EXPECT_EQ(socket.try_bind(endpoint), ok);
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST(IpcTheft, ClosingRemovesOnlyTheOwnFile) {
  Context context;
  auto first = std::make_unique<Socket>(context, ZMQ_DEALER);
  const std::string endpoint = first->bind_any(Transport::ipc);
  const fs::path path = endpoint.substr(6);
  fs::remove(path);  // an administrator cleans up, another server takes the name
  Socket second(context, ZMQ_DEALER), client(context, ZMQ_DEALER);
  ASSERT_EQ(second.try_bind(endpoint), ok);
  first->close();
  first.reset();
  EXPECT_TRUE(fs::exists(path));
  client.connect(endpoint);
  client.send("to the second");
  EXPECT_EQ(second.recv_one(), "to the second");
}

TEST(BadEndpoint, IsRefusedByConnectAtOnce) {
  SKIP_ON_REFERENCE("they are accepted and never connect");
  Context context;
  for (const char* endpoint :
       {"tcp://0.0.0.1000000:8989100000000", "tcp://127.0.0.1:70000", "tcp://127.0.0.1:65536",
        "tcp://127.0.0.1:99999999999", "tcp://300.1.1.1:5555", "tcp://256.0.0.1:5555",
        "tcp://[::1:5555", "tcp://:5555", "tcp://[]:5555"}) {
    Socket socket(context, ZMQ_DEALER);
    EXPECT_EQ(socket.try_connect(endpoint), fails_with(EINVAL)) << endpoint;
    EXPECT_EQ(socket.last_endpoint(), "") << endpoint;
  }
}

TEST(BadEndpoint, IsRefusedByBindAtOnce) {
  SKIP_ON_REFERENCE("port numbers are cut to 16 bits");
  Context context;
  for (const char* endpoint :
       {"tcp://127.0.0.1:70000", "tcp://127.0.0.1:99999999999", "tcp://127.0.0.1:99999999",
        "tcp://127.0.0.1:-1", "tcp://0.0.0.1000000:8989100000000"}) {
    Socket socket(context, ZMQ_DEALER);
    const Outcome outcome = socket.try_bind(endpoint);
    EXPECT_TRUE(outcome == fails_with(EINVAL) || outcome == fails_with(ENODEV))
        << endpoint << ": " << outcome;
  }
}

TEST(BadEndpoint, AnUnknownHostIsReportedToTheMonitor) {
  const UnknownName host;
  const std::string endpoint = "tcp://" + host.text() + ":5555";
  Context context;
  Socket socket(context, ZMQ_DEALER);
  socket.set(ZMQ_RECONNECT_IVL, 5);
  Monitor events(context, socket);
  socket.connect(endpoint);
  Event retried;
  EXPECT_TRUE(events.wait_for(ZMQ_EVENT_CONNECT_RETRIED, &retried));
  EXPECT_EQ(retried.address, endpoint);
}

}  // namespace
}  // namespace api_test
