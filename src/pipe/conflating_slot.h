// ConflatingSlot: the queue of a conflating pipe: it holds the latest message only.
//
// Owner:    Pipe.
// Threads:  one writer, one reader; they meet in one atomic pointer, which owns the message.
#pragma once

#include <new>

#include "message/message.h"
#include "sync/atomic.h"
#include "sync/fence.h"

namespace zmqng {

class ConflatingSlot {
 public:
  ConflatingSlot() = default;
  ConflatingSlot(const ConflatingSlot&) = delete;
  ConflatingSlot& operator=(const ConflatingSlot&) = delete;
  ~ConflatingSlot() { delete slot_.load(std::memory_order_relaxed); }

  // Replaces what is there. False: no memory.
  [[nodiscard]] bool put(Message&& message) {
    auto* latest = new (std::nothrow) Message(std::move(message));
    if (latest == nullptr) return false;
    delete slot_.exchange(latest, std::memory_order_acq_rel);
    return true;
  }

  // True: the reader sleeps, and the caller must tell it.
  [[nodiscard]] bool publish() {
    light_fence();
    return dormant_.load(std::memory_order_relaxed) &&
           dormant_.exchange(false, std::memory_order_acq_rel);
  }

  void end() { has_ended_.store(true, std::memory_order_release); }
  bool has_ended() const { return has_ended_.load(std::memory_order_acquire); }
  bool is_empty() const { return slot_.load(std::memory_order_relaxed) == nullptr; }

  [[nodiscard]] bool take(Message& message) {
    Message* latest = slot_.exchange(nullptr, std::memory_order_acq_rel);
    if (latest == nullptr) return false;
    message = std::move(*latest);
    delete latest;
    return true;
  }

  // False: something has come in (a message, or the end).
  [[nodiscard]] bool go_dormant() {
    dormant_.store(true, std::memory_order_release);
    heavy_fence();
    if (is_empty() && !has_ended()) return true;
    dormant_.store(false, std::memory_order_relaxed);
    return false;
  }

 private:
  Atomic<Message*> slot_{nullptr};
  Atomic<bool> has_ended_{false};
  Atomic<bool> dormant_{false};
};

}  // namespace zmqng
