/* Every message begins with its number, so that none is lost, doubled or out of order unseen. */
#ifndef BENCH_NUMBERS_H
#define BENCH_NUMBERS_H

#include <stdint.h>
#include <string.h>

#include "harness/harness.h"

/* Set in the number of the last message of a series. */
static const uint64_t kLast = UINT64_C(1) << 63;

/* Sending reads the clock once in so many small messages. */
enum { kMessagesPerClock = 64, kBytesPerClock = 16384 };

typedef struct {
  uint64_t expected;
  int64_t received;
  int64_t lost;
} numbers_t;

static inline void put_number(char* data, uint64_t number) {
  memcpy(data, &number, sizeof number);
}

static inline uint64_t get_number(const char* data) {
  uint64_t number;
  memcpy(&number, data, sizeof number);
  return number;
}

/* Returns whether it was the last one. */
static inline bool check_number(numbers_t* numbers, uint64_t number) {
  const uint64_t plain = number & ~kLast;
  if (plain != numbers->expected) {
    if (plain < numbers->expected) fail("a message came twice or out of order");
    numbers->lost += (int64_t)(plain - numbers->expected);
  }
  numbers->expected = plain + 1;
  ++numbers->received;
  return (number & kLast) != 0;
}

#endif
