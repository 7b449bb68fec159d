#include "zmtp/reply_check.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <utility>

namespace zmqng {
namespace {

constexpr bool more = true, last = false;

// Whether all frames (size, more) of some messages pass.
bool passes(std::initializer_list<std::pair<int, bool>> frames) {
  ReplyCheck check;
  for (const auto& [size, has_more] : frames) {
    if (!check.accepts(static_cast<std::uint64_t>(size), has_more)) return false;
  }
  return true;
}

TEST(ReplyCheck, PassesADelimiterAndABodyOfAnyNumberOfFrames) {
  EXPECT_TRUE(passes({{0, more}, {5, last}}));
  EXPECT_TRUE(passes({{0, more}, {5, more}, {0, more}, {9, last}}));
  EXPECT_TRUE(passes({{0, more}, {0, last}}));
}

TEST(ReplyCheck, PassesARequestIdInFrontOfTheDelimiter) {
  EXPECT_TRUE(passes({{4, more}, {0, more}, {5, last}}));
}

TEST(ReplyCheck, StartsOverWithEveryMessage) {
  EXPECT_TRUE(
      passes({{0, more}, {5, last}, {4, more}, {0, more}, {1, last}, {0, more}, {1, last}}));
  EXPECT_FALSE(passes({{0, more}, {5, last}, {5, last}}));
}

TEST(ReplyCheck, RefusesEverythingElse) {
  EXPECT_FALSE(passes({{5, last}}));
  EXPECT_FALSE(passes({{0, last}}));
  EXPECT_FALSE(passes({{2, more}}));
  EXPECT_FALSE(passes({{4, last}}));
  EXPECT_FALSE(passes({{4, more}, {1, more}}));
  EXPECT_FALSE(passes({{4, more}, {0, last}}));
}

}  // namespace
}  // namespace zmqng
