#include "message/block_cache.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <vector>

#include "base/fast_paths.h"

namespace zmqng {
namespace {

constexpr std::size_t kKiB = 1024;
constexpr std::size_t kLargestKept = 1024 * kKiB + 4 * kKiB;

class FakeJanitor final : public BlockCache::Janitor {
 public:
  void cache_filled() override { ++calls; }
  std::atomic<int> calls{0};
};

class BlockCacheTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!fast_paths().recycles_blocks) GTEST_SKIP() << "ZMQNG_WITHOUT switches the cache off";
    cache.add(janitor);
  }
  void TearDown() override {
    if (!is_gone) cache.remove(janitor);
  }

  void dismiss_janitor() {
    cache.remove(janitor);
    is_gone = true;
  }
  // Every byte must be there.
  void* take(std::size_t bytes) {
    void* memory = cache.take(bytes);
    EXPECT_NE(memory, nullptr);
    std::memset(memory, 0x5a, bytes);
    return memory;
  }
  // Puts so many blocks there.
  void fill(std::size_t bytes, int count) {
    std::vector<void*> blocks;
    for (int i = 0; i < count; ++i) blocks.push_back(take(bytes));
    for (void* block : blocks) cache.give(block, bytes);
  }
  void use_once(std::size_t bytes) { cache.give(take(bytes), bytes); }

  BlockCache cache;
  FakeJanitor janitor;
  bool is_gone = false;
};

TEST_F(BlockCacheTest, WhatIsGivenIsTakenAgain) {
  for (const std::size_t size : {8 * kKiB, 100 * kKiB, 1024 * kKiB}) {
    void* block = take(size);
    EXPECT_TRUE(cache.is_empty());
    cache.give(block, size);
    EXPECT_GE(cache.cached_bytes(), size);
    EXPECT_EQ(take(size), block) << size;
    EXPECT_TRUE(cache.is_empty());
    cache.give(block, size);
    cache.trim();
    cache.trim();
  }
}

TEST_F(BlockCacheTest, WhatIsKeptFitsOnlyItsOwnSize) {
  void* block = take(8 * kKiB);
  cache.give(block, 8 * kKiB);
  void* larger = take(64 * kKiB);
  EXPECT_NE(larger, block);
  EXPECT_FALSE(cache.is_empty());
  EXPECT_EQ(take(9 * kKiB), block) << "nearly the same size";
  cache.give(block, 9 * kKiB);
  cache.give(larger, 64 * kKiB);
}

TEST_F(BlockCacheTest, NothingIsKeptWithoutAJanitor) {
  dismiss_janitor();
  use_once(8 * kKiB);
  use_once(64 * kKiB);
  EXPECT_TRUE(cache.is_empty());
  EXPECT_EQ(janitor.calls, 0);
}

TEST_F(BlockCacheTest, TheJanitorIsToldWhenItStopsBeingEmptyAndOnlyThen) {
  EXPECT_FALSE(cache.wants_trim());
  use_once(64 * kKiB);
  EXPECT_EQ(janitor.calls, 1);
  EXPECT_TRUE(cache.wants_trim());
  void* other = take(8 * kKiB);
  cache.give(other, 8 * kKiB);
  EXPECT_EQ(janitor.calls, 1);
  use_once(64 * kKiB);
  EXPECT_EQ(janitor.calls, 1) << "the smaller one was there all the time";
  cache.trim();
  EXPECT_TRUE(cache.wants_trim()) << "what was just used is kept";
  cache.trim();
  ASSERT_TRUE(cache.is_empty());
  EXPECT_FALSE(cache.wants_trim());
  use_once(64 * kKiB);
  EXPECT_EQ(janitor.calls, 2);
}

TEST_F(BlockCacheTest, TheJanitorIsToldOnceOfABlockThatComesAndGoes) {
  for (int i = 0; i < 10; ++i) {
    use_once(64 * kKiB);
    void* again = take(64 * kKiB);
    ASSERT_TRUE(cache.is_empty());
    EXPECT_TRUE(cache.wants_trim());
    cache.give(again, 64 * kKiB);
  }
  EXPECT_EQ(janitor.calls, 1);
  void* in_use = take(64 * kKiB);
  cache.trim();
  EXPECT_FALSE(cache.wants_trim()) << "nothing to be looked after";
  cache.give(in_use, 64 * kKiB);
  EXPECT_EQ(janitor.calls, 2);
}

TEST_F(BlockCacheTest, TrimFreesOnlyWhatWasNotNeededSinceTheLastTime) {
  constexpr std::size_t kSize = 64 * kKiB;
  fill(kSize, 5);
  const std::size_t each = cache.cached_bytes() / 5;
  cache.trim();
  EXPECT_EQ(cache.cached_bytes(), 5 * each) << "all were in use a moment ago";
  fill(kSize, 2);
  cache.trim();
  EXPECT_EQ(cache.cached_bytes(), 2 * each);
  fill(kSize, 1);
  fill(kSize, 2);
  cache.trim();
  EXPECT_EQ(cache.cached_bytes(), 2 * each);
  cache.trim();
  EXPECT_TRUE(cache.is_empty());
  cache.trim();
  EXPECT_TRUE(cache.is_empty());
}

TEST_F(BlockCacheTest, ItNeverKeepsMoreThanItsMost) {
  for (const std::size_t size : {1024 * kKiB, 300 * kKiB, 8 * kKiB}) {
    fill(size, static_cast<int>(BlockCache::kBytesMax / size) + 2);
    EXPECT_LE(cache.cached_bytes(), BlockCache::kBytesMax);
    EXPECT_GT(cache.cached_bytes(), BlockCache::kBytesMax - 2 * 1024 * kKiB);
  }
}

