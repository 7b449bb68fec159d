#include "reactor/timers.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <random>
#include <vector>

namespace zmqng {
namespace {

struct Alarm final : TimerHandler {
  void timer_expired(Millis now) override {
    expired_at.push_back(now);
    deadline_when_called = timer.deadline();
    if (then) then();
  }
  std::vector<Millis> expired_at;
  Millis deadline_when_called = 0;
  std::function<void()> then;
  Timer timer{*this};
};

TEST(Timers, ExpireWhenTheirDeadlineHasCome) {
  Timers timers;
  Alarm alarm;
  EXPECT_EQ(timers.next_deadline(), kNever);
  timers.set(alarm.timer, 100);
  EXPECT_EQ(timers.next_deadline(), 100);
  timers.run(99);
  EXPECT_TRUE(alarm.expired_at.empty());
  timers.run(100);
  EXPECT_EQ(alarm.expired_at, std::vector<Millis>({100}));
  EXPECT_EQ(alarm.deadline_when_called, kNever) << "it is stopped before its handler is called";
  EXPECT_EQ(timers.next_deadline(), kNever);
  timers.run(200);
  EXPECT_EQ(alarm.expired_at.size(), 1u);
}

TEST(Timers, CanBeMovedBothWays) {
  Timers timers;
  Alarm alarm;
  Alarm other;
  timers.set(other.timer, 50);
  timers.set(alarm.timer, 100);
  timers.set(alarm.timer, 10);
  EXPECT_EQ(timers.next_deadline(), 10);
  timers.set(alarm.timer, 60);
  EXPECT_EQ(timers.next_deadline(), 50);
  timers.run(55);
  EXPECT_TRUE(alarm.expired_at.empty());
  EXPECT_EQ(other.expired_at.size(), 1u);
}

TEST(Timers, CancelledTheyDoNotExpire) {
  Timers timers;
  Alarm alarm;
  timers.cancel(alarm.timer);
  timers.set(alarm.timer, 5);
  timers.cancel(alarm.timer);
  timers.run(10);
  EXPECT_TRUE(alarm.expired_at.empty());
}

TEST(Timers, AHandlerCanCancelAnotherThatIsDue) {
  Timers timers;
  Alarm first;
  Alarm second;
  timers.set(first.timer, 1);
  timers.set(second.timer, 2);
  first.then = [&] { timers.cancel(second.timer); };
  timers.run(10);
  EXPECT_TRUE(second.expired_at.empty());
}

TEST(Timers, AHandlerThatIsAlwaysDueAgainDoesNotHoldUpTheOthers) {
  Timers timers;
  Alarm hasty;
  Alarm other;
  timers.set(hasty.timer, 1);
  timers.set(other.timer, 2);
  hasty.then = [&] {
    ASSERT_LT(hasty.expired_at.size(), 1000u) << "the run does not end";
    timers.set(hasty.timer, 1);
  };
  timers.run(10);
  timers.run(11);
  EXPECT_LE(hasty.expired_at.size(), 4u);
  EXPECT_EQ(timers.next_deadline(), 1) << "it is due at once in the next turn";
  hasty.then = nullptr;
  timers.run(12);
  timers.run(13);
  EXPECT_EQ(other.expired_at.size(), 1u);
}

// Against a table of deadlines: random starts, moves, stops and runs.
TEST(Timers, BehaveLikeATableOfDeadlines) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    Timers timers;
    std::vector<std::unique_ptr<Alarm>> alarms;
    std::map<int, Millis> model;
    std::vector<int> expired;
    for (int i = 0; i < 40; ++i) {
      alarms.push_back(std::make_unique<Alarm>());
      alarms.back()->then = [&expired, i] { expired.push_back(i); };
    }
    Millis now = 0;
    for (int step = 0; step < 2000; ++step) {
      const int which = static_cast<int>(random() % alarms.size());
      Timer& timer = alarms[static_cast<std::size_t>(which)]->timer;
      switch (random() % 4) {
        case 0:
        case 1: {
          const Millis deadline = now + static_cast<Millis>(random() % 50);
          timers.set(timer, deadline);
          model[which] = deadline;
          break;
        }
        case 2:
          timers.cancel(timer);
          model.erase(which);
          break;
        default: {
          now += static_cast<Millis>(random() % 10);
          expired.clear();
          timers.run(now);
          Millis last = -1;
          for (int index : expired) {
            ASSERT_TRUE(model.contains(index));
            ASSERT_GE(model[index], last) << "out of order";
            ASSERT_LE(model[index], now) << "too early";
            last = model[index];
            model.erase(index);
          }
        }
      }
      Millis next = kNever;
      for (const auto& [index, deadline] : model) {
        next = std::min(next, deadline);
        ASSERT_EQ(alarms[static_cast<std::size_t>(index)]->timer.deadline(), deadline);
      }
      ASSERT_EQ(timers.next_deadline(), next);
    }
  }
}

}  // namespace
}  // namespace zmqng
