// Timers: deadlines of one reactor, in a heap. A Timer lives inside its handler.
//
// Owner: Reactor. Threads: the reactor's.
#pragma once

#include <cstddef>
#include <vector>

#include "base/clock.h"

namespace zmqng {

class TimerHandler {
 public:
  virtual void timer_expired(Millis now) = 0;

 protected:
  ~TimerHandler() = default;
};

class Timers;

class Timer {
 public:
  explicit Timer(TimerHandler& handler) : handler_(&handler) {}
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  // kNever when it does not run.
  Millis deadline() const { return deadline_; }

 private:
  friend class Timers;

  TimerHandler* handler_;
  Millis deadline_ = kNever;
  std::size_t index_ = 0;
};

class Timers {
 public:
  // (Re)starts the timer; kNever stops it.
  void set(Timer& timer, Millis deadline);
  void cancel(Timer& timer) { set(timer, kNever); }
  Millis next_deadline() const { return heap_.empty() ? kNever : heap_.front()->deadline_; }
  // Expires what is due: each such timer is stopped, then its handler called. What handlers start
  // and is due at once may have to wait for the next call.
  void run(Millis now);

 private:
  void place(Timer* timer, std::size_t index);
  void sift_up(std::size_t index);
  void sift_down(std::size_t index);
  void remove(Timer& timer);

  std::vector<Timer*> heap_;
};

}  // namespace zmqng
