// How the owner of a mailbox sleeps under the explorer, the way a blocking socket does.
#pragma once

#include "sync/mailbox.h"

namespace zmqng {

inline void sleep_on(Mailbox& mailbox) {
  if (mailbox.arm()) {
    mailbox.fd().wait();
    mailbox.disarm();
    mailbox.fd().clear();
  }
  mailbox.serve_all();
}

}  // namespace zmqng
