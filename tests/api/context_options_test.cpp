// Options of a context, and the limits they set.
#include <gtest/gtest.h>
#include <zmq.h>

#include <array>
#include <climits>
#include <vector>

#include "api/support/reference.h"
#include "api/support/socket.h"

namespace api_test {
namespace {

Outcome set_option(void* context, int option, int value) {
  return outcome_of(zmq_ctx_set(context, option, value));
}

TEST(ContextOptions, HaveTheDocumentedDefaults) {
  Context context;
  EXPECT_EQ(zmq_ctx_get(context, ZMQ_IO_THREADS), 1);
  EXPECT_EQ(zmq_ctx_get(context, ZMQ_MAX_SOCKETS), 1023);
  EXPECT_EQ(zmq_ctx_get(context, ZMQ_SOCKET_LIMIT), 65535);
  EXPECT_EQ(zmq_ctx_get(context, ZMQ_MAX_MSGSZ), INT_MAX);
  EXPECT_EQ(zmq_ctx_get(context, ZMQ_MSG_T_SIZE), static_cast<int>(sizeof(zmq_msg_t)));
  EXPECT_EQ(zmq_ctx_get(context, ZMQ_IPV6), 0);
  EXPECT_EQ(zmq_ctx_get(context, ZMQ_BLOCKY), 1);
}

TEST(ContextOptions, AreReadBackAsSet) {
  Context context;
  const std::array<std::array<int, 2>, 6> values{{{ZMQ_IO_THREADS, 3},
                                                  {ZMQ_MAX_SOCKETS, 77},
                                                  {ZMQ_MAX_MSGSZ, 1000},
                                                  {ZMQ_IPV6, 1},
                                                  {ZMQ_BLOCKY, 0},
                                                  {ZMQ_IO_THREADS, 0}}};
  for (const auto& [option, value] : values) {
    EXPECT_EQ(set_option(context, option, value), ok) << option;
    EXPECT_EQ(zmq_ctx_get(context, option), value) << option;
  }
}

TEST(ContextOptions, RefuseUnknownNumbersAndValuesOutOfRange) {
  Context context;
  for (const int option : {-1, 0, 99, 1000}) {
    EXPECT_EQ(set_option(context, option, 1), fails_with(EINVAL)) << option;
    EXPECT_EQ(outcome_of(zmq_ctx_get(context, option)), fails_with(EINVAL)) << option;
  }
  for (const int option : {ZMQ_IO_THREADS, ZMQ_MAX_SOCKETS, ZMQ_IPV6, ZMQ_BLOCKY, ZMQ_MAX_MSGSZ}) {
    EXPECT_EQ(set_option(context, option, -1), fails_with(EINVAL)) << option;
  }
  EXPECT_EQ(set_option(context, ZMQ_MAX_SOCKETS, 0), fails_with(EINVAL));
  EXPECT_EQ(set_option(context, ZMQ_MSG_T_SIZE, 64), fails_with(EINVAL));
}

TEST(ContextOptions, RefuseHandlesThatAreNoContext) {
  alignas(16) std::array<char, 4096> garbage{};
  for (void* handle : {static_cast<void*>(nullptr), static_cast<void*>(garbage.data())}) {
    EXPECT_EQ(set_option(handle, ZMQ_IO_THREADS, 1), fails_with(EFAULT));
    EXPECT_EQ(outcome_of(zmq_ctx_get(handle, ZMQ_IO_THREADS)), fails_with(EFAULT));
    EXPECT_EQ(outcome_of(zmq_ctx_shutdown(handle)), fails_with(EFAULT));
    EXPECT_EQ(outcome_of(zmq_ctx_term(handle)), fails_with(EFAULT));
    EXPECT_EQ(outcome_of(zmq_ctx_destroy(handle)), fails_with(EFAULT));
    EXPECT_EQ(outcome_of(zmq_term(handle)), fails_with(EFAULT));
    EXPECT_EQ(zmq_socket(handle, ZMQ_PAIR), nullptr);
    EXPECT_EQ(zmq_errno(), EFAULT);
  }
}

TEST(ContextOptions, OldInitTakesTheNumberOfThreads) {
  void* context = zmq_init(2);
  ASSERT_NE(context, nullptr);
  EXPECT_EQ(zmq_ctx_get(context, ZMQ_IO_THREADS), 2);
  EXPECT_EQ(zmq_term(context), 0);
  EXPECT_EQ(zmq_init(-1), nullptr);
  EXPECT_EQ(zmq_errno(), EINVAL);
}

TEST(ContextOptions, WithoutIoThreadsOnlyInprocWorks) {
  Context context;
  ASSERT_EQ(set_option(context, ZMQ_IO_THREADS, 0), ok);
  Socket binder(context, ZMQ_PAIR);
  EXPECT_EQ(binder.try_bind("tcp://127.0.0.1:*"), fails_with(EMTHREAD));
  EXPECT_EQ(binder.try_connect("tcp://127.0.0.1:9"), fails_with(EMTHREAD));
  EXPECT_EQ(binder.try_bind("ipc://" + temp_folder() + "/" + unique_name()), fails_with(EMTHREAD));
  EXPECT_EQ(binder.try_connect("ipc:///nowhere"), fails_with(EMTHREAD));
  const std::string name = binder.bind_any(Transport::inproc);
  Socket connecter(context, ZMQ_PAIR);
  connecter.connect(name);
  connecter.send("through");
  EXPECT_EQ(binder.recv_one(), "through");
}

TEST(ContextOptions, AnAffinityWithoutAnyThreadIsRefused) {
  Context context;
  Socket socket(context, ZMQ_PAIR);
  socket.set64(ZMQ_AFFINITY, int64_t{1} << 40);
  EXPECT_EQ(socket.try_bind("tcp://127.0.0.1:*"), fails_with(EMTHREAD));
  EXPECT_EQ(socket.try_connect("tcp://127.0.0.1:9"), fails_with(EMTHREAD));
  EXPECT_EQ(socket.try_bind("inproc://" + unique_name()), ok);
}

TEST(ContextOptions, SeveralIoThreadsServeTheirAffinity) {
  Context context;
  ASSERT_EQ(set_option(context, ZMQ_IO_THREADS, 4), ok);
  for (int thread = 0; thread < 4; ++thread) {
    Socket puller(context, ZMQ_PULL), pusher(context, ZMQ_PUSH);
    puller.set64(ZMQ_AFFINITY, int64_t{1} << thread);
    pusher.set64(ZMQ_AFFINITY, int64_t{1} << (3 - thread));
    pusher.connect(puller.bind_any(Transport::tcp));
    pusher.send("hello");
    EXPECT_EQ(puller.recv_one(), "hello");
  }
}

TEST(ContextOptions, MaxSocketsLimitsTheOpenSockets) {
  Context context;
  ASSERT_EQ(set_option(context, ZMQ_MAX_SOCKETS, 3), ok);
  std::vector<void*> sockets;
  for (int i = 0; i < 3; ++i) {
    sockets.push_back(zmq_socket(context, ZMQ_PAIR));
    ASSERT_NE(sockets.back(), nullptr);
  }
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(zmq_socket(context, ZMQ_PAIR), nullptr);
    EXPECT_EQ(zmq_errno(), EMFILE);
  }
  EXPECT_EQ(zmq_close(sockets.back()), 0);
  void* again = nullptr;  // the reference frees the place a moment later
  EXPECT_TRUE(wait_until([&] { return (again = zmq_socket(context, ZMQ_PAIR)) != nullptr; }));
  sockets.back() = again;
  for (void* socket : sockets) EXPECT_EQ(zmq_close(socket), 0);
}

TEST(ContextOptions, AMonitorCountsAsASocket) {
  Context context;
  ASSERT_EQ(set_option(context, ZMQ_MAX_SOCKETS, 2), ok);
  Socket first(context, ZMQ_PAIR), second(context, ZMQ_PAIR);
  EXPECT_EQ(outcome_of(zmq_socket_monitor(first, "inproc://one-too-many", ZMQ_EVENT_ALL)),
            fails_with(EMFILE));
}

TEST(ContextOptions, BlockyOffMakesLingerZero) {
  Context context;
  Socket before(context, ZMQ_PUSH);
  ASSERT_EQ(set_option(context, ZMQ_BLOCKY, 0), ok);
  Socket after(context, ZMQ_PUSH);
  EXPECT_EQ(before.get_int(ZMQ_LINGER), -1);
  EXPECT_EQ(after.get_int(ZMQ_LINGER), 0);
}

TEST(ContextOptions, Ipv6IsTheDefaultOfNewSockets) {
  Context context;
  Socket before(context, ZMQ_PUSH);
  ASSERT_EQ(set_option(context, ZMQ_IPV6, 1), ok);
  Socket after(context, ZMQ_PUSH);
  EXPECT_EQ(before.get_int(ZMQ_IPV6), 0);
  EXPECT_EQ(after.get_int(ZMQ_IPV6), 1);
}

TEST(ContextOptions, UnknownSocketTypesAreRefused) {
  Context context;
  for (const int type : {-1, 100, INT_MAX}) {
    EXPECT_EQ(zmq_socket(context, type), nullptr);
    EXPECT_EQ(zmq_errno(), EINVAL) << type;
  }
}

TEST(ContextOptions, ManyContextsLiveSideBySide) {
  std::vector<void*> contexts;
  for (int i = 0; i < 20; ++i) contexts.push_back(zmq_ctx_new());
  {
    Socket binder(contexts[0], ZMQ_PAIR), stranger(contexts[1], ZMQ_PAIR);
    binder.bind("inproc://name");
    EXPECT_EQ(stranger.try_bind("inproc://name"), ok);  // inproc names belong to their context
  }
  for (void* context : contexts) EXPECT_EQ(zmq_ctx_term(context), 0);
}

}  // namespace
}  // namespace api_test
