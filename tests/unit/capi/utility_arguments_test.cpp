// Arguments that crash, hang or mislead the reference: here they are refused. Everything both
// libraries answer alike is tested in tests/api.
#include <gtest/gtest.h>

#include <cerrno>
#include <climits>
#include <string>

#include "zmq.h"

namespace {

TEST(UtilityArguments, NullCountersCountNothing) {
  EXPECT_EQ(zmq_atomic_counter_inc(nullptr), 0);
  EXPECT_EQ(errno, EFAULT);
  EXPECT_EQ(zmq_atomic_counter_dec(nullptr), 0);
  EXPECT_EQ(zmq_atomic_counter_value(nullptr), 0);
  zmq_atomic_counter_set(nullptr, 1);
  zmq_atomic_counter_destroy(nullptr);
}

TEST(UtilityArguments, NullStopwatchesReadZero) {
  EXPECT_EQ(zmq_stopwatch_intermediate(nullptr), 0U);
  EXPECT_EQ(errno, EFAULT);
  EXPECT_EQ(zmq_stopwatch_stop(nullptr), 0U);
}

TEST(UtilityArguments, ANegativeSleepReturnsAtOnce) {
  zmq_sleep(INT_MIN);
}

TEST(UtilityArguments, AThreadNeedsAFunction) {
  errno = 0;
  EXPECT_EQ(zmq_threadstart(nullptr, nullptr), nullptr);
  EXPECT_EQ(errno, EFAULT);
  zmq_threadclose(nullptr);
}

TEST(UtilityArguments, VersionFillsWhatItIsGiven) {
  zmq_version(nullptr, nullptr, nullptr);
  int patch = 0;
  zmq_version(nullptr, nullptr, &patch);
  EXPECT_EQ(patch, 5);
}

TEST(UtilityArguments, NothingHasNoCapability) {
  EXPECT_EQ(zmq_has(nullptr), 0);
}

TEST(UtilityArguments, Z85RefusesNull) {
  char text[16];
  std::uint8_t octets[8] = {};
  EXPECT_EQ(zmq_z85_encode(nullptr, octets, 4), nullptr);
  EXPECT_EQ(errno, EINVAL);
  EXPECT_EQ(zmq_z85_encode(nullptr, octets, 0), nullptr);
  EXPECT_EQ(zmq_z85_encode(text, nullptr, 4), nullptr);
  EXPECT_EQ(zmq_z85_encode(text, nullptr, 0), text);
  EXPECT_EQ(zmq_z85_decode(nullptr, "HelloWorld"), nullptr);
  EXPECT_EQ(zmq_z85_decode(octets, nullptr), nullptr);
}

TEST(UtilityArguments, CurveFunctionsRefuseNull) {
  char text[41];
  EXPECT_EQ(zmq_curve_keypair(nullptr, text), -1);
  EXPECT_EQ(errno, EINVAL);
  EXPECT_EQ(zmq_curve_keypair(text, nullptr), -1);
  EXPECT_EQ(zmq_curve_public(nullptr, text), -1);
  EXPECT_EQ(zmq_curve_public(text, nullptr), -1);
}

TEST(UtilityArguments, ACurveKeyHas40Characters) {
  char text[64];
  for (const std::size_t size : {0U, 35U, 39U, 41U, 45U, 80U}) {
    errno = 0;
    EXPECT_EQ(zmq_curve_public(text, std::string(size, '0').c_str()), -1) << size;
    EXPECT_EQ(errno, EINVAL);
  }
}

TEST(UtilityArguments, TimersRefuseNull) {
  EXPECT_EQ(zmq_timers_destroy(nullptr), -1);
  EXPECT_EQ(errno, EFAULT);
}

void destroy_own_timers(int, void* timers) {
  EXPECT_EQ(zmq_timers_destroy(static_cast<void**>(timers)), 0);
}

TEST(UtilityArguments, AHandlerMayDestroyItsTimers) {
  void* timers = zmq_timers_new();
  EXPECT_EQ(zmq_timers_add(timers, 0, destroy_own_timers, &timers), 1);
  EXPECT_EQ(zmq_timers_add(timers, 0, destroy_own_timers, &timers), 2);
  EXPECT_EQ(zmq_timers_execute(timers), 0);
  EXPECT_EQ(timers, nullptr);
}

}  // namespace
