#include "pattern/xsub.h"

namespace zmqng {

int Xsub::send(const OutFrame& frame) {
  const bool is_request =
      (!is_within_ || examines_all_) && !frame.bytes.empty() && frame.bytes[0] <= 1;
  if (!is_within_) {
    examines_all_ = is_request || !host_.options().pattern.only_first_subscribe;
  }
  if (is_request) {
    const int error = send_request(frame);
    if (error != 0) return error;
  } else {
    Distributor& out = subscriber_.out();
    if (!out.is_within_message()) out.choose_all();
    out.write(frame);
  }
  is_within_ = frame.more;
  return 0;
}

int Xsub::send_request(const OutFrame& frame) {
  const bool subscribe = frame.bytes[0] == 1;
  const Bytes topic = frame.bytes.subspan(1);
  bool must_tell = true;
  if (subscribe) {
    const int error = subscriber_.add(topic);
    if (error != 0) return error;
  } else {
    must_tell = subscriber_.remove(topic);
  }
  if (!subscriber_.out().is_within_message()) {
    if (must_tell) subscriber_.tell_all(subscribe, topic);
  } else if (must_tell || !frame.more) {
    // In the middle of a message it goes along as a frame, where publishers look for it as well. As
    // the last frame it is needed even if there is nothing to tell, to end the message.
    subscriber_.out().write(frame);
  }
  return 0;
}

}  // namespace zmqng
