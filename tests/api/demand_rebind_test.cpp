// An endpoint is free again as soon as zmq_close or zmq_unbind has returned. (demand B4)
#include <gtest/gtest.h>
#include <zmq.h>

#include <memory>

#include "api/support/reference.h"
#include "api/support/socket.h"

namespace api_test {
namespace {

constexpr int rounds = 1000;

class Rebind : public testing::TestWithParam<Transport> {};
INSTANTIATE_TEST_SUITE_P(Over, Rebind, all_transports(), transport_label);

TEST_P(Rebind, AfterCloseWorksAtOnce) {
  SKIP_ON_REFERENCE("closing takes effect later, in another thread");
  Context context;
  auto socket = std::make_unique<Socket>(context, ZMQ_ROUTER);
  const std::string endpoint = socket->bind_any(GetParam());
  for (int i = 0; i < rounds; ++i) {
    socket->close();
    socket = std::make_unique<Socket>(context, ZMQ_ROUTER);
    ASSERT_EQ(socket->try_bind(endpoint), ok) << "round " << i;
  }
}

TEST_P(Rebind, AfterUnbindWorksAtOnce) {
  SKIP_ON_REFERENCE("unbinding takes effect later, in another thread");
  Context context;
  Socket first(context, ZMQ_ROUTER), second(context, ZMQ_ROUTER);
  const std::string endpoint = first.bind_any(GetParam());
  for (int i = 0; i < rounds; ++i) {
    Socket& from = i % 2 == 0 ? first : second;
    Socket& to = i % 2 == 0 ? second : first;
    ASSERT_EQ(from.try_unbind(endpoint), ok) << "round " << i;
    ASSERT_EQ(to.try_bind(endpoint), ok) << "round " << i;
  }
}

TEST_P(Rebind, WorksWithPeersConnected) {
  SKIP_ON_REFERENCE("closing takes effect later, in another thread");
  Context context;
  Socket client(context, ZMQ_DEALER);
  client.set(ZMQ_RECONNECT_IVL, 2);
  auto socket = std::make_unique<Socket>(context, ZMQ_DEALER);
  const std::string endpoint = socket->bind_any(GetParam());
  for (int i = 0; i < 30; ++i) {
    if (i == 0 || GetParam() == Transport::inproc) client.connect(endpoint);
    // Messages on their way to a socket that closes are lost; the newest must come.
    EXPECT_TRUE(wait_until([&] {
      (void)client.try_send("hello");
      return socket->wait_readable(std::chrono::milliseconds{2});
    }));
    socket->close();
    socket = std::make_unique<Socket>(context, ZMQ_DEALER);
    ASSERT_EQ(socket->try_bind(endpoint), ok) << "round " << i;
  }
}

TEST_P(Rebind, AnotherContextMayTakeOverAtOnce) {
  if (GetParam() == Transport::inproc) GTEST_SKIP() << "names belong to their context";
  SKIP_ON_REFERENCE("closing takes effect later, in another thread");
  Context first_context, second_context;
  auto first = std::make_unique<Socket>(first_context, ZMQ_ROUTER);
  const std::string endpoint = first->bind_any(GetParam());
  for (int i = 0; i < 100; ++i) {
    first->close();
    auto second = std::make_unique<Socket>(second_context, ZMQ_ROUTER);
    ASSERT_EQ(second->try_bind(endpoint), ok) << "round " << i;
    second->close();
    first = std::make_unique<Socket>(first_context, ZMQ_ROUTER);
    ASSERT_EQ(first->try_bind(endpoint), ok) << "round " << i;
  }
}

}  // namespace
}  // namespace api_test
