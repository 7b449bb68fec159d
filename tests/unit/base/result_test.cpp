#include "base/result.h"

#include <gtest/gtest.h>

#include <cerrno>

namespace zmqng {
namespace {

TEST(Result, HoldsAValueOrAnErrno) {
  Result<int> good = 7;
  ASSERT_TRUE(good.ok());
  EXPECT_EQ(good.value(), 7);
  Result<int> bad = Error{EINVAL};
  ASSERT_FALSE(bad.ok());
  EXPECT_EQ(bad.error(), EINVAL);
}

TEST(Result, WithoutAValueIsSuccessUnlessToldOtherwise) {
  EXPECT_TRUE(Result<void>{}.ok());
  EXPECT_EQ(Result<void>{Error{EAGAIN}}.error(), EAGAIN);
}

}  // namespace
}  // namespace zmqng
