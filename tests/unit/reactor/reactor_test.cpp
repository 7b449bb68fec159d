#include "reactor/reactor.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>

#include <atomic>
#include <cerrno>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "reactor/epoll_poller.h"

namespace zmqng {
namespace {

Millis simulated_now = 0;
Millis read_simulated_clock() {
  return simulated_now;
}

// Says what the test wants to be ready, and remembers how long it was to wait.
class ScriptedPoller final : public Poller {
 public:
  Error watch(Watch& watch, int fd, std::uint32_t interest) override {
    if (refuses_with != 0) return Error{refuses_with};
    watch.fd = fd;
    watch.interest = interest;
    watched.push_back(&watch);
    return {};
  }
  void unwatch(Watch& watch) override {
    watch.fd = -1;
    std::erase(watched, &watch);
  }
  int wait(Millis timeout, ReadyEvent* events, int events_max) override {
    timeouts.push_back(timeout);
    if (while_waiting) while_waiting();
    int count = 0;
    for (const ReadyEvent& event : std::exchange(next, {})) {
      EXPECT_LT(count, events_max);
      events[count++] = event;
    }
    return count;
  }

  int refuses_with = 0;
  std::vector<Watch*> watched;
  std::vector<Millis> timeouts;
  std::vector<ReadyEvent> next;
  std::function<void()> while_waiting;
};

struct Handler : FdHandler {
  void fd_ready(std::uint32_t ready) override {
    seen.push_back(ready);
    if (then) then();
  }
  std::vector<std::uint32_t> seen;
  std::function<void()> then;
  Watch watch{*this};
};

struct Posted : Attention {
  Posted() : Attention(serve, [](Attention&) {}) {}
  static void serve(Attention& attention, std::uint32_t reasons) {
    auto& self = static_cast<Posted&>(attention);
    self.reasons.fetch_or(reasons);
    if (self.then) self.then();
  }
  std::atomic<std::uint32_t> reasons{0};
  std::function<void()> then;
};

struct Alarm : TimerHandler {
  void timer_expired(Millis now) override {
    expired_at.push_back(now);
    if (then) then();
  }
  std::vector<Millis> expired_at;
  std::function<void()> then;
  Timer timer{*this};
};

struct Corpse : Retiree {
  void bury() override {
    ++burials;
    if (then) then();
  }
  int burials = 0;
  std::function<void()> then;
};

class ReactorTest : public ::testing::Test {
 protected:
  void SetUp() override {
    simulated_now = 1000;
    auto poller = std::make_unique<ScriptedPoller>();
    poller_ = poller.get();
    auto made = Reactor::make(std::move(poller), read_simulated_clock);
    ASSERT_TRUE(made.ok());
    reactor_ = made.take();
  }
  Millis last_timeout() { return poller_->timeouts.back(); }

