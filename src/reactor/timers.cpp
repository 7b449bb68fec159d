#include "reactor/timers.h"

#include <utility>

namespace zmqng {

void Timers::place(Timer* timer, std::size_t index) {
  heap_[index] = timer;
  timer->index_ = index;
}

void Timers::sift_up(std::size_t index) {
  Timer* timer = heap_[index];
  while (index > 0) {
    const std::size_t parent = (index - 1) / 2;
    if (heap_[parent]->deadline_ <= timer->deadline_) break;
    place(heap_[parent], index);
    index = parent;
  }
  place(timer, index);
}

void Timers::sift_down(std::size_t index) {
  Timer* timer = heap_[index];
  for (;;) {
    std::size_t child = 2 * index + 1;
    if (child >= heap_.size()) break;
    if (child + 1 < heap_.size() && heap_[child + 1]->deadline_ < heap_[child]->deadline_) ++child;
    if (timer->deadline_ <= heap_[child]->deadline_) break;
    place(heap_[child], index);
    index = child;
  }
  place(timer, index);
}

void Timers::remove(Timer& timer) {
  const std::size_t index = timer.index_;
  Timer* last = heap_.back();
  heap_.pop_back();
  if (last == &timer) return;
  place(last, index);
  sift_up(index);
  sift_down(last->index_);
}

void Timers::set(Timer& timer, Millis deadline) {
  if (timer.deadline_ == deadline) return;
  const bool was_running = timer.deadline_ != kNever;
  if (deadline == kNever) {
    remove(timer);
    timer.deadline_ = kNever;
    return;
  }
  timer.deadline_ = deadline;
  if (!was_running) {
    heap_.push_back(&timer);
    timer.index_ = heap_.size() - 1;
  }
  sift_up(timer.index_);
  sift_down(timer.index_);
}

void Timers::run(Millis now) {
  // At most as many as there are: a handler that is due again at once waits for the next turn.
  for (std::size_t left = heap_.size(); left > 0; --left) {
    if (heap_.empty() || heap_.front()->deadline_ > now) return;
    Timer& due = *heap_.front();
    cancel(due);
    due.handler_->timer_expired(now);
  }
}

}  // namespace zmqng
