// Errors, versions, counters, stopwatches and threads.
#include <gtest/gtest.h>
#include <pthread.h>
#include <signal.h>
#include <zmq.h>

#include <cerrno>
#include <climits>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

namespace api_test {
namespace {

TEST(Errors, ErrnoIsTheCallingThreadsOwn) {
  errno = EFAULT;
  EXPECT_EQ(zmq_errno(), EFAULT);
  std::thread([] {
    errno = EINVAL;
    EXPECT_EQ(zmq_errno(), EINVAL);
  }).join();
  EXPECT_EQ(zmq_errno(), EFAULT);
}

TEST(Errors, OwnNumbersHaveTheirTexts) {
  EXPECT_STREQ(zmq_strerror(EFSM), "Operation cannot be accomplished in current state");
  EXPECT_STREQ(zmq_strerror(ENOCOMPATPROTO), "The protocol is not compatible with the socket type");
  EXPECT_STREQ(zmq_strerror(ETERM), "Context was terminated");
  EXPECT_STREQ(zmq_strerror(EMTHREAD), "No thread available");
}

TEST(Errors, AnUnreachableHostIsNoMissingRoute) {
  EXPECT_STREQ(zmq_strerror(EHOSTUNREACH), "Host unreachable");
}

TEST(Errors, OtherNumbersHaveTheTextOfTheSystem) {
  for (int number = 0; number < 140; ++number) {
    if (number == EHOSTUNREACH) continue;
    // The system may build both in the same place.
    const std::string text = zmq_strerror(number);
    EXPECT_EQ(text, std::strerror(number));
  }
  EXPECT_STREQ(zmq_strerror(-1), "Unknown error -1");
  EXPECT_STREQ(zmq_strerror(99999), "Unknown error 99999");
}

TEST(LibraryInfo, TheVersionIsAtLeast434) {
  int major = 0;
  int minor = 0;
  int patch = 0;
  zmq_version(&major, &minor, &patch);
  EXPECT_GE(ZMQ_MAKE_VERSION(major, minor, patch), ZMQ_MAKE_VERSION(4, 3, 4));
  EXPECT_EQ(major, 4);
}

TEST(LibraryInfo, HasAnswersForExactLowerCaseNames) {
  EXPECT_EQ(zmq_has("ipc"), 1);
  for (const char* name : {"IPC", "ipc ", " ipc", "CURVE", "", "inproc", "tcp", "plain", "null",
                           "poller", "unknown", "vmci", "draft"}) {
    EXPECT_EQ(zmq_has(name), 0) << name;
  }
}

TEST(AtomicCounter, CountsUpAndDown) {
  void* counter = zmq_atomic_counter_new();
  ASSERT_NE(counter, nullptr);
  EXPECT_EQ(zmq_atomic_counter_value(counter), 0);
  EXPECT_EQ(zmq_atomic_counter_inc(counter), 0);
  EXPECT_EQ(zmq_atomic_counter_inc(counter), 1);
  EXPECT_EQ(zmq_atomic_counter_value(counter), 2);
  EXPECT_EQ(zmq_atomic_counter_dec(counter), 1);
  EXPECT_EQ(zmq_atomic_counter_dec(counter), 0);
  EXPECT_EQ(zmq_atomic_counter_dec(counter), 1) << "below zero is not zero";
  EXPECT_EQ(zmq_atomic_counter_value(counter), -1);
  zmq_atomic_counter_destroy(&counter);
  EXPECT_EQ(counter, nullptr);
  zmq_atomic_counter_destroy(&counter);
}

TEST(AtomicCounter, HoldsEveryInt) {
  void* counter = zmq_atomic_counter_new();
  zmq_atomic_counter_set(counter, -5);
  EXPECT_EQ(zmq_atomic_counter_value(counter), -5);
  zmq_atomic_counter_set(counter, INT_MAX);
  EXPECT_EQ(zmq_atomic_counter_inc(counter), INT_MAX);
  EXPECT_EQ(zmq_atomic_counter_value(counter), INT_MIN);
  zmq_atomic_counter_destroy(&counter);
}

TEST(AtomicCounter, LosesNothingBetweenThreads) {
  constexpr int kThreads = 4;
  constexpr int kRounds = 10000;
  void* counter = zmq_atomic_counter_new();
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([counter] {
      for (int round = 0; round < kRounds; ++round) zmq_atomic_counter_inc(counter);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(zmq_atomic_counter_value(counter), kThreads * kRounds);
  zmq_atomic_counter_destroy(&counter);
}

TEST(Stopwatch, CountsMicrosecondsAndGoesOnAfterALook) {
  void* watch = zmq_stopwatch_start();
  ASSERT_NE(watch, nullptr);
  while (zmq_stopwatch_intermediate(watch) < 2000) {
  }
  const unsigned long look = zmq_stopwatch_intermediate(watch);
  const unsigned long end = zmq_stopwatch_stop(watch);
  EXPECT_GE(look, 2000UL);
  EXPECT_GE(end, look);
  EXPECT_LT(end, 60000000UL);
}

TEST(Sleep, TakesSeconds) {
  void* watch = zmq_stopwatch_start();
  zmq_sleep(0);
  zmq_sleep(1);
  EXPECT_GE(zmq_stopwatch_stop(watch), 990000UL);
}

struct Seen {
  pthread_t thread{};
  bool is_interrupt_blocked = false;
};

void look_around(void* arg) {
  auto* seen = static_cast<Seen*>(arg);
  seen->thread = pthread_self();
  sigset_t blocked;
  pthread_sigmask(SIG_BLOCK, nullptr, &blocked);
  seen->is_interrupt_blocked = sigismember(&blocked, SIGINT) == 1;
}

TEST(Threads, RunTheFunctionElsewhereWithSignalsBlocked) {
  Seen seen;
  void* thread = zmq_threadstart(look_around, &seen);
  ASSERT_NE(thread, nullptr);
  zmq_threadclose(thread);
  EXPECT_FALSE(pthread_equal(seen.thread, pthread_self()));
  EXPECT_TRUE(seen.is_interrupt_blocked);
  sigset_t blocked;
  pthread_sigmask(SIG_BLOCK, nullptr, &blocked);
  EXPECT_EQ(sigismember(&blocked, SIGINT), 0) << "the caller's own mask is as before";
}

}  // namespace
}  // namespace api_test
