#include "pattern/xpub.h"

namespace zmqng {

void Xpub::attach(PipeEnd& end) {
  publisher_.attach(end);
}

int Xpub::recv(Message& message) {
  PipeTable::Ticket requester;
  const int error = reports_.take(message, requester);
  if (error != 0) return error;
  if (requester.serial != 0) publisher_.set_requester(requester);
  return 0;
}

}  // namespace zmqng
