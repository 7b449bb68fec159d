/* What the examples share: arguments, text messages, and a tidy end.
 *
 * Every program takes its endpoints and counts from the command line and has defaults for all of
 * them, so that it runs without any. A program that binds prints "listening on ENDPOINT", which
 * makes endpoints such as tcp://127.0.0.1:* useful.
 */
#ifndef EXAMPLE_H
#define EXAMPLE_H

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#define UNUSED __attribute__((unused))

enum { kTextMax = 256, kEndpointMax = 256 };

/* Ends the program with a message unless `good`; for what cannot fail in a working setup. */
static UNUSED void must(int good, const char* what) {
  if (good) return;
  fprintf(stderr, "%s: %s\n", what, zmq_strerror(zmq_errno()));
  exit(EXIT_FAILURE);
}

static UNUSED const char* text_argument(int argc, char** argv, int at, const char* fallback) {
  return argc > at ? argv[at] : fallback;
}

static UNUSED long number_argument(int argc, char** argv, int at, long fallback) {
  return argc > at ? strtol(argv[at], NULL, 10) : fallback;
}

/* A fresh context; output appears line by line even if it goes to a pipe. */
static UNUSED void* start_context(void) {
  void* context = zmq_ctx_new();
  setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
  must(context != NULL, "zmq_ctx_new");
  return context;
}

static UNUSED void* new_socket(void* context, int type) {
  void* socket = zmq_socket(context, type);
  must(socket != NULL, "zmq_socket");
  return socket;
}

/* Binds and tells where, which is news if the endpoint has a wildcard. */
static UNUSED void bind_and_tell(void* socket, const char* endpoint) {
  char bound[kEndpointMax];
  size_t size = sizeof bound;
  must(zmq_bind(socket, endpoint) == 0, endpoint);
  must(zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, bound, &size) == 0, "ZMQ_LAST_ENDPOINT");
  if (strncmp(bound, "inproc:", 7) != 0) printf("listening on %s\n", bound);
}

static UNUSED void* bound_socket(void* context, int type, const char* endpoint) {
  void* socket = new_socket(context, type);
  bind_and_tell(socket, endpoint);
  return socket;
}

static UNUSED void* connected_socket(void* context, int type, const char* endpoint) {
  void* socket = new_socket(context, type);
  must(zmq_connect(socket, endpoint) == 0, endpoint);
  return socket;
}

static UNUSED void set_int(void* socket, int option, int value) {
  must(zmq_setsockopt(socket, option, &value, sizeof value) == 0, "zmq_setsockopt");
}

static UNUSED void subscribe(void* socket, const char* topic) {
  must(zmq_setsockopt(socket, ZMQ_SUBSCRIBE, topic, strlen(topic)) == 0, "ZMQ_SUBSCRIBE");
}

/* Sends a text as one part; returns 0, or -1 as zmq_send does. */
static UNUSED int send_text(void* socket, const char* text, int flags) {
  return zmq_send(socket, text, strlen(text), flags) < 0 ? -1 : 0;
}

/* Receives one part into `text` (cut to what fits) and ends it with a zero byte. */
static UNUSED int receive_text(void* socket, char text[kTextMax], int flags) {
  int size = zmq_recv(socket, text, kTextMax - 1, flags);
  if (size < 0) return -1;
  text[size < kTextMax ? size : kTextMax - 1] = '\0';
  return size;
}

/* A pause that no signal and no socket ends early enough to matter. */
static UNUSED void pause_ms(long ms) {
  zmq_poll(NULL, 0, ms);
}

/* Closes the sockets (NULL ends the list of three) and the context. */
static UNUSED void finish(void* context, void* first, void* second, void* third) {
  if (first) zmq_close(first);
  if (second) zmq_close(second);
  if (third) zmq_close(third);
  while (zmq_ctx_term(context) != 0 && zmq_errno() == EINTR) continue;
}

static UNUSED void* wait_for_signal(void* context) {
  sigset_t signals;
  int caught;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  sigwait(&signals, &caught);
  zmq_ctx_shutdown(context);
  return NULL;
}

/* From now on Ctrl-C or SIGTERM shuts the context down: every call on its sockets fails with ETERM,
 * which is how a program's loops learn that they should end. Call it before the first socket. */
static UNUSED void shut_down_on_signal(void* context) {
  sigset_t signals;
  pthread_t thread;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, NULL);
  must(pthread_create(&thread, NULL, wait_for_signal, context) == 0, "pthread_create");
  pthread_detach(thread);
}

#endif
