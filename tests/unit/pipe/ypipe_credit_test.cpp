// The limit of a YPipe, and who hears of room when.

#include <gtest/gtest.h>

#include "pipe/ypipe.h"
#include "unit/pipe/ypipe_bench.h"

namespace zmqng {
namespace {

TEST(YPipe, WithoutALimitThereIsAlwaysRoom) {
  YPipeBench bench;
  for (int i = 0; i < 1000; ++i) {
    ASSERT_TRUE(bench.pipe.has_credit());
    bench.send("x");
  }
  EXPECT_TRUE(bench.pipe.would_have_credit());
}

TEST(YPipe, TheLimitCountsMessagesNotFrames) {
  YPipeBench bench;
  bench.pipe.set_limit(2);
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(bench.pipe.has_credit());
    bench.frame("a", true);
    bench.frame("b", true);
    EXPECT_TRUE(bench.pipe.has_credit()) << "a message that was begun can be finished";
    bench.send("c");
  }
  EXPECT_FALSE(bench.pipe.has_credit());
}

// As libzmq: the writer hears of room when (limit + 1) / 2 messages have been taken since last
// time.
TEST(YPipe, AWaitingWriterIsToldAtHalfTheLimit) {
  for (std::uint32_t limit = 1; limit <= 11; ++limit) {
    SCOPED_TRACE(limit);
    YPipeBench bench;
    bench.pipe.set_limit(limit);
    for (std::uint32_t i = 0; i < limit; ++i) {
      ASSERT_TRUE(bench.pipe.would_have_credit());
      ASSERT_TRUE(bench.pipe.has_credit());
      bench.send("x");
    }
    ASSERT_FALSE(bench.pipe.would_have_credit());
    ASSERT_FALSE(bench.pipe.has_credit());
    const std::uint32_t half = (limit + 1) / 2;
    for (std::uint32_t taken = 1; taken <= half; ++taken) {
      ASSERT_FALSE(bench.pipe.has_credit());
      (void)bench.next();
      EXPECT_EQ(bench.writer_is_told, taken == half) << taken;
    }
    for (std::uint32_t i = 0; i < half; ++i) {
      ASSERT_TRUE(bench.pipe.has_credit());
      bench.send("y");
    }
    EXPECT_FALSE(bench.pipe.has_credit());
  }
}

TEST(YPipe, AWriterThatOnlyLookedIsNotTold) {
  YPipeBench bench;
  bench.pipe.set_limit(1);
  bench.send("x");
  EXPECT_FALSE(bench.pipe.would_have_credit());
  (void)bench.next();
  EXPECT_FALSE(bench.writer_is_told);
  EXPECT_TRUE(bench.pipe.would_have_credit());
}

TEST(YPipe, AWriterIsToldOnce) {
  YPipeBench bench;
  bench.pipe.set_limit(2);
  bench.send("a");
  bench.send("b");
  ASSERT_FALSE(bench.pipe.has_credit());
  (void)bench.next();
  EXPECT_TRUE(bench.writer_is_told);
  (void)bench.next();
  EXPECT_FALSE(bench.writer_is_told);
}

TEST(YPipe, PeersRestartsAndEndsAreNoMessages) {
  YPipeBench bench;
  bench.pipe.set_limit(1);
  ASSERT_TRUE(bench.pipe.append_peer(new PeerInfo("p", {}, -1)));
  ASSERT_TRUE(bench.pipe.append_restart());
  ASSERT_TRUE(bench.pipe.append_end());
  (void)bench.pipe.publish();
  EXPECT_EQ(bench.pipe.messages_written(), 0u);
  EXPECT_TRUE(bench.pipe.has_credit());
  while (bench.next()) EXPECT_FALSE(bench.writer_is_told);
}

TEST(YPipe, AReaderCanGiveCreditEarly) {
  YPipeBench bench;
  bench.pipe.set_limit(10);
  for (int i = 0; i < 10; ++i) bench.send("x");
  (void)bench.next();
  EXPECT_FALSE(bench.pipe.would_have_credit());
  EXPECT_FALSE(bench.pipe.give_credit()) << "nobody waits";
  EXPECT_TRUE(bench.pipe.would_have_credit());
  bench.send("x");
  ASSERT_FALSE(bench.pipe.has_credit());
  (void)bench.next();
  EXPECT_TRUE(bench.pipe.give_credit());
  EXPECT_FALSE(bench.pipe.give_credit());
  EXPECT_TRUE(bench.pipe.has_credit());
}

TEST(YPipe, ALimitThatComesLateCountsWhatIsThere) {
  YPipeBench bench;
  for (int i = 0; i < 20; ++i) bench.send("x");
  for (int i = 0; i < 15; ++i) (void)bench.next();
  (void)bench.pipe.give_credit();
  bench.pipe.set_limit(5);
  EXPECT_FALSE(bench.pipe.has_credit());
  for (int i = 0; i < 3; ++i) (void)bench.next();
  EXPECT_TRUE(bench.writer_is_told);
  EXPECT_TRUE(bench.pipe.has_credit());
}

}  // namespace
}  // namespace zmqng
