/* count= threads with a PUSH each, to one PULL. */
#include <pthread.h>
#include <stdlib.h>

#include "backends/backend.h"
#include "cells/cells.h"
#include "cells/numbers.h"

enum { kThreadsMax = 64, kThreadShift = 48 };

typedef struct {
  const end_t* end;
  uint64_t number; /* of the thread */
  pthread_barrier_t* barrier;
  int64_t* end_ns;
} thread_t;

static void send_series(const thread_t* thread, socket_t socket, char* data, size_t bytes) {
  uint64_t number = 0;
  bool is_last;
  pthread_barrier_wait(thread->barrier);
  do {
    is_last = number % kMessagesPerClock == 0 && now_ns() >= *thread->end_ns;
    put_number(data, (is_last ? number | kLast : number) | thread->number << kThreadShift);
    send_message(socket, data, bytes);
    ++number;
  } while (!is_last);
  pthread_barrier_wait(thread->barrier);
}

static void* run_thread(void* argument) {
  const thread_t* thread = argument;
  const size_t bytes = message_bytes();
  char* data = calloc(1, bytes);
  socket_t socket = open_socket(thread->end, kPush, false);
  send_series(thread, socket, data, bytes); /* warm-up */
  send_series(thread, socket, data, bytes);
  pthread_barrier_wait(thread->barrier);
  close_socket(socket);
  free(data);
  return NULL;
}

static void pushers(end_t* end) {
  const long count = number_option("count", 2);
  pthread_t threads[kThreadsMax];
  thread_t arguments[kThreadsMax];
  pthread_barrier_t barrier;
  int64_t end_ns;
  long i;
  if (count > kThreadsMax) fail("too many threads");
  pthread_barrier_init(&barrier, NULL, (unsigned)count + 1);
  meet();
  for (i = 0; i < count; ++i) {
    arguments[i] = (thread_t){end, (uint64_t)i, &barrier, &end_ns};
    if (pthread_create(&threads[i], NULL, run_thread, &arguments[i]) != 0) fail("pthread_create");
  }
  end_ns = now_ns() + warm_up_ns();
  pthread_barrier_wait(&barrier);
  pthread_barrier_wait(&barrier);
  measure_begin(end);
  end_ns = now_ns() + duration_ns();
  pthread_barrier_wait(&barrier);
  pthread_barrier_wait(&barrier);
  measure_end(end);
  pthread_barrier_wait(&barrier);
  for (i = 0; i < count; ++i) pthread_join(threads[i], NULL);
  pthread_barrier_destroy(&barrier);
}

/* Until each thread's last one is there. */
static numbers_t receive_from(long threads, socket_t socket, char* data, size_t bytes) {
  numbers_t sum = {0, 0, 0}, numbers[kThreadsMax] = {{0, 0, 0}};
  long i, left = threads;
  while (left > 0) {
    uint64_t number;
    receive_message(socket, data, bytes);
    number = get_number(data);
    i = (long)((number & ~kLast) >> kThreadShift);
    if (i >= threads) fail("a number that nobody sent");
    if (check_number(&numbers[i], number & ~((uint64_t)i << kThreadShift))) --left;
  }
  for (i = 0; i < threads; ++i) {
    sum.received += numbers[i].received;
    sum.lost += numbers[i].lost;
  }
  return sum;
}

static void puller(end_t* end) {
  const long count = number_option("count", 2);
  const size_t bytes = message_bytes();
  char* data = calloc(1, bytes);
  socket_t socket = open_socket(end, kPull, true);
  numbers_t numbers;
  meet();
  receive_from(count, socket, data, bytes);
  measure_begin(end);
  numbers = receive_from(count, socket, data, bytes);
  measure_end(end);
  report_rate(end, numbers.received, numbers.lost);
  close_socket(socket);
  free(data);
}

const cell_t kFanIn = {"fan_in", "count= threads with a PUSH each, to one PULL", {puller, pushers}};
