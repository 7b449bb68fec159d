// The asymmetric fence: two threads each store to one variable and load the other's (Dekker), and
// at least one of them must see the other's store. The frequent side uses `light_fence`, which
// costs nothing; the rare side, which is about to sleep, pays with `heavy_fence` for both.
//
// Where the kernel has no expedited membarrier (or a sandbox forbids it), both sides use a full
// fence.
#pragma once

#include <atomic>

namespace zmqng {

extern const bool kHasMembarrier;  // decided once, when the library is loaded
void membarrier_all_threads();

inline void light_fence() {
  if (__builtin_expect(kHasMembarrier, 1)) {
    std::atomic_signal_fence(std::memory_order_seq_cst);
  } else {
    std::atomic_thread_fence(std::memory_order_seq_cst);
  }
}

// For both sides, where the rare side isn't rare: they then meet in full fences, without the
// system.
inline void full_fence() {
  std::atomic_thread_fence(std::memory_order_seq_cst);
}

inline void heavy_fence() {
  std::atomic_thread_fence(std::memory_order_seq_cst);
  if (__builtin_expect(kHasMembarrier, 1)) membarrier_all_threads();
}

}  // namespace zmqng
