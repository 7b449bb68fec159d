/* Publishes messages of two parts: the first, the envelope, is the topic (PUB), until told to stop.
 * usage: envelope_pub [ENDPOINT] */
#include "example.h"

int main(int argc, char** argv) {
  const char* endpoint = text_argument(argc, argv, 1, "tcp://127.0.0.1:5563");
  void* context = start_context();
  void* publisher;

  shut_down_on_signal(context);
  publisher = bound_socket(context, ZMQ_PUB, endpoint);
  set_int(publisher, ZMQ_LINGER, 0);
  while (send_text(publisher, "A", ZMQ_SNDMORE) == 0 &&
         send_text(publisher, "We don't want to see this", 0) == 0 &&
         send_text(publisher, "B", ZMQ_SNDMORE) == 0 &&
         send_text(publisher, "We would like to see this", 0) == 0)
    pause_ms(2);
  printf("publisher ends\n");
  finish(context, publisher, NULL, NULL);
  return 0;
}
