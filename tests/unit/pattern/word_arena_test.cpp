#include "pattern/word_arena.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace zmqng {
namespace {

TEST(WordArena, UsesFreedBlocksAgain) {
  WordArena arena;
  const std::uint32_t first = arena.take(5);
  const std::uint32_t second = arena.take(5);
  ASSERT_NE(first, second);
  arena.put_back(first, 5);
  EXPECT_EQ(arena.take(6), first);
  EXPECT_NE(arena.take(5), first);
  arena.clear();
  EXPECT_NE(arena.take(1), kNoCell);
}

TEST(WordArena, RefusesWhatIsTooMuch) {
  WordArena arena;
  EXPECT_EQ(arena.take(1u << 31), kNoCell);
  EXPECT_NE(arena.take(3), kNoCell);
}

// Every block is filled and looked at again when it goes.
TEST(WordArena, KeepsBlocksApartInRandomUse) {
  for (unsigned seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    WordArena arena;
    std::map<std::uint32_t, std::uint32_t> blocks;  // place, words
    for (int step = 0; step < 3000; ++step) {
      if (!blocks.empty() && random() % 3 == 0) {
        auto gone = blocks.begin();
        std::advance(gone, random() % blocks.size());
        for (std::uint32_t i = 0; i < gone->second; ++i) {
          ASSERT_EQ(arena.at(gone->first)[i], gone->first + i);
        }
        arena.put_back(gone->first, gone->second);
        blocks.erase(gone);
      } else {
        const std::uint32_t words = 1 + random() % (1u << (random() % 12));
        const std::uint32_t place = arena.take(words);
        ASSERT_NE(place, kNoCell);
        ASSERT_TRUE(blocks.emplace(place, words).second);
        for (std::uint32_t i = 0; i < words; ++i) arena.at(place)[i] = place + i;
      }
    }
  }
}

}  // namespace
}  // namespace zmqng
