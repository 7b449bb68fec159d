/* Carries the weather from an inner network to an outer one (XSUB to XPUB), until a signal comes.
 * usage: weather_proxy [SERVER_ENDPOINT [OWN_ENDPOINT]]
 * Subscriptions flow the other way: the server learns of the first subscriber for each topic. */
#include "example.h"

int main(int argc, char** argv) {
  const char* inner = text_argument(argc, argv, 1, "tcp://127.0.0.1:5556");
  const char* outer = text_argument(argc, argv, 2, "tcp://127.0.0.1:8100");
  void* context = start_context();
  void *frontend, *backend;

  shut_down_on_signal(context);
  frontend = connected_socket(context, ZMQ_XSUB, inner);
  backend = bound_socket(context, ZMQ_XPUB, outer);
  set_int(backend, ZMQ_LINGER, 0);
  zmq_proxy(frontend, backend, NULL);
  printf("proxy ends\n");
  finish(context, frontend, backend, NULL);
  return 0;
}
