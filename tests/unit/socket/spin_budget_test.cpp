#include "socket/spin_budget.h"

#include <gtest/gtest.h>

namespace zmqng {
namespace {

constexpr int kManyWaits = 5'000;

// Of so many waits, how many were given time to spin.
int tries(SpinBudget& budget, int waits) {
  int count = 0;
  for (int i = 0; i < waits; ++i) {
    if (budget.next() > 0) ++count;
  }
  return count;
}

TEST(SpinBudget, BeginsWithATryAfterTheFirstWait) {
  SpinBudget budget;
  EXPECT_EQ(budget.next(), 0u) << "connections come into being";
  EXPECT_GT(budget.next(), 0u);
  EXPECT_LT(budget.next(), 50u);
}

TEST(SpinBudget, SuccessAllowsMoreThanItTook) {
  SpinBudget budget;
  for (const std::uint64_t took : {1, 8, 10, 12}) {
    budget.succeeded(took);
    EXPECT_GT(budget.next(), took);
  }
}

TEST(SpinBudget, NoSuccessAllowsMoreThanTheMost) {
  SpinBudget budget;
  for (const std::uint64_t took : {std::uint64_t{50}, std::uint64_t{1} << 31, UINT64_MAX / 8}) {
    budget.succeeded(took);
    EXPECT_EQ(budget.next(), 50u) << took;
  }
}

TEST(SpinBudget, AQuickSuccessTakesNothingAway) {
  SpinBudget budget;
  budget.succeeded(12);
  const std::uint32_t before = budget.next();
  budget.succeeded(0);
  EXPECT_EQ(budget.next(), before);
}

TEST(SpinBudget, FailuresCutItDownToATryNowAndThen) {
  SpinBudget budget;
  budget.succeeded(50);
  std::uint32_t before = budget.next();
  int failures = 0;
  while (before > 0 && failures < 100) {
    budget.failed();
    const std::uint32_t now = budget.next();
    EXPECT_LT(now, before);
    before = now;
    ++failures;
  }
  EXPECT_LT(failures, 10);
  const int count = tries(budget, kManyWaits);
  EXPECT_GE(count, 1);
  EXPECT_LE(count, kManyWaits / 100);
}

TEST(SpinBudget, ALaterTryIsLongEnoughForAPeerThatSleepsToo) {
  SpinBudget budget;
  while (budget.next() > 0 || tries(budget, 1) > 0) budget.failed();
  std::uint32_t found = 0;
  for (int i = 0; i < kManyWaits && found == 0; ++i) found = budget.next();
  EXPECT_GE(found, 30u);
}

TEST(SpinBudget, ATryInVainBringsNothingBack) {
  SpinBudget budget;
  for (int i = 0; i < 10; ++i) budget.failed();
  int count = 0;
  for (int i = 0; i < kManyWaits; ++i) {
    if (budget.next() == 0) continue;
    budget.failed();
    ++count;
  }
  EXPECT_GE(count, 1);
  EXPECT_LE(count, kManyWaits / 100);
}

TEST(SpinBudget, ATryThatSucceedsBringsTheSpinningBack) {
  SpinBudget budget;
  for (int i = 0; i < 10; ++i) budget.failed();
  ASSERT_LT(tries(budget, kManyWaits), kManyWaits / 100);
  budget.succeeded(1);
  EXPECT_EQ(tries(budget, kManyWaits), kManyWaits);
}

}  // namespace
}  // namespace zmqng
