/* Making and closing sockets, and whole contexts. */
#include <zmq.h>

#include "backends/backend.h"
#include "cells/cells.h"

/* Sockets that exist at a time. */
enum { kBatch = 100 };

static int64_t sockets_until(const end_t* end, int64_t end_ns) {
  socket_t sockets[kBatch];
  int64_t made = 0;
  int i;
  do {
    for (i = 0; i < kBatch; ++i) sockets[i] = new_socket(end, ZMQ_DEALER);
    for (i = 0; i < kBatch; ++i) close_socket(sockets[i]);
    made += kBatch;
  } while (now_ns() < end_ns);
  return made;
}

static void make_sockets(end_t* end) {
  int64_t made;
  sockets_until(end, now_ns() + warm_up_ns());
  measure_begin(end);
  made = sockets_until(end, end->begun_ns + duration_ns());
  measure_end(end);
  report_rate(end, made, 0);
}

static int64_t contexts_until(int64_t end_ns) {
  int64_t made = 0;
  do {
    void* context = zmq_ctx_new();
    void* socket = zmq_socket(context, ZMQ_PAIR);
    must(socket != NULL, "zmq_socket");
    zmq_close(socket);
    zmq_ctx_term(context);
    ++made;
  } while (now_ns() < end_ns);
  return made;
}

static void make_contexts(end_t* end) {
  int64_t made;
  contexts_until(now_ns() + warm_up_ns());
  measure_begin(end);
  made = contexts_until(end->begun_ns + duration_ns());
  measure_end(end);
  report_rate(end, made, 0);
}

const cell_t kSocketCreation = {"socket_creation", "sockets made and closed", {make_sockets}};
const cell_t kContextCreation = {
    "context_creation", "contexts, each with a socket, made and ended", {make_contexts}};
