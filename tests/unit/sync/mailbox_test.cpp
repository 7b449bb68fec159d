#include "sync/mailbox.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <thread>
#include <utility>
#include <vector>

namespace zmqng {
namespace {

struct Thing : Attention {
  explicit Thing(std::vector<std::pair<Thing*, std::uint32_t>>& log)
      : Attention(serve, departed), log_(&log) {}
  static void serve(Attention& attention, std::uint32_t reasons) {
    auto& self = static_cast<Thing&>(attention);
    self.log_->push_back({&self, reasons});
    if (self.leaves_when_served != nullptr) self.leaves_when_served->leave();
    if (self.posts_when_served != nullptr) self.post(*self.posts_when_served, 8);
  }
  static void departed(Attention& attention) { ++static_cast<Thing&>(attention).departures; }

  int departures = 0;
  Thing* leaves_when_served = nullptr;
  Mailbox* posts_when_served = nullptr;

 private:
  std::vector<std::pair<Thing*, std::uint32_t>>* log_;
};

class MailboxTest : public ::testing::Test {
 protected:
  using Log = std::vector<std::pair<Thing*, std::uint32_t>>;

  void SetUp() override { ASSERT_FALSE(mailbox_.fd().open()); }
  void TearDown() override { mailbox_.drop(); }
  bool is_signalled() {
    pollfd item{mailbox_.fd().get(), POLLIN, 0};
    return ::poll(&item, 1, 0) == 1;
  }
  Log served() {
    mailbox_.serve_all();
    return std::exchange(log_, {});
  }

