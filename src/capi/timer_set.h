// TimerSet: the timers behind zmq_timers_*: repeating, in milliseconds, run by whoever calls
// execute().
//
// Owner:    the program, through the handle of zmq_timers_new (see timers.cpp).
// Threads:  one at a time.
// Holds:    every timer that is not cancelled is in `queue_` once, under its next due time.
//
// Time is an argument, so that tests can move it. Handlers may call everything here, on any timer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>

#include "base/clock.h"
#include "base/result.h"

namespace zmqng {

class TimerSet {
 public:
  using Handler = void (*)(int timer_id, void* arg);

  // The new timer's id; ids start at 1 and are not reused before they run out.
  int add(Millis now, std::size_t interval_ms, Handler handler, void* arg);

  // EINVAL for an unknown id and for one cancelled before.
  Error cancel(int id);

  // Both begin a new period at `now`. EINVAL for an unknown id. A cancelled timer is unknown only
  // after the next timeout() or execute(); until then these two accept it and do nothing, as the
  // reference does.
  Error set_interval(Millis now, int id, std::size_t interval_ms);
  Error reset(Millis now, int id);

  // Milliseconds until the next timer is due, 0 if one is due already, -1 without timers.
  long timeout(Millis now);

  // Runs every timer that is due, once, in the order of due times; the next period begins at `now`,
  // so that late periods are not made up for. Timers added meanwhile wait for the next call.
  void execute(Millis now);

  // For a handle that is closed by one of its own handlers: execute() then runs no further handler.
  bool is_executing() const { return is_executing_; }
  void stop() { is_stopped_ = true; }
  bool is_stopped() const { return is_stopped_; }

 private:
  // Due time, then the order of arming: equal due times run first come, first served.
  using Place = std::pair<Millis, std::uint64_t>;

  struct Timer {
    Millis interval;
    Handler handler;
    void* arg;
    Place place;
    bool is_cancelled;
  };

  void arm(int id, Timer& timer, Millis now);
  void forget_cancelled();

  std::map<int, Timer> timers_;
  std::map<Place, int> queue_;
  int last_id_ = 0;
  std::uint64_t armed_count_ = 0;
  bool has_cancelled_ = false;
  bool is_executing_ = false;
  bool is_stopped_ = false;
};

}  // namespace zmqng
