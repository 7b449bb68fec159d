// How a connection ends: what is still to be sent, the wait until the peer has it, the close.

#include <algorithm>

#include "link/connection.h"

namespace zmqng {

void Connection::drain() {
  if (is_closed()) return;
  if (!is_streaming()) {
    close(kDrained);
    return;
  }
  state_ = State::draining;
  is_lent_ = false;
  receiver_->discard_messages();
  if (is_paused_) end_pause();
  // Not simply dropped: it may end inside a frame, whose rest is still to come.
  if (!take_input()) return;
  send();
  // In the middle of a read the caller goes on reading; what it has read comes first.
  if (!is_closed() && !is_receiving_) receive();
}

// Everything is with the kernel. Closing now, with input unread or still to come, would make the
// kernel reset the connection and drop what the peer has not received: wait until the peer has it
// all, but not for ever, for a program may read only after its other socket's context has ended.
// The link's linger limits this wait, too.
void Connection::begin_end_wait() {
  state_ = State::expect_end;
  if (is_output_dead_ || has_nothing_to_wait_for()) close(kDrained);
  if (is_closed()) return;
  stream_->shutdown_write();
  end_wait_since_ = reactor_.now();
  end_check_ = end_wait_since_ + end_check_wait_;
  owner_.connection_deadline_changed();
}

// The peer has received everything, has said everything, and we have read it.
bool Connection::has_nothing_to_wait_for() {
  if (is_receiving_ || !is_peer_silent() || stream_->pending_output() != 0) return false;
  receive();
  return is_input_empty_ && is_peer_silent();  // it may just have pinged
}

// Nothing is to be expected of it: it is a PULL, or has answered every request.
bool Connection::is_peer_silent() const {
  if (has_peer_pinged_) return false;
  if (settings_.type == SocketType::push) return true;
  return settings_.type == SocketType::req &&
         far_->in().messages_read() == far_->out().messages_written();
}

bool Connection::is_peer_a_talker() const {
  return has_peer_pinged_ || (!settings_.is_publisher() && receiver_->frames_taken() > 0);
}

void Connection::check_end_wait(Millis now) {
  receive();
  if (is_closed()) return;
  const Millis deadline = end_wait_since_ + (is_peer_a_talker() ? kEndWaitForTalkerMs : kEndWaitMs);
  if (now >= deadline || stream_->pending_output() == 0) {
    close(kDrained);
    return;
  }
  end_check_wait_ = std::min(2 * end_check_wait_, kEndCheckMaxMs);
  end_check_ = std::min(now + end_check_wait_, deadline);
}

void Connection::close_now() {
  close(kDrained);
}

void Connection::close(const ConnectionEnd& end) {
  if (is_closed()) return;
  reactor_.unwatch(watch_);
  // The end of our side of the handshake, or a refusal that the peer should read, may still be
  // staged; what does not fit is not worth waiting.
  if (far_ == nullptr && sender_.has_staged() && !is_output_dead_) {
    sender_.flush();
  }
  state_ = State::closed;
  is_lent_ = false;
  // Whoever polls the descriptor keeps the connection from ending, and would not notice.
  if (far_ != nullptr && far_->is_peer_waiting()) stream_->end_polling();
  if (receiver_ != nullptr && far_ != nullptr) far_->rollback();
  sender_.skip_to_message_start();
  owner_.connection_ended(end);
}

}  // namespace zmqng
