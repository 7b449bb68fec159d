#include "sync/parker.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <ctime>

namespace zmqng {
namespace {

// A wait without a limit would be restarted by the kernel after a signal, and nobody would know.
constexpr Millis kLongest = 3'600'000;

long futex(std::atomic<std::uint32_t>& word, int operation, std::uint32_t value,
           const timespec* timeout) {
  static_assert(sizeof word == sizeof(std::uint32_t));
  return syscall(SYS_futex, reinterpret_cast<std::uint32_t*>(&word), operation | FUTEX_PRIVATE_FLAG,
                 value, timeout, nullptr, 0);
}

}  // namespace

int Parker::park(Millis timeout) {
  if (is_woken_.load(std::memory_order_acquire) != 0) return 0;
  const Millis left = std::clamp<Millis>(timeout, 0, kLongest);
  const timespec limit{static_cast<time_t>(left / 1000), (left % 1000) * 1'000'000};
  // EAGAIN: woken before it slept.
  if (futex(is_woken_, FUTEX_WAIT, 0, &limit) == 0 || errno == EAGAIN) return 0;
  return errno == ETIMEDOUT ? EAGAIN : errno;
}

void Parker::unpark() {
  is_woken_.store(1, std::memory_order_release);
  futex(is_woken_, FUTEX_WAKE, INT_MAX, nullptr);
}

}  // namespace zmqng
