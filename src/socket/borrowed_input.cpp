#include "socket/borrowed_input.h"

namespace zmqng {

bool BorrowedInput::borrow(const std::vector<PipeEnd*>& pipes) {
  count_ = 0;
  has_more_ = false;
  bool is_known = true;
  for (PipeEnd* end : pipes) {
    const Carrier::Borrowed borrowed = end->borrow_input();
    if (borrowed.is_unknown) is_known = false;
    if (borrowed.fd < 0) continue;
    if (borrowed.has_more) has_more_ = true;
    fds_[count_++] = borrowed.fd;
  }
  is_held_ = count_ > 0;
  return is_known;
}

int BorrowedInput::fill(pollfd* items) const {
  for (int i = 0; i < count_; ++i) items[i] = {fds_[i], POLLIN, 0};
  return count_;
}

bool BorrowedInput::read(const std::vector<PipeEnd*>& pipes) {
  using Input = Carrier::Input;
  bool came_in = false;
  bool is_ours = false;
  bool is_known = true;
  for (PipeEnd* end : pipes) {
    const Input input = end->read_input();
    if (input == Input::came_in) came_in = true;
    if (input == Input::unknown) is_known = false;
    if (input != Input::not_ours) is_ours = true;
  }
  is_held_ = is_ours;
  // What was there already shows in no descriptor.
  if (is_known) has_more_ = false;
  return came_in;
}

void BorrowedInput::end_wait(const std::vector<PipeEnd*>& pipes, std::uint64_t took_us) {
  short_waits_ = took_us < kShortWaitUs ? short_waits_ + 1 : 0;
  if (count_ == 0) return;
  is_held_ = is_held_ && short_waits_ >= kShortWaitsBefore;
  for (PipeEnd* end : pipes) end->return_input(is_held_);
}

void BorrowedInput::give_back(const std::vector<PipeEnd*>& pipes) {
  is_held_ = false;
  short_waits_ = 0;
  for (PipeEnd* end : pipes) end->return_input(false);
}

}  // namespace zmqng
