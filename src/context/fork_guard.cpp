#include "context/fork_guard.h"

#include <pthread.h>

namespace zmqng {

std::atomic<unsigned> g_fork_generation{0};

void watch_forks() {
  static const int once = pthread_atfork(
      nullptr, nullptr, [] { g_fork_generation.fetch_add(1, std::memory_order_relaxed); });
  (void)once;
}

}  // namespace zmqng
