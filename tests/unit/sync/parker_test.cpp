#include "sync/parker.h"

#include <gtest/gtest.h>
#include <pthread.h>
#include <signal.h>

#include <atomic>
#include <cerrno>
#include <thread>

namespace zmqng {
namespace {

constexpr Millis kLong = 10'000;  // longer than anything here takes

TEST(Parker, AnUnparkBeforeTheParkIsKept) {
  Parker parker;
  parker.prepare();
  parker.unpark();
  EXPECT_EQ(parker.park(0), 0);
  EXPECT_EQ(parker.park(kNever), 0) << "until it is prepared anew";
  parker.prepare();
  EXPECT_EQ(parker.park(0), EAGAIN);
}

TEST(Parker, AnUnparkFromAnotherThreadEndsAPark) {
  Parker parker;
  parker.prepare();
  std::thread other([&] { parker.unpark(); });
  EXPECT_EQ(parker.park(kLong), 0);
  other.join();
}

TEST(Parker, AParkThatNobodyEndsIsOverInTime) {
  Parker parker;
  parker.prepare();
  for (const Millis timeout : {0, 20}) {
    const Millis start = monotonic_ms();
    EXPECT_EQ(parker.park(timeout), EAGAIN);
    EXPECT_GE(monotonic_ms() - start, timeout);
    EXPECT_LT(monotonic_ms() - start, kLong);
  }
}

TEST(Parker, ADeadlineThatHasPassedIsNoFailure) {
  Parker parker;
  parker.prepare();
  EXPECT_EQ(parker.park(-1), EAGAIN);
  parker.unpark();
  EXPECT_EQ(parker.park(-1), 0);
}

std::atomic<int> signals_handled{0};

// The kernel goes on with most calls after such a handler; whoever waits must come back from a
// park.
class RestartingHandler {
 public:
  RestartingHandler() {
    struct sigaction action {};
    action.sa_handler = [](int) { ++signals_handled; };
    action.sa_flags = SA_RESTART;
    sigaction(SIGUSR1, &action, &before_);
  }
  ~RestartingHandler() { sigaction(SIGUSR1, &before_, nullptr); }

 private:
  struct sigaction before_ {};
};

TEST(Parker, ASignalEndsAParkWithoutALimit) {
  const RestartingHandler handler;
  Parker parker;
  parker.prepare();
  std::atomic<bool> is_over{false};
  int result = -1;
  std::thread sleeper([&] {
    result = parker.park(kNever);
    is_over = true;
  });
  // One that comes before the park is of no use: again, until one has met it.
  const Millis deadline = monotonic_ms() + kLong;
  while (!is_over && monotonic_ms() < deadline) {
    const int handled = signals_handled;
    pthread_kill(sleeper.native_handle(), SIGUSR1);
    while (!is_over && signals_handled == handled && monotonic_ms() < deadline) {
      std::this_thread::yield();
    }
  }
  EXPECT_TRUE(is_over) << "the kernel went on with it";
  parker.unpark();
  sleeper.join();
  EXPECT_EQ(result, EINTR);
}

TEST(Parker, NoWakeUpIsLostBetweenTwoThreads) {
  constexpr int kRounds = 10'000;
  struct Player {
    Parker parker;
    std::atomic<int> ball{0};
    int late = 0;

    // Announces the sleep, then looks again, as the owner of a mailbox does.
    void wait_for(int round) {
      while (ball.load(std::memory_order_seq_cst) < round) {
        parker.prepare();
        std::atomic_thread_fence(std::memory_order_seq_cst);
        if (ball.load(std::memory_order_seq_cst) >= round) return;
        if (parker.park(kLong) != 0) {
          ++late;
          return;
        }
      }
    }
    void pass(int round) {
      ball.store(round, std::memory_order_seq_cst);
      parker.unpark();
    }
  };
  Player left;
  Player right;
  std::thread other([&] {
    for (int round = 1; round <= kRounds && right.late == 0; ++round) {
      right.wait_for(round);
      left.pass(round);
    }
  });
  for (int round = 1; round <= kRounds && left.late == 0; ++round) {
    right.pass(round);
    left.wait_for(round);
  }
  other.join();
  EXPECT_EQ(left.late, 0);
  EXPECT_EQ(right.late, 0);
}

}  // namespace
}  // namespace zmqng