TEST_F(BlockCacheTest, BlocksAreLargeEnoughAtTheBorderOfEachSize) {
  for (std::size_t shelf = 8 * kKiB; shelf <= 1024 * kKiB; shelf *= 2) {
    for (const std::size_t border : {shelf, shelf + 4 * kKiB}) {
      for (const std::size_t size : {border - 1, border, border + 1}) {
        if (size < BlockCache::kSmallest) continue;
        void* fresh = take(size);
        cache.give(fresh, size);
        void* again = take(size);
        if (size <= kLargestKept) {
          EXPECT_EQ(again, fresh) << size;
        }
        cache.give(again, size);
      }
    }
  }
}

// The least that a block was ever asked for may be much less than what it is asked for next.
TEST_F(BlockCacheTest, ABlockIsLargeEnoughForTheLargestOfItsSize) {
  std::size_t smallest = BlockCache::kSmallest;
  for (std::size_t shelf = 8 * kKiB; shelf <= 1024 * kKiB; shelf *= 2) {
    const std::size_t largest = shelf + 4 * kKiB;
    void* block = take(smallest);
    cache.give(block, smallest);
    EXPECT_EQ(take(largest), block) << largest;
    cache.give(block, largest);
    smallest = largest + 1;
  }
}

TEST_F(BlockCacheTest, HugeBlocksPassThrough) {
  for (const std::size_t size : {kLargestKept + 1, 5'000 * kKiB}) use_once(size);
  EXPECT_TRUE(cache.is_empty());
  EXPECT_EQ(janitor.calls, 0);
}

TEST_F(BlockCacheTest, TheLastJanitorToGoEmptiesIt) {
  FakeJanitor second;
  cache.add(second);
  fill(64 * kKiB, 3);
  fill(8 * kKiB, 3);
  EXPECT_EQ(janitor.calls + second.calls, 1);
  janitor.calls = second.calls = 0;
  cache.remove(second);
  EXPECT_FALSE(cache.is_empty());
  EXPECT_EQ(janitor.calls, 1) << "it has to go on with what is there";
  EXPECT_EQ(second.calls, 0);
  dismiss_janitor();
  EXPECT_TRUE(cache.is_empty());
  EXPECT_EQ(janitor.calls, 1);
}

TEST_F(BlockCacheTest, AJanitorThatComesLaterIsServedAsWell) {
  dismiss_janitor();
  FakeJanitor second;
  cache.add(second);
  use_once(64 * kKiB);
  EXPECT_FALSE(cache.is_empty());
  EXPECT_EQ(second.calls, 1);
  EXPECT_EQ(janitor.calls, 0);
  cache.remove(second);
}

TEST_F(BlockCacheTest, AChildOfForkForgetsEverything) {
  void* block = take(8 * kKiB);
  cache.give(block, 8 * kKiB);
  cache.forget_everything();
  is_gone = true;
  EXPECT_TRUE(cache.is_empty());
  use_once(8 * kKiB);
  EXPECT_TRUE(cache.is_empty()) << "the janitors are forgotten, too";
  FakeJanitor own;
  cache.add(own);
  use_once(64 * kKiB);
  EXPECT_EQ(own.calls, 1);
  EXPECT_EQ(janitor.calls, 1) << "before";
  void* other = take(8 * kKiB);
  EXPECT_NE(other, block);
  cache.give(other, 8 * kKiB);
  cache.remove(own);
  EXPECT_TRUE(cache.is_empty()) << "it was the last one";
  std::free(block);  // a child of fork just leaves it where it is
}

// Each leaves its mark in what it has taken; nobody else may have it meanwhile.
TEST_F(BlockCacheTest, NoTwoThreadsGetTheSameBlock) {
  constexpr int kThreads = 4;
  constexpr int kRounds = 10'000;
  std::atomic<int> mixed_up{0};
  std::atomic<bool> is_over{false};
  const auto work = [&](std::uint8_t mark) {
    for (int round = 0; round < kRounds; ++round) {
      const std::size_t size = round % 3 == 0 ? 9 * kKiB : 40 * kKiB;
      auto* first = static_cast<std::uint8_t*>(cache.take(size));
      auto* second = static_cast<std::uint8_t*>(cache.take(size));
      for (const std::size_t at : {std::size_t{0}, size - 1}) {
        first[at] = mark;
        second[at] = static_cast<std::uint8_t>(mark + 1);
      }
      if (round % 8 == 0) std::this_thread::yield();
      for (const std::size_t at : {std::size_t{0}, size - 1}) {
        if (first[at] != mark || second[at] != mark + 1) ++mixed_up;
      }
      cache.give(first, size);
      cache.give(second, size);
    }
  };
  std::vector<std::thread> workers;
  for (int i = 0; i < kThreads; ++i) workers.emplace_back(work, static_cast<std::uint8_t>(2 * i));
  std::thread trimmer([&] {
    while (!is_over) {
      cache.trim();
      std::this_thread::yield();
    }
  });
  for (std::thread& worker : workers) worker.join();
  is_over = true;
  trimmer.join();
  EXPECT_EQ(mixed_up, 0);
  EXPECT_TRUE(cache.is_empty() || cache.wants_trim()) << "nobody will look after what is there";
  dismiss_janitor();
  EXPECT_EQ(cache.cached_bytes(), 0u) << "what went in has come out";
}

}  // namespace
}  // namespace zmqng