  Mailbox& mailbox_ = *new Mailbox;
  Log log_;
  Thing one_{log_};
  Thing two_{log_};
};

TEST_F(MailboxTest, ServesWhatWasPostedOldestFirst) {
  EXPECT_TRUE(mailbox_.is_empty());
  one_.post(mailbox_, 1);
  two_.post(mailbox_, 2);
  EXPECT_FALSE(mailbox_.is_empty());
  EXPECT_EQ(served(), Log({{&one_, 1}, {&two_, 2}}));
  EXPECT_TRUE(mailbox_.is_empty());
  EXPECT_EQ(served(), Log());
}

TEST_F(MailboxTest, ReasonsForTheSameThingAddUp) {
  one_.post(mailbox_, 1);
  two_.post(mailbox_, 1);
  one_.post(mailbox_, 4);
  one_.post(mailbox_, 1);
  EXPECT_EQ(served(), Log({{&one_, 5}, {&two_, 1}}));
}

TEST_F(MailboxTest, AThingCanBePostedAgainAfterItWasServed) {
  one_.post(mailbox_, 1);
  EXPECT_EQ(served(), Log({{&one_, 1}}));
  one_.post(mailbox_, 2);
  EXPECT_EQ(served(), Log({{&one_, 2}}));
}

TEST_F(MailboxTest, WhatIsPostedWhileServingWaitsForTheNextTime) {
  one_.posts_when_served = &mailbox_;
  one_.post(mailbox_, 1);
  two_.post(mailbox_, 1);
  EXPECT_EQ(served(), Log({{&one_, 1}, {&two_, 1}}));
  one_.posts_when_served = nullptr;
  EXPECT_EQ(served(), Log({{&one_, 8}}));
}

TEST_F(MailboxTest, OnlyAnArmedMailboxSignalsAndOnlyOnce) {
  one_.post(mailbox_, 1);
  EXPECT_FALSE(is_signalled());
  (void)served();
  ASSERT_TRUE(mailbox_.arm());
  EXPECT_TRUE(mailbox_.is_armed());
  one_.post(mailbox_, 1);
  EXPECT_TRUE(is_signalled());
  EXPECT_FALSE(mailbox_.is_armed());
  mailbox_.fd().clear();
  two_.post(mailbox_, 1);
  EXPECT_FALSE(is_signalled());
}

TEST_F(MailboxTest, CannotBeArmedWhileSomethingWaits) {
  one_.post(mailbox_, 1);
  EXPECT_FALSE(mailbox_.arm());
  EXPECT_FALSE(mailbox_.is_armed());
  (void)served();
  EXPECT_TRUE(mailbox_.arm());
}

TEST_F(MailboxTest, DisarmedItDoesNotSignal) {
  ASSERT_TRUE(mailbox_.arm());
  mailbox_.disarm();
  one_.post(mailbox_, 1);
  mailbox_.wake();
  EXPECT_FALSE(is_signalled());
}

TEST_F(MailboxTest, WakesWithoutAPost) {
  ASSERT_TRUE(mailbox_.arm());
  mailbox_.wake();
  EXPECT_TRUE(is_signalled());
  EXPECT_TRUE(mailbox_.is_empty());
}

TEST_F(MailboxTest, WhoLeavesUnqueuedDepartsAtOnce) {
  one_.leave();
  EXPECT_EQ(one_.departures, 1);
  one_.post(mailbox_, 1);
  EXPECT_TRUE(mailbox_.is_empty());
  EXPECT_EQ(served(), Log());
  EXPECT_EQ(one_.departures, 1);
}

TEST_F(MailboxTest, WhoLeavesQueuedDepartsWhenTheMailboxIsServed) {
  one_.post(mailbox_, 1);
  two_.post(mailbox_, 1);
  one_.leave();
  EXPECT_EQ(one_.departures, 0);
  EXPECT_EQ(served(), Log({{&two_, 1}}));
  EXPECT_EQ(one_.departures, 1);
}

TEST_F(MailboxTest, AThingCanLeaveWhileItIsServed) {
  one_.leaves_when_served = &one_;
  one_.post(mailbox_, 1);
  two_.post(mailbox_, 1);
  EXPECT_EQ(served(), Log({{&one_, 1}, {&two_, 1}}));
  EXPECT_EQ(one_.departures, 1);
}

TEST_F(MailboxTest, AThingCanMakeALaterOneLeave) {
  one_.leaves_when_served = &two_;
  one_.post(mailbox_, 1);
  two_.post(mailbox_, 1);
  EXPECT_EQ(served(), Log({{&one_, 1}}));
  EXPECT_EQ(two_.departures, 1);
}

TEST_F(MailboxTest, ClosedItServesNothingAndLetsTheLeaversDepart) {
  one_.post(mailbox_, 1);
  two_.post(mailbox_, 1);
  one_.leave();
  mailbox_.close();
  EXPECT_EQ(one_.departures, 1);
  EXPECT_EQ(two_.departures, 0);
  two_.post(mailbox_, 1);
  EXPECT_EQ(served(), Log());
  mailbox_.close();
  EXPECT_EQ(one_.departures, 1);
}

TEST_F(MailboxTest, WhoIsQueuedWhenItClosesCanStillLeave) {
  one_.post(mailbox_, 1);
  mailbox_.close();
  one_.leave();
  EXPECT_EQ(one_.departures, 1);
  two_.post(mailbox_, 1);
  two_.leave();
  EXPECT_EQ(two_.departures, 1);
}

TEST_F(MailboxTest, ArmedForAnotherItSignalsThatOne) {
  Mailbox& other = *new Mailbox;
  EXPECT_TRUE(other.arm_for(mailbox_));
  EXPECT_TRUE(other.arm_for(mailbox_));
  one_.post(other, 1);
  EXPECT_TRUE(is_signalled());
  EXPECT_FALSE(other.is_armed());
  EXPECT_FALSE(other.arm_for(mailbox_));
  EXPECT_FALSE(other.is_armed());
  other.serve_all();
  mailbox_.fd().clear();
  EXPECT_TRUE(other.arm_for(mailbox_));
  other.disarm();
  two_.post(other, 1);
  EXPECT_FALSE(is_signalled());
  other.close();
  other.drop();
}

TEST_F(MailboxTest, TheOneThatIsSignalledLivesAsLongAsItMayBe) {
  Mailbox& waker = *new Mailbox;
  ASSERT_FALSE(waker.fd().open());
  EXPECT_TRUE(mailbox_.arm_for(waker));
  waker.drop();
  one_.post(mailbox_, 1);
  EXPECT_FALSE(mailbox_.is_armed());
  EXPECT_EQ(served(), Log({{&one_, 1}}));
}

// Several threads post; the owner sleeps on the descriptor whenever nothing is there.
TEST_F(MailboxTest, AnOwnerThatSleepsHearsOfThePostsOfManyThreads) {
  constexpr int kPosters = 2;
  constexpr int kRounds = 3000;
  struct Counter : Attention {
    Counter() : Attention(serve, [](Attention&) {}) {}
    static void serve(Attention& attention, std::uint32_t) {
      auto& self = static_cast<Counter&>(attention);
      self.seen = self.written.load(std::memory_order_relaxed);
    }
    std::atomic<int> written{0};
    int seen = 0;
  };
  Counter counters[kPosters];
  std::vector<std::thread> posters;
  for (Counter& counter : counters) {
    posters.emplace_back([&] {
      for (int i = 1; i <= kRounds; ++i) {
        counter.written.store(i, std::memory_order_relaxed);
        counter.post(mailbox_, 1);
        if (i % 8 == 0) std::this_thread::yield();
      }
    });
  }
  bool hangs = false;
  while (!hangs && (counters[0].seen < kRounds || counters[1].seen < kRounds)) {
    if (mailbox_.arm()) {
      pollfd item{mailbox_.fd().get(), POLLIN, 0};
      hangs = ::poll(&item, 1, 10000) == 0;
      mailbox_.disarm();
      mailbox_.fd().clear();
    }
    mailbox_.serve_all();
  }
  EXPECT_FALSE(hangs);
  for (std::thread& poster : posters) poster.join();
}

}  // namespace
}  // namespace zmqng
