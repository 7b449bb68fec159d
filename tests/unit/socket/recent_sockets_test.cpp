#include "socket/recent_sockets.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace zmqng {
namespace {

class RecentSocketsTest : public testing::Test {
 protected:
  // Notes the first `count` sockets in turn, `rounds` times. How often it was one of a few.
  int familiar(int count, int rounds) { return familiar(recent, count, rounds); }
  int familiar(RecentSockets& among, int count, int rounds) {
    int times = 0;
    for (int round = 0; round < rounds; ++round) {
      for (int i = 0; i < count; ++i) {
        if (among.note(&sockets[i])) ++times;
      }
    }
    return times;
  }

  char sockets[20] = {};  // their addresses are all that counts
  RecentSockets recent;
};

TEST_F(RecentSocketsTest, AFewAreKnownAfterTheirFirstTime) {
  for (const int count : {1, 2, 5, 6}) {
    RecentSockets fresh;
    EXPECT_EQ(familiar(fresh, count, 1), 0);
    EXPECT_EQ(familiar(fresh, count, 10), 10 * count);
  }
}

TEST_F(RecentSocketsTest, ACrowdIsNotKnown) {
  for (const int count : {7, 12, 20}) {
    (void)familiar(count, 1);
    EXPECT_EQ(familiar(count, 10), 0) << count;
  }
}

TEST_F(RecentSocketsTest, AFewAreKnownAgainAfterTheCrowdHasGone) {
  (void)familiar(20, 3);
  (void)familiar(3, 1);
  EXPECT_EQ(familiar(3, 10), 30);
}

TEST_F(RecentSocketsTest, OneThatIsUsedAloneIsKnownHoweverManyThereWere) {
  (void)familiar(20, 1);
  EXPECT_FALSE(recent.note(&sockets[0]));
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(recent.note(&sockets[0]));
}

TEST_F(RecentSocketsTest, AFewThatAreNotedAtOnceAreKnownAfterTheirFirstTime) {
  std::atomic<int> unknown{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      for (int round = 0; round < 1'000; ++round) {
        if (!recent.note(&sockets[i])) ++unknown;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(unknown, 4);
  EXPECT_EQ(familiar(4, 10), 40);
}

}  // namespace
}  // namespace zmqng
