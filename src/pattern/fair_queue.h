// FairQueue: takes whole messages from several pipes in turn.
//
// Owner:    a Pattern. Threads: the one that uses the socket.
// Holds:    pipes_[0, active_) may have something to read, the others have been found empty; every
//           end knows its place (PipeEnd::queue_index). All operations take constant time.
//
//   three pipes, two messages each:  00 10 20 01 11 21
//
// A pipe that is taken away in the middle of a message leaves the rest of that message here: an
// application that has seen the first part gets all of them.
#pragma once

#include <cstdint>
#include <vector>

#include "pattern/pattern.h"

namespace zmqng {

class FairQueue {
 public:
  explicit FairQueue(PatternHost& host) : host_(host) {}
  FairQueue(const FairQueue&) = delete;
  FairQueue& operator=(const FairQueue&) = delete;

  void attach(PipeEnd& end);
  void readable(PipeEnd& end);
  // Nothing more will be written: lets the end go at once if it has nothing to read.
  void closing(PipeEnd& end);
  // Does nothing to an end that is not here.
  void detach(PipeEnd& end);
  static bool holds(const PipeEnd& end) { return end.queue_index != PipeEnd::kNowhere; }

  // The next data frame; 0 or EAGAIN. `from` is the pipe it came from, null if that is gone
  // already.
  int recv(Message& message, PipeEnd*& from) {
    if (__builtin_expect(!rest_.empty(), 0)) {
      from = nullptr;
      return recv_rest(message);
    }
    while (active_ > 0) {
      PipeEnd& end = *pipes_[current_];
      const PipeEnd::Read read = end.read(message);
      if (__builtin_expect(read != PipeEnd::Read::got, 0)) {
        retire_current(read == PipeEnd::Read::ended);
        continue;
      }
      if (__builtin_expect(message.role() != Message::Role::data, 0)) continue;
      from = &end;
      is_within_ = message.has_more();
      if (!is_within_ && ++current_ >= active_) current_ = 0;
      return 0;
    }
    return EAGAIN;
  }
  int recv(Message& message) {
    PipeEnd* from = nullptr;
    return recv(message, from);
  }
  bool can_recv();
  // The next frame belongs to the message of the one before.
  bool is_within_message() const { return is_within_; }
  // Throws away what is left of the message that was begun.
  void skip_message();
  // The same if the pipe that it came from is gone.
  void drop_rest();

 private:
  int recv_rest(Message& message);
  void keep_rest(PipeEnd& end);
  void deactivate(std::uint32_t index);
  void retire_current(bool has_ended);
  void swap(std::uint32_t a, std::uint32_t b);

  PatternHost& host_;
  std::vector<PipeEnd*> pipes_;
  std::uint32_t active_ = 0;
  std::uint32_t current_ = 0;
  bool is_within_ = false;
  std::vector<Message> rest_;  // the last parts of a message whose pipe is gone, last part first
};

}  // namespace zmqng
