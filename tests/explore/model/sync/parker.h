// The Parker of the interleaving tests: stands in for src/sync/parker.h.
#pragma once

#include "explore/explorer.h"

namespace zmqng {

class Parker {
 public:
  void prepare() { event_.clear(); }
  void park() { event_.wait(); }
  void unpark() { event_.set(); }

 private:
  explore::Event event_;
};

}  // namespace zmqng
