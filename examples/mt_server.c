/* A server with several worker threads in one process, until told to stop.
 * usage: mt_server [ENDPOINT [THREADS]]
 * ROUTER to inproc DEALER, and REP in each worker. Threads share the context and nothing else. */
#include "example.h"

enum { kThreadsMax = 64 };

static void work(void* context) {
  void* responder = connected_socket(context, ZMQ_REP, "inproc://workers");
  char text[kTextMax];
  while (receive_text(responder, text, 0) >= 0) {
    if (send_text(responder, "World", 0) < 0) break;
  }
  zmq_close(responder); /* the context ends only when each thread has closed its sockets */
}

int main(int argc, char** argv) {
  const char* endpoint = text_argument(argc, argv, 1, "tcp://127.0.0.1:5555");
  long threads = number_argument(argc, argv, 2, 5);
  void* context = start_context();
  void* thread[kThreadsMax];
  void *clients, *workers;
  long i;

  if (threads < 1 || threads > kThreadsMax) threads = 5;
  shut_down_on_signal(context);
  clients = bound_socket(context, ZMQ_ROUTER, endpoint);
  workers = bound_socket(context, ZMQ_DEALER, "inproc://workers");
  for (i = 0; i < threads; ++i) thread[i] = zmq_threadstart(work, context);
  zmq_proxy(clients, workers, NULL);
  for (i = 0; i < threads; ++i) zmq_threadclose(thread[i]);
  printf("%ld threads joined\n", threads);
  finish(context, clients, workers, NULL);
  return 0;
}
