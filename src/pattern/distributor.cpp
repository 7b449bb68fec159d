#include "pattern/distributor.h"

#include "base/check.h"

#include <algorithm>
#include <utility>

namespace zmqng {

void Distributor::swap(std::uint32_t a, std::uint32_t b) {
  std::swap(pipes_[a], pipes_[b]);
  pipes_[a]->balance_index = a;
  pipes_[b]->balance_index = b;
}

void Distributor::attach(PipeEnd& end) {
  end.balance_index = size();
  pipes_.push_back(&end);
  writable(end);
}

void Distributor::writable(PipeEnd& end) {
  if (!holds(end) || end.balance_index < active_) return;
  swap(end.balance_index, active_);
  ++active_;
}

void Distributor::unchoose(std::uint32_t index) {
  --chosen_;
  swap(index, chosen_);
}

void Distributor::deactivate(std::uint32_t index) {
  --active_;
  swap(index, active_);
}

void Distributor::exclude(PipeEnd& end) {
  if (!holds(end) || end.balance_index >= chosen_) return;
  end.rollback();
  unchoose(end.balance_index);
}

void Distributor::detach(PipeEnd& end) {
  if (!holds(end)) return;
  exclude(end);
  if (end.balance_index < active_) deactivate(end.balance_index);
  swap(end.balance_index, size() - 1);
  pipes_.pop_back();
  end.balance_index = PipeEnd::kNowhere;
}

void Distributor::invert_choice() {
  // The chosen part and the other active part change places.
  std::reverse(pipes_.begin(), pipes_.begin() + active_);
  for (std::uint32_t i = 0; i < active_; ++i) pipes_[i]->balance_index = i;
  chosen_ = active_ - chosen_;
  chosen_full_ = size() - active_ - chosen_full_;
}

bool Distributor::has_room() {
  bool has_room = chosen_full_ == 0;
  for (std::uint32_t i = chosen_; i > 0; --i) {
    PipeEnd& end = *pipes_[i - 1];
    if (end.can_write()) continue;
    has_room = false;
    unchoose(end.balance_index);
    deactivate(end.balance_index);
  }
  return has_room;
}

bool Distributor::has_room_everywhere() {
  CHECK(chosen_ == 0);
  for (std::uint32_t i = active_; i > 0; --i) {
    if (!pipes_[i - 1]->can_write()) deactivate(i - 1);
  }
  return active_ == pipes_.size();
}

void Distributor::write(const OutFrame& frame) {
  chosen_full_ = 0;
  // Backwards: whoever is put out of the chosen part changes places with one already served.
  for (std::uint32_t i = chosen_; i > 0; --i) {
    PipeEnd& end = *pipes_[i - 1];
    if (!is_within_ && !end.can_write()) {
      unchoose(i - 1);
      deactivate(end.balance_index);
    } else if (!end.write(frame)) {
      exclude(end);  // no memory: as good as full
    } else if (!frame.more) {
      end.publish();
    }
  }
  is_within_ = frame.more;
  if (!frame.more) chosen_ = 0;
}

}  // namespace zmqng
