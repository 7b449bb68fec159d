/* Stands between clients and workers and passes messages by hand, until told to stop.
 * usage: rr_broker [CLIENTS_ENDPOINT [WORKERS_ENDPOINT]]
 * ROUTER on the clients' side, DEALER on the workers', and zmq_poll over both. */
#include "example.h"

/* Passes one whole message on, part by part; returns -1 when it is time to stop. */
static int pass_on(void* from, void* to) {
  int more = 1;
  while (more) {
    zmq_msg_t part;
    zmq_msg_init(&part);
    if (zmq_msg_recv(&part, from, 0) < 0) return -1;
    more = zmq_msg_more(&part);
    if (zmq_msg_send(&part, to, more ? ZMQ_SNDMORE : 0) < 0) {
      zmq_msg_close(&part);
      return -1;
    }
  }
  return 0;
}

int main(int argc, char** argv) {
  const char* clients_endpoint = text_argument(argc, argv, 1, "tcp://127.0.0.1:5559");
  const char* workers_endpoint = text_argument(argc, argv, 2, "tcp://127.0.0.1:5560");
  void* context = start_context();
  void *clients, *workers;
  long requests = 0, replies = 0;

  shut_down_on_signal(context);
  clients = bound_socket(context, ZMQ_ROUTER, clients_endpoint);
  workers = bound_socket(context, ZMQ_DEALER, workers_endpoint);
  for (;;) {
    zmq_pollitem_t items[2] = {{clients, 0, ZMQ_POLLIN, 0}, {workers, 0, ZMQ_POLLIN, 0}};
    if (zmq_poll(items, 2, -1) < 0) break;
    if (items[0].revents & ZMQ_POLLIN) {
      if (pass_on(clients, workers) < 0) break;
      ++requests;
    }
    if (items[1].revents & ZMQ_POLLIN) {
      if (pass_on(workers, clients) < 0) break;
      ++replies;
    }
  }
  printf("passed on %ld requests and %ld replies\n", requests, replies);
  finish(context, clients, workers, NULL);
  return 0;
}
