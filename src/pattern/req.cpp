#include "pattern/req.h"

#include "base/errors.h"
#include "pattern/small_duties.h"

namespace zmqng {

void Req::attach(PipeEnd& end) {
  send_probe(end, host_);
  in_.attach(end);
  out_.attach(end);
}

void Req::closing(PipeEnd& end) {
  out_.detach(end);
  const bool owes_reply =
      &end == asked_ && (state_ == State::awaiting || state_ == State::receiving);
  if (owes_reply) {
    in_.closing(end);
  } else {
    // What it still has to say is wanted by nobody.
    in_.detach(end);
    discard_input(end, host_);
  }
}

void Req::detach(PipeEnd& end) {
  out_.detach(end);
  in_.detach(end);
  if (&end == asked_) asked_ = nullptr;
}

// ---- asking

bool Req::can_send() {
  if (state_ == State::sending) return true;
  return (state_ == State::ready || host_.options().pattern.req_relaxed) && out_.can_send();
}

void Req::discard_replies() {
  in_.skip_message();
  Message unwanted;
  while (in_.recv(unwanted) == 0) {
  }
}

// Writes what stands before the body.
int Req::begin() {
  if (state_ != State::ready && !host_.options().pattern.req_relaxed) return kEfsm;
  if (!out_.can_send()) return EAGAIN;
  discard_replies();
  is_correlated_ = host_.options().pattern.req_correlate;
  int error = 0;
  if (is_correlated_) {
    ++request_id_;
    const auto* id = reinterpret_cast<const std::uint8_t*>(&request_id_);
    error = out_.send({Bytes(id, sizeof request_id_), true, nullptr});
  }
  if (error == 0) error = out_.send({{}, true, nullptr});
  if (error != 0) return error;
  asked_ = out_.within();
  state_ = State::sending;
  return 0;
}

int Req::send(const OutFrame& frame) {
  if (state_ == State::sending) return send_part(frame);
  int error = begin();
  if (error != 0) return error;
  error = send_part(frame);
  if (error != 0) {
    out_.abandon();
    state_ = State::ready;
  }
  return error;
}

int Req::send_part(const OutFrame& frame) {
  const int error = out_.send(frame);
  if (error == 0 && !frame.more) state_ = State::awaiting;
  return error;
}

// ---- being answered

Req::Envelope Req::take_envelope(PipeEnd*& from, std::uint32_t& id) {
  Message part;
  if (in_.recv(part, from) != 0 || !part.has_more()) return Envelope::broken;
  if (part.size() == 0) return Envelope::plain;
  if (part.size() != sizeof id) return Envelope::broken;
  std::memcpy(&id, part.data(), sizeof id);
  if (in_.recv(part) != 0 || !part.has_more() || part.size() != 0) return Envelope::broken;
  return Envelope::with_id;
}

bool Req::is_wanted(Envelope envelope, std::uint32_t id) const {
  return is_correlated_ ? envelope == Envelope::with_id && id == request_id_
                        : envelope == Envelope::plain;
}

bool Req::find_reply() {
  while (in_.can_recv()) {
    PipeEnd* from = nullptr;
    std::uint32_t id = 0;
    const Envelope envelope = take_envelope(from, id);
    if (envelope != Envelope::broken && from == asked_ && from != nullptr &&
        is_wanted(envelope, id)) {
      state_ = State::receiving;
      return true;
    }
    in_.skip_message();
  }
  return false;
}

bool Req::can_recv() {
  return state_ == State::receiving || (state_ == State::awaiting && find_reply());
}

int Req::recv(Message& message) {
  if (!can_recv()) return state_ == State::awaiting ? EAGAIN : kEfsm;
  const int error = in_.recv(message);
  if (error != 0) return error;
  if (!message.has_more()) state_ = State::ready;
  return 0;
}

}  // namespace zmqng
