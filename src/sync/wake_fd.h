// WakeFd: an eventfd that one side writes to wake the other out of poll or epoll. Opened on demand.
//
// Threads: open by the owner; signal by anybody after it is open; clear by the owner.
#pragma once

#include <atomic>

#include "base/result.h"

namespace zmqng {

class WakeFd {
 public:
  WakeFd() = default;
  WakeFd(const WakeFd&) = delete;
  WakeFd& operator=(const WakeFd&) = delete;
  ~WakeFd();

  // Makes the descriptor if there is none yet. Errors: EMFILE, ENFILE, ENOMEM.
  Error open();
  bool is_open() const { return get() >= 0; }
  int get() const { return number_.load(std::memory_order_acquire); }
  void signal();
  void clear();

 private:
  std::atomic<int> number_{-1};
};

}  // namespace zmqng
