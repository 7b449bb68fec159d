#include "capi/timer_set.h"

#include <algorithm>
#include <cerrno>
#include <climits>

namespace zmqng {
namespace {

// Half of the clock's range: no sum of a time and an interval can overflow.
constexpr Millis kIntervalMax = INT64_MAX / 2;

Millis to_interval(std::size_t interval_ms) {
  return static_cast<Millis>(std::min(interval_ms, static_cast<std::size_t>(kIntervalMax)));
}

}  // namespace

int TimerSet::add(Millis now, std::size_t interval_ms, Handler handler, void* arg) {
  do {
    last_id_ = last_id_ == INT_MAX ? 1 : last_id_ + 1;
  } while (timers_.count(last_id_) != 0);
  Timer& timer = timers_[last_id_];
  timer = {to_interval(interval_ms), handler, arg, {}, false};
  arm(last_id_, timer, now);
  return last_id_;
}

Error TimerSet::cancel(int id) {
  const auto found = timers_.find(id);
  if (found == timers_.end() || found->second.is_cancelled) return {EINVAL};
  queue_.erase(found->second.place);
  found->second.is_cancelled = true;
  has_cancelled_ = true;
  return {};
}

Error TimerSet::set_interval(Millis now, int id, std::size_t interval_ms) {
  const auto found = timers_.find(id);
  if (found == timers_.end()) return {EINVAL};
  found->second.interval = to_interval(interval_ms);
  return reset(now, id);
}

Error TimerSet::reset(Millis now, int id) {
  const auto found = timers_.find(id);
  if (found == timers_.end()) return {EINVAL};
  Timer& timer = found->second;
  if (timer.is_cancelled) return {};
  queue_.erase(timer.place);
  arm(id, timer, now);
  return {};
}

long TimerSet::timeout(Millis now) {
  forget_cancelled();
  if (queue_.empty()) return -1;
  return static_cast<long>(std::max<Millis>(queue_.begin()->first.first - now, 0));
}

// A timer armed in here, by its turn or by a handler, gets a number of arming above `last`; so one
// turn ends even if an interval is 0.
void TimerSet::execute(Millis now) {
  if (is_executing_) return;  // a handler asks for more of what is going on already
  is_executing_ = true;
  const std::uint64_t last = armed_count_;
  auto next = queue_.begin();
  while (!is_stopped_ && next != queue_.end() && next->first.first <= now) {
    const Place place = next->first;
    if (place.second <= last) {
      const int id = next->second;
      Timer& timer = timers_.find(id)->second;
      queue_.erase(next);
      arm(id, timer, now);
      timer.handler(id, timer.arg);
    }
    next = queue_.upper_bound(place);
  }
  is_executing_ = false;
  forget_cancelled();
}

void TimerSet::arm(int id, Timer& timer, Millis now) {
  timer.place = {now + timer.interval, ++armed_count_};
  queue_.emplace(timer.place, id);
}

// Not while handlers run: their own timer's record is in use.
void TimerSet::forget_cancelled() {
  if (!has_cancelled_ || is_executing_) return;
  std::erase_if(timers_, [](const auto& entry) { return entry.second.is_cancelled; });
  has_cancelled_ = false;
}

}  // namespace zmqng
