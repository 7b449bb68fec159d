#include "pattern/pair.h"

#include "pattern/small_duties.h"

namespace zmqng {

void Pair::attach(PipeEnd& end) {
  if (!out_.is_empty()) {
    end.tag = kDeaf;
    return;
  }
  end.tag = 0;
  in_.attach(end);
  out_.attach(end);
}

void Pair::readable(PipeEnd& end) {
  if (end.tag == kLeaving) discard_input(end, host_);
  in_.readable(end);
}

void Pair::closing(PipeEnd& end) {
  if (end.tag != 0) {
    end.tag = kLeaving;
    discard_input(end, host_);
    return;
  }
  out_.detach(end);
  in_.closing(end);
}

void Pair::detach(PipeEnd& end) {
  out_.detach(end);
  in_.detach(end);
}

}  // namespace zmqng
