#include "sync/fence.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <thread>

namespace zmqng {
namespace {

// Two threads store to one variable each and load the other's; one of them must see the other's.
// The rounds are started together as closely as two spinning threads can.
TEST(Fence, OneOfTwoThreadsSeesTheOthersStore) {
  constexpr int kRounds = 20000;
  std::atomic<int> light{0};
  std::atomic<int> heavy{0};
  std::atomic<int> light_round{0};
  std::atomic<int> heavy_round{0};
  int seen_by_light = 0;
  int missed_by_both = 0;
  std::thread other([&] {
    for (int round = 1; round <= kRounds; ++round) {
      light_round.store(round, std::memory_order_release);
      while (heavy_round.load(std::memory_order_acquire) < round) std::this_thread::yield();
      light.store(round, std::memory_order_relaxed);
      light_fence();
      seen_by_light = heavy.load(std::memory_order_relaxed);
      light_round.store(-round, std::memory_order_release);
      while (heavy_round.load(std::memory_order_acquire) != -round) std::this_thread::yield();
    }
  });
  for (int round = 1; round <= kRounds; ++round) {
    while (light_round.load(std::memory_order_acquire) != round) std::this_thread::yield();
    heavy_round.store(round, std::memory_order_release);
    heavy.store(round, std::memory_order_relaxed);
    heavy_fence();
    const int seen_by_heavy = light.load(std::memory_order_relaxed);
    while (light_round.load(std::memory_order_acquire) != -round) std::this_thread::yield();
    if (seen_by_heavy != round && seen_by_light != round) ++missed_by_both;
    heavy_round.store(-round, std::memory_order_release);
  }
  other.join();
  EXPECT_EQ(missed_by_both, 0);
}

TEST(Fence, WorksInAChildOfFork) {
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    heavy_fence();
    light_fence();
    _exit(0);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace zmqng
