#include "pattern/router.h"

#include <utility>

#include "base/check.h"
#include "pattern/small_duties.h"

namespace zmqng {

void Router::act_on(PipeEnd& end, const RoutingTable::News& news) {
  if (news.displaced != nullptr) {
    stop_writing(*news.displaced);
    in_.detach(*news.displaced);
  }
  if (news.is_known_now) in_.attach(end);
}

void Router::attach(PipeEnd& end) {
  send_probe(end, host_);
  const auto peers = is_raw() ? RoutingTable::Peers::raw : RoutingTable::Peers::zmtp;
  act_on(end, routes_.attach(end, peers));
}

void Router::readable(PipeEnd& end) {
  act_on(end, routes_.readable(end));
  in_.readable(end);
}

void Router::closing(PipeEnd& end) {
  act_on(end, routes_.readable(end));  // what it has sent is still to be delivered
  stop_writing(end);
  if (PipeEnd* heir = routes_.closing(end)) in_.attach(*heir);
  in_.closing(end);
}

void Router::detach(PipeEnd& end) {
  stop_writing(end);
  in_.detach(end);
  if (PipeEnd* heir = routes_.detach(end)) in_.attach(*heir);
}

void Router::stop_writing(PipeEnd& end) {
  if (&end != out_) return;
  end.rollback();
  out_ = nullptr;
}

int Router::send(const OutFrame& frame) {
  if (!is_within_) return begin(frame);
  if (is_raw()) return send_raw(frame);
  is_within_ = frame.more;
  if (out_ == nullptr) return 0;
  if (!out_->write(frame)) {
    stop_writing(*out_);
    return ENOMEM;
  }
  if (!frame.more) std::exchange(out_, nullptr)->publish();
  return 0;
}

int Router::begin(const OutFrame& id) {
  if (!id.more) return 0;  // nothing but an id: there is nothing to send
  const bool is_mandatory = host_.options().pattern.router_mandatory;
  PipeEnd* end = routes_.find(id.bytes);
  if (end == nullptr) {
    if (is_mandatory) return EHOSTUNREACH;
  } else if (!end->can_write()) {
    if (is_mandatory) return EAGAIN;
    end = nullptr;
  }
  out_ = end;
  is_within_ = true;
  return 0;
}

int Router::send_raw(const OutFrame& frame) {
  is_within_ = false;
  PipeEnd* end = std::exchange(out_, nullptr);
  if (end == nullptr) return 0;
  if (frame.bytes.empty()) {
    host_.drop_pipe(*end);
    return 0;
  }
  if (!end->write({frame.bytes, false, frame.message})) return ENOMEM;
  end->publish();
  return 0;
}

int Router::recv(Message& message) {
  if (has_held_) {
    message = std::move(held_);
    has_held_ = false;
    return 0;
  }
  if (in_.is_within_message()) return in_.recv(message);
  PipeEnd* from = nullptr;
  const int error = in_.recv(held_, from);
  if (error != 0) return error;
  CHECK(from != nullptr);  // a message begins
  has_held_ = true;
  return fill(message, routes_.id_of(*from), true, held_.peer()) ? 0 : ENOMEM;
}

bool Router::can_send() {
  if (is_within_ || !host_.options().pattern.router_mandatory) return true;
  return routes_.any([](PipeEnd& end) { return end.can_write(); });
}

}  // namespace zmqng
