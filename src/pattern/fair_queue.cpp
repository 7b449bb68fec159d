#include "pattern/fair_queue.h"

#include <algorithm>
#include <utility>

namespace zmqng {

void FairQueue::swap(std::uint32_t a, std::uint32_t b) {
  std::swap(pipes_[a], pipes_[b]);
  pipes_[a]->queue_index = a;
  pipes_[b]->queue_index = b;
}

void FairQueue::attach(PipeEnd& end) {
  end.queue_index = static_cast<std::uint32_t>(pipes_.size());
  pipes_.push_back(&end);
  readable(end);
}

void FairQueue::readable(PipeEnd& end) {
  if (!holds(end) || end.queue_index < active_ || end.has_ended()) return;
  swap(end.queue_index, active_);
  ++active_;
}

void FairQueue::closing(PipeEnd& end) {
  if (!holds(end) || end.has_ended() || end.can_read()) return;
  if (end.queue_index < active_) deactivate(end.queue_index);
  if (end.has_ended()) host_.pipe_ended(end);
}

// The last active pipe moves into the gap; it may be the one whose message is being read.
void FairQueue::deactivate(std::uint32_t index) {
  --active_;
  if (current_ == active_) current_ = index;
  swap(index, active_);
  if (current_ >= active_) current_ = 0;
}

void FairQueue::retire_current(bool has_ended) {
  PipeEnd& end = *pipes_[current_];
  deactivate(current_);
  if (has_ended) host_.pipe_ended(end);
}

void FairQueue::detach(PipeEnd& end) {
  if (!holds(end)) return;
  if (is_within_ && rest_.empty() && end.queue_index == current_) keep_rest(end);
  if (end.queue_index < active_) deactivate(end.queue_index);
  swap(end.queue_index, static_cast<std::uint32_t>(pipes_.size() - 1));
  pipes_.pop_back();
  end.queue_index = PipeEnd::kNowhere;
}

// Only whole messages are ever published, so all that is left of this one is there.
void FairQueue::keep_rest(PipeEnd& end) {
  for (bool has_more = true; has_more;) {
    Message part;
    if (end.read(part) != PipeEnd::Read::got) break;
    if (part.role() != Message::Role::data) continue;
    has_more = part.has_more();
    rest_.push_back(std::move(part));
  }
  std::reverse(rest_.begin(), rest_.end());
  if (rest_.empty()) is_within_ = false;
}

int FairQueue::recv_rest(Message& message) {
  message = std::move(rest_.back());
  rest_.pop_back();
  is_within_ = message.has_more();
  return 0;
}

void FairQueue::drop_rest() {
  if (rest_.empty()) return;
  rest_.clear();
  is_within_ = false;
}

void FairQueue::skip_message() {
  Message part;
  while (is_within_) {
    if (recv(part) != 0) is_within_ = false;
  }
}

bool FairQueue::can_recv() {
  if (!rest_.empty()) return true;
  while (active_ > 0) {
    PipeEnd& end = *pipes_[current_];
    if (!end.can_read()) {
      retire_current(end.has_ended());
      continue;
    }
    Record record;
    if (end.slot_in() != nullptr || !end.in().front(record) || record.is_data()) return true;
    Message subscription;  // means nothing to us
    (void)end.read(subscription);
  }
  return false;
}

}  // namespace zmqng
