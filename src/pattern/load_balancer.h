// LoadBalancer: gives whole messages to several pipes in turn, skipping those that are full.
//
// Owner:    a Pattern. Threads: the one that uses the socket.
// Holds:    pipes_[0, active_) may have room, the others have been found full; every end knows its
//           place (PipeEnd::balance_index). All operations take constant time.
//
//   idle --part with more--> within --last part--> idle
//                            within --the pipe goes away--> refusing
//   refusing --part with more, refused--> swallowing
//   refusing, swallowing --last part, swallowed--> idle
#pragma once

#include <cstdint>
#include <vector>

#include "pattern/pattern.h"

namespace zmqng {

class LoadBalancer {
 public:
  LoadBalancer() = default;
  LoadBalancer(const LoadBalancer&) = delete;
  LoadBalancer& operator=(const LoadBalancer&) = delete;

  void attach(PipeEnd& end);
  void writable(PipeEnd& end);
  // Also for a pipe that is closing. Does nothing to an end that is not here.
  void detach(PipeEnd& end);
  static bool holds(const PipeEnd& end) { return end.balance_index != PipeEnd::kNowhere; }
  bool is_empty() const { return pipes_.empty(); }

  // Writes one frame: 0, EAGAIN, kAgainAtOnce or ENOMEM.
  int send(const OutFrame& frame) {
    if (__builtin_expect(state_ != State::idle, 0)) return send_part(frame);
    while (active_ > 0) {
      PipeEnd& end = *pipes_[current_];
      if (__builtin_expect(end.can_write(), 1)) {
        if (__builtin_expect(!end.write(frame), 0)) return fail(end, frame.more);
        if (frame.more) {
          state_ = State::within;
        } else {
          end.publish();
          if (++current_ >= active_) current_ = 0;
        }
        return 0;
      }
      deactivate(current_);
    }
    return EAGAIN;
  }
  bool can_send();
  // Takes back the message that was begun.
  void abandon();
  // The pipe that has the parts written so far of an unfinished message; null if there is none.
  PipeEnd* within() const { return state_ == State::within ? pipes_[current_] : nullptr; }

 private:
  enum class State : std::uint8_t { idle, within, refusing, swallowing };

  int send_part(const OutFrame& frame);
  int fail(PipeEnd& end, bool more);
  void deactivate(std::uint32_t index);
  void swap(std::uint32_t a, std::uint32_t b);

  std::vector<PipeEnd*> pipes_;
  std::uint32_t active_ = 0;
  std::uint32_t current_ = 0;
  State state_ = State::idle;
};

}  // namespace zmqng
