#include "pattern/pair.h"

#include <algorithm>

#include "pattern/small_duties.h"

namespace zmqng {

void Pair::attach(PipeEnd& end) {
  end.tag = kWaiting;
  waiting_.push_back(&end);
  take_next();
}

void Pair::take_next() {
  if (!out_.is_empty() || waiting_.empty()) return;
  PipeEnd& end = *waiting_.front();
  stop_waiting(end);
  end.tag = kPeer;
  in_.attach(end);
  out_.attach(end);
}

void Pair::stop_waiting(PipeEnd& end) {
  if (end.tag == kWaiting) std::erase(waiting_, &end);
}

void Pair::readable(PipeEnd& end) {
  if (end.tag == kLeaving) discard_input(end, host_);
  in_.readable(end);
}

void Pair::closing(PipeEnd& end) {
  if (end.tag != kPeer) {
    stop_waiting(end);
    end.tag = kLeaving;
    discard_input(end, host_);
    return;
  }
  out_.detach(end);
  in_.closing(end);
  take_next();
}

void Pair::detach(PipeEnd& end) {
  stop_waiting(end);
  out_.detach(end);
  in_.detach(end);
  take_next();
}

}  // namespace zmqng
