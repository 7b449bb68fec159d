// zmq_proxy: forwards messages between two sockets until told to stop or a call fails.
#pragma once

#include <cstdint>

#include "socket/poll.h"
#include "socket/socket.h"

namespace zmqng {

// `capture` gets a copy of everything, `control` steers; both may be null. Returns 0 after
// TERMINATE, else the errno of the call that failed.
int run_proxy(Socket& frontend, Socket& backend, Socket* capture, Socket* control);

}  // namespace zmqng
