#include "reactor/epoll_poller.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <new>

namespace zmqng {
namespace {

constexpr int kBatchMax = 256;

std::uint32_t to_epoll(std::uint32_t interest) {
  std::uint32_t events = 0;
  if ((interest & kReadyIn) != 0) events |= EPOLLIN;
  if ((interest & kReadyOut) != 0) events |= EPOLLOUT;
  if ((interest & kReadyPeerDone) != 0) events |= EPOLLRDHUP;
  return events;
}

std::uint32_t from_epoll(std::uint32_t events) {
  std::uint32_t ready = 0;
  if ((events & EPOLLIN) != 0) ready |= kReadyIn;
  if ((events & EPOLLOUT) != 0) ready |= kReadyOut;
  if ((events & EPOLLRDHUP) != 0) ready |= kReadyPeerDone;
  if ((events & (EPOLLERR | EPOLLHUP)) != 0) ready |= kReadyHangup;
  return ready;
}

// epoll_pwait2, which older kernels, libraries and some sandboxes don't have.
int epoll_wait_us(int fd, epoll_event* ready, int most, Micros timeout) {
  constexpr long kEpollPwait2 = 441;  // on every architecture that has it, but for alpha
  const struct {
    std::int64_t seconds;
    std::int64_t nanoseconds;
  } time = {timeout / 1'000'000, timeout % 1'000'000 * 1000};
  return static_cast<int>(::syscall(kEpollPwait2, fd, ready, most, &time, nullptr, 0));
}

// `count` as the system has returned it.
int translate(const epoll_event* ready, int count, ReadyEvent* events) {
  for (int i = 0; i < count; ++i) {
    events[i] = {static_cast<Watch*>(ready[i].data.ptr), from_epoll(ready[i].events)};
  }
  return std::max(count, 0);
}

}  // namespace

Result<std::unique_ptr<Poller>> EpollPoller::make() {
  Fd fd(::epoll_create1(EPOLL_CLOEXEC));
  if (!fd.is_open()) return Error{errno};
  auto* poller = new (std::nothrow) EpollPoller(std::move(fd));
  if (poller == nullptr) return Error{ENOMEM};
  return std::unique_ptr<Poller>(poller);
}

Error EpollPoller::watch(Watch& watch, int fd, std::uint32_t interest) {
  if (watch.fd == fd && watch.interest == interest) return {};
  epoll_event event{};
  event.events = to_epoll(interest);
  event.data.ptr = &watch;
  const int operation = watch.fd == fd ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
  if (::epoll_ctl(fd_.get(), operation, fd, &event) != 0) return Error{errno};
  watch.fd = fd;
  watch.interest = interest;
  return {};
}

void EpollPoller::unwatch(Watch& watch) {
  if (watch.fd < 0) return;
  // It can only fail for a descriptor that is not there any more, which is what we want.
  ::epoll_ctl(fd_.get(), EPOLL_CTL_DEL, watch.fd, nullptr);
  watch.fd = -1;
  watch.interest = 0;
}

EpollPoller::EpollPoller(Fd fd) : fd_(std::move(fd)) {
  epoll_event ready[1];
  has_short_waits_ = epoll_wait_us(fd_.get(), ready, 1, 0) == 0;
}

int EpollPoller::wait(Millis timeout, ReadyEvent* events, int events_max) {
  epoll_event ready[kBatchMax];
  const int wait_ms = timeout < 0 ? -1 : static_cast<int>(std::min<Millis>(timeout, INT_MAX));
  return translate(ready, ::epoll_wait(fd_.get(), ready, std::min(events_max, kBatchMax), wait_ms),
                   events);
}

int EpollPoller::wait_shortly(Micros timeout, ReadyEvent* events, int events_max) {
  epoll_event ready[kBatchMax];
  return translate(ready, epoll_wait_us(fd_.get(), ready, std::min(events_max, kBatchMax), timeout),
                   events);
}

}  // namespace zmqng
