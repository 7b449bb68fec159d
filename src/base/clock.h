// Time: one monotonic clock in milliseconds and a deadline type made of it. Code that decides
// by time takes `now` as an argument, so that tests can move it.
#pragma once

#include <cstdint>
#include <ctime>

namespace zmqng {

using Millis = std::int64_t;
using Micros = std::int64_t;

inline constexpr Millis kNever = INT64_MAX;

inline Millis monotonic_ms() {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return static_cast<Millis>(t.tv_sec) * 1000 + t.tv_nsec / 1000000;
}

inline std::uint64_t monotonic_ns() {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return static_cast<std::uint64_t>(t.tv_sec) * 1'000'000'000 +
         static_cast<std::uint64_t>(t.tv_nsec);
}

inline std::uint64_t monotonic_us() {
  return monotonic_ns() / 1000;
}

// Does nothing for a moment, and leaves alone what other threads are writing.
inline void spin_for(std::uint64_t ns) {
  const std::uint64_t began = monotonic_ns();
  while (monotonic_ns() - began < ns) continue;
}

// The deadline of a wait of `timeout_ms` (negative: none) that starts at `now`.
inline Millis deadline_after(Millis now, Millis timeout_ms) {
  return timeout_ms < 0 ? kNever : now + timeout_ms;
}

}  // namespace zmqng
