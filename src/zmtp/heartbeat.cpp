#include "zmtp/heartbeat.h"

#include <algorithm>

namespace zmqng {
namespace {

// PINGs closer together than this were read late, in one go; they say nothing about the interval.
constexpr Millis kPeerIntervalMin = 5;

// How often a paused peer is told that we live as long as its interval is not known.
constexpr Millis kPongIntervalDefault = 500;

std::int32_t clamp_to_32(Millis value) {
  return static_cast<std::int32_t>(std::clamp<Millis>(value, 0, INT32_MAX));
}

}  // namespace

Heartbeat::Heartbeat(const HeartbeatOptions& options)
    : interval_(clamp_to_32(options.interval)),
      timeout_(clamp_to_32(options.timeout < 0 ? options.interval : options.timeout)) {}

void Heartbeat::on_handshake_done(Millis now) {
  if (interval_ > 0) next_ping_ = now + interval_;
  // A peer sends its first PING one interval after the handshake.
  peer_ping_measured_from_ = now;
}

void Heartbeat::on_ping_sent_to_kernel(Millis now) {
  is_ping_under_way_ = false;
  if (timeout_ > 0 && silence_deadline_ == kNever) silence_deadline_ = now + timeout_;
}

void Heartbeat::on_peer_ping(Millis ttl, Millis now) {
  has_peer_pinged_ = true;
  if (peer_ping_measured_from_ != kNever && now - peer_ping_measured_from_ >= kPeerIntervalMin) {
    peer_interval_ = clamp_to_32(now - peer_ping_measured_from_);
  }
  peer_ping_measured_from_ = now;
  peer_ttl_ = clamp_to_32(ttl);
  if (ttl > 0) ttl_deadline_ = now + ttl;
  if (is_paused_ && next_pong_ == kNever) next_pong_ = now + pong_interval();
}

Millis Heartbeat::pong_interval() const {
  // Half: one PONG then falls into every gap between two PINGs, whatever the phase.
  return peer_interval_ > 0 ? std::max<Millis>(peer_interval_ / 2, 1) : kPongIntervalDefault;
}

void Heartbeat::pause(Millis now) {
  if (is_paused_) return;
  is_paused_ = true;
  if (has_peer_pinged_) next_pong_ = now + pong_interval();
}

void Heartbeat::resume(Millis now) {
  if (!is_paused_) return;
  is_paused_ = false;
  next_pong_ = kNever;
  // The time from a PING before the pause to one after it is no interval.
  peer_ping_measured_from_ = kNever;
  // Whatever the peer said meanwhile has yet to be read: time-outs start over in full.
  if (silence_deadline_ != kNever) silence_deadline_ = now + timeout_;
  if (ttl_deadline_ != kNever) ttl_deadline_ = now + peer_ttl_;
}

Millis Heartbeat::next_deadline() const {
  const Millis to_send = std::min(next_ping_, next_pong_);
  return is_paused_ ? to_send : std::min({to_send, silence_deadline_, ttl_deadline_});
}

Heartbeat::Action Heartbeat::poll(Millis now) {
  if (!is_paused_ && now >= std::min(silence_deadline_, ttl_deadline_)) return Action::expired;
  if (now >= next_ping_) {
    next_ping_ = now + interval_;
    if (!is_ping_under_way_) {
      is_ping_under_way_ = true;
      return Action::send_ping;
    }
  }
  if (now >= next_pong_) {
    next_pong_ = now + pong_interval();
    return Action::send_pong;
  }
  return Action::none;
}

}  // namespace zmqng
