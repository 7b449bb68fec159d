// The fences of the interleaving tests: stand in for src/sync/fence.h. What the kernel's membarrier
// does for the heavy side, the explorer does: it makes the pending stores of every thread visible.
#pragma once

#include "explore/explorer.h"

namespace zmqng {

inline void light_fence() {
  explore::light_fence();
}
inline void full_fence() {
  explore::full_fence();
}
inline void heavy_fence() {
  explore::heavy_fence();
}

}  // namespace zmqng
