// zmq_poll: sockets and plain descriptors mixed, all timeouts, bad arguments, very many items.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>
#include <zmq.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <thread>
#include <vector>

#include "api/support/reference.h"
#include "api/support/socket.h"

namespace api_test {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

zmq_pollitem_t on_socket(void* socket, short events) {
  return {socket, 0, events, 77};  // revents must be overwritten, whatever they were
}
zmq_pollitem_t on_fd(int fd, short events) {
  return {nullptr, fd, events, 77};
}

class Pipe {
 public:
  Pipe() { EXPECT_EQ(::pipe2(ends_, O_CLOEXEC), 0); }
  ~Pipe() {
    close_reader();
    close_writer();
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  int reader() const { return ends_[0]; }
  int writer() const { return ends_[1]; }
  void write() const { EXPECT_EQ(::write(ends_[1], "x", 1), 1); }
  void close_reader() { close_end(ends_[0]); }
  void close_writer() { close_end(ends_[1]); }

 private:
  static void close_end(int& fd) {
    if (fd >= 0) ::close(fd);
    fd = -1;
  }
  int ends_[2];
};

TEST(Poll, WithoutItemsIsAWait) {
  EXPECT_EQ(zmq_poll(nullptr, 0, 0), 0);
  zmq_pollitem_t unused{};
  EXPECT_EQ(zmq_poll(&unused, 0, 0), 0);
  const auto start = steady_clock::now();
  EXPECT_EQ(zmq_poll(nullptr, 0, 50), 0);
  EXPECT_GE(steady_clock::now() - start, milliseconds{49});
}

TEST(Poll, RefusesBadArguments) {
  zmq_pollitem_t item{};
  EXPECT_EQ(outcome_of(zmq_poll(&item, -1, 0)), fails_with(EINVAL));
  EXPECT_EQ(outcome_of(zmq_poll(nullptr, -1, 0)), fails_with(EINVAL));
  EXPECT_EQ(outcome_of(zmq_poll(nullptr, 1, 0)), fails_with(EFAULT));
}

TEST(Poll, RefusesWhatIsNoSocketAndLeavesTheAnswersAlone) {
  Context context;
  Socket socket(context, ZMQ_PAIR);
  alignas(16) std::array<char, 4096> garbage{};
  zmq_pollitem_t items[] = {on_socket(socket, ZMQ_POLLIN), on_socket(garbage.data(), ZMQ_POLLIN)};
  EXPECT_EQ(outcome_of(zmq_poll(items, 2, 0)), fails_with(ENOTSOCK));
  EXPECT_EQ(outcome_of(zmq_poll(items + 1, 1, 0)), fails_with(ENOTSOCK));
}

TEST(Poll, AnswersPerSocketTypeWhenNobodyIsConnected) {
  Context context;
  const std::array<std::array<int, 2>, 12> expected{{{ZMQ_PAIR, 0},
                                                     {ZMQ_PUB, ZMQ_POLLOUT},
                                                     {ZMQ_SUB, 0},
                                                     {ZMQ_REQ, 0},
                                                     {ZMQ_REP, 0},
                                                     {ZMQ_DEALER, 0},
                                                     {ZMQ_ROUTER, ZMQ_POLLOUT},
                                                     {ZMQ_PULL, 0},
                                                     {ZMQ_PUSH, 0},
                                                     {ZMQ_XPUB, ZMQ_POLLOUT},
                                                     {ZMQ_XSUB, ZMQ_POLLOUT},
                                                     {ZMQ_STREAM, ZMQ_POLLOUT}}};
  for (const auto& [type, events] : expected) {
    Socket socket(context, type);
    zmq_pollitem_t item = on_socket(socket, ZMQ_POLLIN | ZMQ_POLLOUT);
    EXPECT_EQ(zmq_poll(&item, 1, 0), events == 0 ? 0 : 1) << type;
    EXPECT_EQ(item.revents, events) << type;
  }
}

TEST(Poll, ReportsOnlyWhatWasAskedFor) {
  Context context;
  Socket socket(context, ZMQ_PUB);
  const std::array<std::array<short, 2>, 7> expected{{{0, 0},
                                                      {ZMQ_POLLIN, 0},
                                                      {ZMQ_POLLOUT, ZMQ_POLLOUT},
                                                      {ZMQ_POLLERR, 0},
                                                      {ZMQ_POLLPRI, 0},
                                                      {15, ZMQ_POLLOUT},
                                                      {-1, ZMQ_POLLOUT}}};
  for (const auto& [asked, answered] : expected) {
    zmq_pollitem_t item = on_socket(socket, asked);
    EXPECT_EQ(zmq_poll(&item, 1, 0), answered == 0 ? 0 : 1) << asked;
    EXPECT_EQ(item.revents, answered) << asked;
  }
}

TEST(Poll, AnswersEachItemOnItsOwn) {
  Context context;
  Socket binder(context, ZMQ_PAIR), connecter(context, ZMQ_PAIR);
  connecter.connect(binder.bind_any(Transport::inproc));
  connecter.send("x");
  zmq_pollitem_t items[] = {on_socket(binder, ZMQ_POLLIN | ZMQ_POLLOUT),
                            on_socket(binder, ZMQ_POLLIN), on_socket(connecter, ZMQ_POLLOUT),
                            on_socket(connecter, ZMQ_POLLIN), on_socket(binder, 0)};
  EXPECT_EQ(zmq_poll(items, 5, -1), 3);
  EXPECT_EQ(items[0].revents, ZMQ_POLLIN | ZMQ_POLLOUT);
  EXPECT_EQ(items[1].revents, ZMQ_POLLIN);
  EXPECT_EQ(items[2].revents, ZMQ_POLLOUT);
  EXPECT_EQ(items[3].revents, 0);
  EXPECT_EQ(items[4].revents, 0);
}

TEST(Poll, WaitsOutItsTimeout) {
  Context context;
  Socket socket(context, ZMQ_PULL), other(context, ZMQ_PULL);
  zmq_pollitem_t items[] = {on_socket(socket, ZMQ_POLLIN), on_socket(other, ZMQ_POLLIN)};
  for (const int count : {1, 2}) {
    const auto start = steady_clock::now();
    EXPECT_EQ(zmq_poll(items, count, 50), 0);
    EXPECT_GE(steady_clock::now() - start, milliseconds{49});
    EXPECT_EQ(items[0].revents, 0);
  }
}

TEST(Poll, WatchesPlainDescriptors) {
  Pipe idle, readable, hung_up, broken;
  readable.write();
  hung_up.close_writer();
  broken.close_reader();
  zmq_pollitem_t items[] = {
      on_fd(idle.reader(), ZMQ_POLLIN),     on_fd(idle.writer(), ZMQ_POLLOUT),
      on_fd(readable.reader(), ZMQ_POLLIN), on_fd(hung_up.reader(), ZMQ_POLLIN),
      on_fd(broken.writer(), ZMQ_POLLOUT),  on_fd(readable.reader(), 0)};
  EXPECT_EQ(zmq_poll(items, 6, -1), 4);
  EXPECT_EQ(items[0].revents, 0);
  EXPECT_EQ(items[1].revents, ZMQ_POLLOUT);
  EXPECT_EQ(items[2].revents, ZMQ_POLLIN);
  EXPECT_NE(items[3].revents, 0);
  EXPECT_NE(items[4].revents, 0);
  EXPECT_EQ(items[5].revents, 0);
}

TEST(Poll, WaitsForSocketsAndDescriptorsTogether) {
  Context context;
  Socket puller(context, ZMQ_PULL), pusher(context, ZMQ_PUSH);
  pusher.connect(puller.bind_any(Transport::tcp));
  Pipe pipe;
  zmq_pollitem_t items[] = {on_socket(puller, ZMQ_POLLIN), on_fd(pipe.reader(), ZMQ_POLLIN)};
  EXPECT_EQ(zmq_poll(items, 2, 0), 0);
  std::thread writer([&] { pipe.write(); });
  EXPECT_EQ(zmq_poll(items, 2, -1), 1);
  EXPECT_EQ(items[0].revents, 0);
  EXPECT_EQ(items[1].revents, ZMQ_POLLIN);
  writer.join();
  std::thread sender([&] { pusher.send("x"); });
  items[1].events = 0;
  EXPECT_EQ(zmq_poll(items, 2, -1), 1);
  EXPECT_EQ(items[0].revents, ZMQ_POLLIN);
  EXPECT_EQ(items[1].revents, 0);
  sender.join();
}

TEST(Poll, SeesAMessageThatComesWhileItWaits) {
  for (const Transport transport : {Transport::tcp, Transport::ipc, Transport::inproc}) {
    Context context;
    Socket puller(context, ZMQ_PULL), other(context, ZMQ_PULL);
    const std::string endpoint = puller.bind_any(transport);
    std::thread sender([&] {
      Socket pusher(context, ZMQ_PUSH);
      pusher.connect(endpoint);
      pusher.send("x");
      pusher.close();
    });
    zmq_pollitem_t items[] = {on_socket(other, ZMQ_POLLIN), on_socket(puller, ZMQ_POLLIN)};
    EXPECT_EQ(zmq_poll(items, 2, deadline.count()), 1) << transport;
    EXPECT_EQ(items[1].revents, ZMQ_POLLIN) << transport;
    sender.join();
  }
}

// Nothing comes in between the two polls: sending makes the second request readable.
TEST(Poll, SeesWhatASendMakesReadable) {
  Context context;
  Socket replier(context, ZMQ_REP), first(context, ZMQ_REQ), second(context, ZMQ_REQ);
  const std::string endpoint = replier.bind_any(Transport::inproc);
  first.connect(endpoint);
  second.connect(endpoint);
  first.send("1");
  second.send("2");
  EXPECT_EQ(replier.recv_one(), "1");
  zmq_pollitem_t item = on_socket(replier, ZMQ_POLLIN);
  EXPECT_EQ(zmq_poll(&item, 1, 0), 0);
  EXPECT_EQ(zmq_poll(&item, 1, 0), 0);
  replier.send("reply");
  EXPECT_EQ(zmq_poll(&item, 1, 0), 1);
  EXPECT_EQ(replier.recv_one(), "2");
}

// Whoever sleeps over many sockets is woken by each of them, again and again, also by one whose
// ZMQ_FD somebody else watches, and by one that is in the list twice.
TEST(Poll, IsWokenByEachOfManySockets) {
  constexpr int pairs = 60;
  Context context;
  std::vector<std::unique_ptr<Socket>> pullers, pushers;
  std::vector<zmq_pollitem_t> items;
  for (int i = 0; i < pairs; ++i) {
    pullers.push_back(std::make_unique<Socket>(context, ZMQ_PULL));
    pushers.push_back(std::make_unique<Socket>(context, ZMQ_PUSH));
    pushers.back()->connect(pullers.back()->bind_any(Transport::inproc));
    items.push_back(on_socket(*pullers.back(), ZMQ_POLLIN));
  }
  items.push_back(on_socket(*pullers[3], ZMQ_POLLIN));
  for (const int watched : {0, 7, 50}) (void)pullers[static_cast<size_t>(watched)]->get_int(ZMQ_FD);
  Socket orders(context, ZMQ_PAIR), feeder_orders(context, ZMQ_PAIR);
  feeder_orders.connect(orders.bind_any(Transport::inproc));
  std::thread feeder([&] {
    for (int i = 0; i < pairs; ++i) {
      EXPECT_EQ(feeder_orders.recv_one(), "go");
      std::this_thread::yield();
      pushers[static_cast<size_t>(i)]->send("x");
    }
  });
  for (int i = 0; i < pairs; ++i) {
    orders.send("go");
    const int count = static_cast<int>(items.size());
    const int ready = zmq_poll(items.data(), count, deadline.count());
    // A message may come when the socket's first item was looked at already, and the second not.
    const int first = items[static_cast<size_t>(i)].revents == ZMQ_POLLIN ? 1 : 0;
    const int second = i == 3 && items.back().revents == ZMQ_POLLIN ? 1 : 0;
    EXPECT_GE(ready, 1) << i;
    EXPECT_EQ(first + second, ready) << i;
    EXPECT_EQ(pullers[static_cast<size_t>(i)]->recv_one(), "x");
  }
  feeder.join();
}

// The sleeper closes the socket that it slept on as soon as it is awake.
TEST(Poll, SocketsCanBeClosedRightAfterIt) {
  Context context;
  for (int round = 0; round < 200; ++round) {
    Socket first(context, ZMQ_PULL), second(context, ZMQ_PULL);
    const std::string endpoints[] = {first.bind_any(Transport::inproc),
                                     second.bind_any(Transport::inproc)};
    std::thread sender([&] {
      Socket a(context, ZMQ_PUSH), b(context, ZMQ_PUSH);
      a.connect(endpoints[0]);
      b.connect(endpoints[1]);
      b.send("x");
      (void)a.try_send("x", ZMQ_DONTWAIT);  // its peer may be gone by now
    });
    zmq_pollitem_t items[] = {on_socket(first, ZMQ_POLLIN), on_socket(second, ZMQ_POLLIN)};
    EXPECT_GE(zmq_poll(items, 2, deadline.count()), 1);
    first.close();
    sender.join();
  }
}

TEST(Poll, SeesRoomThatAppearsWhileItWaits) {
  Context context;
  Socket pusher(context, ZMQ_PUSH);
  const std::string endpoint = pusher.bind_any(Transport::tcp);
  zmq_pollitem_t item = on_socket(pusher, ZMQ_POLLOUT);
  EXPECT_EQ(zmq_poll(&item, 1, 0), 0);
  Socket puller(context, ZMQ_PULL);
  puller.connect(endpoint);
  EXPECT_EQ(zmq_poll(&item, 1, deadline.count()), 1);
  EXPECT_EQ(item.revents, ZMQ_POLLOUT);
}

TEST(Poll, ClosedDescriptorsDoNotHangIt) {
  Pipe pipe;
  const int closed = pipe.reader();
  pipe.close_reader();
  zmq_pollitem_t item = on_fd(closed, ZMQ_POLLIN);
  const int rc = zmq_poll(&item, 1, static_cast<long>(deadline.count()));
  if (rc == -1) {
    EXPECT_EQ(zmq_errno(), EBADF);
  } else {
    EXPECT_EQ(rc, 1);
    EXPECT_EQ(item.revents, ZMQ_POLLERR);
  }
}

TEST(Poll, TakesThousandsOfItems) {
  Context context;
  constexpr int pairs = 450;  // with their peers, within the default number of sockets
  constexpr int items_wanted = 4000;
  std::vector<std::unique_ptr<Socket>> pullers, pushers;
  for (int i = 0; i < pairs; ++i) {
    pullers.push_back(std::make_unique<Socket>(context, ZMQ_PULL));
    pushers.push_back(std::make_unique<Socket>(context, ZMQ_PUSH));
    pushers.back()->connect(pullers.back()->bind_any(Transport::inproc));
  }
  Pipe pipe;
  std::vector<zmq_pollitem_t> items;
  for (int i = 0; i < items_wanted; ++i) {
    items.push_back(i % 10 == 9 ? on_fd(pipe.reader(), ZMQ_POLLIN)
                                : on_socket(*pullers[static_cast<size_t>(i % pairs)], ZMQ_POLLIN));
  }
  EXPECT_EQ(zmq_poll(items.data(), items_wanted, 0), 0);
  pushers[7]->send("x");
  const auto expected = std::count_if(items.begin(), items.end(), [&](const zmq_pollitem_t& item) {
    return item.socket == static_cast<void*>(*pullers[7]);
  });
  EXPECT_EQ(zmq_poll(items.data(), items_wanted, -1), expected);
  for (const zmq_pollitem_t& item : items) {
    EXPECT_EQ(item.revents, item.socket == static_cast<void*>(*pullers[7]) ? ZMQ_POLLIN : 0);
  }
  pipe.write();
  EXPECT_EQ(zmq_poll(items.data(), items_wanted, -1), expected + items_wanted / 10);
}

TEST(Poll, IsFairToASocketAmongBusyOnes) {
  Context context;
  Socket busy(context, ZMQ_PULL), rare(context, ZMQ_PULL);
  Socket noisy(context, ZMQ_PUSH), quiet(context, ZMQ_PUSH);
  noisy.connect(busy.bind_any(Transport::tcp));
  quiet.connect(rare.bind_any(Transport::tcp));
  for (int i = 0; i < 500; ++i) noisy.send("x");
  quiet.send("y");
  zmq_pollitem_t items[] = {on_socket(busy, ZMQ_POLLIN), on_socket(rare, ZMQ_POLLIN)};
  // Without reading anything, both must show up.
  EXPECT_TRUE(wait_until([&] { return zmq_poll(items, 2, -1) == 2; }));
}

}  // namespace
}  // namespace api_test
