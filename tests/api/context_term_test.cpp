// Ending a context: ETERM in every call, from any thread, and what still works.
#include <gtest/gtest.h>
#include <zmq.h>

#include <atomic>
#include <functional>
#include <future>
#include <ostream>
#include <thread>
#include <vector>

#include "api/support/gate.h"
#include "api/support/reference.h"
#include "api/support/socket.h"

namespace api_test {
namespace {

constexpr Outcome eterm{ETERM};

enum class Ending { term, shutdown };

std::ostream& operator<<(std::ostream& out, Ending ending) {
  return out << (ending == Ending::term ? "Term" : "Shutdown");
}

class EndingContext : public testing::TestWithParam<Ending> {
 protected:
  ~EndingContext() override {
    if (ender_.joinable()) ender_.join();
    if (GetParam() == Ending::shutdown) {
      EXPECT_EQ(outcome_of(zmq_ctx_term(context_)), ok);
    }
  }
  // Ends the context from another thread. Term returns when the last socket has been closed.
  void end_elsewhere() {
    ender_ = std::thread([this] {
      const int rc =
          GetParam() == Ending::term ? zmq_ctx_term(context_) : zmq_ctx_shutdown(context_);
      EXPECT_EQ(outcome_of(rc), ok);
    });
  }
  // A call that blocks for ever must answer ETERM; whether it had started to wait doesn't matter.
  void expect_interrupted(void* socket, const std::function<int()>& call) {
    Gate starts;
    auto answer = std::async(std::launch::async, [&] {
      starts.open();
      return outcome_of(call());
    });
    starts.wait();
    EXPECT_EQ(answer.wait_for(quiet_time), std::future_status::timeout) << "does not block";
    end_elsewhere();
    EXPECT_EQ(answer.wait_for(deadline), std::future_status::ready);
    EXPECT_EQ(answer.get(), eterm);
    EXPECT_EQ(outcome_of(zmq_close(socket)), ok);
  }
  void* context_ = zmq_ctx_new();

