// The WakeFd of the interleaving tests: stands in for src/sync/wake_fd.h. Like an eventfd it
// remembers a signal until it is cleared; `wait` is what poll would be.
#pragma once

#include "base/result.h"
#include "explore/explorer.h"

namespace zmqng {

class WakeFd {
 public:
  Error open() { return {}; }
  bool is_open() const { return true; }
  int get() const { return 0; }
  void signal() { event_.set(); }
  void clear() { event_.clear(); }
  void wait() { event_.wait(); }

 private:
  explore::Event event_;
};

}  // namespace zmqng
