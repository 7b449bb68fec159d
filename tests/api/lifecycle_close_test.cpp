// Closing a socket from any state, using it from several threads in turn, and very many of them.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <zmq.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <random>
#include <thread>
#include <vector>

#include "api/support/reference.h"
#include "api/support/socket.h"

namespace api_test {
namespace {

constexpr std::array all_types{ZMQ_PAIR,   ZMQ_PUB,  ZMQ_SUB,  ZMQ_REQ,  ZMQ_REP,  ZMQ_DEALER,
                               ZMQ_ROUTER, ZMQ_PULL, ZMQ_PUSH, ZMQ_XPUB, ZMQ_XSUB, ZMQ_STREAM};

TEST(Close, RefusesWhatIsNoSocket) {
  alignas(16) std::array<char, 4096> garbage{};
  char octet = 0;
  size_t size = 1;
  for (void* handle : {static_cast<void*>(nullptr), static_cast<void*>(garbage.data())}) {
    EXPECT_EQ(outcome_of(zmq_close(handle)), fails_with(ENOTSOCK));
    EXPECT_EQ(outcome_of(zmq_bind(handle, "inproc://x")), fails_with(ENOTSOCK));
    EXPECT_EQ(outcome_of(zmq_connect(handle, "inproc://x")), fails_with(ENOTSOCK));
    EXPECT_EQ(outcome_of(zmq_unbind(handle, "inproc://x")), fails_with(ENOTSOCK));
    EXPECT_EQ(outcome_of(zmq_disconnect(handle, "inproc://x")), fails_with(ENOTSOCK));
    EXPECT_EQ(outcome_of(zmq_send(handle, &octet, 1, 0)), fails_with(ENOTSOCK));
    EXPECT_EQ(outcome_of(zmq_recv(handle, &octet, 1, 0)), fails_with(ENOTSOCK));
    EXPECT_EQ(outcome_of(zmq_getsockopt(handle, ZMQ_LINGER, &octet, &size)), fails_with(ENOTSOCK));
    EXPECT_EQ(outcome_of(zmq_setsockopt(handle, ZMQ_LINGER, &octet, 1)), fails_with(ENOTSOCK));
    EXPECT_EQ(outcome_of(zmq_socket_monitor(handle, "inproc://x", 1)), fails_with(ENOTSOCK));
  }
}

TEST(Close, WorksOnAFreshSocketOfEveryType) {
  Context context;
  for (const int type : all_types) {
    Socket socket(context, type);
    socket.close();
  }
}

// Ways to leave a socket in the middle of something; each closes it with the context ending next.
struct Situation {
  const char* name;
  std::function<void(Context&, Transport)> leave;
};

const std::vector<Situation>& situations() {
  static const std::vector<Situation> all{
      {"bound", [](Context& c, Transport t) { Socket(c, ZMQ_ROUTER).bind_any(t); }},
      {"connecting in vain",
       [](Context& c, Transport t) {
         FreeEndpoint nobody(t);
         Socket socket(c, ZMQ_DEALER);
         socket.connect(nobody.text());
         EXPECT_EQ(socket.try_send("x"), ok);
       }},
      {"between two parts of a sent message",
       [](Context& c, Transport t) {
         Socket puller(c, ZMQ_PULL), pusher(c, ZMQ_PUSH);
         pusher.connect(puller.bind_any(t));
         EXPECT_EQ(pusher.try_send("half", ZMQ_SNDMORE), ok);
       }},
      {"between two parts of a received message",
       [](Context& c, Transport t) {
         Socket puller(c, ZMQ_PULL), pusher(c, ZMQ_PUSH);
         pusher.connect(puller.bind_any(t));
         pusher.send_all({"first", "second"});
         char text[8];
         EXPECT_EQ(zmq_recv(puller, text, sizeof text, 0), 5);
       }},
      {"with messages unread and unsent",
       [](Context& c, Transport t) {
         Socket puller(c, ZMQ_PULL), pusher(c, ZMQ_PUSH);
         puller.set(ZMQ_RCVHWM, 3);
         pusher.set(ZMQ_SNDHWM, 3);
         pusher.connect(puller.bind_any(t));
         fill(pusher, 100);
       }},
      {"waiting for a reply",
       [](Context& c, Transport t) {
         Socket rep(c, ZMQ_REP), req(c, ZMQ_REQ);
         req.connect(rep.bind_any(t));
         req.send("question");
       }},
      {"owing a reply",
       [](Context& c, Transport t) {
         Socket rep(c, ZMQ_REP), req(c, ZMQ_REQ);
         req.connect(rep.bind_any(t));
         req.send("question");
         EXPECT_EQ(rep.recv_one(), "question");
       }},
      {"in the middle of a reply",
       [](Context& c, Transport t) {
         Socket rep(c, ZMQ_REP), req(c, ZMQ_REQ);
         req.connect(rep.bind_any(t));
         req.send("question");
         EXPECT_EQ(rep.recv_one(), "question");
         EXPECT_EQ(rep.try_send("half", ZMQ_SNDMORE), ok);
       }},
      {"with subscriptions on their way",
       [](Context& c, Transport t) {
         Socket pub(c, ZMQ_XPUB), sub(c, ZMQ_SUB);
         const std::string endpoint = pub.bind_any(t);
         for (int i = 0; i < 500; ++i) sub.set(ZMQ_SUBSCRIBE, std::to_string(i));
         sub.connect(endpoint);
       }},
      {"monitored, with nobody reading",
       [](Context& c, Transport t) {
         Socket socket(c, ZMQ_ROUTER), reader(c, ZMQ_PAIR);
         const std::string name = "inproc://" + unique_name();
         EXPECT_EQ(zmq_socket_monitor(socket, name.c_str(), ZMQ_EVENT_ALL), 0);
         reader.connect(name);
         socket.bind_any(t);
       }},
  };
  return all;
}

class CloseOver : public testing::TestWithParam<Transport> {};
INSTANTIATE_TEST_SUITE_P(Over, CloseOver, all_transports(), transport_label);

TEST_P(CloseOver, WorksInTheMiddleOfAnything) {
  for (const Situation& situation : situations()) {
    SCOPED_TRACE(situation.name);
    Context context;
    situation.leave(context, GetParam());
  }
}

TEST_P(CloseOver, EitherSideMayGoFirst) {
  for (const bool binder_first : {false, true}) {
    Context context;
    auto binder = std::make_unique<Socket>(context, ZMQ_DEALER);
    auto connecter = std::make_unique<Socket>(context, ZMQ_DEALER);
    connecter->connect(binder->bind_any(GetParam()));
    connecter->send("hello");
    EXPECT_EQ(binder->recv_one(), "hello");
    (binder_first ? binder : connecter).reset();
    (binder_first ? connecter : binder).reset();
  }
}

// With LINGER 0 everywhere a context always ends, whatever its sockets were doing.
TEST(Close, RandomLivesAlwaysEnd) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const auto below = [&](size_t n) {
    return std::uniform_int_distribution<size_t>(0, n - 1)(random);
  };
  constexpr std::array transports{Transport::tcp, Transport::ipc, Transport::inproc};
  constexpr std::array types{ZMQ_PAIR, ZMQ_PUB,  ZMQ_SUB,  ZMQ_DEALER, ZMQ_ROUTER,
                             ZMQ_PULL, ZMQ_PUSH, ZMQ_XPUB, ZMQ_XSUB};
  for (int round = 0; round < 60; ++round) {
    Context context;
    std::vector<std::unique_ptr<Socket>> sockets;
    std::vector<std::string> endpoints;
    for (int step = 0; step < 40; ++step) {
      if (sockets.empty() || below(5) == 0) {
        sockets.push_back(std::make_unique<Socket>(context, types[below(types.size())]));
        sockets.back()->set(ZMQ_LINGER, 0);
      }
      Socket& socket = *sockets[below(sockets.size())];
      char octet = 0;
      switch (below(8)) {
        case 0:
          endpoints.push_back(socket.bind_any(transports[below(3)]));
          break;
        case 1:
        case 2:
          if (!endpoints.empty()) (void)socket.try_connect(endpoints[below(endpoints.size())]);
          break;
        case 3:
          if (!endpoints.empty()) (void)socket.try_disconnect(endpoints[below(endpoints.size())]);
          break;
        case 4:
          (void)socket.try_send("x", below(2) == 0 ? ZMQ_DONTWAIT : ZMQ_DONTWAIT | ZMQ_SNDMORE);
          break;
        case 5:
          (void)zmq_recv(socket, &octet, 1, ZMQ_DONTWAIT);
          break;
        case 6:
          (void)socket.events();
          break;
        default:
          if (below(3) == 0)
            sockets.erase(sockets.begin() + static_cast<long>(below(sockets.size())));
      }
    }
  }
}

// A socket may move between threads, as long as each hand-over is ordered (here: by a mutex).
TEST(Migration, ASocketMayBeHandedFromThreadToThread) {
  for (const Transport transport : {Transport::tcp, Transport::inproc}) {
    Context context;
    Socket puller(context, ZMQ_PULL), pusher(context, ZMQ_PUSH);
    pusher.connect(puller.bind_any(transport));
    std::mutex turn;
    int sent = 0, received = 0;
    constexpr int each = 250, threads = 4;
    std::vector<std::thread> workers;
    for (int i = 0; i < threads; ++i) {
      workers.emplace_back([&] {
        for (int n = 0; n < each; ++n) {
          std::lock_guard lock(turn);
          pusher.send(std::to_string(sent++));
          EXPECT_EQ(puller.recv_one(), std::to_string(received++));
        }
      });
    }
    for (std::thread& worker : workers) worker.join();
    EXPECT_EQ(received, each * threads);
  }
}

TEST(Migration, ASocketMayBeMadeUsedAndClosedByThreeThreads) {
  Context context;
  std::unique_ptr<Socket> binder, connecter;
  std::thread([&] {
    binder = std::make_unique<Socket>(context, ZMQ_REP);
    connecter = std::make_unique<Socket>(context, ZMQ_REQ);
    connecter->connect(binder->bind_any(Transport::tcp));
  }).join();
  std::thread([&] {
    connecter->send("question");
    EXPECT_EQ(binder->recv_one(), "question");
  }).join();
  std::thread([&] {
    binder->send("answer");
    EXPECT_EQ(connecter->recv_one(), "answer");
  }).join();
  std::thread([&] {
    binder.reset();
    connecter.reset();
  }).join();
}

// As many sockets as the machine's descriptor limit allows, at most 10,000.
TEST(SlowManySockets, TenThousandLiveAtOnce) {
  rlimit limit{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  limit.rlim_cur = limit.rlim_max;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
  const size_t count = std::min<size_t>(10'000, static_cast<size_t>(limit.rlim_cur) - 500);
  Context context;
  ASSERT_EQ(zmq_ctx_set(context, ZMQ_MAX_SOCKETS, static_cast<int>(count) + 10), 0);
  std::vector<std::unique_ptr<Socket>> sockets;
  for (size_t i = 0; i < count && !HasFailure(); ++i) {
    sockets.push_back(std::make_unique<Socket>(context, i % 2 == 0 ? ZMQ_PULL : ZMQ_PUSH));
    const std::string name = "inproc://many-" + std::to_string(i / 2);
    if (i % 2 == 0)
      sockets[i]->bind(name);
    else
      sockets[i]->connect(name);
  }
  ASSERT_EQ(sockets.size(), count);
  for (size_t i = 0; i + 1 < count; i += 2) sockets[i + 1]->send(std::to_string(i));
  for (size_t i = 0; i + 1 < count; i += 2) {
    ASSERT_EQ(sockets[i]->recv_one(), std::to_string(i));
  }
}

}  // namespace
}  // namespace api_test
