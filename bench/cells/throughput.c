/* PUSH to PULL as fast as it goes; the end that receives takes the time, until the last message. */
#include "cells/cells.h"
#include "cells/stream.h"

enum { kMib = 1 << 20 };

static void push(end_t* end) {
  meet();
  push_stream(end, open_socket(end, kPush, false));
}

static void pull(end_t* end) {
  socket_t socket = open_socket(end, kPull, true);
  double bytes;
  meet();
  bytes = (double)pull_stream(end, socket) * (double)message_bytes();
  report(end, "mib_per_s", bytes * 1e9 / kMib / (double)end->worked_ns);
}

const cell_t kThroughput = {"throughput", "PUSH to PULL, messages per second", {pull, push}};
