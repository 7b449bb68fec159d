#include "sim/sim_poller.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <algorithm>

namespace zmqng {

constexpr int kVirtualFrom = 1'000'000;
constexpr int kRealWaitMs = 10'000;

SimPoller::~SimPoller() {
  EXPECT_TRUE(watches_.empty()) << "somebody left without unwatching";
}

Error SimPoller::watch(Watch& watch, int fd, std::uint32_t interest) {
  if (fd < kVirtualFrom) {
    real_fd_ = fd;
    real_watch_ = &watch;
  } else if (watch.fd != fd) {
    EXPECT_EQ(watch.fd, -1) << "a watch that still watches something else";
    for (const Watch* other : watches_) EXPECT_NE(other->fd, fd) << "watched twice";
    watches_.push_back(&watch);
  }
  watch.fd = fd;
  watch.interest = interest;
  return {};
}

void SimPoller::unwatch(Watch& watch) {
  if (watch.fd < 0) return;
  if (&watch == real_watch_) real_watch_ = nullptr;
  std::erase(watches_, &watch);
  watch.fd = -1;
  watch.interest = 0;
}

// In any order, as a kernel may report them.
int SimPoller::collect(ReadyEvent* events, int events_max) {
  network_.advance();
  std::vector<ReadyEvent> found;
  for (Watch* watch : watches_) {
    EXPECT_TRUE(network_.is_open(watch->fd)) << "closed while it is watched";
    const std::uint32_t ready = network_.ready(watch->fd) & (watch->interest | kReadyHangup);
    if (ready != 0) found.push_back({watch, ready});
  }
  std::shuffle(found.begin(), found.end(), rng_);
  const auto count = std::min<std::size_t>(found.size(), static_cast<std::size_t>(events_max));
  std::copy_n(found.begin(), count, events);
  events_seen_ += static_cast<int>(count);
  return static_cast<int>(count);
}

int SimPoller::wait(Millis timeout, ReadyEvent* events, int events_max) {
  const Millis now = SimClock::now();
  turns_at_this_instant_ = now == last_instant_ ? turns_at_this_instant_ + 1 : 0;
  last_instant_ = now;
  int count = collect(events, events_max);
  if (count > 0 || timeout == 0) return count;
  if (waits_for_threads_ && real_watch_ != nullptr) {
    pollfd item{real_fd_, POLLIN, 0};
    if (::poll(&item, 1, kRealWaitMs) == 1) {
      events[0] = {real_watch_, kReadyIn};
      return 1;
    }
  }
  const Millis until = deadline_after(now, timeout);
  const Millis next = std::min(until, network_.next_event());
  if (next == kNever) return 0;
  SimClock::set(next);
  return collect(events, events_max);
}

}  // namespace zmqng
