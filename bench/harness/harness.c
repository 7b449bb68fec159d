/* The supervisor and the ends: processes or threads, placement, meetings, the line of JSON. */
#define _GNU_SOURCE
#include "harness.h"

#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct {
  char name[32];
  double number;
} value_t;

typedef struct {
  value_t values[kValuesMax];
  int value_count;
  int64_t cpu_at_begin_ns;
  int64_t cpu_ns; /* 0 for a thread that shares a process with end 0 */
  long peak_kb;
  bool has_ended;
} end_report_t;

/* What the ends and the supervisor share. */
typedef struct {
  pthread_barrier_t barrier;
  end_report_t ends[kEndsMax];
} shared_t;

static shared_t* shared;
static int tokens[2]; /* a pipe */
static pid_t children[kEndsMax];

void fail(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fprintf(stderr, "bench: ");
  vfprintf(stderr, format, arguments);
  fprintf(stderr, "\n");
  va_end(arguments);
  _exit(EXIT_FAILURE);
}

void meet(void) {
  pthread_barrier_wait(&shared->barrier);
}

void give_token(void) {
  if (write(tokens[1], "", 1) != 1) fail("pipe");
}

void take_token(void) {
  char token;
  if (read(tokens[0], &token, 1) != 1) fail("pipe");
}

bool has_token(void) {
  struct pollfd item = {.fd = tokens[0], .events = POLLIN};
  if (poll(&item, 1, 0) != 1) return false;
  take_token();
  return true;
}

static bool has_process_of_its_own(const end_t* end) {
  return end->number == 0 || !is_inproc();
}

void measure_begin(end_t* end) {
  meet();
  shared->ends[end->number].cpu_at_begin_ns = cpu_ns();
  end->begun_ns = now_ns();
}

void measure_end(end_t* end) {
  end_report_t* mine = &shared->ends[end->number];
  end->worked_ns = now_ns() - end->begun_ns;
  meet();
  if (has_process_of_its_own(end)) mine->cpu_ns = cpu_ns() - mine->cpu_at_begin_ns;
}

void report(const end_t* end, const char* name, double number) {
  end_report_t* mine = &shared->ends[end->number];
  value_t* value = &mine->values[mine->value_count++];
  if (mine->value_count > kValuesMax) fail("too many values");
  snprintf(value->name, sizeof value->name, "%s", name);
  value->number = number;
}

void report_rate(const end_t* end, int64_t messages, int64_t lost) {
  report(end, "messages", (double)messages);
  report(end, "lost", (double)lost);
  report(end, "rate", (double)messages * 1e9 / (double)end->worked_ns);
}

/* placement=one: all ends on one core, two: each on its own, free: the scheduler's choice. Threads
 * inherit it, so that it comes before the context. */
static void place(int number) {
  const char* placement = option("placement", "free");
  cpu_set_t allowed, chosen;
  int cores, wanted, core;
  if (strcmp(placement, "free") == 0) return;
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) fail("sched_getaffinity");
  cores = CPU_COUNT(&allowed);
  if (strcmp(placement, "two") == 0 && cores < 2) fail("there is only one core");
  /* Not the first one, if there is a choice: it has the interrupts. */
  wanted = strcmp(placement, "two") == 0 ? number % cores : cores - 1;
  for (core = 0; !CPU_ISSET(core, &allowed) || wanted-- > 0;) ++core;
  CPU_ZERO(&chosen);
  CPU_SET(core, &chosen);
  if (sched_setaffinity(0, sizeof chosen, &chosen) != 0) fail("sched_setaffinity");
}

typedef struct {
  end_t end;
  end_function_t function;
} task_t;

static void* run_task(void* argument) {
  task_t* task = argument;
  place(task->end.number);
  task->function(&task->end);
  return NULL;
}

static void end_process(int number) {
  shared->ends[number].peak_kb = memory_kb("VmHWM");
  shared->ends[number].has_ended = true;
  _exit(EXIT_SUCCESS);
}

