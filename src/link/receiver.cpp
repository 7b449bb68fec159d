#include "link/receiver.h"

#include <algorithm>

namespace zmqng {

Receiver::Receiver(PipeEnd& far, CommandSink& commands, Framing framing, bool drops_commands,
                   std::int64_t message_bytes_max)
    : far_(&far),
      commands_(commands),
      framing_(framing),
      drops_commands_(drops_commands),
      message_bytes_max_(message_bytes_max < 0 ? UINT64_MAX
                                               : static_cast<std::uint64_t>(message_bytes_max)) {}

Receiver::~Receiver() {
  drop_large();
}

void Receiver::drop_large() {
  if (large_ != nullptr) large_->drop();
  large_ = nullptr;
}

void Receiver::discard_messages() {
  discards_ = true;
  far_ = nullptr;
}

bool Receiver::may_begin_message(Caller caller) {
  if (is_inside_message_ || discards_) return true;
  return caller == Caller::reactor ? far_->can_write() : far_->would_write();
}

// Raw bytes have no headers, whose place a record's head could take; a conflating pipe has no
// bytes.
YPipe* Receiver::place() const {
  const bool is_possible = framing_ == Framing::zmtp && !discards_ && far_->slot_out() == nullptr;
  return is_possible ? &far_->out() : nullptr;
}

Receiver::Outcome Receiver::feed(Bytes input, std::size_t* taken, Caller caller) {
  *taken = 0;
  if (framing_ == Framing::raw) {
    const Outcome outcome = take_raw(input);
    if (outcome == Outcome::need_more) *taken = input.size();
    return outcome;
  }
  while (!input.empty()) {
    if (const std::size_t plain = take_plain(input, caller); plain > 0) {
      *taken += plain;
      input = input.subspan(plain);
      continue;
    }
    const FrameHeader header = decode(input);
    if (header.state == FrameHeader::State::malformed) return Outcome::failed;
    if (!header.is_complete()) return Outcome::need_more;
    if (header.body_bytes > message_bytes_max_) return Outcome::failed;
    const bool is_command = framing_ == Framing::zmtp && header.is_command();
    const Bytes rest = input.subspan(header.header_bytes);
    const Bytes body = rest.first(std::min<std::uint64_t>(rest.size(), header.body_bytes));
    if (is_command && caller == Caller::borrower) return Outcome::command;
    if (is_command ? !may_take_command(body) : !may_begin_message(caller)) return Outcome::paused;
    const bool is_large = header.body_bytes >= kOwnBlockFrom;
    const std::uint64_t least = is_large ? (is_command ? kCommandStart : 0) : header.body_bytes;
    if (body.size() < least) return Outcome::need_more;
    const Outcome outcome = is_large ? begin_large(header, body) : take_frame(header, body);
    const std::size_t used = header.header_bytes + body.size();
    ++frames_taken_;
    *taken += used;
    if (outcome != Outcome::need_more) return outcome;
    input = input.subspan(used);
  }
  return Outcome::need_more;
}

// Frames of messages that were read in place stay there, whole runs of them. Returns how many
// bytes.
std::size_t Receiver::take_plain(Bytes input, Caller caller) {
  YPipe* pipe = place();
  if (pipe == nullptr || checks_replies_ || !pipe->is_in_room(input)) return 0;
  if (!may_begin_message(caller)) return 0;
  PlainLimits limits;
  limits.body_max = std::min<std::uint64_t>(message_bytes_max_, kOwnBlockFrom - 1);
  limits.messages_max = pipe->credit();
  limits.is_inside = is_inside_message_;
  const PlainFrames found = walk_plain_frames(input, limits);
  if (found.frames == 0) return 0;
  is_inside_message_ = found.whole_bytes < found.bytes;
  if (found.messages > 0) subscriptions_inside_ = 0;
  frames_taken_ += found.frames;
  messages_published_ += found.messages;
  far_->accept(found);
  return found.bytes;
}

bool Receiver::has_whole_frame(Bytes input) const {
  const FrameHeader header = decode(input);
  if (!header.is_complete()) return header.state == FrameHeader::State::malformed;
  return header.body_bytes >= kOwnBlockFrom ||
         input.size() >= header.header_bytes + header.body_bytes;
}

// A subscription takes room in the pipe like a message; a PING is answered at any time.
bool Receiver::may_take_command(Bytes start) {
  if (drops_commands_ || discards_ || is_inside_message_) return true;
  return !commands_.needs_room(start) || far_->can_write();
}

Receiver::Outcome Receiver::take_command(Bytes body) {
  if (drops_commands_) return Outcome::need_more;
  const bool is_inside = is_inside_message_ && !discards_ && commands_.needs_room(body);
  if (is_inside && ++subscriptions_inside_ > kSubscriptionsInsideMax) return Outcome::failed;
  return commands_.command_received(body) ? Outcome::need_more : Outcome::failed;
}

Receiver::Outcome Receiver::take_frame(const FrameHeader& header, Bytes body) {
  if (framing_ == Framing::zmtp && header.is_command()) return take_command(body);
  return write(body, header.has_more(), nullptr) ? Outcome::need_more : Outcome::failed;
}

bool Receiver::write(Bytes body, bool more, Message* message) {
  if (checks_replies_ && !reply_check_.accepts(body.size(), more)) return false;
  is_inside_message_ = more;
  if (!more) subscriptions_inside_ = 0;
  if (discards_) return true;
  const bool is_written =
      message != nullptr ? far_->write({body, more, message}) : far_->write_copy(body, more);
  if (!is_written) return false;
  if (!more) {
    far_->publish();
    ++messages_published_;
  }
  return true;
}

Receiver::Outcome Receiver::begin_large(const FrameHeader& header, Bytes start) {
  if (header.body_bytes > SIZE_MAX / 2) return Outcome::failed;
  // The block's pages are only committed as bytes arrive, so a lie about the size costs nothing.
  large_ = make_heap_body(header.body_bytes, &large_data_);
  if (large_ == nullptr) return Outcome::failed;
  large_size_ = header.body_bytes;
  large_filled_ = start.size();
  large_header_ = header;
  std::copy(start.begin(), start.end(), large_data_);
  return large_filled_ == large_size_ ? finish_large() : Outcome::need_more;
}

MutableBytes Receiver::direct_room() {
  if (large_ == nullptr) return {};
  return {large_data_ + large_filled_, large_size_ - large_filled_};
}

Receiver::Outcome Receiver::direct_read(std::size_t bytes) {
  large_filled_ += bytes;
  return large_filled_ == large_size_ ? finish_large() : Outcome::need_more;
}

Receiver::Outcome Receiver::finish_large() {
  const Bytes body{large_data_, large_size_};
  if (framing_ == Framing::zmtp && large_header_.is_command()) {
    const Outcome outcome = take_command(body);
    drop_large();
    return outcome;
  }
  Message message;
  message.adopt(large_, large_data_, large_size_);
  large_ = nullptr;
  return write(body, large_header_.has_more(), &message) ? Outcome::need_more : Outcome::failed;
}

// One read is one message.
Receiver::Outcome Receiver::take_raw(Bytes input) {
  if (input.empty()) return Outcome::need_more;
  if (!may_begin_message(Caller::reactor)) return Outcome::paused;
  ++frames_taken_;
  while (!input.empty()) {
    const Bytes part = input.first(std::min<std::size_t>(input.size(), 8192));
    Message message;
    if (!message.assign(part)) return Outcome::failed;
    if (!write(message.bytes(), false, &message)) return Outcome::failed;
    input = input.subspan(part.size());
  }
  return Outcome::need_more;
}

}  // namespace zmqng
