#include "capi/timer_set.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <functional>
#include <vector>

namespace zmqng {
namespace {

// A TimerSet whose handlers write their ids down and then do what the test wants.
class TimerSetTest : public ::testing::Test {
 protected:
  int add(Millis now, std::size_t interval) { return timers_.add(now, interval, on_timer, this); }

  std::vector<int> execute(Millis now) {
    ran_.clear();
    timers_.execute(now);
    return ran_;
  }

  TimerSet timers_;
  std::function<void(int)> reaction_ = [](int) {};

 private:
  static void on_timer(int id, void* self) {
    auto* test = static_cast<TimerSetTest*>(self);
    test->ran_.push_back(id);
    test->reaction_(id);
  }

  std::vector<int> ran_;
};

using Ids = std::vector<int>;

TEST_F(TimerSetTest, RunsATimerWhenItIsDueAndNotBefore) {
  EXPECT_EQ(timers_.timeout(100), -1);
  EXPECT_EQ(add(100, 50), 1);
  EXPECT_EQ(timers_.timeout(100), 50);
  EXPECT_EQ(execute(149), Ids{});
  EXPECT_EQ(timers_.timeout(149), 1);
  EXPECT_EQ(timers_.timeout(150), 0);
  EXPECT_EQ(execute(150), Ids{1});
  EXPECT_EQ(timers_.timeout(150), 50);
}

TEST_F(TimerSetTest, DoesNotMakeUpForLatePeriods) {
  add(0, 10);
  EXPECT_EQ(execute(65), Ids{1});
  EXPECT_EQ(execute(65), Ids{});
  EXPECT_EQ(timers_.timeout(65), 10);
}

TEST_F(TimerSetTest, RunsInTheOrderOfDueTimesThenOfArming) {
  add(0, 30);
  add(0, 20);
  add(0, 10);
  add(0, 20);
  EXPECT_EQ(execute(40), (Ids{3, 2, 4, 1}));
}

TEST_F(TimerSetTest, AnIntervalOf0RunsOncePerExecute) {
  add(0, 0);
  EXPECT_EQ(timers_.timeout(0), 0);
  EXPECT_EQ(execute(0), Ids{1});
  EXPECT_EQ(execute(0), Ids{1});
}

TEST_F(TimerSetTest, AnIntervalOf0KeepsNobodyElseFromRunning) {
  add(0, 0);
  add(0, 5);
  EXPECT_EQ(execute(5), (Ids{1, 2}));
}

TEST_F(TimerSetTest, HugeIntervalsAreFarAwayInsteadOfOverflowing) {
  add(1000, SIZE_MAX);
  add(1000, static_cast<std::size_t>(INT64_MAX));
  EXPECT_GT(timers_.timeout(1000), 1000000);
  EXPECT_EQ(execute(2000000), Ids{});
}

TEST_F(TimerSetTest, CancelledTimersAreForgottenAtTheNextTurn) {
  EXPECT_EQ(add(0, 10), 1);
  EXPECT_EQ(timers_.cancel(2).code, EINVAL);
  EXPECT_EQ(timers_.cancel(0).code, EINVAL);
  EXPECT_EQ(timers_.cancel(-1).code, EINVAL);
  EXPECT_EQ(timers_.cancel(1).code, 0);
  EXPECT_EQ(timers_.cancel(1).code, EINVAL);
  EXPECT_EQ(timers_.set_interval(0, 1, 5).code, 0);
  EXPECT_EQ(timers_.reset(0, 1).code, 0);
  EXPECT_EQ(timers_.timeout(0), -1);
  EXPECT_EQ(timers_.set_interval(0, 1, 5).code, EINVAL);
  EXPECT_EQ(timers_.reset(0, 1).code, EINVAL);
  EXPECT_EQ(execute(100), Ids{});
  EXPECT_EQ(add(0, 10), 2);
}

TEST_F(TimerSetTest, ResetAndSetIntervalBeginANewPeriod) {
  add(0, 100);
  EXPECT_EQ(timers_.reset(60, 1).code, 0);
  EXPECT_EQ(timers_.timeout(60), 100);
  EXPECT_EQ(timers_.set_interval(70, 1, 30).code, 0);
  EXPECT_EQ(timers_.timeout(70), 30);
  EXPECT_EQ(execute(100), Ids{1});
  EXPECT_EQ(timers_.timeout(100), 30);
}

TEST_F(TimerSetTest, AHandlerMayCancelItselfAndOthers) {
  add(0, 10);
  add(0, 10);
  reaction_ = [this](int id) {
    EXPECT_EQ(timers_.cancel(id).code, 0);
    EXPECT_EQ(timers_.cancel(2).code, 0);
    EXPECT_EQ(timers_.timeout(10), -1);
  };
  EXPECT_EQ(execute(10), Ids{1});
  EXPECT_EQ(timers_.timeout(10), -1);
  EXPECT_EQ(timers_.cancel(1).code, EINVAL);
}

TEST_F(TimerSetTest, AHandlerMayPutOffItselfAndOthers) {
  add(0, 10);
  add(0, 10);
  reaction_ = [this](int) {
    EXPECT_EQ(timers_.set_interval(10, 1, 500).code, 0);
    EXPECT_EQ(timers_.reset(10, 2).code, 0);
  };
  EXPECT_EQ(execute(10), Ids{1});
  EXPECT_EQ(timers_.timeout(10), 10);
  EXPECT_EQ(timers_.cancel(2).code, 0);
  EXPECT_EQ(timers_.timeout(10), 500);
}

TEST_F(TimerSetTest, ATimerAddedByAHandlerWaitsForTheNextTurn) {
  add(0, 10);
  reaction_ = [this](int id) {
    if (id == 1) add(0, 1);
  };
  EXPECT_EQ(execute(10), Ids{1});
  EXPECT_EQ(timers_.timeout(10), 0);
  EXPECT_EQ(execute(10), Ids{2});
}

TEST_F(TimerSetTest, AHandlerThatExecutesDoesNotRecurse) {
  add(0, 10);
  add(0, 10);
  reaction_ = [this](int) { timers_.execute(1000); };
  EXPECT_EQ(execute(10), (Ids{1, 2}));
}

TEST_F(TimerSetTest, StopEndsTheTurn) {
  add(0, 10);
  add(0, 10);
  reaction_ = [this](int) { timers_.stop(); };
  EXPECT_EQ(execute(10), Ids{1});
  EXPECT_TRUE(timers_.is_stopped());
}

}  // namespace
}  // namespace zmqng
