// Receiver: turns the bytes of a connection into messages in a pipe.
//
// Owner:   Connection. Threads: whoever holds the Link's Baton.
// Holds:   only whole messages are published; at the pipe's high-water mark nothing more is taken,
//          and what was read already waits in the Connection.
#pragma once

#include <cstdint>

#include "link/reply_check.h"
#include "pipe/pipe.h"
#include "zmtp/frame.h"
#include "zmtp/peer.h"

namespace zmqng {

// What the Receiver hands commands to.
class CommandSink {
 public:
  // False: the connection must be closed.
  [[nodiscard]] virtual bool command_received(Bytes body) = 0;
  // Whether a command that begins so goes into the pipe, as a subscription does.
  [[nodiscard]] virtual bool needs_room(Bytes start) const = 0;

 protected:
  ~CommandSink() = default;
};

class Receiver {
 public:
  enum class Framing : std::uint8_t { zmtp, zmtp_v1, raw };
  enum class Outcome : std::uint8_t {
    need_more,  // all whole frames are taken
    paused,     // the pipe is full
    command,    // a command is next, which this thread may not serve
    failed,     // bytes that no peer may send, or no memory: close, never to connect again
  };

  Receiver(PipeEnd& far, CommandSink& commands, Framing framing, bool drops_commands,
           std::int64_t message_bytes_max);
  ~Receiver();
  Receiver(const Receiver&) = delete;
  Receiver& operator=(const Receiver&) = delete;

  // For a REQ socket: what breaks its envelope ends the connection.
  void check_replies() { checks_replies_ = true; }

  // Who feeds. A borrower, a thread of the application, looks at the pipe's room only, for it is
  // the one who makes it, and leaves commands alone.
  enum class Caller : std::uint8_t { reactor, borrower };

  // Takes a prefix of `input`; `*taken` says how much. The rest comes again, with more behind it.
  Outcome feed(Bytes input, std::size_t* taken, Caller caller = Caller::reactor);

  // The pipe that frames may be read to in place (YPipe::room), or null.
  YPipe* place() const;

  // Where to read the rest of a large body to, past any buffer; empty: into a buffer, then feed.
  MutableBytes direct_room();
  Outcome direct_read(std::size_t bytes);

  // From here on frames are parsed and thrown away: the socket is gone.
  void discard_messages();

  // Frames go into the pipe as they come, and no large command is on its way.
  bool is_plain() const {
    return place() != nullptr && !(large_ != nullptr && large_header_.is_command());
  }
  // Whether `input` begins with a frame that could be taken if there were room.
  bool has_whole_frame(Bytes input) const;

  std::uint64_t messages_published() const { return messages_published_; }

  // How many frames were taken so far.
  std::uint64_t frames_taken() const { return frames_taken_; }

  // Some parts of a message are in the pipe, unpublished, the last is not.
  bool is_inside_message() const { return is_inside_message_; }

 private:
  // Bodies from this size on get a block of their own.
  static constexpr std::size_t kOwnBlockFrom = 8 * 1024;
  // So much of a command tells whether it needs room: "SUBSCRIBE" and the length of that.
  static constexpr std::size_t kCommandStart = 10;
  // The parts of a message become visible together, and the subscriptions among them with them: no
  // limit of the pipe holds for these. A libzmq peer stops reading for good at its high-water mark,
  // which is 1000 by default; we end the connection.
  static constexpr int kSubscriptionsInsideMax = 1000;

  std::size_t take_plain(Bytes input, Caller caller);
  Outcome take_command(Bytes body);
  Outcome take_frame(const FrameHeader& header, Bytes body);
  Outcome begin_large(const FrameHeader& header, Bytes start);
  Outcome finish_large();
  Outcome take_raw(Bytes input);
  bool may_begin_message(Caller caller);
  bool may_take_command(Bytes start);
  bool write(Bytes body, bool more, Message* message);
  void drop_large();
  FrameHeader decode(Bytes input) const {
    return framing_ == Framing::zmtp ? decode_frame_header(input) : decode_frame_header_v1(input);
  }

  PipeEnd* far_;
  CommandSink& commands_;
  Framing framing_;
  bool drops_commands_;
  bool discards_ = false;
  bool checks_replies_ = false;
  ReplyCheck reply_check_;
  bool is_inside_message_ = false;
  int subscriptions_inside_ = 0;  // between the parts of the message so far
  std::uint64_t message_bytes_max_;
  std::uint64_t frames_taken_ = 0;
  std::uint64_t messages_published_ = 0;

  // a large body on its way
  Body* large_ = nullptr;
  std::uint8_t* large_data_ = nullptr;
  std::size_t large_size_ = 0;
  std::size_t large_filled_ = 0;
  FrameHeader large_header_;
};

}  // namespace zmqng
