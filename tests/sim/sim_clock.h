// SimClock: the time of one simulation. It moves only when somebody would sleep.
//
// Static, because a Reactor reads its clock through a plain function; a test has one World at a
// time.
#pragma once

#include "base/clock.h"

namespace zmqng {

class SimClock {
 public:
  static Millis now() { return now_; }
  static void set(Millis now) { now_ = now; }

 private:
  static inline Millis now_ = 0;
};

}  // namespace zmqng
