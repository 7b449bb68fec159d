#include "sync/baton.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace zmqng {
namespace {

TEST(Baton, OneHolderAtATime) {
  Baton baton;
  EXPECT_TRUE(baton.take_or_note());
  EXPECT_FALSE(baton.take_or_note());
}

TEST(Baton, IsFreeOnceItIsPutDown) {
  Baton baton;
  ASSERT_TRUE(baton.take_or_note());
  EXPECT_TRUE(baton.put_down());
  EXPECT_TRUE(baton.take_or_note());
}

TEST(Baton, ANoteIsServedBeforeItCanBePutDown) {
  Baton baton;
  ASSERT_TRUE(baton.take_or_note());
  ASSERT_FALSE(baton.take_or_note());
  EXPECT_FALSE(baton.put_down());
  EXPECT_FALSE(baton.take_or_note()) << "still held, and noted again";
  EXPECT_FALSE(baton.put_down());
  EXPECT_TRUE(baton.put_down());
}

TEST(Baton, ManyNotesAreServedAtOnce) {
  Baton baton;
  ASSERT_TRUE(baton.take_or_note());
  for (int i = 0; i < 5; ++i) ASSERT_FALSE(baton.take_or_note());
  EXPECT_FALSE(baton.put_down());
  EXPECT_TRUE(baton.put_down());
}

// Threads add to a plain number, each by itself or by a note to the holder.
TEST(Baton, HoldersOnManyThreadsSeeWhatTheFormerOnesDid) {
  constexpr int kThreads = 3;
  constexpr int kRounds = 20000;
  Baton baton;
  std::atomic<long> asked{0};
  long done = 0;  // the holder's
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < kRounds; ++i) {
        asked.fetch_add(1, std::memory_order_relaxed);
        if (!baton.take_or_note()) continue;
        do {
          done += asked.exchange(0, std::memory_order_relaxed);
        } while (!baton.put_down());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(done, static_cast<long>(kThreads) * kRounds);
}

}  // namespace
}  // namespace zmqng
