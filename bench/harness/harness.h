/* What all cells share: options, the ends and where they run, clocks, and what they report.
 *
 * A cell is one kind of measurement. It has one to three ends. Over tcp and ipc each end is a
 * process of its own, over inproc a thread; all of them are children of a supervisor, which prints
 * one line of JSON when all have ended well, and kills them when one fails or the time limit has
 * passed.
 *
 * An end runs like this, where `meet` waits until all ends are there:
 *
 *   open, meet, warm up, measure_begin (meets), work, measure_end (meets), close */
#ifndef BENCH_HARNESS_H
#define BENCH_HARNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { kEndsMax = 3, kValuesMax = 40, kTextMax = 200 };

typedef struct {
  int number; /* 0 is the one that binds */
  void* context;
  int64_t begun_ns;  /* when the measured part began */
  int64_t worked_ns; /* how long this end was at it */
} end_t;

typedef void (*end_function_t)(end_t* end);

typedef struct {
  const char* name;
  const char* purpose;
  end_function_t functions[kEndsMax]; /* as many as there are ends */
} cell_t;

/* What main is made of; the backend brings `cells` and the two functions. */
extern const cell_t* const kCells[];
void* backend_start(void);
void backend_stop(void* context);
const char* backend_version(void);
int run_cell(const cell_t* cell);

/* Options, given as key=value. */
void options_are(int count, char** texts);
const char* option(const char* name, const char* otherwise);
long number_option(const char* name, long otherwise);
bool option_is(const char* name, const char* value);
size_t message_bytes(void); /* size=, at least 8 */

/* Where: the endpoint of this run, one of several. */
bool is_inproc(void);
const char* endpoint(int index);

/* When. */
int64_t now_ns(void);
int64_t duration_ns(void); /* of the measured part: ms= */
int64_t warm_up_ns(void);
void meet(void);
void measure_begin(end_t* end);
void measure_end(end_t* end);
void pause_until(int64_t ns);

/* Tokens that one end hands to another, outside of what is measured. */
void give_token(void);
void take_token(void);
bool has_token(void); /* takes one if there is one */

/* What came out. Names are those of the JSON; one end reports a name, but
 * memory_kb: that is printed for each end, and as a sum. */
void report(const end_t* end, const char* name, double value);
void report_rate(const end_t* end, int64_t messages, int64_t lost);
long memory_kb(const char* field); /* VmRSS or VmHWM of this process */
int64_t cpu_ns(void);              /* of this process so far */

/* Times, of which the percentiles count. */
typedef struct {
  int64_t* ns;
  size_t count;
  size_t capacity;
} samples_t;

void samples_open(samples_t* samples, size_t capacity);
void samples_add(samples_t* samples, int64_t ns); /* the ones above capacity are dropped */
void samples_report(samples_t* samples, const end_t* end);
void samples_close(samples_t* samples);

/* Ends the program with a message. */
void fail(const char* format, ...) __attribute__((format(printf, 1, 2), noreturn));

#endif
