// SpinBudget: how long a wait looks again and again before it sleeps. Spinning has to earn its
// time: what succeeds may go on longer, what fails is cut down to nothing but a try now and then.
//
// Owner: Socket. Threads: the one that uses it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>

namespace zmqng {

class SpinBudget {
 public:
  // Microseconds that the next wait may spin. None for the first: connections come into being.
  std::uint32_t next() {
    if (!std::exchange(has_waited_, true)) return 0;
    if (us_ >= kLeastUs) return us_;
    return ++waits_ % kTryEvery == 0 ? kRetryUs : 0;
  }
  // What came of the spinning: it took so long, or was in vain.
  void succeeded(std::uint64_t took_us) {
    has_waited_ = true;
    const auto wanted = static_cast<std::uint32_t>(std::min<std::uint64_t>(4 * took_us, kMostUs));
    us_ = std::clamp(std::max(wanted, us_), kTryUs, kMostUs);
  }
  void failed() { us_ /= 2; }

 private:
  static constexpr std::uint32_t kMostUs = 50;
  static constexpr std::uint32_t kTryUs = 15;
  // Longer than a peer takes that sleeps, too: else two that wait for each other never stop
  // sleeping.
  static constexpr std::uint32_t kRetryUs = 40;
  static constexpr std::uint32_t kLeastUs = 5;
  static constexpr std::uint32_t kTryEvery = 500;

  std::uint32_t us_ = kTryUs;
  std::uint32_t waits_ = 0;
  bool has_waited_ = false;
};

}  // namespace zmqng
