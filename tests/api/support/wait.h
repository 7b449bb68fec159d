// Waiting for a condition: no test sleeps for a fixed time.
#pragma once

#include <chrono>
#include <thread>

namespace api_test {

// No healthy test comes near it; long enough for a loaded machine and a sanitizer.
inline constexpr std::chrono::milliseconds deadline{10'000};

// How long "nothing arrives" is watched where no marker message can show it.
inline constexpr std::chrono::milliseconds quiet_time{50};

// True as soon as condition() holds, false when the deadline has passed without.
template <typename Condition>
[[nodiscard]] bool wait_until(Condition condition, std::chrono::milliseconds limit = deadline) {
  const auto end = std::chrono::steady_clock::now() + limit;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= end) return condition();
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  return true;
}

// True when condition() holds now and all through the quiet time.
template <typename Condition>
[[nodiscard]] bool stays(Condition condition, std::chrono::milliseconds limit = quiet_time) {
  return !wait_until([&] { return !condition(); }, limit);
}

}  // namespace api_test
