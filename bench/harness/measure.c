/* Clocks, the use of processor and memory, percentiles. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "harness.h"

int64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

void pause_until(int64_t ns) {
  const struct timespec time = {ns / 1000000000, ns % 1000000000};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL) == EINTR) continue;
}

static int64_t ns_of(struct timeval time) {
  return (int64_t)time.tv_sec * 1000000000 + (int64_t)time.tv_usec * 1000;
}

int64_t cpu_ns(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return ns_of(usage.ru_utime) + ns_of(usage.ru_stime);
}

long memory_kb(const char* field) {
  FILE* file = fopen("/proc/self/status", "r");
  const size_t length = strlen(field);
  char line[kTextMax];
  long kb = 0;
  while (file && fgets(line, sizeof line, file))
    if (strncmp(line, field, length) == 0 && line[length] == ':')
      kb = strtol(line + length + 1, NULL, 10);
  if (file) fclose(file);
  return kb;
}

void samples_open(samples_t* samples, size_t capacity) {
  samples->ns = malloc(capacity * sizeof *samples->ns);
  if (!samples->ns) fail("no memory for samples");
  samples->count = 0;
  samples->capacity = capacity;
}

void samples_add(samples_t* samples, int64_t ns) {
  if (samples->count < samples->capacity) samples->ns[samples->count++] = ns;
}

static int by_time(const void* left, const void* right) {
  const int64_t a = *(const int64_t*)left, b = *(const int64_t*)right;
  return (a > b) - (a < b);
}

static double percentile_us(const samples_t* samples, double percent) {
  const size_t index = (size_t)((double)samples->count * percent / 100.0);
  return (double)samples->ns[index < samples->count ? index : samples->count - 1] / 1000.0;
}

void samples_report(samples_t* samples, const end_t* end) {
  if (samples->count == 0) fail("nothing was measured");
  qsort(samples->ns, samples->count, sizeof *samples->ns, by_time);
  report(end, "p50_us", percentile_us(samples, 50));
  report(end, "p99_us", percentile_us(samples, 99));
  report(end, "p999_us", percentile_us(samples, 99.9));
  report(end, "samples", (double)samples->count);
}

void samples_close(samples_t* samples) {
  free(samples->ns);
}
