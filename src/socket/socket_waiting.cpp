// How a Socket waits: for its mailbox, and for the input of its connections, which it then reads
// itself.

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <utility>

#include "base/fast_paths.h"
#include "socket/interruption.h"
#include "socket/socket.h"

namespace zmqng {
namespace {

// A send that follows the last direct one so soon is part of a burst, which the reactor sends in
// large pieces while the program goes on.
constexpr std::uint64_t kBurstUs = 10;

// How long a writer is left alone that has written more than one message since the last wait.
constexpr std::uint64_t kGatherNs = 2000;

}  // namespace

int Socket::wake_fd() {
  return mailbox_->fd().get();
}

bool Socket::may_sleep(bool is_armed) {
  has_waited_ = true;
  if (!is_armed) return false;
  carry_out_unsent();
  if (!is_stopped_.load(std::memory_order_seq_cst)) return true;
  disarm();
  return false;
}

void Socket::disarm() {
  if (!is_fd_exported_) mailbox_->disarm();
}

void Socket::clear_wake_fd() {
  mailbox_->fd().clear();
  has_kept_signal_ = is_fd_exported_;
}

void Socket::give_back_signal() {
  if (std::exchange(has_kept_signal_, false)) mailbox_->fd().signal();
}

// Waits until it is worth to look again. 0: look; EAGAIN: the time is over; EINTR.
int Socket::wait(Millis deadline, int wish) {
  has_waited_ = true;
  if (wish == kPollOut && carry_out_all()) return 0;
  if (wish == kPollIn) carry_out_unsent();
  if (wish == kPollOut || !may_borrow()) return spin(false) ? 0 : sleep(deadline, false);
  const std::uint64_t began_us = monotonic_us();
  int result = 0;
  if (borrowed_.borrow(pipes_)) {
    const bool came_in = borrowed_.has_more() && borrowed_.read(pipes_);
    if (!came_in && !borrowed_.has_more() && !spin(true)) result = sleep(deadline, true);
  }
  borrowed_.end_wait(pipes_, monotonic_us() - began_us);
  return result;
}

bool Socket::may_borrow() {
  const bool is_possible = fast_paths().borrows_input && !is_fd_exported_ && !pipes_.empty() &&
                           pipes_.size() <= BorrowedInput::kPipesMax;
  if (is_possible && host_.recent_sockets().note(this)) return true;
  if (borrowed_.is_held()) borrowed_.give_back(pipes_);
  return false;
}

// True: something has happened.
bool Socket::spin(bool borrows) {
  const bool is_stream = std::exchange(received_, 0) > 1;
  if (!fast_paths().spins) return false;
  const std::uint32_t budget_us = spin_.next();
  if (budget_us == 0) return false;
  const std::uint64_t began_us = monotonic_us();
  std::uint64_t took_us = 0;
  do {
    const bool has_news = !mailbox_->is_empty() || is_stopped_.load(std::memory_order_relaxed);
    if (has_news || (borrows && borrowed_.is_held() && borrowed_.read(pipes_))) {
      spin_.succeeded(took_us);
      // A writer that is told after each message that we have fallen asleep is slow.
      if (has_news && is_stream && fast_paths().gathers) spin_for(kGatherNs);
      return true;
    }
    took_us = monotonic_us() - began_us;
  } while (took_us < budget_us);
  spin_.failed();
  return false;
}

// Sleeps until something is posted or comes in. 0: look again; EAGAIN: the time is over; EINTR.
int Socket::sleep(Millis deadline, bool borrows) {
  const bool has_mail_only = !is_fd_exported_ && !(borrows && borrowed_.is_held());
  for (;;) {
    if (!arm(has_mail_only ? Mailbox::Wake::parker : Mailbox::Wake::fd)) return 0;
    Millis left = kNever;
    if (deadline != kNever) left = std::max<Millis>(deadline - monotonic_ms(), 0);
    const int result = has_mail_only ? mailbox_->parker().park(left) : poll_once(left, borrows);
    disarm();
    if (result == 0) return 0;
    if (result == EAGAIN) {
      if (monotonic_ms() >= deadline) return EAGAIN;
    } else if (result != EINTR || interruption_is_wanted()) {
      return result;
    }
  }
}

// Polls the mailbox's descriptor and the borrowed ones. 0; EAGAIN: nothing in that time; an errno.
int Socket::poll_once(Millis left, bool borrows) {
  pollfd items[1 + BorrowedInput::kPipesMax];
  items[0] = {wake_fd(), POLLIN, 0};
  const int count = 1 + (borrows ? borrowed_.fill(items + 1) : 0);
  const int timeout = left == kNever ? -1 : static_cast<int>(std::min<Millis>(left, INT_MAX));
  const int ready = ::poll(items, static_cast<nfds_t>(count), timeout);
  if (ready < 0) return errno;
  if (ready == 0) return EAGAIN;
  const bool is_woken = items[0].revents != 0;
  if (is_woken) clear_wake_fd();
  disarm();  // what we read ourselves need not be told
  if (ready > (is_woken ? 1 : 0)) (void)borrowed_.read(pipes_);
  return 0;
}

// ---- sending without the reactor

bool Socket::may_carry_out() const {
  return fast_paths().sends_directly && pipes_.size() <= BorrowedInput::kPipesMax;
}

// Makes room by sending what waits. True: there is some now.
bool Socket::carry_out_all() {
  if (!may_carry_out()) return false;
  for (PipeEnd* end : pipes_) (void)end->carry_out();
  return !mailbox_->is_empty();
}

// Before we wait: the reactor may not have come round to what we sent last.
void Socket::carry_out_unsent() {
  if (!may_carry_out()) return;
  for (PipeEnd* end : pipes_) {
    if (!end->is_local && end->out().has_awake_reader()) (void)end->carry_out();
  }
}

bool Socket::pipe_full(PipeEnd& end) {
  return !end.is_local && !may_carry_out();
}

bool Socket::sends_to_many() const {
  const auto type = static_cast<SocketType>(type_);
  return (type == SocketType::pub || type == SocketType::xpub) && pipes_.size() > 1;
}

bool Socket::pipe_published_to_sleeper(PipeEnd& end) {
  if (!fast_paths().sends_directly || end.is_local || sends_to_many()) return false;
  if (!host_.recent_sockets().note(this)) return false;
  const bool is_burst = !has_waited_ && monotonic_us() - carried_at_us_ < kBurstUs;
  if (is_burst || !end.carry_out()) return false;
  has_waited_ = false;
  carried_at_us_ = monotonic_us();
  return true;
}

}  // namespace zmqng
