#include "pattern/load_balancer.h"

#include <utility>

namespace zmqng {

void LoadBalancer::swap(std::uint32_t a, std::uint32_t b) {
  std::swap(pipes_[a], pipes_[b]);
  pipes_[a]->balance_index = a;
  pipes_[b]->balance_index = b;
}

void LoadBalancer::attach(PipeEnd& end) {
  end.balance_index = static_cast<std::uint32_t>(pipes_.size());
  pipes_.push_back(&end);
  writable(end);
}

void LoadBalancer::writable(PipeEnd& end) {
  if (!holds(end) || end.balance_index < active_) return;
  swap(end.balance_index, active_);
  ++active_;
}

// The last active pipe moves into the gap; it may be the one with the unfinished message.
void LoadBalancer::deactivate(std::uint32_t index) {
  --active_;
  if (current_ == active_) current_ = index;
  swap(index, active_);
  if (current_ >= active_) current_ = 0;
}

void LoadBalancer::detach(PipeEnd& end) {
  if (!holds(end)) return;
  if (&end == within()) {
    end.rollback();
    state_ = State::refusing;
  }
  if (end.balance_index < active_) deactivate(end.balance_index);
  swap(end.balance_index, static_cast<std::uint32_t>(pipes_.size() - 1));
  pipes_.pop_back();
  end.balance_index = PipeEnd::kNowhere;
}

int LoadBalancer::send_part(const OutFrame& frame) {
  switch (state_) {
    case State::within: {
      PipeEnd& end = *pipes_[current_];
      if (!end.write(frame)) return fail(end, frame.more);
      if (frame.more) return 0;
      end.publish();
      if (++current_ >= active_) current_ = 0;
      break;
    }
    case State::refusing:
      if (frame.more) {
        state_ = State::swallowing;
        return kAgainAtOnce;
      }
      break;
    default:
      if (frame.more) return 0;
  }
  state_ = State::idle;
  return 0;
}

// No memory: the whole message is given up, what follows of it included.
int LoadBalancer::fail(PipeEnd& end, bool more) {
  end.rollback();
  state_ = more ? State::swallowing : State::idle;
  return ENOMEM;
}

void LoadBalancer::abandon() {
  if (PipeEnd* end = within()) end->rollback();
  state_ = State::idle;
}

bool LoadBalancer::can_send() {
  if (state_ != State::idle) return true;
  while (active_ > 0) {
    if (pipes_[current_]->can_write()) return true;
    deactivate(current_);
  }
  return false;
}

}  // namespace zmqng
