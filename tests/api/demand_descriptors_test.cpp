// Running out of descriptors is an error for the caller, never the end of the process, and the
// same context works again as soon as there are some. (demands A4, A5)
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <zmq.h>

#include <cerrno>
#include <filesystem>
#include <iterator>
#include <string>
#include <vector>

#include "api/support/child.h"
#include "api/support/plain_tcp.h"
#include "api/support/reference.h"
#include "api/support/socket.h"

namespace api_test {
namespace {

void set_limit(rlim_t count) {
  rlimit limit{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  limit.rlim_cur = std::min(count, limit.rlim_max);
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

// A call works or is refused with EMFILE; refusals are counted.
void count_refusal(const char* what, int rc, int& refused) {
  if (rc == 0) return;
  EXPECT_EQ(Outcome{zmq_errno()}, fails_with(EMFILE)) << what;
  ++refused;
}

TEST(DescriptorsChild, DISABLED_EveryLimitIsAnErrorAndPasses) {
  const int first = environment_int("FIRST"), last = environment_int("LAST");
  for (int limit = first; limit <= last; ++limit) {
    SCOPED_TRACE("limit " + std::to_string(limit));
    set_limit(static_cast<rlim_t>(limit));
    int refused = 0;
    void* context = zmq_ctx_new();
    if (context == nullptr) count_refusal("context", -1, refused);
    std::vector<void*> sockets;
    for (int i = 0; i < 40 && context != nullptr; ++i) {
      void* socket = zmq_socket(context, i % 2 == 0 ? ZMQ_ROUTER : ZMQ_DEALER);
      if (socket == nullptr) {
        count_refusal("socket", -1, refused);
        break;
      }
      sockets.push_back(socket);
      const int none = 0;
      EXPECT_EQ(zmq_setsockopt(socket, ZMQ_LINGER, &none, sizeof none), 0);
      if (i % 3 == 0) count_refusal("bind", zmq_bind(socket, "tcp://127.0.0.1:*"), refused);
      if (i % 3 == 1) count_refusal("connect", zmq_connect(socket, "tcp://127.0.0.1:9"), refused);
      if (i % 3 == 2) {
        const std::string endpoint = bindable_endpoint(Transport::ipc);
        count_refusal("bind", zmq_bind(socket, endpoint.c_str()), refused);
      }
    }
    set_limit(1000);
    // So many sockets need more: were nothing refused, the limit would not be in force.
    if (limit <= 20) {
      EXPECT_GT(refused, 0);
    }
    if (context == nullptr) continue;
    {
      Socket rep(context, ZMQ_REP), req(context, ZMQ_REQ);
      if (HasFailure()) return;
      req.connect(rep.bind_any(Transport::tcp));
      req.send("again");
      EXPECT_EQ(rep.recv_one(), "again");
    }
    for (void* socket : sockets) EXPECT_EQ(zmq_close(socket), 0);
    EXPECT_EQ(zmq_ctx_term(context), 0);
    if (HasFailure()) return;
  }
}

class Descriptors : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(From, Descriptors, testing::Values(3, 24, 44));

TEST_P(Descriptors, EveryLimitIsAnErrorAndPasses) {
  SKIP_ON_REFERENCE("limits of 5 to 7 descriptors abort it");
  const int first = GetParam(), last = first == 44 ? 64 : first + 20;
  const ChildResult child =
      run_child("DescriptorsChild.DISABLED_EveryLimitIsAnErrorAndPasses",
                {{"FIRST", std::to_string(first)}, {"LAST", std::to_string(last)}});
  EXPECT_TRUE(child.succeeded()) << child;
}

// At the limit with clients waiting: the others are served, nothing spins, and a descriptor that
// becomes free is used.
TEST(DescriptorsChild, DISABLED_AServerAtItsLimitServesOn) {
  Context context;
  Socket server(context, ZMQ_ROUTER), dealer(context, ZMQ_DEALER);
  const std::string endpoint = server.bind_any(Transport::tcp);
  dealer.connect(endpoint);
  dealer.send("first");
  EXPECT_EQ(server.recv().back(), "first");
  std::vector<PlainTcp> waiting;
  for (int i = 0; i < 50; ++i) {
    waiting.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  }
  int highest = 0;
  for (const PlainTcp& peer : waiting) highest = std::max(highest, peer.fd());
  set_limit(static_cast<rlim_t>(highest) + 1);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port_of(endpoint)));
  for (const PlainTcp& peer : waiting) {
    EXPECT_EQ(::connect(peer.fd(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  rusage before{}, after{};
  getrusage(RUSAGE_SELF, &before);
  for (int i = 0; i < 20; ++i) {
    dealer.send(std::to_string(i));
    EXPECT_EQ(server.recv().back(), std::to_string(i));
    EXPECT_TRUE(server.stays_silent(std::chrono::milliseconds{20}));
  }
  getrusage(RUSAGE_SELF, &after);
  const auto milliseconds = [](const timeval& time) {
    return time.tv_sec * 1000 + time.tv_usec / 1000;
  };
  const auto cpu = milliseconds(after.ru_utime) + milliseconds(after.ru_stime) -
                   milliseconds(before.ru_utime) - milliseconds(before.ru_stime);
  EXPECT_LT(cpu, 200) << "ms of CPU time in 400 ms of almost nothing to do";
  while (waiting.size() > 10) waiting.pop_back();
  set_limit(1000);
  Socket late(context, ZMQ_DEALER);
  late.connect(endpoint);
  late.send("late");
  EXPECT_EQ(server.recv().back(), "late");
}

TEST(DescriptorLimit, AServerAtItsLimitServesOn) {
  SKIP_ON_REFERENCE("it uses all of the CPU while it cannot accept");
  const ChildResult child = run_child("DescriptorsChild.DISABLED_AServerAtItsLimitServesOn");
  EXPECT_TRUE(child.succeeded()) << child;
}

TEST(ClosedSockets, LeaveNoDescriptorsBehindForANameThatNobodyBinds) {
  SKIP_ON_REFERENCE("each keeps one until the context ends");
  const auto open_files = [] {
    const std::filesystem::directory_iterator files("/proc/self/fd");
    return std::distance(begin(files), end(files));
  };
  Context context;
  Socket(context, ZMQ_PUSH).connect("inproc://nobody");
  const auto before = open_files();
  for (const int type : {ZMQ_PUSH, ZMQ_SUB, ZMQ_DEALER, ZMQ_PAIR}) {
    for (const bool disconnects : {false, true}) {
      Socket socket(context, type);
      if (type == ZMQ_SUB) socket.set(ZMQ_SUBSCRIBE, "topic");
      socket.connect("inproc://nobody");
      if (disconnects) socket.disconnect("inproc://nobody");
    }
  }
  EXPECT_EQ(open_files(), before);
}

}  // namespace
}  // namespace api_test
