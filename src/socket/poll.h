// zmq_poll: waits for sockets and plain descriptors together.
#pragma once

#include "socket/socket.h"

namespace zmqng {

inline constexpr short kPollError = 4;
inline constexpr short kPollPriority = 8;

// The layout of zmq_pollitem_t.
struct PollItem {
  Socket* socket;
  int fd;
  short events;
  short revents;
};

// `*ready`: the number of items with events. `timeout_ms` negative: for ever.
// Errors: ETERM, ENOTSOCK, EINTR, and what the system's poll says.
int poll_items(PollItem* items, int count, long timeout_ms, int* ready);

}  // namespace zmqng
