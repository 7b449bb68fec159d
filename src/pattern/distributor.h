// Distributor: writes one message to many pipes.
//
// Owner:    a Pattern. Threads: the one that uses the socket.
// Holds:    pipes_[0, chosen_)       get the message that is being written
//           pipes_[chosen_, active_) may have room
//           pipes_[active_, size)    have been found full; while a message is being given out the
//           first chosen_full_ of them should get it, too
//           Every end knows its place (PipeEnd::balance_index). All operations on one pipe take
//           constant time.
//
// First frame: choose() every pipe that is to get the message, then write(); further frames:
// write().
#pragma once

#include <cstdint>
#include <vector>

#include "pattern/pattern.h"

namespace zmqng {

class Distributor {
 public:
  Distributor() = default;
  Distributor(const Distributor&) = delete;
  Distributor& operator=(const Distributor&) = delete;

  void attach(PipeEnd& end);
  void writable(PipeEnd& end);
  // Also for a pipe that is closing. Does nothing to an end that is not here.
  void detach(PipeEnd& end);
  static bool holds(const PipeEnd& end) { return end.balance_index != PipeEnd::kNowhere; }

  void choose(PipeEnd& end) {
    const std::uint32_t at = end.balance_index;
    if (at < active_) {
      if (at < chosen_) return;
      if (at != chosen_) swap(at, chosen_);
      ++chosen_;
    } else if (at >= active_ + chosen_full_) {
      swap(at, active_ + chosen_full_);
      ++chosen_full_;
    }
  }
  void choose_all() { chosen_ = active_; }
  // Chooses those that were not chosen.
  void invert_choice();
  void choose_nobody() { chosen_ = chosen_full_ = 0; }

  // Whether every pipe that was chosen has room; the full ones will be reported writable. If one
  // has none, choose again or choose nobody.
  [[nodiscard]] bool has_room();
  // The same for every pipe there is.
  [[nodiscard]] bool has_room_everywhere();

  // Writes a frame to those chosen. Whoever has no room for the first one is skipped for the
  // message.
  void write(const OutFrame& frame);
  bool is_within_message() const { return is_within_; }
  // The pipe is to get no more of the unfinished message, and nothing of what it has of it.
  void exclude(PipeEnd& end);

  std::uint32_t size() const { return static_cast<std::uint32_t>(pipes_.size()); }
  PipeEnd& at(std::uint32_t index) { return *pipes_[index]; }

 private:
  void unchoose(std::uint32_t index);
  void deactivate(std::uint32_t index);
  void swap(std::uint32_t a, std::uint32_t b);

  std::vector<PipeEnd*> pipes_;
  std::uint32_t chosen_ = 0;
  std::uint32_t active_ = 0;
  std::uint32_t chosen_full_ = 0;
  bool is_within_ = false;
};

}  // namespace zmqng