 private:
  std::thread ender_;
};

INSTANTIATE_TEST_SUITE_P(By, EndingContext, testing::Values(Ending::term, Ending::shutdown),
                         [](const auto& param) {
                           return param.param == Ending::term ? "Term" : "Shutdown";
                         });

TEST_P(EndingContext, InterruptsABlockedRecv) {
  void* socket = zmq_socket(context_, ZMQ_PULL);
  char octet;
  expect_interrupted(socket, [&] { return zmq_recv(socket, &octet, 1, 0); });
}

TEST_P(EndingContext, InterruptsABlockedRecvOnABoundTcpSocket) {
  void* socket = zmq_socket(context_, ZMQ_ROUTER);
  EXPECT_EQ(zmq_bind(socket, "tcp://127.0.0.1:*"), 0);
  zmq_msg_t message;
  zmq_msg_init(&message);
  expect_interrupted(socket, [&] { return zmq_msg_recv(&message, socket, 0); });
  zmq_msg_close(&message);
}

TEST_P(EndingContext, InterruptsABlockedSend) {
  void* socket = zmq_socket(context_, ZMQ_PUSH);
  expect_interrupted(socket, [&] { return zmq_send(socket, "x", 1, 0); });
}

TEST_P(EndingContext, InterruptsASendBlockedByTheHighWaterMark) {
  void* socket = zmq_socket(context_, ZMQ_PUSH);
  const int one = 1, none = 0;
  zmq_setsockopt(socket, ZMQ_SNDHWM, &one, sizeof one);
  zmq_setsockopt(socket, ZMQ_LINGER, &none, sizeof none);
  FreeEndpoint nobody(Transport::tcp);
  EXPECT_EQ(zmq_connect(socket, nobody.text().c_str()), 0);
  EXPECT_EQ(zmq_send(socket, "x", 1, 0), 1);
  expect_interrupted(socket, [&] { return zmq_send(socket, "x", 1, 0); });
}

TEST_P(EndingContext, InterruptsABlockedPoll) {
  void* socket = zmq_socket(context_, ZMQ_PULL);
  zmq_pollitem_t item{socket, 0, ZMQ_POLLIN, 0};
  expect_interrupted(socket, [&] { return zmq_poll(&item, 1, -1); });
}

TEST_P(EndingContext, InterruptsAPollOverSeveralItems) {
  void* first = zmq_socket(context_, ZMQ_PULL);
  void* second = zmq_socket(context_, ZMQ_SUB);
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  zmq_pollitem_t items[] = {
      {nullptr, ends[0], ZMQ_POLLIN, 0}, {first, 0, ZMQ_POLLIN, 0}, {second, 0, ZMQ_POLLIN, 0}};
  expect_interrupted(first, [&] { return zmq_poll(items, 3, -1); });
  EXPECT_EQ(zmq_close(second), 0);
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_P(EndingContext, InterruptsAProxy) {
  void* front = zmq_socket(context_, ZMQ_ROUTER);
  void* back = zmq_socket(context_, ZMQ_DEALER);
  expect_interrupted(front, [&] { return zmq_proxy(front, back, nullptr); });
  EXPECT_EQ(zmq_close(back), 0);
}

TEST_P(EndingContext, ReachesSocketsInManyThreads) {
  constexpr int threads = 8;
  std::atomic<int> started{0};
  std::vector<std::thread> workers;
  for (int i = 0; i < threads; ++i) {
    workers.emplace_back([&, i] {
      void* socket = zmq_socket(context_, i % 2 == 0 ? ZMQ_PULL : ZMQ_PUSH);
      started.fetch_add(1);
      char octet = 0;
      const int rc = i % 2 == 0 ? zmq_recv(socket, &octet, 1, 0) : zmq_send(socket, &octet, 1, 0);
      EXPECT_EQ(outcome_of(rc), eterm);
      EXPECT_EQ(outcome_of(zmq_close(socket)), ok);
    });
  }
  ASSERT_TRUE(wait_until([&] { return started == threads; }));
  end_elsewhere();
  for (std::thread& worker : workers) worker.join();
}

// What one call answers on a socket of a context that has been shut down.
struct Call {
  const char* name;
  std::function<int(void* socket)> make;
  Outcome at_once;     // right after the shutdown
  Outcome afterwards;  // when another call on this socket has already answered ETERM
};

std::vector<Call> calls_on_a_socket() {
  static char buffer[64];
  static int number = 0;
  static size_t size = 0;
  const auto get = [](void* socket, int option) {
    size = sizeof number;
    return zmq_getsockopt(socket, option, &number, &size);
  };
  return {
      {"send", [](void* s) { return zmq_send(s, "x", 1, 0); }, eterm, eterm},
      {"send, no wait", [](void* s) { return zmq_send(s, "x", 1, ZMQ_DONTWAIT); }, eterm, eterm},
      {"send_const", [](void* s) { return zmq_send_const(s, "x", 1, 0); }, eterm, eterm},
      {"recv", [](void* s) { return zmq_recv(s, buffer, sizeof buffer, 0); }, eterm, eterm},
      {"recv, no wait", [](void* s) { return zmq_recv(s, buffer, 1, ZMQ_DONTWAIT); }, eterm, eterm},
      {"bind", [](void* s) { return zmq_bind(s, "inproc://b"); }, eterm, eterm},
      {"bind to nonsense", [](void* s) { return zmq_bind(s, "nonsense"); }, eterm, eterm},
      {"connect", [](void* s) { return zmq_connect(s, "tcp://127.0.0.1:9"); }, eterm, eterm},
      {"unbind", [](void* s) { return zmq_unbind(s, "inproc://b"); }, eterm, eterm},
      {"disconnect", [](void* s) { return zmq_disconnect(s, "inproc://b"); }, eterm, eterm},
      {"get EVENTS", [=](void* s) { return get(s, ZMQ_EVENTS); }, eterm, eterm},
      {"get LINGER", [=](void* s) { return get(s, ZMQ_LINGER); }, ok, eterm},
      {"set LINGER", [](void* s) { return zmq_setsockopt(s, ZMQ_LINGER, &number, sizeof number); },
       ok, eterm},
      {"poll",
       [](void* s) {
         zmq_pollitem_t item{s, 0, ZMQ_POLLIN, 0};
         return zmq_poll(&item, 1, 0);
       },
       eterm, eterm},
      {"monitor", [](void* s) { return zmq_socket_monitor(s, "inproc://m", ZMQ_EVENT_ALL); }, eterm,
       eterm},
      {"stop monitor", [](void* s) { return zmq_socket_monitor(s, nullptr, 0); }, ok, eterm},
  };
}

TEST(ContextShutdown, MakesEveryCallOfItsSocketsFail) {
  for (const Call& call : calls_on_a_socket()) {
    for (const bool after_another : {false, true}) {
      void* context = zmq_ctx_new();
      void* socket = zmq_socket(context, ZMQ_PAIR);
      EXPECT_EQ(zmq_ctx_shutdown(context), 0);
      char octet;
      if (after_another) {
        EXPECT_EQ(zmq_recv(socket, &octet, 1, ZMQ_DONTWAIT), -1);
      }
      EXPECT_EQ(outcome_of(call.make(socket)), after_another ? call.afterwards : call.at_once)
          << call.name << (after_another ? ", after another call" : "");
      EXPECT_EQ(zmq_close(socket), 0) << call.name;
      EXPECT_EQ(zmq_ctx_term(context), 0) << call.name;
    }
  }
}

TEST(ContextShutdown, HidesMessagesThatWaitToBeRead) {
  void* context = zmq_ctx_new();
  void* binder = zmq_socket(context, ZMQ_PAIR);
  void* connecter = zmq_socket(context, ZMQ_PAIR);
  EXPECT_EQ(zmq_bind(binder, "inproc://a"), 0);
  EXPECT_EQ(zmq_connect(connecter, "inproc://a"), 0);
  EXPECT_EQ(zmq_send(connecter, "x", 1, 0), 1);
  EXPECT_EQ(zmq_ctx_shutdown(context), 0);
  char octet;
  EXPECT_EQ(outcome_of(zmq_recv(binder, &octet, 1, ZMQ_DONTWAIT)), eterm);
  EXPECT_EQ(zmq_close(binder), 0);
  EXPECT_EQ(zmq_close(connecter), 0);
  EXPECT_EQ(zmq_ctx_term(context), 0);
}

TEST(ContextShutdown, MayBeRepeatedAndComeBeforeAnySocket) {
  void* context = zmq_ctx_new();
  EXPECT_EQ(zmq_ctx_shutdown(context), 0);
  EXPECT_EQ(zmq_ctx_shutdown(context), 0);
  EXPECT_EQ(zmq_socket(context, ZMQ_PAIR), nullptr);
  EXPECT_EQ(zmq_errno(), ETERM);
  EXPECT_EQ(zmq_ctx_get(context, ZMQ_IO_THREADS), 1);
  EXPECT_EQ(zmq_ctx_set(context, ZMQ_IO_THREADS, 2), 0);
  EXPECT_EQ(zmq_ctx_term(context), 0);
}

TEST(ContextTerm, WaitsForSocketsThatAreStillOpen) {
  void* context = zmq_ctx_new();
  void* socket = zmq_socket(context, ZMQ_PULL);
  auto term = std::async(std::launch::async, [&] { return outcome_of(zmq_ctx_term(context)); });
  char octet;
  ASSERT_TRUE(wait_until(
      [&] { return zmq_recv(socket, &octet, 1, ZMQ_DONTWAIT) == -1 && zmq_errno() == ETERM; }));
  EXPECT_EQ(zmq_socket(context, ZMQ_PULL), nullptr);
  EXPECT_EQ(zmq_errno(), ETERM);
  EXPECT_EQ(term.wait_for(quiet_time), std::future_status::timeout);
  EXPECT_EQ(zmq_close(socket), 0);
  ASSERT_EQ(term.wait_for(deadline), std::future_status::ready);
  EXPECT_EQ(term.get(), ok);
}

TEST(ContextTerm, ReturnsAtOnceForAContextThatNeverHadASocket) {
  EXPECT_EQ(zmq_ctx_term(zmq_ctx_new()), 0);
  EXPECT_EQ(zmq_ctx_destroy(zmq_ctx_new()), 0);
}

TEST(ContextTerm, DoesNotWaitForInprocConnectionsNobodyBound) {
  void* context = zmq_ctx_new();
  void* socket = zmq_socket(context, ZMQ_PUSH);
  EXPECT_EQ(zmq_connect(socket, "inproc://never-bound"), 0);
  EXPECT_EQ(zmq_send(socket, "lost", 4, 0), 4);
  EXPECT_EQ(zmq_close(socket), 0);
  auto term = std::async(std::launch::async, [&] { return zmq_ctx_term(context); });
  ASSERT_EQ(term.wait_for(deadline), std::future_status::ready);
  EXPECT_EQ(term.get(), 0);
}

TEST(ContextTerm, MayComeFromAnyThreadAThousandTimes) {
  for (int i = 0; i < 1000; ++i) {
    void* context = zmq_ctx_new();
    void* socket = zmq_socket(context, ZMQ_PAIR);
    ASSERT_NE(socket, nullptr);
    if (i % 3 == 0) {
      EXPECT_EQ(zmq_bind(socket, "tcp://127.0.0.1:*"), 0);
    }
    std::thread closer([&] { EXPECT_EQ(zmq_close(socket), 0); });
    EXPECT_EQ(zmq_ctx_term(context), 0);
    closer.join();
  }
}

}  // namespace
}  // namespace api_test
