#include "link/backoff.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace zmqng {
namespace {

std::vector<Millis> waits(int interval, int maximum) {
  Backoff backoff(interval, maximum);
  std::minstd_rand random(1);
  std::vector<Millis> found;
  for (int i = 0; i < 1000; ++i)
    found.push_back(backoff.next(static_cast<std::uint32_t>(random())));
  return found;
}

TEST(Backoff, WithoutAMaximumAboveItTheIntervalIsSpreadUpwards) {
  for (const int maximum : {0, 1, 10, 49, 50}) {
    const std::vector<Millis> found = waits(50, maximum);
    EXPECT_EQ(*std::min_element(found.begin(), found.end()), 50) << maximum;
    EXPECT_EQ(*std::max_element(found.begin(), found.end()), 99) << maximum;
  }
}

TEST(Backoff, WithAMaximumWaitsDoubleUpToItAndStaySpread) {
  Backoff backoff(10, 100);
  const Millis most[] = {20, 40, 80, 100, 100, 100};
  for (const Millis limit : most) {
    const Millis wait = backoff.next(UINT32_MAX);
    EXPECT_GE(wait, 10);
    EXPECT_LE(wait, limit);
  }
  const std::vector<Millis> found = waits(10, 100);
  EXPECT_GE(*std::min_element(found.begin(), found.end()), 10);
  EXPECT_LE(*std::max_element(found.begin(), found.end()), 100);
  EXPECT_LT(*std::min_element(found.begin() + 10, found.end()), 40);
  EXPECT_GT(*std::max_element(found.begin() + 10, found.end()), 90);
}

TEST(Backoff, IsNeverBelowTheIntervalNorAboveAMaximumThatIsHardlyGreater) {
  for (const int maximum : {51, 60, 99, 101, 199}) {
    for (const Millis wait : waits(50, maximum)) {
      ASSERT_GE(wait, 50);
      ASSERT_LE(wait, maximum);
    }
  }
}

TEST(Backoff, ASuccessStartsANewSeries) {
  Backoff backoff(10, 10'000);
  for (int i = 0; i < 8; ++i) (void)backoff.next(0);
  EXPECT_GE(backoff.next(0), 1'000);
  backoff.reset();
  EXPECT_LT(backoff.next(UINT32_MAX), 20);
}

TEST(Backoff, SurvivesLargeIntervalsAndLongSeries) {
  Backoff backoff(INT32_MAX - 1, INT32_MAX);
  for (int i = 0; i < 100; ++i) EXPECT_GE(backoff.next(UINT32_MAX), INT32_MAX - 1);
}

}  // namespace
}  // namespace zmqng
