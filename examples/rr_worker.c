/* A worker behind the broker or the message queue (REP): squares numbers until a signal comes.
 * usage: rr_worker [ENDPOINT] */
#include "example.h"

int main(int argc, char** argv) {
  const char* endpoint = text_argument(argc, argv, 1, "tcp://127.0.0.1:5560");
  void* context = start_context();
  void* responder;
  char text[kTextMax];
  long served = 0;

  shut_down_on_signal(context);
  responder = connected_socket(context, ZMQ_REP, endpoint);
  while (receive_text(responder, text, 0) >= 0) {
    long number = strtol(text, NULL, 10);
    snprintf(text, sizeof text, "%ld", number * number);
    if (send_text(responder, text, 0) < 0) break;
    ++served;
  }
  printf("served %ld requests\n", served);
  finish(context, responder, NULL, NULL);
  return 0;
}
