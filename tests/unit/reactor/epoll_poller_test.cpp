#include "reactor/epoll_poller.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <memory>

namespace zmqng {
namespace {

struct Nobody : FdHandler {
  void fd_ready(std::uint32_t) override {}
};

class EpollPollerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto made = EpollPoller::make();
    ASSERT_TRUE(made.ok());
    poller_ = made.take();
    int pair[2];
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair), 0);
    near_ = Fd(pair[0]);
    far_ = Fd(pair[1]);
  }
  // What is ready on the one watched descriptor; 0: nothing.
  std::uint32_t ready() {
    ReadyEvent events[4];
    const int count = poller_->wait(0, events, 4);
    EXPECT_LE(count, 1);
    if (count == 0) return 0;
    EXPECT_EQ(events[0].watch, &watch_);
    return events[0].ready;
  }
  void send_a_byte() { ASSERT_EQ(::write(far_.get(), "x", 1), 1); }

  std::unique_ptr<Poller> poller_;
  Fd near_;
  Fd far_;
  Nobody nobody_;
  Watch watch_{nobody_};
};

TEST_F(EpollPollerTest, TellsWhatIsReadyOfWhatWasAskedFor) {
  ASSERT_FALSE(poller_->watch(watch_, near_.get(), kReadyIn));
  EXPECT_EQ(watch_.fd, near_.get());
  EXPECT_EQ(ready(), 0u);
  send_a_byte();
  EXPECT_EQ(ready(), kReadyIn);
  EXPECT_EQ(ready(), kReadyIn) << "it is told again until it is dealt with";
  ASSERT_FALSE(poller_->watch(watch_, near_.get(), kReadyIn | kReadyOut));
  EXPECT_EQ(ready(), kReadyIn | kReadyOut);
  ASSERT_FALSE(poller_->watch(watch_, near_.get(), kReadyOut));
  EXPECT_EQ(ready(), kReadyOut);
}

TEST_F(EpollPollerTest, TellsOfAHangUpEvenIfNothingWasAskedFor) {
  ASSERT_FALSE(poller_->watch(watch_, near_.get(), 0));
  send_a_byte();
  EXPECT_EQ(ready(), 0u);
  far_.reset();
  EXPECT_EQ(ready(), kReadyHangup);
}

TEST_F(EpollPollerTest, AnEndIsReadable) {
  ASSERT_FALSE(poller_->watch(watch_, near_.get(), kReadyIn));
  ASSERT_EQ(::shutdown(far_.get(), SHUT_WR), 0);
  EXPECT_EQ(ready(), kReadyIn);
}

TEST_F(EpollPollerTest, UnwatchedItIsSilentAndCanBeWatchedAgain) {
  poller_->unwatch(watch_);
  ASSERT_FALSE(poller_->watch(watch_, near_.get(), kReadyIn));
  send_a_byte();
  poller_->unwatch(watch_);
  EXPECT_EQ(watch_.fd, -1);
  EXPECT_EQ(ready(), 0u);
  ASSERT_FALSE(poller_->watch(watch_, near_.get(), kReadyIn));
  EXPECT_EQ(ready(), kReadyIn);
}

TEST_F(EpollPollerTest, SurvivesADescriptorThatWasClosedBeforeItWasUnwatched) {
  ASSERT_FALSE(poller_->watch(watch_, near_.get(), kReadyIn));
  near_.reset();
  poller_->unwatch(watch_);
  EXPECT_EQ(watch_.fd, -1);
  EXPECT_EQ(ready(), 0u);
}

TEST_F(EpollPollerTest, ReportsWhatTheKernelRefuses) {
  EXPECT_EQ(poller_->watch(watch_, -1, kReadyIn).code, EBADF);
  Fd file(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
  ASSERT_TRUE(file.is_open());
  EXPECT_EQ(poller_->watch(watch_, file.get(), kReadyIn).code, EPERM);
  EXPECT_EQ(watch_.fd, -1) << "what failed is not watched";
}

TEST_F(EpollPollerTest, GivesNoMoreEventsThanThereIsRoomFor) {
  Watch other(nobody_);
  ASSERT_FALSE(poller_->watch(watch_, near_.get(), kReadyOut));
  ASSERT_FALSE(poller_->watch(other, far_.get(), kReadyOut));
  ReadyEvent events[2];
  EXPECT_EQ(poller_->wait(0, events, 1), 1);
  EXPECT_EQ(poller_->wait(0, events, 2), 2);
}

TEST_F(EpollPollerTest, WaitsNoLongerThanItMay) {
  ReadyEvent events[1];
  const Millis start = monotonic_ms();
  EXPECT_EQ(poller_->wait(20, events, 1), 0);
  EXPECT_GE(monotonic_ms() - start, 19);
  ASSERT_FALSE(poller_->watch(watch_, near_.get(), kReadyOut));
  EXPECT_EQ(poller_->wait(-1, events, 1), 1);
  EXPECT_EQ(poller_->wait(kNever, events, 1), 1) << "more than epoll can count";
}

TEST_F(EpollPollerTest, CanWaitForLessThanAMillisecond) {
  if (!poller_->has_short_waits()) GTEST_SKIP() << "no epoll_pwait2";
  ReadyEvent events[1];
  const std::uint64_t before = monotonic_us();
  EXPECT_EQ(poller_->wait_shortly(50, events, 1), 0);
  EXPECT_GE(monotonic_us() - before, 50u);
}

TEST(EpollPoller, SaysSoWhenThereAreNoDescriptorsLeft) {
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit none = before;
  none.rlim_cur = 0;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  auto made = EpollPoller::make();
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_EQ(made.error(), EMFILE);
}

}  // namespace
}  // namespace zmqng
