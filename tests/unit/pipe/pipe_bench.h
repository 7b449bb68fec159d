// A Pipe with an owner at each of its ends.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "pipe/pipe.h"

namespace zmqng {

using Texts = std::vector<std::string>;

inline constexpr std::size_t kLarge = YPipe::kCopyMax + 1;  // goes by reference

// One end and its owner: a socket, more or less.
class Side final : public PipeOwner {
 public:
  explicit Side(PipeEnd& end) : end_(&end), mailbox_(new Mailbox) { end.set_mailbox(*mailbox_); }
  ~Side() {
    if (end_ != nullptr) leave();
    mailbox_->close();
    mailbox_->drop();
  }

  void pipe_readable(PipeEnd&) override { heard_.push_back("readable"); }
  void pipe_writable(PipeEnd&) override { heard_.push_back("writable"); }
  void pipe_closing(PipeEnd&) override { heard_.push_back("closing"); }
  void pipe_restarted(PipeEnd&) override { heard_.push_back("restarted"); }
  bool pipe_full(PipeEnd&) override { return tells_when_full; }

  bool tells_when_full = false;

  PipeEnd& end() { return *end_; }
  void adopt() { end_->adopt(*this); }
  void leave(int linger_ms = 0) { std::exchange(end_, nullptr)->leave(linger_ms); }

  // What the owner was told since the last time.
  Texts news() {
    mailbox_->serve_all();
    return std::exchange(heard_, {});
  }
  void write(std::string_view text, bool more = false) {
    Message message;
    ASSERT_TRUE(message.assign(as_bytes(text)));
    ASSERT_TRUE(end_->write({message.bytes(), more, &message}));
  }
  void send(std::string_view text) {
    write(text);
    end_->publish();
  }
  // The next frame, "-" if there is none, "." after the end.
  std::string read() {
    Message message;
    switch (end_->read(message)) {
      case PipeEnd::Read::got:
        return std::string(as_text(message.bytes())) + (message.has_more() ? "+" : "");
      case PipeEnd::Read::empty:
        return "-";
      case PipeEnd::Read::ended:
        return ".";
    }
    return "?";
  }

 private:
  PipeEnd* end_;
  Mailbox* mailbox_;
  Texts heard_;
};

struct Bench {
  explicit Bench(bool conflates = false)
      : pipe(Pipe::make(conflates, conflates)), near(pipe->a()), far(pipe->b()) {}
  void adopt() {
    near.adopt();
    far.adopt();
  }
  Pipe* pipe;
  Side near;
  Side far;
};

// Counts when it is freed.
class Witness {
 public:
  Message message() {
    static std::uint8_t bytes[kLarge];
    Message made;
    made.adopt(make_user_body(bytes, count_up, &freed), bytes, sizeof bytes);
    return made;
  }
  void send_through(Side& side) {
    Message made = message();
    ASSERT_TRUE(side.end().write({made.bytes(), false, &made}));
    side.end().publish();
  }
  int freed = 0;

 private:
  static void count_up(void*, void* hint) { ++*static_cast<int*>(hint); }
};

}  // namespace zmqng