  ScriptedPoller* poller_ = nullptr;
  std::unique_ptr<Reactor> reactor_;
};

TEST_F(ReactorTest, WatchesItsMailbox) {
  ASSERT_EQ(poller_->watched.size(), 1u);
  EXPECT_EQ(poller_->watched[0]->fd, reactor_->mailbox().fd().get());
  EXPECT_EQ(poller_->watched[0]->interest, kReadyIn);
}

TEST_F(ReactorTest, SleepsAsLongAsItMay) {
  reactor_->run_once(70);
  EXPECT_EQ(last_timeout(), 70);
  reactor_->run_once(0);
  EXPECT_EQ(last_timeout(), 0);
  reactor_->run_once(kNever);
  EXPECT_EQ(last_timeout(), -1) << "for ever";
}

TEST_F(ReactorTest, SleepsUntilTheNextTimerAtMost) {
  Alarm alarm;
  reactor_->timers().set(alarm.timer, 1030);
  reactor_->run_once(kNever);
  EXPECT_EQ(last_timeout(), 30);
  reactor_->run_once(10);
  EXPECT_EQ(last_timeout(), 10);
  simulated_now = 1029;
  reactor_->run_once(10);
  EXPECT_EQ(last_timeout(), 1);
  EXPECT_TRUE(alarm.expired_at.empty());
  simulated_now = 1050;
  reactor_->run_once(10);
  EXPECT_EQ(last_timeout(), 0) << "overdue";
  EXPECT_EQ(alarm.expired_at, std::vector<Millis>({1050}));
}

TEST_F(ReactorTest, DoesNotSleepWhenSomethingWasPosted) {
  Posted posted;
  posted.post(reactor_->mailbox(), 2);
  reactor_->run_once(kNever);
  EXPECT_EQ(last_timeout(), 0);
  EXPECT_EQ(posted.reasons, 2u);
}

TEST_F(ReactorTest, IsWokenByAPostWhileItSleeps) {
  Posted posted;
  poller_->while_waiting = [&] {
    EXPECT_TRUE(reactor_->mailbox().is_armed());
    posted.post(reactor_->mailbox(), 1);
    poller_->next.push_back({poller_->watched[0], kReadyIn});
  };
  reactor_->run_once(kNever);
  EXPECT_EQ(posted.reasons, 1u);
  EXPECT_FALSE(reactor_->mailbox().is_armed()) << "awake, it costs posters nothing";
  pollfd item{reactor_->mailbox().fd().get(), POLLIN, 0};
  EXPECT_EQ(::poll(&item, 1, 0), 0) << "the descriptor was cleared";
}

TEST_F(ReactorTest, ReadsTheClockAfterItHasSlept) {
  poller_->while_waiting = [] { simulated_now += 25; };
  reactor_->run_once(100);
  EXPECT_EQ(reactor_->now(), 1025);
}

TEST_F(ReactorTest, CallsTheHandlersOfWhatIsReadyInOrder) {
  Handler one;
  Handler two;
  std::vector<int> order;
  one.then = [&] { order.push_back(1); };
  two.then = [&] { order.push_back(2); };
  poller_->next = {{&two.watch, kReadyOut}, {&one.watch, kReadyIn | kReadyHangup}};
  reactor_->run_once(0);
  EXPECT_EQ(order, std::vector<int>({2, 1}));
  EXPECT_EQ(one.seen, std::vector<std::uint32_t>({kReadyIn | kReadyHangup}));
  EXPECT_EQ(two.seen, std::vector<std::uint32_t>({kReadyOut}));
}

TEST_F(ReactorTest, WhatIsUnwatchedInATurnIsNotCalledInIt) {
  Handler one;
  Handler two;
  one.then = [&] { reactor_->unwatch(two.watch); };
  poller_->next = {{&one.watch, kReadyIn}, {&two.watch, kReadyIn}, {&two.watch, kReadyOut}};
  reactor_->run_once(0);
  EXPECT_EQ(one.seen.size(), 1u);
  EXPECT_TRUE(two.seen.empty());
}

TEST_F(ReactorTest, WhatAPostUnwatchesIsNotCalledEither) {
  Handler handler;
  Posted posted;
  posted.then = [&] { reactor_->unwatch(handler.watch); };
  posted.post(reactor_->mailbox(), 1);
  poller_->next = {{&handler.watch, kReadyIn}};
  reactor_->run_once(0);
  EXPECT_TRUE(handler.seen.empty());
}

TEST_F(ReactorTest, BuriesAtTheEndOfTheTurnWhatRetiredInIt) {
  Handler handler;
  Alarm alarm;
  Corpse corpse;
  handler.then = [&] { reactor_->retire(corpse); };
  alarm.then = [&] { EXPECT_EQ(corpse.burials, 0); };
  reactor_->timers().set(alarm.timer, 1);
  poller_->next = {{&handler.watch, kReadyIn}};
  reactor_->run_once(0);
  EXPECT_EQ(alarm.expired_at.size(), 1u);
  EXPECT_EQ(corpse.burials, 1);
  reactor_->run_once(0);
  EXPECT_EQ(corpse.burials, 1);
}

TEST_F(ReactorTest, ABurialMayRetireMore) {
  Corpse first;
  Corpse second;
  first.then = [&] { reactor_->retire(second); };
  reactor_->retire(first);
  reactor_->run_once(0);
  EXPECT_EQ(second.burials, 1);
}

TEST_F(ReactorTest, LoadIsWhatWasAdded) {
  reactor_->add_load(3);
  reactor_->add_load(-1);
  EXPECT_EQ(reactor_->load(), 2);
}

TEST_F(ReactorTest, LendsRoomForOneRead) {
  std::uint8_t* room = reactor_->scratch();
  room[0] = 1;
  room[Reactor::kScratchBytes - 1] = 2;
  EXPECT_EQ(reactor_->scratch(), room);
}

TEST_F(ReactorTest, ComesRoundToWhoeverAskedWithoutBeingWoken) {
  struct Stream : Visited {
    void visit() override { ++visits; }
    int visits = 0;
  } stream;
  reactor_->rounds().add(stream);
  reactor_->run_once(kNever);
  EXPECT_EQ(last_timeout(), 1) << "as short as this poller can";
  EXPECT_EQ(stream.visits, 1);
  reactor_->run_once(kNever);
  EXPECT_EQ(last_timeout(), -1);
  EXPECT_EQ(stream.visits, 1);
}

TEST(Reactor, IsNotMadeWithoutAWatchForItsMailbox) {
  auto poller = std::make_unique<ScriptedPoller>();
  poller->refuses_with = ENOSPC;
  EXPECT_EQ(Reactor::make(std::move(poller)).error(), ENOSPC);
}

// ---- with its own thread

class ReactorThread : public ::testing::Test {
 protected:
  void SetUp() override {
    reactor_ = Reactor::make(EpollPoller::make().take()).take();
    posted_.then = [this] {
      work_();
      done_.fetch_add(1, std::memory_order_release);
      done_.notify_one();
    };
  }
  // Has the reactor's thread do something, and waits for it.
  void run_there(std::function<void()> work) {
    work_ = std::move(work);
    const int before = done_.load();
    posted_.post(reactor_->mailbox(), 1);
    done_.wait(before, std::memory_order_acquire);
  }

