// Heartbeat: when to send a PING, when to give a silent peer up, and when to say something to a
// peer that might give us up. Pure timers of one ZMTP 3.x connection: time comes in as an argument.
//
// Owner:   the Connection. Threads: whoever runs that connection.
// Holds:   a live peer is never dropped for being slow: the time-out starts only when the PING has
//          reached the kernel, any octet received ends it, and no time-out runs while we are paused
//          (we stopped reading because our own queue is full). Drain the fd before asking poll().
//          While we are paused, a peer that has pinged hears PONGs all the same. One that was never
//          seen to ping does not: it may have closed, and its kernel would answer them by dropping
//          what we have still to read.
#pragma once

#include <cstdint>

#include "base/clock.h"

namespace zmqng {

struct HeartbeatOptions {
  Millis interval = 0;  // between our PINGs; 0: we send none
  Millis timeout = -1;  // silence after a PING that ends it all; -1: as the interval; 0: none
};

class Heartbeat {
 public:
  enum class Action : std::uint8_t {
    none,
    send_ping,  // queue a PING, then report on_ping_sent_to_kernel()
    send_pong,  // queue a PONG without context, which nobody asked for; skip it if output is stuck
    expired,    // drop the connection; a connecter dials again
  };

  explicit Heartbeat(const HeartbeatOptions& options);

  // Call once before anything else.
  void on_handshake_done(Millis now);

  // The last octet of the PING asked for by poll() was accepted by the kernel.
  void on_ping_sent_to_kernel(Millis now);

  // The peer sent something, be it part of a frame. Call it before on_peer_ping().
  void on_received() {
    silence_deadline_ = kNever;
    ttl_deadline_ = kNever;
  }

  void on_peer_ping(Millis ttl, Millis now);

  // We stop, or start again, reading from the peer.
  void pause(Millis now);
  void resume(Millis now);

  Millis next_deadline() const;

  // One thing to do now. Call again until it answers none.
  Action poll(Millis now);

 private:
  Millis pong_interval() const;

  // All deadlines are kNever when not running.
  Millis next_ping_ = kNever;
  Millis silence_deadline_ = kNever;  // for an answer to our PING
  Millis ttl_deadline_ = kNever;      // set by the peer's PING
  Millis next_pong_ = kNever;         // only while paused
  Millis peer_ping_measured_from_ = kNever;
  std::int32_t interval_;
  std::int32_t timeout_;
  std::int32_t peer_interval_ = 0;  // estimate, 0 before two PINGs could be compared
  std::int32_t peer_ttl_ = 0;
  bool is_ping_under_way_ = false;  // asked for, not yet in the kernel
  bool is_paused_ = false;
  bool has_peer_pinged_ = false;
};

}  // namespace zmqng
