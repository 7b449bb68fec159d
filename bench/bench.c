/* One measurement through zmq.h, on whatever libzmq.so.5 the loader finds.
 *
 * usage: bench throughput|latency ENDPOINT BYTES MESSAGES
 *
 * throughput: PUSH to PULL, prints messages per second; latency: REQ to REP, prints microseconds
 * for a round trip. Two threads with a context each; over inproc they share one. The first messages
 * only warm up. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

enum { kWarmUpMax = 1000 };

typedef struct {
  void* context;
  const char* endpoint;
  void* other_socket; /* main closes it at the end: libzmq 4.3.4 loses the tail over ipc */
  size_t bytes;
  long messages;
  int is_latency;
} job_t;

static void must(int good, const char* what) {
  if (good) return;
  fprintf(stderr, "%s: %s\n", what, zmq_strerror(zmq_errno()));
  exit(EXIT_FAILURE);
}

static long warm_up_of(const job_t* job) {
  return job->messages / 10 < kWarmUpMax ? job->messages / 10 : kWarmUpMax;
}

static void* open_socket(void* context, int type, const char* endpoint, int binds) {
  void* socket = zmq_socket(context, type);
  must(socket != NULL, "zmq_socket");
  must((binds ? zmq_bind : zmq_connect)(socket, endpoint) == 0, endpoint);
  return socket;
}

static void send_one(void* socket, const char* data, size_t bytes) {
  must(zmq_send(socket, data, bytes, 0) >= 0, "zmq_send");
}

static void receive_one(void* socket, zmq_msg_t* message, size_t bytes) {
  must(zmq_msg_recv(message, socket, 0) >= 0, "zmq_msg_recv");
  must(zmq_msg_size(message) == bytes, "size");
}

/* The other side: sends all messages, or answers all requests. */
static void other_side(void* argument) {
  job_t* job = argument;
  const long total = job->messages + warm_up_of(job);
  void* socket = open_socket(job->context, job->is_latency ? ZMQ_REP : ZMQ_PUSH, job->endpoint, 0);
  char* data = calloc(1, job->bytes + 1);
  zmq_msg_t message;
  long i;

  zmq_msg_init(&message);
  for (i = 0; i < total; ++i) {
    if (job->is_latency) receive_one(socket, &message, job->bytes);
    send_one(socket, data, job->bytes);
  }
  zmq_msg_close(&message);
  free(data);
  job->other_socket = socket;
}

/* Receives or asks, and returns the microseconds of the measured part. */
static unsigned long measure(void* socket, const job_t* job) {
  const long warm_up = warm_up_of(job);
  char* data = calloc(1, job->bytes + 1);
  zmq_msg_t message;
  void* watch = NULL;
  unsigned long us;
  long i;

  zmq_msg_init(&message);
  for (i = -warm_up; i < job->messages; ++i) {
    if (i == 0) watch = zmq_stopwatch_start();
    if (job->is_latency) send_one(socket, data, job->bytes);
    receive_one(socket, &message, job->bytes);
  }
  us = zmq_stopwatch_stop(watch);
  zmq_msg_close(&message);
  free(data);
  return us ? us : 1;
}

int main(int argc, char** argv) {
  char bound[256];
  size_t size = sizeof bound;
  void *context = zmq_ctx_new(), *socket, *thread;
  unsigned long us;
  job_t job;

  if (argc != 5) {
    fprintf(stderr, "usage: bench throughput|latency ENDPOINT BYTES MESSAGES\n");
    return 2;
  }
  job.is_latency = strcmp(argv[1], "latency") == 0;
  job.bytes = (size_t)strtoul(argv[3], NULL, 10);
  job.messages = strtol(argv[4], NULL, 10);
  socket = open_socket(context, job.is_latency ? ZMQ_REQ : ZMQ_PULL, argv[2], 1);
  must(zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, bound, &size) == 0, "ZMQ_LAST_ENDPOINT");
  job.context = strncmp(bound, "inproc:", 7) == 0 ? context : zmq_ctx_new();
  job.endpoint = bound;
  thread = zmq_threadstart(other_side, &job);
  us = measure(socket, &job);
  zmq_threadclose(thread);
  zmq_close(job.other_socket);
  zmq_close(socket);
  if (job.context != context) zmq_ctx_term(job.context);
  zmq_ctx_term(context);
  if (job.is_latency)
    printf("%.3f\n", (double)us / (double)job.messages);
  else
    printf("%.1f\n", (double)job.messages * 1e6 / (double)us);
  return 0;
}
