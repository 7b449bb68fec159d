#include "pattern/pub.h"

namespace zmqng {

void Pub::attach(PipeEnd& end) {
  publisher_.attach(end);
}

}  // namespace zmqng
