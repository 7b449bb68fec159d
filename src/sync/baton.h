// Baton: a monitor that nobody blocks on. Whoever takes it runs the thing behind it; whoever fails
// to goes on without (try_take), or leaves a note, which the holder must see to before it lets go.
//
// Threads: any. The holder is a thread between a successful `take` and `put_down`.
//
//   free --take--> held --note--> held+noted --put_down: false--> held (serve, try again)
//                  held --put_down: true--> free
#pragma once

#include <cstdint>

#include "base/check.h"
#include "sync/atomic.h"

namespace zmqng {

class Baton {
 public:
  // True: the caller holds the baton. False: a note was left, and the holder will serve it.
  [[nodiscard]] bool take_or_note() {
    std::uint32_t state = state_.load(std::memory_order_relaxed);
    for (;;) {
      const std::uint32_t wanted = (state & kHeld) == 0 ? kHeld : state | kNoted;
      // acquire pairs with the release in put_down: the new holder sees what the old one did.
      if (state_.compare_exchange_weak(state, wanted, std::memory_order_acq_rel,
                                       std::memory_order_relaxed)) {
        return (state & kHeld) == 0;
      }
    }
  }

  // True: the caller holds the baton. False: somebody else does.
  [[nodiscard]] bool try_take() {
    std::uint32_t free = 0;
    return state_.compare_exchange_strong(free, kHeld, std::memory_order_acq_rel,
                                          std::memory_order_relaxed);
  }

  // Holder only. True: it is free now. False: a note came in meanwhile; serve it and try again.
  [[nodiscard]] bool put_down() {
    std::uint32_t state = kHeld;
    if (state_.compare_exchange_strong(state, 0, std::memory_order_acq_rel,
                                       std::memory_order_relaxed)) {
      return true;
    }
    CHECK(state == (kHeld | kNoted));
    // acquire pairs with the note's release: what the note is about was written before it. An
    // exchange, since another note may come in right now, and what that one is about must be seen
    // as well.
    state_.exchange(kHeld, std::memory_order_acq_rel);
    return false;
  }

 private:
  static constexpr std::uint32_t kHeld = 1;
  static constexpr std::uint32_t kNoted = 2;

  Atomic<std::uint32_t> state_{0};
};

}  // namespace zmqng
