// Lets other threads run; a header of its own, so that tests/explore can give it to its scheduler.
#pragma once

#include <sched.h>

namespace zmqng {

inline void yield_thread() {
  sched_yield();
}

}  // namespace zmqng
