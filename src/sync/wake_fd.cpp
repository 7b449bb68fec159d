#include "sync/wake_fd.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

namespace zmqng {

WakeFd::~WakeFd() {
  if (is_open()) ::close(get());
}

Error WakeFd::open() {
  if (is_open()) return {};
  const int number = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (number < 0) return Error{errno};
  number_.store(number, std::memory_order_release);
  return {};
}

void WakeFd::signal() {
  const std::uint64_t one = 1;
  // EAGAIN means that the counter is full, so the descriptor is readable, which is all we want.
  while (::write(get(), &one, sizeof one) < 0 && errno == EINTR) {
  }
}

void WakeFd::clear() {
  std::uint64_t count;
  while (::read(get(), &count, sizeof count) < 0 && errno == EINTR) {
  }
}

}  // namespace zmqng
