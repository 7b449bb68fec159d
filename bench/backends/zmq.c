/* What bench-zmq can measure. */
#include <stdio.h>
#include <zmq.h>

#include "cells/cells.h"

enum { kSocketsMax = 30000 };

void* backend_start(void) {
  void* context = zmq_ctx_new();
  const long threads = number_option("io_threads", 1);
  if (!context) fail("zmq_ctx_new");
  if (zmq_ctx_set(context, ZMQ_MAX_SOCKETS, kSocketsMax) != 0) fail("ZMQ_MAX_SOCKETS");
  if (zmq_ctx_set(context, ZMQ_IO_THREADS, (int)threads) != 0) fail("ZMQ_IO_THREADS");
  return context;
}

void backend_stop(void* context) {
  zmq_ctx_term(context);
}

const char* backend_version(void) {
  static char text[kTextMax];
  int major, minor, patch;
  zmq_version(&major, &minor, &patch);
  snprintf(text, sizeof text, "%d.%d.%d", major, minor, patch);
  return text;
}

const cell_t* const kCells[] = {&kThroughput,    &kRoundTrip, &kOpenLoop,       &kFanOut,
                                &kSubscriptions, &kClients,   &kProxy,          &kFanIn,
                                &kConnections,   &kChurn,     &kSocketCreation, &kContextCreation,
                                &kPoll,          NULL};
