#include "pattern/push.h"

#include "pattern/small_duties.h"

namespace zmqng {

void Push::attach(PipeEnd& end) {
  peers_.attach(end);
  discard_input(end, host_);
}

void Push::readable(PipeEnd& end) {
  discard_input(end, host_);
}

void Push::closing(PipeEnd& end) {
  peers_.detach(end);
  discard_input(end, host_);
}

}  // namespace zmqng
