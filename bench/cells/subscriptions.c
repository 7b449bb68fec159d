/* One SUB with count= subscriptions: until the publisher has them all, what they take in memory on
 * both sides, and how fast it publishes then. topics=random scatters them; queues are unlimited, so
 * that none has a reason to get lost. */
#include <stdio.h>
#include <stdlib.h>

#include "backends/backend.h"
#include "cells/cells.h"
#include "cells/numbers.h"

enum {
  kTopicBytes = 14,
  kMessagesPerToken = 500,
  kTokensAhead = 2,
  kEveryNs = 1000000,
  kSample = 4096
};

static const char kArrived[] = "arrived", kReady[] = "ready";

/* Scatters numbers, one to one. */
static uint32_t scattered(uint32_t number) {
  number ^= number >> 16;
  number *= 0x7feb352d;
  number ^= number >> 15;
  number *= 0x846ca68b;
  return number ^ number >> 16;
}

static void put_hex(char* text, int digits, uint32_t number) {
  for (; digits-- > 0; number /= 16) text[digits] = "0123456789abcdef"[number % 16];
}

static void put_decimal(char* text, int digits, uint32_t number) {
  for (; digits-- > 0; number /= 10) text[digits] = (char)('0' + number % 10);
}

/* Without printf, which takes longer than a subscription. */
static void topic_of(char* text, bool is_random, uint32_t index) {
  strcpy(text, is_random ? "topic/########" : "device/#######");
  if (is_random)
    put_hex(text + 6, 8, scattered(index));
  else
    put_decimal(text + 7, 7, index);
}

static bool are_topics_random(void) {
  return option_is("topics", "random");
}

/* Publishes a text until the other end has seen it. */
static void publish_until_seen(socket_t socket, const char* text) {
  while (!has_token()) {
    must(zmq_send(socket, text, strlen(text), 0) >= 0, "zmq_send");
    pause_until(now_ns() + kEveryNs);
  }
}

/* Some of the topics, made beforehand. */
static char (*sample_of_topics(void))[kTopicBytes + 1] {
  const uint64_t count = (uint64_t)number_option("count", 1000);
  char(*topics)[kTopicBytes + 1] = calloc(kSample, sizeof *topics);
  uint64_t i;
  for (i = 0; i < kSample; ++i)
    topic_of(topics[i], are_topics_random(), (uint32_t)(scattered((uint32_t)i) % count));
  return topics;
}

static void publish_topics(socket_t socket, int64_t end_ns) {
  char(*topics)[kTopicBytes + 1] = sample_of_topics();
  char data[kTopicBytes + 1 + sizeof(uint64_t)] = "";
  uint64_t number = 0;
  bool is_last;
  do {
    if (number % kMessagesPerToken == 0 && number >= kMessagesPerToken * kTokensAhead) take_token();
    is_last = number % kMessagesPerClock == 0 && now_ns() >= end_ns;
    memcpy(data, topics[number % kSample], kTopicBytes);
    put_number(data + kTopicBytes + 1, is_last ? number | kLast : number);
    must(zmq_send(socket, data, sizeof data, 0) >= 0, "zmq_send");
    ++number;
  } while (!is_last);
  free(topics);
}

static void publisher(end_t* end) {
  socket_t socket = new_socket(end, ZMQ_PUB);
  long memory;
  set_option(socket, ZMQ_SNDHWM, 0);
  set_option(socket, ZMQ_RCVHWM, 0);
  attach(socket, true, 0);
  meet();
  publish_until_seen(socket, kReady);
  memory = memory_kb("VmRSS");
  measure_begin(end);
  publish_until_seen(socket, kArrived);
  measure_end(end);
  report(end, "memory_kb", (double)(memory_kb("VmRSS") - memory));
  meet();
  publish_topics(socket, now_ns() + duration_ns());
  meet();
  close_socket(socket);
}

static void subscribe(socket_t socket, const char* text) {
  must(zmq_setsockopt(socket, ZMQ_SUBSCRIBE, text, strlen(text)) == 0, "ZMQ_SUBSCRIBE");
}

static void wait_for(socket_t socket, const char* text) {
  char data[kTopicBytes];
  int bytes;
  subscribe(socket, text);
  do bytes = zmq_recv(socket, data, sizeof data, 0);
  while (bytes != (int)strlen(text) || memcmp(data, text, strlen(text)) != 0);
  give_token();
}

/* The rest of a hello may come first. */
static numbers_t receive_topics(socket_t socket) {
  numbers_t numbers = {0, 0, 0};
  char data[kTopicBytes + 1 + sizeof(uint64_t)];
  for (;;) {
    const int bytes = zmq_recv(socket, data, sizeof data, 0);
    must(bytes >= 0, "zmq_recv");
    if (bytes < (int)sizeof data) continue;
    if (check_number(&numbers, get_number(data + kTopicBytes + 1))) return numbers;
    if (numbers.expected % kMessagesPerToken == 0) give_token();
  }
}

static void subscriber(end_t* end) {
  const long count = number_option("count", 1000);
  const bool is_random = are_topics_random();
  socket_t socket = new_socket(end, ZMQ_SUB);
  char text[kTopicBytes + 1];
  numbers_t numbers;
  int64_t start_ns;
  long memory, i;
  set_option(socket, ZMQ_SNDHWM, 0);
  set_option(socket, ZMQ_RCVHWM, 0);
  meet();
  attach(socket, false, 0);
  wait_for(socket, kReady);
  memory = memory_kb("VmRSS");
  measure_begin(end);
  for (i = 0; i < count; ++i) {
    topic_of(text, is_random, (uint32_t)i);
    subscribe(socket, text);
  }
  report(end, "subscribed_ms", (double)(now_ns() - end->begun_ns) / 1e6);
  wait_for(socket, kArrived);
  measure_end(end);
  report(end, "time_ms", (double)end->worked_ns / 1e6);
  report(end, "memory_kb", (double)(memory_kb("VmRSS") - memory));
  meet();
  start_ns = now_ns();
  numbers = receive_topics(socket);
  report(end, "publish_rate", (double)numbers.received * 1e9 / (double)(now_ns() - start_ns));
  report(end, "lost", (double)numbers.lost);
  meet();
  close_socket(socket);
}

const cell_t kSubscriptions = {
    "subscriptions", "a SUB with count= of them: time, memory, rate", {publisher, subscriber}};
