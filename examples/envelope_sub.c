/* Receives only what has the envelope "B" (SUB).
 * usage: envelope_sub [ENDPOINT [MESSAGES]] */
#include "example.h"

int main(int argc, char** argv) {
  const char* endpoint = text_argument(argc, argv, 1, "tcp://127.0.0.1:5563");
  long messages = number_argument(argc, argv, 2, 5);
  void* context = start_context();
  void* subscriber = connected_socket(context, ZMQ_SUB, endpoint);
  char envelope[kTextMax], content[kTextMax];
  long i;

  subscribe(subscriber, "B");
  for (i = 0; i < messages; ++i) {
    int more = 0;
    size_t size = sizeof more;
    must(receive_text(subscriber, envelope, 0) >= 0, "receive the envelope");
    must(zmq_getsockopt(subscriber, ZMQ_RCVMORE, &more, &size) == 0 && more, "a second part");
    must(receive_text(subscriber, content, 0) >= 0, "receive the content");
    printf("[%s] %s\n", envelope, content);
  }
  finish(context, subscriber, NULL, NULL);
  return 0;
}
