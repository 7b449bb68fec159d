/* A client of the broker or of the message queue (REQ): asks for squares.
 * usage: rr_client [ENDPOINT [REQUESTS]] */
#include "example.h"

int main(int argc, char** argv) {
  const char* endpoint = text_argument(argc, argv, 1, "tcp://127.0.0.1:5559");
  long requests = number_argument(argc, argv, 2, 10);
  void* context = start_context();
  void* requester = connected_socket(context, ZMQ_REQ, endpoint);
  char text[kTextMax];
  long i;

  for (i = 1; i <= requests; ++i) {
    snprintf(text, sizeof text, "%ld", i);
    must(send_text(requester, text, 0) == 0, "send");
    must(receive_text(requester, text, 0) >= 0, "receive");
    must(strtol(text, NULL, 10) == i * i, "wrong answer");
  }
  printf("%ld right answers\n", requests);
  finish(context, requester, NULL, NULL);
  return 0;
}
