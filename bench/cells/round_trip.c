/* One asks, the other answers: type=req (REQ and REP) or pair; for ms= or exactly trips= times. */
#include <stdlib.h>

#include "backends/backend.h"
#include "cells/cells.h"
#include "cells/numbers.h"

enum { kSamplesMax = 2000000 };

static role_t role(role_t of_req) {
  return option_is("type", "pair") ? kPair : of_req;
}

static numbers_t answer_all(socket_t socket, char* data, size_t bytes) {
  numbers_t numbers = {0, 0, 0};
  bool is_last;
  do {
    receive_message(socket, data, bytes);
    is_last = check_number(&numbers, get_number(data));
    send_message(socket, data, bytes);
  } while (!is_last);
  return numbers;
}

static void answerer(end_t* end) {
  const size_t bytes = message_bytes();
  char* data = new_data(bytes);
  socket_t socket = open_socket(end, role(kRep), true);
  numbers_t numbers;
  meet();
  answer_all(socket, data, bytes);
  measure_begin(end);
  numbers = answer_all(socket, data, bytes);
  measure_end(end);
  report_rate(end, numbers.received, numbers.lost);
  close_socket(socket);
  free(data);
}

static void ask_until(socket_t socket, char* data, size_t bytes, int64_t end_ns,
                      samples_t* samples) {
  const uint64_t trips = (uint64_t)number_option("trips", 0);
  uint64_t number = 0, sent;
  int64_t asked_ns = now_ns(), answered_ns;
  do {
    const bool is_last = trips ? number + 1 >= trips : asked_ns >= end_ns;
    sent = is_last ? number | kLast : number;
    put_number(data, sent);
    send_message(socket, data, bytes);
    receive_message(socket, data, bytes);
    if (get_number(data) != sent) fail("an answer to another question");
    answered_ns = now_ns();
    if (samples) samples_add(samples, answered_ns - asked_ns);
    asked_ns = answered_ns;
    ++number;
  } while (!(sent & kLast));
}

static void asker(end_t* end) {
  const size_t bytes = message_bytes();
  char* data = new_data(bytes);
  samples_t samples;
  socket_t socket;
  samples_open(&samples, kSamplesMax);
  meet();
  socket = open_socket(end, role(kReq), false);
  ask_until(socket, data, bytes, now_ns() + warm_up_ns(), NULL);
  measure_begin(end);
  ask_until(socket, data, bytes, end->begun_ns + duration_ns(), &samples);
  measure_end(end);
  samples_report(&samples, end);
  samples_close(&samples);
  close_socket(socket);
  free(data);
}

const cell_t kRoundTrip = {
    "round_trip", "REQ to REP, or type=pair, the time for an answer", {answerer, asker}};
