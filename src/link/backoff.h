// Backoff: how long to wait before the next attempt to connect. Pure.
//
// Without a maximum every wait is the interval plus a random part of it, as in libzmq. With one
// above the interval (any other is ignored, as in libzmq), waits double up to it; they stay spread
// at the maximum, too, so that many clients of one server that was away do not come back in step,
// and are never above it. No wait is ever shorter than the interval.
//
// Owner: Dialer. Threads: the reactor's.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/clock.h"

namespace zmqng {

class Backoff {
 public:
  Backoff(int interval_ms, int interval_max_ms) : interval_(interval_ms), max_(interval_max_ms) {}

  // Intervals of -1 and 0 switch reconnecting off.
  bool is_enabled() const { return interval_ > 0; }
  // A transport connection was made: the next failure starts a new series.
  void reset() { failures_ = 0; }

  Millis next(std::uint32_t random) {
    Millis low = interval_;
    Millis high = Millis{2} * interval_;
    if (max_ > interval_) {
      const int doublings = std::min(failures_, 30);
      ++failures_;
      high = std::min<Millis>(max_, Millis{interval_} << (doublings + 1));
      low = std::max<Millis>(interval_, high / 4);
    }
    return spread(low, high, random);
  }

 private:
  static Millis spread(Millis low, Millis high, std::uint32_t random) {
    return low + random % static_cast<std::uint64_t>(std::max<Millis>(high - low, 1));
  }

  int interval_;
  int max_;
  int failures_ = 0;
};

}  // namespace zmqng
