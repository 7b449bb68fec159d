/* Answers each "Hello" with "World" (REP).
 * usage: hello_server [ENDPOINT [REQUESTS]]   REQUESTS 0: until a signal comes */
#include "example.h"

int main(int argc, char** argv) {
  const char* endpoint = text_argument(argc, argv, 1, "tcp://127.0.0.1:5555");
  long limit = number_argument(argc, argv, 2, 0);
  void* context = start_context();
  void* responder;
  char text[kTextMax];
  long served = 0;

  if (limit == 0) shut_down_on_signal(context);
  responder = bound_socket(context, ZMQ_REP, endpoint);
  while (limit == 0 || served < limit) {
    if (receive_text(responder, text, 0) < 0) break;
    printf("received %s\n", text);
    if (send_text(responder, "World", 0) < 0) break;
    ++served;
  }
  printf("served %ld requests\n", served);
  finish(context, responder, NULL, NULL);
  return 0;
}
