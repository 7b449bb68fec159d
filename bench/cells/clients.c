/* count= DEALERs, each with some requests under way, and a ROUTER that answers. */
#include <stdlib.h>

#include "backends/backend.h"
#include "cells/cells.h"
#include "cells/numbers.h"

enum { kUnderWay = 1000, kUnderWayPerClient = 100 };

static int64_t answer_all(socket_t socket, char* data, size_t bytes) {
  int64_t answered = 0;
  zmq_msg_t id;
  zmq_msg_init(&id);
  do {
    must(zmq_msg_recv(&id, socket, 0) >= 0, "zmq_msg_recv");
    receive_message(socket, data, bytes);
    must(zmq_msg_send(&id, socket, ZMQ_SNDMORE) >= 0, "zmq_msg_send");
    send_message(socket, data, bytes);
    ++answered;
  } while (!(get_number(data) & kLast));
  zmq_msg_close(&id);
  return answered;
}

static void router(end_t* end) {
  const size_t bytes = message_bytes();
  char* data = calloc(1, bytes);
  socket_t socket = new_socket(end, ZMQ_ROUTER);
  int64_t answered;
  attach(socket, true, 0);
  meet();
  answer_all(socket, data, bytes);
  measure_begin(end);
  answered = answer_all(socket, data, bytes);
  measure_end(end);
  report_rate(end, answered, 0);
  close_socket(socket);
  free(data);
}

typedef struct {
  socket_t* sockets;
  uint64_t* sent;
  uint64_t* answered;
  long count;
  long window;
  size_t bytes;
  char* data;
} clients_t;

static void ask(clients_t* clients, long client, uint64_t flags) {
  put_number(clients->data, clients->sent[client]++ | flags);
  send_message(clients->sockets[client], clients->data, clients->bytes);
}

static void take_answer(clients_t* clients, long client) {
  receive_message(clients->sockets[client], clients->data, clients->bytes);
  if ((get_number(clients->data) & ~kLast) != clients->answered[client]++)
    fail("an answer to another question");
}

/* Keeps every client's window full until the time has come; then takes the rest. */
static void ask_until(clients_t* clients, int64_t end_ns) {
  long i, w;
  for (i = 0; i < clients->count; ++i)
    for (w = 0; w < clients->window; ++w) ask(clients, i, 0);
  while (now_ns() < end_ns)
    for (i = 0; i < clients->count; ++i) {
      take_answer(clients, i);
      ask(clients, i, 0);
    }
  for (i = 0; i < clients->count; ++i)
    for (w = 0; w < clients->window; ++w) take_answer(clients, i);
  ask(clients, 0, kLast);
  take_answer(clients, 0);
}

static void dealers(end_t* end) {
  const size_t count = (size_t)number_option("count", 1);
  clients_t clients = {.count = (long)count, .bytes = message_bytes()};
  size_t i;
  clients.window = kUnderWay / clients.count;
  if (clients.window > kUnderWayPerClient) clients.window = kUnderWayPerClient;
  if (clients.window < 1) clients.window = 1;
  clients.data = calloc(1, clients.bytes);
  clients.sockets = calloc(count, sizeof *clients.sockets);
  clients.sent = calloc(count, sizeof *clients.sent);
  clients.answered = calloc(count, sizeof *clients.answered);
  meet();
  for (i = 0; i < count; ++i) {
    clients.sockets[i] = new_socket(end, ZMQ_DEALER);
    attach(clients.sockets[i], false, 0);
  }
  ask_until(&clients, now_ns() + warm_up_ns());
  measure_begin(end);
  ask_until(&clients, end->begun_ns + duration_ns());
  measure_end(end);
  for (i = 0; i < count; ++i) close_socket(clients.sockets[i]);
  free(clients.sockets);
  free(clients.sent);
  free(clients.answered);
  free(clients.data);
}

const cell_t kClients = {
    "clients", "count= DEALERs to a ROUTER, answers per second", {router, dealers}};
