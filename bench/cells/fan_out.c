/* PUB to count= SUBs. What counts is what the subscribers got, together.
 *
 * Queues are unlimited, so that nothing is dropped; the publisher is kept at most kAhead messages
 * ahead by tokens, which cost one call of the kernel in kMessagesPerToken messages. */
#include <stdlib.h>

#include "backends/backend.h"
#include "cells/cells.h"
#include "cells/numbers.h"

enum { kMessagesPerToken = 500, kTokensAhead = 2 };

/* Set in numbers that only tell that the subscription has arrived. */
static const uint64_t kHello = UINT64_C(1) << 62;

static void publish_until(socket_t socket, char* data, size_t bytes, int64_t end_ns) {
  uint64_t number = 0;
  bool is_last;
  do {
    if (number % kMessagesPerToken == 0 && number >= kMessagesPerToken * kTokensAhead) take_token();
    is_last = number % kMessagesPerClock == 0 && now_ns() >= end_ns;
    put_number(data, is_last ? number | kLast : number);
    send_message(socket, data, bytes);
    ++number;
  } while (!is_last);
}

static void say_hello(socket_t socket, char* data, size_t bytes) {
  enum { kEveryNs = 1000000 };
  put_number(data, kHello);
  while (!has_token()) {
    send_message(socket, data, bytes);
    pause_until(now_ns() + kEveryNs);
  }
}

static void publisher(end_t* end) {
  const size_t bytes = message_bytes();
  char* data = calloc(1, bytes);
  socket_t socket = new_socket(end, ZMQ_PUB);
  set_option(socket, ZMQ_SNDHWM, 0);
  attach(socket, true, 0);
  meet();
  say_hello(socket, data, bytes);
  publish_until(socket, data, bytes, now_ns() + warm_up_ns());
  meet();
  while (has_token()) continue;
  measure_begin(end);
  publish_until(socket, data, bytes, end->begun_ns + duration_ns());
  measure_end(end);
  close_socket(socket);
  free(data);
}

/* Takes the messages in turn: all get the same, and none is ready much before the others. */
static numbers_t receive_by_all(socket_t* sockets, long count, char* data, size_t bytes) {
  numbers_t sum = {0, 0, 0}, *numbers = calloc((size_t)count, sizeof *numbers);
  bool is_last = false;
  long i;
  while (!is_last) {
    for (i = 0; i < count; ++i) {
      do receive_message(sockets[i], data, bytes);
      while (get_number(data) & kHello);
      is_last = check_number(&numbers[i], get_number(data));
    }
    if (numbers[0].expected % kMessagesPerToken == 0) give_token();
  }
  for (i = 0; i < count; ++i) {
    sum.received += numbers[i].received;
    sum.lost += numbers[i].lost;
  }
  free(numbers);
  return sum;
}

static void subscribers(end_t* end) {
  const size_t bytes = message_bytes();
  const long count = number_option("count", 1);
  socket_t* sockets = calloc((size_t)count, sizeof *sockets);
  char* data = calloc(1, bytes);
  numbers_t numbers;
  long i;
  meet();
  for (i = 0; i < count; ++i) {
    sockets[i] = new_socket(end, ZMQ_SUB);
    set_option(sockets[i], ZMQ_RCVHWM, 0);
    must(zmq_setsockopt(sockets[i], ZMQ_SUBSCRIBE, "", 0) == 0, "ZMQ_SUBSCRIBE");
    attach(sockets[i], false, 0);
  }
  for (i = 0; i < count; ++i) receive_message(sockets[i], data, bytes);
  give_token();
  receive_by_all(sockets, count, data, bytes);
  meet();
  measure_begin(end);
  numbers = receive_by_all(sockets, count, data, bytes);
  measure_end(end);
  report_rate(end, numbers.received, numbers.lost);
  for (i = 0; i < count; ++i) close_socket(sockets[i]);
  free(sockets);
  free(data);
}

const cell_t kFanOut = {
    "fan_out", "PUB to count= SUBs, delivered per second", {publisher, subscribers}};
