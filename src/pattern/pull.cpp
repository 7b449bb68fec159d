#include "pattern/pull.h"

namespace zmqng {

void Pull::attach(PipeEnd& end) {
  peers_.attach(end);
}

}  // namespace zmqng
