// zmq_timers_*. Real time only passes where the API leaves no other way.
#include <gtest/gtest.h>
#include <zmq.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <thread>
#include <vector>

#include "api/support/outcome.h"
#include "api/support/reference.h"

namespace api_test {
namespace {

class TimersTest : public ::testing::Test {
 protected:
  TimersTest() { EXPECT_NE(timers_, nullptr); }
  ~TimersTest() override {
    if (timers_ != nullptr) zmq_timers_destroy(&timers_);
  }

  int add(std::size_t interval) { return zmq_timers_add(timers_, interval, on_timer, this); }

  // What a program's loop does: sleep as long as the timers allow, then execute.
  void run_next() {
    const long wait_ms = zmq_timers_timeout(timers_);
    ASSERT_GE(wait_ms, 0);
    std::this_thread::sleep_for(std::chrono::milliseconds(wait_ms));
    EXPECT_EQ(zmq_timers_execute(timers_), 0);
  }

  void* timers_ = zmq_timers_new();
  std::vector<int> ran_;
  bool is_cancelling_ = false;

 private:
  static void on_timer(int id, void* self) {
    auto* test = static_cast<TimersTest*>(self);
    test->ran_.push_back(id);
    if (test->is_cancelling_) {
      EXPECT_EQ(zmq_timers_cancel(test->timers_, id), 0);
    }
  }
};

TEST_F(TimersTest, WithoutATimerThereIsNoTimeout) {
  errno = 0;
  EXPECT_EQ(zmq_timers_timeout(timers_), -1);
  EXPECT_EQ(zmq_errno(), 0);
  EXPECT_EQ(zmq_timers_execute(timers_), 0);
}

TEST_F(TimersTest, OnlyTimersThatAreDueRun) {
  EXPECT_EQ(add(10), 1);
  EXPECT_EQ(add(100000), 2);
  const long timeout = zmq_timers_timeout(timers_);
  EXPECT_GE(timeout, 0);
  EXPECT_LE(timeout, 10);
  while (ran_.empty()) run_next();
  EXPECT_EQ(ran_, std::vector<int>{1});
}

TEST_F(TimersTest, ATimerRepeatsUntilCancelled) {
  add(1);
  while (ran_.size() < 3) run_next();
  EXPECT_EQ(zmq_timers_cancel(timers_, 1), 0);
  EXPECT_EQ(zmq_timers_timeout(timers_), -1);
  EXPECT_EQ(zmq_timers_execute(timers_), 0);
}

TEST_F(TimersTest, ATimerMayCancelItself) {
  is_cancelling_ = true;
  add(1);
  while (ran_.empty()) run_next();
  EXPECT_EQ(zmq_timers_timeout(timers_), -1);
  EXPECT_EQ(ran_.size(), 1U);
}

TEST_F(TimersTest, ResetAndSetIntervalBeginANewPeriod) {
  add(100000);
  EXPECT_EQ(zmq_timers_set_interval(timers_, 1, 500000), 0);
  EXPECT_GT(zmq_timers_timeout(timers_), 400000);
  EXPECT_EQ(zmq_timers_reset(timers_, 1), 0);
  EXPECT_GT(zmq_timers_timeout(timers_), 400000);
}

TEST_F(TimersTest, UnknownIdsAreRefused) {
  EXPECT_EQ(add(100000), 1);
  for (const int id : {-1, 0, 2, 1000}) {
    EXPECT_EQ(outcome_of(zmq_timers_cancel(timers_, id)), fails_with(EINVAL)) << id;
    EXPECT_EQ(outcome_of(zmq_timers_reset(timers_, id)), fails_with(EINVAL)) << id;
    EXPECT_EQ(outcome_of(zmq_timers_set_interval(timers_, id, 1)), fails_with(EINVAL)) << id;
  }
  EXPECT_EQ(zmq_timers_cancel(timers_, 1), 0);
  EXPECT_EQ(outcome_of(zmq_timers_cancel(timers_, 1)), fails_with(EINVAL));
  EXPECT_EQ(add(100000), 2) << "ids are not reused";
}

TEST_F(TimersTest, ATimerNeedsAHandler) {
  EXPECT_EQ(outcome_of(zmq_timers_add(timers_, 1, nullptr, nullptr)), fails_with(EFAULT));
}

TEST_F(TimersTest, ALongIntervalIsAccepted) {
  EXPECT_EQ(add(INT64_MAX), 1);
  EXPECT_GT(zmq_timers_timeout(timers_), 1000000);
}

TEST_F(TimersTest, TheLongestIntervalIsFarAway) {
  SKIP_ON_REFERENCE("adding it to the clock overflows: the timer is due at once");
  EXPECT_EQ(add(SIZE_MAX), 1);
  EXPECT_GT(zmq_timers_timeout(timers_), 1000000);
}

TEST_F(TimersTest, AnIntervalOf0RunsOncePerExecute) {
  SKIP_ON_REFERENCE("zmq_timers_execute does not return");
  add(0);
  EXPECT_EQ(zmq_timers_timeout(timers_), 0);
  EXPECT_EQ(zmq_timers_execute(timers_), 0);
  EXPECT_EQ(zmq_timers_execute(timers_), 0);
  EXPECT_EQ(ran_.size(), 2U);
}

TEST_F(TimersTest, DestroyingTwiceIsRefused) {
  EXPECT_EQ(zmq_timers_destroy(&timers_), 0);
  EXPECT_EQ(timers_, nullptr);
  EXPECT_EQ(outcome_of(zmq_timers_destroy(&timers_)), fails_with(EFAULT));
}

void ignore(int, void*) {}

TEST(Timers, RefuseHandlesThatAreNone) {
  alignas(16) std::array<char, 4096> zeroes{};
  for (void* handle : {static_cast<void*>(nullptr), static_cast<void*>(zeroes.data())}) {
    EXPECT_EQ(outcome_of(zmq_timers_add(handle, 1, ignore, nullptr)), fails_with(EFAULT));
    EXPECT_EQ(outcome_of(zmq_timers_cancel(handle, 1)), fails_with(EFAULT));
    EXPECT_EQ(outcome_of(zmq_timers_reset(handle, 1)), fails_with(EFAULT));
    EXPECT_EQ(outcome_of(zmq_timers_set_interval(handle, 1, 1)), fails_with(EFAULT));
    EXPECT_EQ(outcome_of(zmq_timers_execute(handle)), fails_with(EFAULT));
    errno = 0;
    EXPECT_EQ(zmq_timers_timeout(handle), -1);
    EXPECT_EQ(zmq_errno(), EFAULT);
    void* copy = handle;
    EXPECT_EQ(outcome_of(zmq_timers_destroy(&copy)), fails_with(EFAULT));
  }
}

}  // namespace
}  // namespace api_test
