#include "pattern/dealer.h"

#include "pattern/small_duties.h"

namespace zmqng {

void Dealer::attach(PipeEnd& end) {
  send_probe(end, host_);
  in_.attach(end);
  out_.attach(end);
}

void Dealer::closing(PipeEnd& end) {
  out_.detach(end);
  in_.closing(end);
}

void Dealer::detach(PipeEnd& end) {
  out_.detach(end);
  in_.detach(end);
}

}  // namespace zmqng
