// BorrowedInput: what a socket's thread reads from its wire connections itself while it waits for a
// message, in the reactor's place: that saves a thread and its wake-up on the way of each message.
//
// Owner: Socket. Threads: the one that uses it.
// Holds: between two waits that follow closely the input stays with us (is_held); whatever else is
//        done with the socket, but for sending, gives it back.
#pragma once

#include <poll.h>

#include <cstdint>
#include <vector>

#include "pipe/pipe.h"

namespace zmqng {

class BorrowedInput {
 public:
  // A socket with more connections than this leaves them to the reactor.
  static constexpr std::size_t kPipesMax = 4;

  // Makes the input ours as far as that is possible now. False: it cannot be told what is ours.
  [[nodiscard]] bool borrow(const std::vector<PipeEnd*>& pipes);
  // Once it is: what to poll. At most kPipesMax entries; returns how many.
  int fill(pollfd* items) const;
  // There is something to be read before sleeping.
  bool has_more() const { return has_more_; }
  // Reads what there is. True: something came in, or should be looked at.
  bool read(const std::vector<PipeEnd*>& pipes);
  // A wait is over that took so long: keeps the input if the next one may be expected soon.
  void end_wait(const std::vector<PipeEnd*>& pipes, std::uint64_t took_us);
  void give_back(const std::vector<PipeEnd*>& pipes);
  bool is_held() const { return is_held_; }

 private:
  static constexpr std::uint64_t kShortWaitUs = 2000;
  static constexpr std::uint32_t kShortWaitsBefore = 4;

  int fds_[kPipesMax] = {};
  int count_ = 0;
  std::uint32_t short_waits_ = 0;
  bool has_more_ = false;
  bool is_held_ = false;
};

}  // namespace zmqng
