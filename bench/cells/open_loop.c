/* One way, PUSH to PULL, at rate= messages a second whether or not the other end keeps up.
 *
 * The latency counts from when the message should have gone, if the end that sends was still busy
 * with an earlier one. Was it asleep, then from when it woke: how late a timer is says nothing
 * about a library. */
#include <stdlib.h>

#include "backends/backend.h"
#include "cells/cells.h"
#include "cells/numbers.h"

enum { kTimeAt = 8 };

static void send_at_rate(socket_t socket, char* data, size_t bytes, int64_t for_ns) {
  const int64_t interval_ns = 1000000000 / number_option("rate", 10000);
  const int64_t start_ns = now_ns() + interval_ns;
  const uint64_t messages = (uint64_t)(for_ns / interval_ns);
  uint64_t number;
  for (number = 0; number < messages; ++number) {
    int64_t due_ns = start_ns + (int64_t)number * interval_ns;
    if (now_ns() < due_ns) {
      pause_until(due_ns);
      due_ns = now_ns();
    }
    put_number(data, number + 1 == messages ? number | kLast : number);
    memcpy(data + kTimeAt, &due_ns, sizeof due_ns);
    send_message(socket, data, bytes);
  }
}

static size_t bytes_of(void) {
  return message_bytes() < kHeadBytes ? kHeadBytes : message_bytes();
}

static void sender(end_t* end) {
  const size_t bytes = bytes_of();
  char* data = calloc(1, bytes);
  socket_t socket;
  meet();
  socket = open_socket(end, kPush, false);
  send_at_rate(socket, data, bytes, warm_up_ns());
  measure_begin(end);
  send_at_rate(socket, data, bytes, duration_ns());
  measure_end(end);
  close_socket(socket);
  free(data);
}

static numbers_t receive_all(socket_t socket, char* data, size_t bytes, samples_t* samples) {
  numbers_t numbers = {0, 0, 0};
  int64_t due_ns;
  do {
    receive_message(socket, data, bytes);
    memcpy(&due_ns, data + kTimeAt, sizeof due_ns);
    if (samples) samples_add(samples, now_ns() - due_ns);
  } while (!check_number(&numbers, get_number(data)));
  return numbers;
}

static void receiver(end_t* end) {
  const size_t bytes = bytes_of();
  char* data = calloc(1, bytes);
  samples_t samples;
  numbers_t numbers;
  socket_t socket = open_socket(end, kPull, true);
  samples_open(&samples,
               (size_t)(duration_ns() / 1000 * number_option("rate", 10000) / 1000000) + 1);
  meet();
  receive_all(socket, data, bytes, NULL);
  measure_begin(end);
  numbers = receive_all(socket, data, bytes, &samples);
  measure_end(end);
  report_rate(end, numbers.received, numbers.lost);
  samples_report(&samples, end);
  samples_close(&samples);
  close_socket(socket);
  free(data);
}

const cell_t kOpenLoop = {
    "open_loop", "one way at rate=10000 a second, latency", {receiver, sender}};