/* All ends as threads of this process, with one context. */
static void run_threads(const cell_t* cell, int count) {
  void* context = backend_start();
  pthread_t threads[kEndsMax];
  task_t tasks[kEndsMax];
  int i;
  for (i = 0; i < count; ++i) {
    tasks[i] = (task_t){{.number = i, .context = context}, cell->functions[i]};
    if (pthread_create(&threads[i], NULL, run_task, &tasks[i]) != 0) fail("pthread_create");
  }
  for (i = 0; i < count; ++i) pthread_join(threads[i], NULL);
  backend_stop(context);
  end_process(0);
}

static void run_process(const cell_t* cell, int number) {
  task_t task = {{.number = number}, cell->functions[number]};
  place(number);
  task.end.context = backend_start();
  task.function(&task.end);
  backend_stop(task.end.context);
  end_process(number);
}

static void prepare(int ends) {
  struct rlimit limit;
  pthread_barrierattr_t attributes;
  shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) fail("mmap");
  pthread_barrierattr_init(&attributes);
  pthread_barrierattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  pthread_barrier_init(&shared->barrier, &attributes, (unsigned)ends);
  if (pipe(tokens) != 0) fail("pipe");
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

static void time_is_up(int signal_number) {
  static const char kText[] = "bench: the time limit has passed\n";
  int i;
  (void)signal_number;
  for (i = 0; i < kEndsMax; ++i)
    if (children[i] > 0) kill(children[i], SIGKILL);
  _exit(write(STDERR_FILENO, kText, sizeof kText - 1) > 0 ? 124 : 125);
}

/* Waits for all; when one fails the others can't end, and are killed. */
static bool wait_for_all(int count) {
  bool good = true;
  while (count-- > 0) {
    int status, i;
    if (wait(&status) < 0) fail("wait");
    if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS) continue;
    if (WIFSIGNALED(status) && good)
      fprintf(stderr, "bench: an end died of %s\n", strsignal(WTERMSIG(status)));
    good = false;
    for (i = 0; i < kEndsMax; ++i)
      if (children[i] > 0) kill(children[i], SIGKILL);
  }
  return good;
}

static void print_value(int number, const value_t* value, double* messages, double* memory) {
  if (strcmp(value->name, "memory_kb") == 0) {
    printf(", \"memory_kb_%d\": %.10g", number, value->number);
    *memory += value->number;
    return;
  }
  printf(", \"%s\": %.10g", value->name, value->number);
  if (strcmp(value->name, "messages") == 0) *messages = value->number;
}

static void print_json(const cell_t* cell, int ends) {
  double messages = 0, memory = 0;
  int64_t cpu = 0;
  int i, v;
  printf("{\"cell\": \"%s\", \"version\": \"%s\"", cell->name, backend_version());
  for (i = 0; i < ends; ++i) {
    const end_report_t* end = &shared->ends[i];
    for (v = 0; v < end->value_count; ++v) print_value(i, &end->values[v], &messages, &memory);
    cpu += end->cpu_ns;
    if (end->has_ended) printf(", \"peak_kb_%d\": %ld", i, end->peak_kb);
    if (end->cpu_ns) printf(", \"cpu_ms_%d\": %.3f", i, (double)end->cpu_ns / 1e6);
  }
  if (memory > 0) printf(", \"memory_kb\": %.10g", memory);
  if (messages > 0) printf(", \"cpu_ns\": %.4g", (double)cpu / messages);
  printf("}\n");
}

int run_cell(const cell_t* cell) {
  int ends = 0, processes, i;
  while (ends < kEndsMax && cell->functions[ends]) ++ends;
  processes = is_inproc() ? 1 : ends;
  prepare(ends);
  fflush(NULL);
  for (i = 0; i < processes; ++i) {
    children[i] = fork();
    if (children[i] < 0) fail("fork");
    if (children[i] > 0) continue;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_TIMERSLACK, 1UL); /* a pause ends when it was asked to */
    if (is_inproc()) run_threads(cell, ends);
    run_process(cell, i);
  }
  signal(SIGALRM, time_is_up);
  alarm((unsigned)number_option("limit", 20));
  if (!wait_for_all(processes)) return EXIT_FAILURE;
  print_json(cell, ends);
  return EXIT_SUCCESS;
}
