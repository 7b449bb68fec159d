// Tells whether this process is still the one that made an object: after fork the child has a copy
// of every socket and context, but none of the threads behind them.
#pragma once

#include <atomic>

namespace zmqng {

extern std::atomic<unsigned> g_fork_generation;

// Grows by one in every child.
inline unsigned fork_generation() {
  return g_fork_generation.load(std::memory_order_relaxed);
}

// Installs the handler; called by the first context.
void watch_forks();

}  // namespace zmqng
