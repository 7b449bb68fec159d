/* A new REQ connects, asks, has its answer and closes; again and again. */
#include "backends/backend.h"
#include "cells/cells.h"
#include "cells/numbers.h"

/* Each takes a port for a while, of some 28,000. */
enum { kClientsMax = 5000 };

static int64_t answer_all(socket_t socket) {
  char data[kHeadBytes];
  int64_t answered = 0;
  do {
    receive_message(socket, data, sizeof data);
    send_message(socket, data, sizeof data);
    ++answered;
  } while (!(get_number(data) & kLast));
  return answered;
}

static void server(end_t* end) {
  socket_t socket = open_socket(end, kRep, true);
  int64_t answered;
  meet();
  answer_all(socket);
  measure_begin(end);
  answered = answer_all(socket);
  measure_end(end);
  report_rate(end, answered, 0);
  close_socket(socket);
}

static void come_and_go_until(const end_t* end, int64_t end_ns) {
  char data[kHeadBytes] = "";
  uint64_t number = 0, sent;
  do {
    socket_t socket = open_socket(end, kReq, false);
    sent = now_ns() >= end_ns || number == kClientsMax ? number | kLast : number;
    put_number(data, sent);
    send_message(socket, data, sizeof data);
    receive_message(socket, data, sizeof data);
    if (get_number(data) != sent) fail("an answer to another question");
    close_socket(socket);
    ++number;
  } while (!(sent & kLast));
}

static void clients(end_t* end) {
  meet();
  come_and_go_until(end, now_ns() + warm_up_ns());
  measure_begin(end);
  come_and_go_until(end, end->begun_ns + duration_ns());
  measure_end(end);
}

const cell_t kChurn = {"churn", "connect, one round trip, close; per second", {server, clients}};
