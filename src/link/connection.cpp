#include "link/connection.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/fast_paths.h"
#include "zmtp/command.h"

namespace zmqng {
namespace {

constexpr std::uint32_t kErrnoEpipe = EPIPE;

std::unique_ptr<Peer> make_peer(const LinkSettings& settings) {
  PeerOptions options;
  options.type = settings.type;
  options.routing_id = settings.options.routing_id;
  for (const auto& [name, value] : settings.options.metadata) {
    options.metadata.add(name, as_bytes(value));
  }
  options.allows_old_peers = settings.options.security.zap_domain.empty();
  options.max_message_bytes = settings.options.maxmsgsize;
  return std::make_unique<Peer>(std::move(options));
}

}  // namespace

Connection::Connection(ConnectionOwner& owner, Reactor& reactor, const LinkSettings& settings,
                       std::unique_ptr<Stream> stream)
    : owner_(owner),
      reactor_(reactor),
      settings_(settings),
      stream_(std::move(stream)),
      watch_(*this),
      sender_(*stream_) {}

Connection::~Connection() {
  reactor_.unwatch(watch_);
}

void Connection::start(bool is_dialed) {
  if (settings_.is_raw()) {
    is_old_peer_ = true;
    become_ready(nullptr);
    return;
  }
  if (settings_.options.handshake_ivl > 0) {
    handshake_deadline_ = reactor_.now() + settings_.options.handshake_ivl;
  }
  peer_ = make_peer(settings_);
  sender_.stage(peer_->take_output());
  if (is_dialed) {
    send();
    update_watch();
  } else {
    // What the visitor's greeting is answered with goes out together with our own.
    receive();
    if (!is_closed() && sender_.has_staged() && !must_write_) send();
  }
  if (!is_closed()) owner_.connection_deadline_changed();
}

void Connection::update_watch() {
  if (is_closed()) return;
  if (interest() == 0 && has_hung_up_) {
    reactor_.unwatch(watch_);
    return;
  }
  if (Error error = watch()) close(lost_end(error.code));
}

Error Connection::watch() {
  return reactor_.poller().watch(watch_, stream_->fd(), interest());
}

std::uint32_t Connection::interest() const {
  std::uint32_t interest = 0;
  if (is_lent_) {
    // Its borrower watches.
  } else if (!is_paused_) {
    interest |= kReadyIn;
  } else if (!has_hung_up_) {
    interest |= kReadyPeerDone;
  }
  if (must_write_ && !is_output_dead_) interest |= kReadyOut;
  return interest;
}

void Connection::serve(std::uint32_t ready) {
  if ((ready & (kReadyHangup | kReadyPeerDone)) != 0) has_hung_up_ = true;
  if ((ready & kReadyOut) != 0) send();
  if (is_closed()) return;
  // What is taken back has to be read, or watched, whatever it is that has become ready.
  const bool was_lent = has_hung_up_ && std::exchange(is_lent_, false);
  if (is_paused_) {
    if (has_hung_up_) owner_.connection_peer_done();
    update_watch();
  } else if (was_lent || ((ready & (kReadyIn | kReadyHangup)) != 0 && !is_lent_)) {
    receive();
  }
}

// ---- receiving

void Connection::receive() {
  is_receiving_ = true;
  // A borrower may have left more than it could take.
  bool goes_on = receiver_ == nullptr || input_.is_empty() || take_input();
  for (int i = 0; i < kReadsPerTurn && goes_on; ++i) {
    goes_on = !is_closed() && !is_paused_ && read_once();
  }
  is_receiving_ = false;
  send_answers();
  end_if_dead();
  update_watch();
}

// Once writing has failed the connection is of no use, but what the peer sent before counts: it
// ends when all that has arrived is read.
void Connection::end_if_dead() {
  if (is_closed() || !is_output_dead_ || is_paused_ || is_receiving_) return;
  // A peer that has hung up sends no more: what is there has an end.
  const bool goes_on_for_ever = !has_hung_up_ && reactor_.now() >= dead_deadline_;
  if (is_input_empty_ || goes_on_for_ever) close(lost_end(output_error_));
}

// What the protocol itself has to say: the handshake, PONGs. Answers to a peer that does not read
// stay where their number is limited.
void Connection::send_answers() {
  if (is_closed() || is_output_dead_ || peer_ == nullptr || peer_->output().empty()) return;
  if (state_ != State::expect_handshake && sender_.has_staged()) return;
  stage_answers();
  send();
}

void Connection::stage_answers() {
  if (!peer_->output().empty()) sender_.stage(peer_->take_output());
}

bool Connection::read_once() {
  if (receiver_ != nullptr && !receiver_->direct_room().empty()) return read_large();
  YPipe* place = receiver_ != nullptr && fast_paths().reads_in_place ? receiver_->place() : nullptr;
  const IoResult result =
      input_.read(*stream_, place, {reactor_.scratch(), Reactor::kScratchBytes});
  if (result.is_end()) {
    stream_ended(result);
    return false;
  }
  is_input_empty_ = !result.is_done();
  if (is_input_empty_) return false;
  if (has_heartbeat()) heartbeat_->on_received();
  return take_input() && (input_.was_full() || is_output_dead_);
}

bool Connection::read_large() {
  const IoResult result = stream_->read(receiver_->direct_room());
  if (result.is_end()) {
    stream_ended(result);
    return false;
  }
  is_input_empty_ = !result.is_done();
  if (is_input_empty_) return false;
  if (has_heartbeat()) heartbeat_->on_received();
  if (receiver_->direct_read(result.bytes) == Receiver::Outcome::failed) {
    close(kBroken);
    return false;
  }
  return true;
}

// Takes what can be taken and keeps the rest. False: stop reading.
bool Connection::take_input() {
  const bool goes_on = state_ != State::expect_handshake || take_handshake();
  const bool goes_on_reading = goes_on && take_traffic();
  input_.keep_rest();
  return goes_on_reading;
}

bool Connection::take_handshake() {
  const Peer::Fed fed = peer_->feed(input_.bytes());
  input_.take(fed.consumed_bytes);
  if (fed.status == Peer::Status::ready) {
    stage_answers();  // they share a write with the first messages
    become_ready(peer_.get());
    return !is_closed();
  }
  send_answers();
  if (is_closed()) return false;
  if (fed.status == Peer::Status::need_more) return true;
  close({peer_->failure(), false, false});
  return false;
}

bool Connection::take_traffic() {
  if (input_.is_empty() || receiver_ == nullptr) return true;
  std::size_t taken = 0;
  const Receiver::Outcome outcome = receiver_->feed(input_.bytes(), &taken);
  if (is_closed()) return false;
  input_.take(taken);
  if (!receiver_->direct_room().empty()) input_.expect_large();
  // What stands behind a PING in the same read is a sign of life as well.
  if (has_heartbeat() && ping_frame_ != 0 && receiver_->frames_taken() > ping_frame_) {
    heartbeat_->on_received();
    ping_frame_ = 0;
  }
  if (outcome == Receiver::Outcome::failed) {
    close(kBroken);
    return false;
  }
  if (outcome == Receiver::Outcome::paused) pause();
  return !is_paused_;
}

void Connection::pause() {
  is_paused_ = true;
  if (has_heartbeat()) heartbeat_->pause(reactor_.now());
  if (has_hung_up_) owner_.connection_peer_done();
  owner_.connection_deadline_changed();
}

void Connection::end_pause() {
  is_paused_ = false;
  if (has_heartbeat()) heartbeat_->resume(reactor_.now());
}

void Connection::pipe_writable() {
  if (is_closed() || !is_paused_) return;
  end_pause();
  if (is_output_dead_) dead_deadline_ = reactor_.now() + kDeadWaitMs;
  receive();
  send_answers();
  if (!is_closed()) {
    update_watch();
    owner_.connection_deadline_changed();
  }
}

void Connection::stream_ended(const IoResult& result) {
  if (state_ == State::expect_end) {
    close(kDrained);
    return;
  }
  close(lost_end(result.end_error()));
}

ConnectionEnd Connection::lost_end(int error) const {
  ConnectionEnd end;
  if (state_ == State::expect_handshake || is_old_peer_) {
    const auto value = error != 0 ? static_cast<std::uint32_t>(error) : kErrnoEpipe;
    end.failure = {Failure::Event::no_detail, value};
  }
  return end;
}

// ---- the handshake is over

void Connection::become_ready(const Peer* peer) {
  handshake_deadline_ = kNever;
  is_old_peer_ = peer == nullptr || !has_commands(peer->version());
  state_ = State::streaming;
  const ConnectionOwner::Attachment attachment = owner_.connection_ready(peer);
  far_ = attachment.far;
  if (far_ == nullptr) {
    close(kBroken);
    return;
  }
  auto framing = Receiver::Framing::raw;
  auto encoding = Sender::Encoding::raw;
  Version version = Version::v3_1;
  if (peer != nullptr) {
    version = peer->version();
    const bool is_v1 = uses_v1_frames(version);
    framing = is_v1 ? Receiver::Framing::zmtp_v1 : Receiver::Framing::zmtp;
    encoding = is_v1 ? Sender::Encoding::zmtp_v1 : Sender::Encoding::zmtp;
    if (has_commands(version)) {
      heartbeat_.emplace(
          HeartbeatOptions{settings_.options.heartbeat_ivl, settings_.options.heartbeat_timeout});
      heartbeat_->on_handshake_done(reactor_.now());
    }
    peer_->forget_handshake();
  }
  receiver_.reset(
      new Receiver(*far_, *this, framing, !has_commands(version), settings_.options.maxmsgsize));
  if (settings_.type == SocketType::req && peer != nullptr) receiver_->check_replies();
  sender_.attach(*far_, encoding, version, attachment.skips_to_restart);
  if (attachment.drains) {
    drain();
  } else {
    send();
  }
  if (!is_closed()) owner_.connection_deadline_changed();
  if (!is_closed()) update_watch();
}

bool Connection::needs_room(Bytes body) const {
  const std::string_view text = as_text(body);
  return settings_.is_publisher() &&
         (text.starts_with(kSubscribeName) || text.starts_with(kCancelName));
}

// Of this state alone, and often many: they take no detour.
bool Connection::take_subscription(bool subscribe, Bytes topic) {
  if (state_ != State::streaming) return true;
  if (!far_->write_subscription(subscribe, topic)) return false;
  // Between two parts of a message it becomes visible with the message.
  if (!receiver_->is_inside_message()) far_->publish();
  return true;
}

bool Connection::command_received(Bytes body) {
  if (needs_room(body)) {
    const bool subscribe = body[0] == kSubscribeName[0];
    return take_subscription(subscribe,
                             body.subspan(subscribe ? kSubscribeName.size() : kCancelName.size()));
  }
  const CommandResult result = peer_->on_command(body);
  switch (result.kind) {
    case CommandResult::Kind::malformed:
      return false;
    case CommandResult::Kind::ping:
      if (has_heartbeat()) heartbeat_->on_peer_ping(result.ttl, reactor_.now());
      ping_frame_ = receiver_->frames_taken() + 1;
      has_peer_pinged_ = true;
      owner_.connection_deadline_changed();
      return true;
    default:
      return true;
  }
}

// ---- sending

void Connection::pipe_readable() {
  if (is_streaming() && !must_write_) send();
}

void Connection::send() {
  // After the last byte nothing is said any more, not even to a PING.
  if (is_output_dead_ || state_ == State::expect_end) return;
  after_send(sender_.flush(&reactor_.rounds()));
}

void Connection::after_send(Sender::Outcome outcome) {
  const bool must_write = outcome == Sender::Outcome::blocked || outcome == Sender::Outcome::again;
  if (outcome == Sender::Outcome::awake) owner_.connection_is_busy();
  if (outcome == Sender::Outcome::lost) output_lost();
  if (is_closed()) return;
  if (is_ping_staged_ && !sender_.has_staged()) {
    is_ping_staged_ = false;
    if (has_heartbeat()) heartbeat_->on_ping_sent_to_kernel(reactor_.now());
    owner_.connection_deadline_changed();
  }
  if (must_write != must_write_ || is_output_dead_) {
    must_write_ = must_write;
    update_watch();
  }
  if (is_closed()) return;
  if (state_ == State::draining && sender_.has_reached_end()) begin_end_wait();
  send_answers();
}

void Connection::output_lost() {
  if (is_output_dead_) return;
  is_output_dead_ = true;
  is_lent_ = false;
  output_error_ = sender_.lost_error();
  dead_deadline_ = reactor_.now() + kDeadWaitMs;
  is_input_empty_ = false;
  if (!is_receiving_ && !is_paused_) receive();
}

// ---- time

Millis Connection::next_deadline() const {
  Millis next = std::min({handshake_deadline_, end_check_, lease_check_});
  if (has_heartbeat() && (state_ == State::streaming || state_ == State::draining)) {
    next = std::min(next, heartbeat_->next_deadline());
  }
  return next;
}

void Connection::timer_expired(Millis now) {
  if (is_closed()) return;
  if (now >= handshake_deadline_) {
    close(lost_end(EAGAIN));
    return;
  }
  if (now >= lease_check_) check_lease(now);
  if (is_closed()) return;
  if (state_ == State::expect_end) {
    check_end_wait(now);
  } else if (has_heartbeat() && now >= heartbeat_->next_deadline()) {
    run_heartbeat(now);
  }
}

void Connection::run_heartbeat(Millis now) {
  // What has arrived counts before silence does.
  is_lent_ = false;
  if (!is_paused_) receive();
  while (!is_closed()) {
    Octets command;
    switch (heartbeat_->poll(now)) {
      case Heartbeat::Action::none:
        return;
      case Heartbeat::Action::send_ping:
        append_ping(command, settings_.options.heartbeat_ttl);
        is_ping_staged_ = true;
        break;
      case Heartbeat::Action::send_pong:
        if (must_write_) continue;
        append_pong(command, {});
        break;
      case Heartbeat::Action::expired:
        close(lost_end(ETIMEDOUT));
        return;
    }
    sender_.stage(command);
    send();
  }
}

}  // namespace zmqng
