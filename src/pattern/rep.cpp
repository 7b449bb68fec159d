#include "pattern/rep.h"

#include <utility>

#include "base/errors.h"
#include "pattern/small_duties.h"

namespace zmqng {

void Rep::act_on(PipeEnd& end, const RoutingTable::News& news) {
  if (news.displaced != nullptr) {
    forget_requester(*news.displaced);
    in_.detach(*news.displaced);
  }
  if (news.is_known_now) in_.attach(end);
}

void Rep::attach(PipeEnd& end) {
  send_probe(end, host_);
  act_on(end, routes_.attach(end, RoutingTable::Peers::zmtp));
}

void Rep::readable(PipeEnd& end) {
  act_on(end, routes_.readable(end));
  in_.readable(end);
}

void Rep::closing(PipeEnd& end) {
  act_on(end, routes_.readable(end));
  forget_requester(end);
  if (PipeEnd* heir = routes_.closing(end)) in_.attach(*heir);
  in_.closing(end);
}

void Rep::detach(PipeEnd& end) {
  forget_requester(end);
  in_.detach(end);
  if (PipeEnd* heir = routes_.detach(end)) in_.attach(*heir);
}

void Rep::forget_requester(PipeEnd& end) {
  if (&end != requester_) return;
  end.rollback();
  requester_ = nullptr;
}

// Reads up to the body of a message; false: this message has no envelope.
bool Rep::take_envelope(PipeEnd*& from) {
  envelope_.clear();
  for (;;) {
    Message part;
    PipeEnd* source = nullptr;
    if (in_.recv(part, source) != 0) return false;
    if (from == nullptr) from = source;
    if (!part.has_more()) return false;
    if (part.size() == 0) return true;
    envelope_.push_back(std::move(part));
  }
}

bool Rep::find_request() {
  while (in_.can_recv()) {
    requester_ = nullptr;
    if (!take_envelope(requester_)) continue;
    state_ = State::receiving;
    return true;
  }
  requester_ = nullptr;
  return false;
}

int Rep::recv(Message& message) {
  if (state_ == State::expect_request) {
    if (!find_request()) return EAGAIN;
  } else if (state_ != State::receiving) {
    return kEfsm;
  }
  const int error = in_.recv(message);
  if (error != 0) return error;
  if (!message.has_more()) state_ = State::replying;
  return 0;
}

bool Rep::can_recv() {
  if (state_ == State::receiving) return true;
  return state_ == State::expect_request && find_request();
}

bool Rep::write_envelope() {
  for (Message& part : envelope_) {
    if (!requester_->write({part.bytes(), true, &part})) return false;
  }
  return requester_->write({{}, true, nullptr});
}

int Rep::send(const OutFrame& frame) {
  if (state_ != State::replying && state_ != State::sending) return kEfsm;
  if (state_ == State::replying) {
    if (requester_ != nullptr && !requester_->can_write()) requester_ = nullptr;
    if (requester_ != nullptr && !write_envelope()) forget_requester(*requester_);
    envelope_.clear();
  }
  state_ = frame.more ? State::sending : State::expect_request;
  if (requester_ == nullptr) return 0;
  if (!requester_->write(frame)) {
    forget_requester(*requester_);
    return ENOMEM;
  }
  if (!frame.more) std::exchange(requester_, nullptr)->publish();
  return 0;
}

}  // namespace zmqng
