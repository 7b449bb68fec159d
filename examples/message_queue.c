/* The broker again, in one call (ROUTER, DEALER, zmq_proxy), until a signal comes.
 * usage: message_queue [CLIENTS_ENDPOINT [WORKERS_ENDPOINT]] */
#include "example.h"

int main(int argc, char** argv) {
  const char* clients_endpoint = text_argument(argc, argv, 1, "tcp://127.0.0.1:5559");
  const char* workers_endpoint = text_argument(argc, argv, 2, "tcp://127.0.0.1:5560");
  void* context = start_context();
  void *clients, *workers;

  shut_down_on_signal(context);
  clients = bound_socket(context, ZMQ_ROUTER, clients_endpoint);
  workers = bound_socket(context, ZMQ_DEALER, workers_endpoint);
  zmq_proxy(clients, workers, NULL);
  printf("queue ends: %s\n", zmq_errno() == ETERM ? "told to" : zmq_strerror(zmq_errno()));
  finish(context, clients, workers, NULL);
  return 0;
}
