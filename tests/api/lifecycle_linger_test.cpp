// LINGER: what happens to unsent messages when a socket closes or an endpoint is given up.
#include <gtest/gtest.h>
#include <zmq.h>

#include <chrono>
#include <future>
#include <memory>

#include "api/support/reference.h"
#include "api/support/socket.h"

namespace api_test {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

std::future<Outcome> term_elsewhere(void* context) {
  return std::async(std::launch::async, [context] { return outcome_of(zmq_ctx_term(context)); });
}

// A raw context with a PUSH socket that holds one message for somebody who isn't there.
struct Undelivered {
  explicit Undelivered(const std::string& endpoint, int linger) {
    zmq_setsockopt(socket, ZMQ_LINGER, &linger, sizeof linger);
    EXPECT_EQ(outcome_of(zmq_connect(socket, endpoint.c_str())), ok);
    EXPECT_EQ(zmq_send(socket, "late", 4, 0), 4);
  }
  void* context = zmq_ctx_new();
  void* socket = zmq_socket(context, ZMQ_PUSH);
};

class Linger : public testing::TestWithParam<Transport> {};
INSTANTIATE_TEST_SUITE_P(Over, Linger, stream_transports(), transport_label);

TEST_P(Linger, ZeroDropsWhatIsUnsent) {
  FreeEndpoint nobody(GetParam());
  Undelivered held(nobody.text(), 0);
  EXPECT_EQ(zmq_close(held.socket), 0);
  auto term = term_elsewhere(held.context);
  ASSERT_EQ(term.wait_for(deadline), std::future_status::ready);
  EXPECT_EQ(term.get(), ok);
}

TEST_P(Linger, ATimeHoldsUpTermForThatLong) {
  FreeEndpoint nobody(GetParam());
  Undelivered held(nobody.text(), 150);
  const auto start = steady_clock::now();
  EXPECT_EQ(zmq_close(held.socket), 0);
  auto term = term_elsewhere(held.context);
  ASSERT_EQ(term.wait_for(deadline), std::future_status::ready);
  EXPECT_EQ(term.get(), ok);
  EXPECT_GE(steady_clock::now() - start, milliseconds{145});
}

TEST_P(Linger, OfADisconnectHoldsAlthoughTheSocketClosesWithoutOne) {
  Context context;
  Socket puller(context, ZMQ_PULL);
  const std::string endpoint = puller.bind_any(GetParam());
  for (int i = 0; i < 100; ++i) {
    Socket pusher(context, ZMQ_PUSH);
    pusher.set(ZMQ_LINGER, -1);
    pusher.connect(endpoint);
    pusher.send(std::to_string(i));
    pusher.disconnect(endpoint);
    pusher.set(ZMQ_LINGER, 0);
    pusher.close();
    ASSERT_EQ(puller.recv_one(), std::to_string(i));
  }
}

TEST_P(Linger, ForEverHoldsUpTermUntilTheMessageIsDelivered) {
  FreeEndpoint later(GetParam());
  Undelivered held(later.text(), -1);
  EXPECT_EQ(zmq_close(held.socket), 0);
  auto term = term_elsewhere(held.context);
  EXPECT_EQ(term.wait_for(quiet_time), std::future_status::timeout);
  Context context;
  Socket puller(context, ZMQ_PULL);
  puller.bind(later.text());
  EXPECT_EQ(puller.recv_one(), "late");
  ASSERT_EQ(term.wait_for(deadline), std::future_status::ready);
  EXPECT_EQ(term.get(), ok);
}

TEST_P(Linger, ATimeIsEnoughForAPeerThatComesInTime) {
  FreeEndpoint later(GetParam());
  Undelivered held(later.text(), 60'000);
  EXPECT_EQ(zmq_close(held.socket), 0);
  auto term = term_elsewhere(held.context);
  Context context;
  Socket puller(context, ZMQ_PULL);
  puller.bind(later.text());
  EXPECT_EQ(puller.recv_one(), "late");
  ASSERT_EQ(term.wait_for(deadline), std::future_status::ready);
  EXPECT_EQ(term.get(), ok);
}

TEST_P(Linger, IsReadWhenTheSocketCloses) {
  FreeEndpoint nobody(GetParam());
  Undelivered held(nobody.text(), -1);
  const int none = 0;
  EXPECT_EQ(zmq_setsockopt(held.socket, ZMQ_LINGER, &none, sizeof none), 0);
  EXPECT_EQ(zmq_close(held.socket), 0);
  auto term = term_elsewhere(held.context);
  ASSERT_EQ(term.wait_for(deadline), std::future_status::ready);
}

TEST_P(Linger, CloseRightAfterSendingDeliversEverything) {
  Context receivers;
  Socket puller(receivers, ZMQ_PULL);
  const std::string endpoint = puller.bind_any(GetParam());
  {
    Context senders;
    Socket pusher(senders, ZMQ_PUSH);
    pusher.connect(endpoint);
    for (int i = 0; i < 100; ++i) pusher.send(std::to_string(i));
    pusher.close();
  }
  for (int i = 0; i < 100; ++i) EXPECT_EQ(puller.recv_one(), std::to_string(i));
}

TEST_P(Linger, HoldsForDisconnectedEndpointsToo) {
  FreeEndpoint later(GetParam());
  Context context;
  Socket pusher(context, ZMQ_PUSH);
  pusher.connect(later.text());
  pusher.send("queued");
  pusher.disconnect(later.text());
  EXPECT_EQ(pusher.try_send("nobody left"), eagain);
  Socket puller(context, ZMQ_PULL);
  puller.bind(later.text());
  EXPECT_EQ(puller.recv_one(), "queued");
}

TEST_P(Linger, ZeroDropsWhatADisconnectedEndpointHeld) {
  FreeEndpoint later(GetParam());
  Context context;
  Socket pusher(context, ZMQ_PUSH);
  pusher.set(ZMQ_LINGER, 0);
  pusher.connect(later.text());
  pusher.send("dropped");
  pusher.disconnect(later.text());
  Socket puller(context, ZMQ_PULL);
  puller.bind(later.text());
  pusher.connect(later.text());
  pusher.send("marker");
  EXPECT_EQ(puller.recv_one(), "marker");
}

TEST(LingerOverInproc, WhatWasWrittenArrivesWhateverTheLinger) {
  Context context;
  Socket puller(context, ZMQ_PULL);
  const std::string name = puller.bind_any(Transport::inproc);
  Socket pusher(context, ZMQ_PUSH);
  pusher.set(ZMQ_LINGER, 0);
  pusher.connect(name);
  pusher.send("kept");
  pusher.send_all({"kept", "too"});
  pusher.close();
  EXPECT_EQ(puller.recv_one(), "kept");
  EXPECT_EQ(puller.recv(), (Frames{"kept", "too"}));
  EXPECT_FALSE(puller.try_recv());
}

TEST(LingerAndMultipart, AHalfWrittenMessageIsNeverDelivered) {
  for (const Transport transport : {Transport::tcp, Transport::ipc, Transport::inproc}) {
    Context context;
    Socket puller(context, ZMQ_PULL);
    const std::string endpoint = puller.bind_any(transport);
    auto pusher = std::make_unique<Socket>(context, ZMQ_PUSH);
    pusher->connect(endpoint);
    pusher->send("whole");
    EXPECT_EQ(pusher->try_send("half", ZMQ_SNDMORE), ok);
    pusher->close();
    EXPECT_EQ(puller.recv_one(), "whole");
    Socket another(context, ZMQ_PUSH);
    another.connect(endpoint);
    another.send("marker");
    EXPECT_EQ(puller.recv(), Frames{"marker"}) << transport;
  }
}

}  // namespace
}  // namespace api_test
