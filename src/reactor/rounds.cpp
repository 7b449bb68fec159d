#include "reactor/rounds.h"

#include <utility>

namespace zmqng {

void Rounds::add(Visited& visited) {
  if (visited.list_ == &waiting_) return;
  remove(visited);
  visited.list_ = &waiting_;
  visited.place_ = waiting_.size();
  waiting_.push_back(&visited);
}

void Rounds::remove(Visited& visited) {
  std::vector<Visited*>* list = std::exchange(visited.list_, nullptr);
  if (list == nullptr) return;
  if (list == &visiting_) {
    visiting_[visited.place_] = nullptr;
    return;
  }
  Visited* last = waiting_.back();
  waiting_[visited.place_] = last;
  last->place_ = visited.place_;
  waiting_.pop_back();
}

void Rounds::begin_turn(bool is_quiet) {
  if (found_ > 0) found_before_ = std::exchange(found_, 0);
  if (waiting_.empty()) return;
  is_due_ = is_quiet || ++turns_ >= kTurnsBetween;
}

void Rounds::make() {
  if (!std::exchange(is_due_, false)) return;
  turns_ = 0;
  waiting_.swap(visiting_);
  for (std::size_t i = 0; i < visiting_.size(); ++i) {
    if (visiting_[i] != nullptr) visiting_[i]->list_ = &visiting_;
  }
  for (std::size_t i = 0; i < visiting_.size(); ++i) {
    Visited* visited = visiting_[i];
    if (visited == nullptr) continue;
    visited->list_ = nullptr;
    visited->visit();
  }
  visiting_.clear();
}

}  // namespace zmqng
