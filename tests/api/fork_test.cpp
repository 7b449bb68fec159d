// fork(): in the child, calls on what it inherited fail and harm nobody; it may start afresh.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zmq.h>

#include <atomic>
#include <cerrno>
#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <thread>

#include "api/support/child.h"
#include "api/support/plain_tcp.h"
#include "api/support/reference.h"
#include "api/support/socket.h"

namespace api_test {
namespace {

// Runs the body in a forked child; its answer is the exit status. -1: the child died or hung.
int in_child(const std::function<int()>& body) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::alarm(static_cast<unsigned>(deadline.count() / 1000));
    ::_exit(body());
  }
  int status = 0;
  while (::waitpid(pid, &status, 0) == -1 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

struct Pair {
  explicit Pair(Context& context, Transport transport)
      : binder(context, ZMQ_DEALER), connecter(context, ZMQ_DEALER) {
    connecter.connect(binder.bind_any(transport));
    expect_works();
  }
  void expect_works() {
    connecter.send("ping");
    EXPECT_EQ(binder.recv_one(), "ping");
    binder.send("pong");
    EXPECT_EQ(connecter.recv_one(), "pong");
  }
  Socket binder, connecter;
};

class Fork : public testing::TestWithParam<Transport> {};
INSTANTIATE_TEST_SUITE_P(Over, Fork, all_transports(), transport_label);

TEST_P(Fork, AChildThatDoesNothingHarmsNobody) {
  Context context;
  Pair pair(context, GetParam());
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(in_child([] { return 0; }), 0);
    pair.expect_works();
  }
}

TEST_P(Fork, AChildMayCloseAndTermWhatItInherited) {
  Context context;
  Pair pair(context, GetParam());
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(in_child([&] {
                if (zmq_close(pair.binder) != 0) return 1;
                if (zmq_close(pair.connecter) != 0) return 2;
                // 0 or an error, but never a wait for threads that only the parent has.
                (void)zmq_ctx_term(context);
                return 0;
              }),
              0);
    pair.expect_works();
  }
}

TEST_P(Fork, AChildMayHaveItsOwnContext) {
  Context context;
  Pair pair(context, GetParam());
  EXPECT_EQ(in_child([&] {
              {
                Context own;
                for (const Transport transport : {Transport::tcp, Transport::inproc}) {
                  Pair own_pair(own, transport);
                }
              }
              return testing::Test::HasFailure() ? 1 : 0;
            }),
            0);
  pair.expect_works();
}

TEST_P(Fork, CallsOfAChildOnInheritedSocketsFail) {
  SKIP_ON_REFERENCE("some of them seem to succeed");
  Context context;
  Pair pair(context, GetParam());
  pair.binder.set(ZMQ_RCVTIMEO, -1);
  pair.connecter.send("for the parent");
  EXPECT_EQ(in_child([&] {
              char octet = 0;
              size_t size = sizeof(int);
              int events = 0;
              if (zmq_send(pair.binder, "x", 1, ZMQ_DONTWAIT) != -1) return 1;
              if (zmq_send(pair.connecter, "x", 1, 0) != -1) return 2;
              if (zmq_recv(pair.binder, &octet, 1, 0) != -1) return 3;
              if (zmq_recv(pair.connecter, &octet, 1, ZMQ_DONTWAIT) != -1) return 4;
              if (zmq_bind(pair.binder, "tcp://127.0.0.1:*") != -1) return 5;
              if (zmq_connect(pair.connecter, "tcp://127.0.0.1:9") != -1) return 6;
              if (zmq_getsockopt(pair.binder, ZMQ_EVENTS, &events, &size) != -1) return 7;
              zmq_pollitem_t item{pair.binder, 0, ZMQ_POLLIN, 0};
              if (zmq_poll(&item, 1, -1) != -1) return 8;
              if (zmq_socket(context, ZMQ_PAIR) != nullptr) return 9;
              return 0;
            }),
            0);
  EXPECT_EQ(pair.binder.recv_one(), "for the parent");
  pair.expect_works();
}

TEST(ForkOfAny, TheParentsPeersDoNotNoticeAChildThatEnds) {
  Context context;
  Socket router(context, ZMQ_ROUTER);
  Socket dealer(context, ZMQ_DEALER);
  dealer.connect(router.bind_any(Transport::tcp));
  dealer.send("one");
  EXPECT_EQ(router.recv().back(), "one");
  EXPECT_EQ(in_child([&] {
              (void)zmq_close(router);
              (void)zmq_close(dealer);
              return 0;
            }),
            0);
  dealer.send("two");
  EXPECT_EQ(router.recv().back(), "two");
}

TEST(ForkOfAny, ADescriptorOfTheLibraryIsNeverPassedToOtherPrograms) {
  const auto open_files = [] {
    std::set<int> files;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
      files.insert(std::stoi(entry.path().filename().string()));
    }
    return files;
  };
  const std::set<int> before = open_files();
  Context context;
  Pair tcp(context, Transport::tcp), ipc(context, Transport::ipc),
      inproc(context, Transport::inproc);
  (void)tcp.binder.get_int(ZMQ_FD);
  for (const int fd : open_files()) {
    const int flags = ::fcntl(fd, F_GETFD);
    if (flags == -1 || before.contains(fd)) continue;  // the folder's own descriptor, and ours
    EXPECT_TRUE(flags & FD_CLOEXEC)
        << std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(fd));
  }
}

// Whatever lock another thread holds at that moment.
TEST(ForkOfAny, OptionsOfTheContextNeverHangAChild) {
  Context context;
  std::atomic<bool> is_over{false};
  std::thread busy([&] {
    while (!is_over) {
      void* socket = zmq_socket(context, ZMQ_PAIR);
      if (socket != nullptr) zmq_close(socket);
    }
  });
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(in_child([&] {
                (void)zmq_ctx_set(context, ZMQ_IPV6, 1);
                return zmq_ctx_get(context, ZMQ_IO_THREADS) == 1 ? 0 : 1;
              }),
              0);
  }
  is_over = true;
  busy.join();
}

}  // namespace
}  // namespace api_test
