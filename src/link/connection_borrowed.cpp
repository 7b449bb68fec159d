// What a thread of the application does with a connection, under the baton: see pipe/carrier.h.
// Nothing in here may end the connection, set a timer or use what belongs to the reactor, but for
// its poller, which any thread may use.

#include "link/connection.h"

#include <utility>

namespace zmqng {

bool Connection::send_now() {
  const bool is_idle = state_ == State::streaming && !must_write_ && !is_output_dead_;
  return is_idle && sender_.flush_now();
}

Carrier::Borrowed Connection::borrow_input() {
  if (!is_lent_) {
    if (!may_lend()) return {};
    is_lent_ = true;
    if (watch()) {
      is_lent_ = false;
      return {};
    }
  }
  ++lease_uses_;
  // The rest of a large body shows in the descriptor when it is there.
  const bool was_full = input_.was_full() && receiver_->direct_room().empty();
  return {stream_->fd(), has_untaken() || was_full};
}

bool Connection::may_lend() {
  if (state_ != State::streaming || is_output_dead_ || has_hung_up_ || must_take_over_)
    return false;
  if (settings_.is_publisher() || !receiver_->is_plain()) return false;
  // One message may be all that a visitor has to say, and lending has its price.
  if (receiver_->messages_published() < kMessagesBeforeLending) return false;
  if (!is_paused_) return true;
  // Heartbeats that go on mean timers.
  const bool has_timers = has_heartbeat() && heartbeat_->next_deadline() != kNever;
  if (has_timers || !far_->would_write()) return false;
  if (has_heartbeat()) heartbeat_->resume(monotonic_ms());
  is_paused_ = false;
  return true;
}

// More than the beginning of a frame: there was no room for it.
bool Connection::has_untaken() const {
  return !input_.is_empty() && receiver_->has_whole_frame(input_.bytes());
}

Carrier::Input Connection::read_input(bool& must_tell) {
  if (!is_lent_) return Carrier::Input::not_ours;
  const std::uint64_t before = receiver_->messages_published();
  if (take_borrowed() && receiver_->messages_published() == before) read_borrowed();
  must_tell = !is_lent_;
  if (receiver_->messages_published() != before) return Carrier::Input::came_in;
  return is_lent_ ? Carrier::Input::none : Carrier::Input::not_ours;
}

// Takes in what was read. False: no more for now.
bool Connection::take_borrowed() {
  if (input_.is_empty()) return true;
  const std::uint64_t before = receiver_->messages_published();
  std::size_t taken = 0;
  const auto outcome = receiver_->feed(input_.bytes(), &taken, Receiver::Caller::borrower);
  input_.take(taken);
  input_.keep_rest();
  if (!receiver_->direct_room().empty()) input_.expect_large();
  if (outcome == Receiver::Outcome::need_more) return true;
  if (outcome == Receiver::Outcome::failed) has_met_nonsense_ = true;
  // Without room the pipe is one that the borrower does not read: that can take long.
  const bool waits_for_borrower =
      outcome == Receiver::Outcome::paused && receiver_->messages_published() != before;
  if (!waits_for_borrower) hand_over();
  return false;
}

// Reads until something whole has come.
void Connection::read_borrowed() {
  const std::uint64_t before = receiver_->messages_published();
  for (int i = 0; i < kReadsPerTurn && receiver_->messages_published() == before; ++i) {
    const MutableBytes large = receiver_->direct_room();
    const IoResult result =
        large.empty() ? input_.read(*stream_, receiver_->place(), {}) : stream_->read(large);
    if (result.is_end()) {
      borrowed_end_ = result;
      hand_over();
      return;
    }
    if (!result.is_done()) return;
    if (has_heartbeat()) heartbeat_->on_received();
    if (!large.empty() && receiver_->direct_read(result.bytes) == Receiver::Outcome::failed) {
      has_met_nonsense_ = true;
      hand_over();
      return;
    }
    if (result.bytes < large.size()) return;  // that was all, more shows in the descriptor
    if (!take_borrowed()) return;
  }
}

void Connection::hand_over() {
  is_lent_ = false;
  must_take_over_ = true;
}

bool Connection::return_input(bool comes_back) {
  if (!is_lent_) return must_take_over_;
  const bool is_looked_after = lease_check_ != kNever;
  if (comes_back && is_looked_after) return false;
  is_lent_ = comes_back;
  // The reactor has to look after it from now on, or to read on.
  must_take_over_ = comes_back || has_untaken() || watch();
  return must_take_over_;
}

// ---- the reactor's

void Connection::take_over() {
  if (is_closed()) return;
  const bool is_asked = std::exchange(must_take_over_, false);
  if (is_lent_) {
    look_after_lent(is_asked);
  } else if (is_asked && has_met_nonsense_) {
    close(kBroken);
  } else if (is_asked && borrowed_end_.is_end()) {
    stream_ended(borrowed_end_);
  } else if (is_asked) {
    go_on_reading();
  }
}

// Whoever has borrowed the input keeps it for the next wait, or could not tell us that the wait is
// over.
void Connection::look_after_lent(bool is_asked) {
  if (lease_check_ != kNever || (!is_asked && far_->is_peer_waiting())) return;
  lease_check_ = reactor_.now() + kLeaseMs;
  lease_uses_seen_ = lease_uses_;
  owner_.connection_deadline_changed();
}

void Connection::go_on_reading() {
  receive();
  if (is_closed()) return;
  update_watch();
  owner_.connection_deadline_changed();
}

// A borrower that waits needs no looking after.
void Connection::check_lease(Millis now) {
  lease_check_ = kNever;
  if (!is_lent_) return;
  if (lease_uses_ != lease_uses_seen_) {
    lease_uses_seen_ = lease_uses_;
    lease_check_ = now + kLeaseMs;
  } else if (!far_->is_peer_waiting()) {
    is_lent_ = false;
    go_on_reading();
  }
}

}  // namespace zmqng
