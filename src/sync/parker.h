// Parker: where a thread sleeps when it waits for nothing but to be woken: one system call on each
// side.
//
// Threads: prepare and park by the owner; unpark by anybody. An unpark between the two is kept; one
//          that comes late ends the next park early.
#pragma once

#include <atomic>
#include <cstdint>

#include "base/clock.h"

namespace zmqng {

class Parker {
 public:
  Parker() = default;
  Parker(const Parker&) = delete;
  Parker& operator=(const Parker&) = delete;

  void prepare() { is_woken_.store(0, std::memory_order_relaxed); }
  // At most `timeout` ms (kNever: no limit), and an hour. 0: woken, perhaps by
  // somebody who is late; EAGAIN: not in time; EINTR: a signal.
  int park(Millis timeout);
  void unpark();

 private:
  std::atomic<std::uint32_t> is_woken_{0};
};

}  // namespace zmqng