  Posted posted_;
  std::function<void()> work_;
  std::atomic<int> done_{0};
  std::unique_ptr<Reactor> reactor_;  // goes first
};

TEST_F(ReactorThread, ServesPostsFromOtherThreads) {
  ASSERT_FALSE(reactor_->start({}));
  pthread_t there{};
  for (int i = 0; i < 200; ++i) run_there([&] { there = pthread_self(); });
  EXPECT_FALSE(pthread_equal(there, pthread_self()));
}

TEST_F(ReactorThread, HasTheNameThatFits) {
  ThreadSettings settings;
  settings.name = "a name that is too long";
  ASSERT_FALSE(reactor_->start(settings));
  char name[16] = {};
  run_there([&] { pthread_getname_np(pthread_self(), name, sizeof name); });
  EXPECT_STREQ(name, "a name that is ");
}

TEST_F(ReactorThread, LeavesSignalsToTheApplication) {
  ASSERT_FALSE(reactor_->start({}));
  sigset_t there;
  run_there([&] { pthread_sigmask(SIG_SETMASK, nullptr, &there); });
  EXPECT_EQ(sigismember(&there, SIGINT), 1);
  EXPECT_EQ(sigismember(&there, SIGTERM), 1);
  sigset_t here;
  pthread_sigmask(SIG_SETMASK, nullptr, &here);
  EXPECT_EQ(sigismember(&here, SIGINT), 0) << "the caller's own mask is what it was";
}

TEST_F(ReactorThread, RunsOnTheProcessorsItWasGiven) {
  ThreadSettings settings;
  settings.cpus = {0, 1 << 20};
  ASSERT_FALSE(reactor_->start(settings));
  cpu_set_t set;
  run_there([&] { pthread_getaffinity_np(pthread_self(), sizeof set, &set); });
  EXPECT_EQ(CPU_COUNT(&set), 1);
  EXPECT_TRUE(CPU_ISSET(0, &set));
}

TEST_F(ReactorThread, RunsEvenIfItsSchedulingIsRefused) {
  ThreadSettings settings;
  settings.sched_policy = 12345;
  settings.priority = 99;
  ASSERT_FALSE(reactor_->start(settings));
  bool has_run = false;
  run_there([&] { has_run = true; });
  EXPECT_TRUE(has_run);
}

TEST_F(ReactorThread, StopsInItsSleepAndOnlyOnce) {
  Posted posted;
  ASSERT_FALSE(reactor_->start({}));
  reactor_->stop();
  reactor_->stop();
  posted.post(reactor_->mailbox(), 1);
  EXPECT_EQ(posted.reasons, 0u);
  reactor_.reset();
}

TEST_F(ReactorThread, ExpiresTimersByTheClock) {
  Alarm alarm;
  std::atomic<bool> is_over{false};
  alarm.then = [&] {
    is_over.store(true);
    is_over.notify_one();
  };
  const Millis start = monotonic_ms();
  reactor_->timers().set(alarm.timer, start + 20);
  ASSERT_FALSE(reactor_->start({}));
  is_over.wait(false);
  reactor_->stop();
  EXPECT_GE(alarm.expired_at.at(0) - start, 20);
}

}  // namespace
}  // namespace zmqng
