// Poller: tells which descriptors are ready; an interface, so that a simulated network can stand
// in.
//
// Owner: Reactor. Threads: the reactor's.
#pragma once

#include <cstdint>

#include "base/clock.h"
#include "base/result.h"

namespace zmqng {

inline constexpr std::uint32_t kReadyIn = 1;
inline constexpr std::uint32_t kReadyOut = 2;
// Error, or both directions closed; always reported.
inline constexpr std::uint32_t kReadyHangup = 4;
// The peer has closed its direction; for those who do not read.
inline constexpr std::uint32_t kReadyPeerDone = 8;

class FdHandler {
 public:
  virtual void fd_ready(std::uint32_t ready) = 0;

 protected:
  ~FdHandler() = default;
};

// One watched descriptor; lives inside its handler.
struct Watch {
  explicit Watch(FdHandler& ready_handler) : handler(&ready_handler) {}
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  FdHandler* handler;
  int fd = -1;  // -1: not watched
  std::uint32_t interest = 0;
};

struct ReadyEvent {
  Watch* watch;
  std::uint32_t ready;
};

class Poller {
 public:
  virtual ~Poller() = default;

  // Starts watching, or changes the interest (kReadyIn, kReadyOut, kReadyPeerDone; 0: hang-ups
  // only). Errors: ENOMEM, ENOSPC (the user's limit of watches).
  virtual Error watch(Watch& watch, int fd, std::uint32_t interest) = 0;
  // Before the descriptor is closed.
  virtual void unwatch(Watch& watch) = 0;
  // Waits until something is ready, at most `timeout` ms (negative: for ever). Interrupted: 0
  // events.
  virtual int wait(Millis timeout, ReadyEvent* events, int events_max) = 0;
  // The same for less than a millisecond, if the system can do that. A simulation, whose clock has
  // no less, takes one for it.
  virtual bool has_short_waits() const { return true; }
  virtual int wait_shortly(Micros, ReadyEvent* events, int events_max) {
    return wait(1, events, events_max);
  }
};

}  // namespace zmqng
