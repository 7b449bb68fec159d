/* One DEALER with count= connections to a ROUTER, over tcp: until a message has come by each
 * of them, what they take in memory on both sides, what they cost while nothing happens (idle_ms=,
 * with heartbeat_ms= between heartbeats), and how long closing takes.
 *
 * One socket has them all, so that a connection takes one descriptor and not two; each goes to an
 * address of its own, as a DEALER has only one connection to an endpoint. */
#include <stdio.h>
#include <stdlib.h>

#include "backends/backend.h"
#include "cells/cells.h"

enum { kBacklog = 4096, kIdBytesMax = 8 };

static socket_t open_side(void* context, int type) {
  socket_t socket = zmq_socket(context, type);
  must(socket != NULL, "zmq_socket");
  set_option(socket, ZMQ_LINGER, 0);
  set_option(socket, ZMQ_BACKLOG, kBacklog);
  if (number_option("heartbeat_ms", 0) > 0)
    set_option(socket, ZMQ_HEARTBEAT_IVL, (int)number_option("heartbeat_ms", 0));
  return socket;
}

static double ms_since(int64_t ns) {
  return (double)(now_ns() - ns) / 1e6;
}

/* A context of its own, so that ending it can be timed. */
static double tear_down_ms(void* context, socket_t socket) {
  const int64_t start_ns = now_ns();
  zmq_close(socket);
  zmq_ctx_term(context);
  return ms_since(start_ns);
}

static int by_value(const void* left, const void* right) {
  const uint64_t a = *(const uint64_t*)left, b = *(const uint64_t*)right;
  return (a > b) - (a < b);
}

static unsigned port(void) {
  unsigned number;
  if (sscanf(endpoint(0), "tcp://127.0.0.1:%u", &number) != 1) fail("only over tcp");
  return number;
}

static void bind_everywhere(socket_t socket) {
  char text[kTextMax];
  snprintf(text, sizeof text, "tcp://0.0.0.0:%u", port());
  must(zmq_bind(socket, text) == 0, text);
}

/* All of 127.0.0.0/8 is this machine. */
static void connect_one(socket_t socket, long index) {
  enum { kPerByte = 250 };
  char text[kTextMax];
  snprintf(text, sizeof text, "tcp://127.0.%ld.%ld:%u", index / kPerByte, 1 + index % kPerByte,
           port());
  must(zmq_connect(socket, text) == 0, text);
}

/* Takes a message from each; returns how many connections they came from. */
static long receive_from_all(socket_t socket, long count) {
  uint64_t* ids = calloc((size_t)count, sizeof *ids);
  char body[kIdBytesMax];
  long i, different = 1;
  for (i = 0; i < count; ++i) {
    const int bytes = zmq_recv(socket, &ids[i], sizeof *ids, 0);
    must(bytes > 0 && bytes <= kIdBytesMax, "routing id");
    must(zmq_recv(socket, body, sizeof body, 0) == 1, "zmq_recv");
  }
  qsort(ids, (size_t)count, sizeof *ids, by_value);
  for (i = 1; i < count; ++i) different += ids[i] != ids[i - 1];
  free(ids);
  return different;
}

/* What this process uses while nothing happens. */
static double idle_cpu_ms_per_s(void) {
  const int64_t start_ns = now_ns(), cpu = cpu_ns();
  pause_until(start_ns + number_option("idle_ms", 0) * 1000000);
  return (double)(cpu_ns() - cpu) / 1e6 / ((double)(now_ns() - start_ns) / 1e9);
}

static void report_idle(const end_t* end, const char* name) {
  const bool is_asked = number_option("idle_ms", 0) > 0;
  meet();
  if (is_asked) report(end, name, idle_cpu_ms_per_s());
  meet();
}

static void server(end_t* end) {
  const long count = number_option("count", 1000);
  void* context = zmq_ctx_new();
  socket_t socket = open_side(context, ZMQ_ROUTER);
  long memory, different;
  bind_everywhere(socket);
  meet();
  memory = memory_kb("VmRSS");
  measure_begin(end);
  different = receive_from_all(socket, count);
  measure_end(end);
  report(end, "time_ms", (double)end->worked_ns / 1e6);
  report(end, "lost", (double)(count - different));
  report(end, "memory_kb", (double)(memory_kb("VmRSS") - memory));
  report_idle(end, "idle_server_ms_per_s");
  meet(); /* the clients are gone */
  report(end, "server_teardown_ms", tear_down_ms(context, socket));
}

static void clients(end_t* end) {
  const long count = number_option("count", 1000);
  void* context = zmq_ctx_new();
  socket_t socket;
  long memory, i;
  meet();
  socket = open_side(context, ZMQ_DEALER);
  memory = memory_kb("VmRSS");
  measure_begin(end);
  for (i = 0; i < count; ++i) connect_one(socket, i);
  for (i = 0; i < count; ++i) must(zmq_send(socket, "x", 1, 0) == 1, "zmq_send");
  measure_end(end);
  report(end, "memory_kb", (double)(memory_kb("VmRSS") - memory));
  report_idle(end, "idle_client_ms_per_s");
  report(end, "teardown_ms", tear_down_ms(context, socket));
  meet();
}

const cell_t kConnections = {
    "connections", "count= of them: time, memory, idle, closing", {server, clients}};
