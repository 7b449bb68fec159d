#include "pattern/stream.h"

#include <utility>

#include "base/check.h"
#include "pattern/small_duties.h"

namespace zmqng {

void StreamPattern::attach(PipeEnd& end) {
  const RoutingTable::News news = routes_.attach(end, RoutingTable::Peers::raw);
  if (news.displaced != nullptr) {
    in_.detach(*news.displaced);
    in_.drop_rest();
  }
  if (!news.is_known_now) return;
  latest_id_ = as_text(routes_.id_of(end));
  in_.attach(end);
}

void StreamPattern::readable(PipeEnd& end) {
  (void)routes_.readable(end);
  in_.readable(end);
}

void StreamPattern::closing(PipeEnd& end) {
  if (&end == out_) out_ = nullptr;
  (void)routes_.closing(end);  // nobody waits for an id: they are all different
  in_.closing(end);
}

void StreamPattern::detach(PipeEnd& end) {
  if (&end == out_) out_ = nullptr;
  in_.detach(end);
  in_.drop_rest();  // every frame is a message here, and nobody has sent these any more
  (void)routes_.detach(end);
}

int StreamPattern::begin(const OutFrame& id) {
  // Without a body to follow the id is ignored, and so is what is sent next in place of the body.
  PipeEnd* end = nullptr;
  if (id.more) {
    end = routes_.find(id.bytes);
    if (end == nullptr) return EHOSTUNREACH;
    if (!end->can_write()) return EAGAIN;
  }
  out_ = end;
  expects_body_ = true;
  return 0;
}

int StreamPattern::send(const OutFrame& frame) {
  if (!expects_body_) return begin(frame);
  expects_body_ = false;
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

int StreamPattern::recv(Message& message) {
  if (has_held_) {
    message = std::move(held_);
    has_held_ = false;
    return 0;
  }
  PipeEnd* from = nullptr;
  const int error = in_.recv(held_, from);
  if (error != 0) return error;
  held_.set_more(false);
  CHECK(from != nullptr);  // a message begins
  has_held_ = true;
  return fill(message, routes_.id_of(*from), true, held_.peer()) ? 0 : ENOMEM;
}

}  // namespace zmqng
