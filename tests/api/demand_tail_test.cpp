// Closing sockets loses no message that was sent, and never hangs. (demands B12, B22, B23)
#include <gtest/gtest.h>
#include <zmq.h>

#include <atomic>
#include <cstring>
#include <memory>
#include <ostream>
#include <thread>

#include "api/support/child.h"
#include "api/support/reference.h"
#include "api/support/socket.h"

namespace api_test {
namespace {

struct Stream {
  const char* name;
  Transport transport;
  int sender_type, receiver_type;
  bool sender_binds;

  friend std::ostream& operator<<(std::ostream& out, const Stream& stream) {
    return out << stream.name;
  }
};

class SlowTail : public testing::TestWithParam<Stream> {};

constexpr Transport tcp = Transport::tcp, ipc = Transport::ipc;
INSTANTIATE_TEST_SUITE_P(
    Of, SlowTail,
    testing::Values(Stream{"PushOverIpc", ipc, ZMQ_PUSH, ZMQ_PULL, false},
                    Stream{"PushOverTcp", tcp, ZMQ_PUSH, ZMQ_PULL, false},
                    Stream{"BindingPushOverIpc", ipc, ZMQ_PUSH, ZMQ_PULL, true},
                    Stream{"BindingPushOverTcp", tcp, ZMQ_PUSH, ZMQ_PULL, true},
                    Stream{"PairOverIpc", ipc, ZMQ_PAIR, ZMQ_PAIR, false},
                    Stream{"PairOverTcp", tcp, ZMQ_PAIR, ZMQ_PAIR, false},
                    Stream{"DealerOverIpc", ipc, ZMQ_DEALER, ZMQ_DEALER, false},
                    Stream{"BindingDealerOverTcp", tcp, ZMQ_DEALER, ZMQ_DEALER, true}),
    [](const auto& param) { return param.param.name; });

// The sender closes right after its last send, while the receiver is at its high-water mark.
TEST_P(SlowTail, EveryMessageArrives) {
  if (GetParam().transport == ipc) SKIP_ON_REFERENCE("the end of the stream gets lost");
  const int messages = is_sanitized ? 20'000 : 100'000;
  const Stream& stream = GetParam();
  for (const int read_before : {0, 1500, messages / 2}) {
    SCOPED_TRACE(std::to_string(read_before) + " were read before");
    Context receiving;
    Socket receiver(receiving, stream.receiver_type);
    FreeEndpoint place(stream.transport);
    if (!stream.sender_binds) receiver.bind(place.text());
    std::atomic<bool> has_closed{false};
    std::thread sender_thread([&] {
      Context sending;
      Socket sender(sending, stream.sender_type);
      sender.set(ZMQ_SNDHWM, 0);
      if (stream.sender_binds)
        sender.bind(place.text());
      else
        sender.connect(place.text());
      for (int i = 0; i < messages; ++i) {
        char number[8] = {};
        std::memcpy(number, &i, sizeof i);
        if (sender.try_send({number, sizeof number}, 0) != ok) break;
      }
      sender.close();
      has_closed = true;
    });
    if (stream.sender_binds) receiver.connect(place.text());
    int received = 0;
    for (; received < messages; ++received) {
      if (received == read_before) {
        EXPECT_TRUE(wait_until([&] { return has_closed.load(); }));
      }
      char number[8];
      if (zmq_recv(receiver, number, sizeof number, 0) != 8) break;
      int value = -1;
      std::memcpy(&value, number, sizeof value);
      ASSERT_EQ(value, received);
    }
    EXPECT_EQ(received, messages) << "the rest got lost";
    sender_thread.join();
    ASSERT_FALSE(HasFailure());
  }
}

// The receiver reads nothing at all until the sender's socket and context are gone.
class Tail : public testing::TestWithParam<Transport> {};
INSTANTIATE_TEST_SUITE_P(Over, Tail, stream_transports(), transport_label);

TEST_P(Tail, WhatTheKernelHasTakenIsReadAfterTheSenderIsGone) {
  if (GetParam() == ipc) SKIP_ON_REFERENCE("now and then the end of the stream gets lost");
  for (int run = 0; run < 5; ++run) {
    Context receiving;
    Socket receiver(receiving, ZMQ_PULL);
    receiver.set(ZMQ_RCVHWM, 10);
    const std::string endpoint = receiver.bind_any(GetParam());
    {
      Context sending;
      Socket sender(sending, ZMQ_PUSH);
      sender.connect(endpoint);
      for (int i = 0; i < 1000; ++i) sender.send(std::to_string(i));
      sender.close();
    }  // waits until the kernel has everything
    for (int i = 0; i < 1000; ++i) ASSERT_EQ(receiver.recv_one(), std::to_string(i));
  }
}

// ---- B22

// A bound sender with unsent messages closes just as its peer goes: there is nobody left to send
// to, so the context ends, whatever the linger.
TEST(TailChild, DISABLED_ClosesAsThePeerLeaves) {
  const Transport transport = environment_text("TRANSPORT") == "ipc" ? ipc : tcp;
  for (const int type : {ZMQ_PUSH, ZMQ_PUB, ZMQ_DEALER}) {
    for (int round = 0; round < environment_int("ROUNDS", 60); ++round) {
      Context own, other;
      Socket sender(own, type);
      sender.set(ZMQ_LINGER, round % 2 == 0 ? -1 : 60'000).set(ZMQ_SNDHWM, 0);
      const std::string endpoint = sender.bind_any(transport);
      Socket receiver(other, type == ZMQ_PUSH ? ZMQ_PULL : type == ZMQ_PUB ? ZMQ_SUB : ZMQ_DEALER);
      if (type == ZMQ_PUB) receiver.set(ZMQ_SUBSCRIBE, "");
      receiver.set(ZMQ_RCVHWM, 1);
      receiver.connect(endpoint);
      ASSERT_TRUE(wait_until([&] {
        (void)sender.try_send("hello");
        return receiver.wait_readable(std::chrono::milliseconds{1});
      }));
      for (int i = 0; i < 200; ++i) (void)sender.try_send(std::string(1000, 'x'));
      std::thread leaver([&] {
        receiver.close();
        other.term();
      });
      sender.close();
      own.term();
      leaver.join();
    }
  }
}

// What the kernel holds when the sender is gone would be lost as soon as the receiver says
// something.
TEST_P(Tail, AReceiverThatTalksGetsEverythingHoweverLateItReads) {
  SKIP_ON_REFERENCE("the kernel drops what is under way");
  Context receiving;
  Socket receiver(receiving, ZMQ_PULL);
  receiver.set(ZMQ_RCVHWM, 1).set(ZMQ_HEARTBEAT_IVL, 50).set(ZMQ_HEARTBEAT_TIMEOUT, 60'000);
  const std::string endpoint = receiver.bind_any(GetParam());
  std::atomic<bool> has_ended{false};
  std::thread sender_thread([&] {
    Context sending;
    Socket sender(sending, ZMQ_PUSH);
    sender.connect(endpoint);
    for (int i = 0; i < 200; ++i) sender.send(pattern_text(10'000));
    sender.close();
    sending.term();
    has_ended = true;
  });
  EXPECT_TRUE(stays([&] { return !has_ended; }, std::chrono::milliseconds{1500}));
  for (int i = 0; i < 200; ++i) ASSERT_EQ(receiver.recv_one(), pattern_text(10'000)) << i;
  sender_thread.join();
}

TEST_P(Tail, TermReturnsWhenThePeerLeavesFirst) {
  SKIP_ON_REFERENCE("zmq_ctx_term hangs now and then");
  const ChildResult child =
      run_child("TailChild.DISABLED_ClosesAsThePeerLeaves", {{"TRANSPORT", name_of(GetParam())}});
  EXPECT_TRUE(child.succeeded()) << child;
}

}  // namespace
}  // namespace api_test
