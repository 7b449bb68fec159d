// RecentSockets: which sockets of a context are in use at the moment, as far as that matters: a
// few, or a crowd? For a few it pays that their threads send and receive for themselves; a crowd is
// served better by the reactor, which wakes up once for many.
//
// Owner:   Context. Threads: any; a guess is all that is needed.
#pragma once

#include <atomic>
#include <cstdint>

namespace zmqng {

class RecentSockets {
 public:
  // Notes that a socket is about to send to or wait for the network. False: it is one of a crowd.
  bool note(const void* socket) {
    for (const auto& recent : recent_) {
      if (recent.load(std::memory_order_relaxed) == socket) return true;
    }
    const std::uint32_t at = next_.fetch_add(1, std::memory_order_relaxed) % kFew;
    recent_[at].store(socket, std::memory_order_relaxed);
    return false;
  }

 private:
  static constexpr std::uint32_t kFew = 6;

  std::atomic<const void*> recent_[kFew] = {};
  std::atomic<std::uint32_t> next_{0};
};

}  // namespace zmqng
