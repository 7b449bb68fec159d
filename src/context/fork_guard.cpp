#include "context/fork_guard.h"

#include <pthread.h>

#include "message/block_cache.h"

namespace zmqng {

std::atomic<unsigned> g_fork_generation{0};

void watch_forks() {
  static const int once = pthread_atfork(nullptr, nullptr, [] {
    g_fork_generation.fetch_add(1, std::memory_order_relaxed);
    BlockCache::shared().forget_everything();
  });
  (void)once;
}

}  // namespace zmqng
