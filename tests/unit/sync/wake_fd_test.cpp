#include "sync/wake_fd.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>

#include <cerrno>

namespace zmqng {
namespace {

bool is_readable(const WakeFd& fd) {
  pollfd item{fd.get(), POLLIN, 0};
  return ::poll(&item, 1, 0) == 1;
}

TEST(WakeFd, HasNoDescriptorBeforeItIsOpened) {
  WakeFd fd;
  EXPECT_FALSE(fd.is_open());
  ASSERT_FALSE(fd.open());
  EXPECT_TRUE(fd.is_open());
}

TEST(WakeFd, OpeningAgainKeepsTheDescriptor) {
  WakeFd fd;
  ASSERT_FALSE(fd.open());
  const int number = fd.get();
  ASSERT_FALSE(fd.open());
  EXPECT_EQ(fd.get(), number);
}

TEST(WakeFd, IsReadableFromSignalToClear) {
  WakeFd fd;
  ASSERT_FALSE(fd.open());
  EXPECT_FALSE(is_readable(fd));
  fd.signal();
  fd.signal();
  EXPECT_TRUE(is_readable(fd));
  fd.clear();
  EXPECT_FALSE(is_readable(fd));
  fd.clear();
  EXPECT_FALSE(is_readable(fd)) << "clearing what was not signalled neither blocks nor signals";
}

TEST(WakeFd, IsNotInheritedAndIsClosedWithItsOwner) {
  int number = -1;
  {
    WakeFd fd;
    ASSERT_FALSE(fd.open());
    number = fd.get();
    EXPECT_NE(::fcntl(number, F_GETFD) & FD_CLOEXEC, 0);
  }
  EXPECT_EQ(::fcntl(number, F_GETFD), -1);
}

TEST(WakeFd, SaysSoWhenThereAreNoDescriptorsLeft) {
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit none = before;
  none.rlim_cur = 0;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  WakeFd fd;
  const Error error = fd.open();
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_EQ(error.code, EMFILE);
  EXPECT_FALSE(fd.is_open());
}

}  // namespace
}  // namespace zmqng
