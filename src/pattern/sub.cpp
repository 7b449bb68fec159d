#include "pattern/sub.h"

#include <utility>

namespace zmqng {

int Sub::recv_wanted(Message& message) {
  FairQueue& in = subscriber_.in();
  for (;;) {
    const bool is_first = !in.is_within_message();
    const int error = in.recv(message);
    if (error != 0 || !is_first) return error;
    const bool matches = subscriber_.topics().matches(message.bytes());
    if (matches != host_.options().pattern.invert_matching) return 0;
    in.skip_message();
  }
}

int Sub::recv(Message& message) {
  if (!has_held_) return recv_wanted(message);
  message = std::move(held_);
  has_held_ = false;
  return 0;
}

bool Sub::can_recv() {
  if (!has_held_ && !subscriber_.in().is_within_message()) has_held_ = recv_wanted(held_) == 0;
  return has_held_ || subscriber_.in().is_within_message();
}

int Sub::subscribe(Bytes topic) {
  const int error = subscriber_.add(topic);
  if (error == 0) subscriber_.tell_all(true, topic);
  return error;
}

int Sub::unsubscribe(Bytes topic) {
  if (subscriber_.remove(topic)) subscriber_.tell_all(false, topic);
  return 0;
}

}  // namespace zmqng
