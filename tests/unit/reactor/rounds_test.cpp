#include "reactor/rounds.h"

#include <gtest/gtest.h>

#include <functional>

namespace zmqng {
namespace {

constexpr std::uint64_t kMany = 1000;

struct Stream : Visited {
  void visit() override {
    ++visits;
    if (then) then();
  }
  int visits = 0;
  std::function<void()> then;
};

class RoundsTest : public ::testing::Test {
 protected:
  void quiet_turn() {
    rounds.begin_turn(true);
    rounds.make();
  }
  void turn() {
    rounds.begin_turn(false);
    rounds.make();
  }

  Rounds rounds{true};
  Stream a;
  Stream b;
  Stream c;
};

TEST_F(RoundsTest, WhoeverAsksIsVisitedOnce) {
  rounds.add(a);
  rounds.add(a);
  rounds.add(b);
  EXPECT_EQ(a.visits, 0);
  quiet_turn();
  quiet_turn();
  EXPECT_EQ(a.visits, 1);
  EXPECT_EQ(b.visits, 1);
  EXPECT_TRUE(rounds.is_empty());
}

TEST_F(RoundsTest, OneThatIsVisitedMayAskForTheNextRound) {
  a.then = [this] { rounds.add(a); };
  rounds.add(a);
  for (int i = 1; i <= 3; ++i) {
    quiet_turn();
    EXPECT_EQ(a.visits, i) << "not again in the same round";
    EXPECT_FALSE(rounds.is_empty());
  }
}

TEST_F(RoundsTest, AWokenReactorMakesItsRoundsAllTheSame) {
  rounds.add(a);
  int turns = 0;
  while (a.visits == 0 && turns < 10) {
    turn();
    ++turns;
  }
  EXPECT_GT(turns, 1) << "a round in every turn would leave nothing to gather";
  EXPECT_EQ(a.visits, 1);
}

TEST_F(RoundsTest, WhoeverLeavesIsNotVisited) {
  rounds.add(a);
  rounds.add(b);
  rounds.add(c);
  rounds.remove(a);
  rounds.remove(a);
  quiet_turn();
  EXPECT_EQ(a.visits, 0);
  EXPECT_EQ(b.visits, 1);
  EXPECT_EQ(c.visits, 1);
}

TEST_F(RoundsTest, AVisitMayRemoveOthersAndPutThemIntoTheNextRound) {
  rounds.add(a);
  rounds.add(b);
  rounds.add(c);
  a.then = [this] {
    rounds.remove(b);
    rounds.add(c);
  };
  quiet_turn();
  EXPECT_EQ(b.visits, 0);
  EXPECT_EQ(c.visits, 0) << "it has asked for the next round";
  quiet_turn();
  EXPECT_EQ(c.visits, 1);
  EXPECT_TRUE(rounds.is_empty());
}

TEST_F(RoundsTest, PayForManyMessagesOnly) {
  EXPECT_FALSE(rounds.is_worth_it());
  rounds.count(1);
  EXPECT_FALSE(rounds.is_worth_it());
  rounds.count(kMany);
  EXPECT_TRUE(rounds.is_worth_it());
  quiet_turn();
  quiet_turn();
  EXPECT_TRUE(rounds.is_worth_it()) << "by what the last turn found that found something";
  rounds.count(1);
  quiet_turn();
  EXPECT_FALSE(rounds.is_worth_it());
}

TEST_F(RoundsTest, NeedAClockOfMicroseconds) {
  Rounds coarse{false};
  coarse.count(kMany);
  EXPECT_FALSE(coarse.is_worth_it());
}

}  // namespace
}  // namespace zmqng
