/* Says "Hello" and waits for the answer, again and again (REQ).
 * usage: hello_client [ENDPOINT [REQUESTS]] */
#include "example.h"

int main(int argc, char** argv) {
  const char* endpoint = text_argument(argc, argv, 1, "tcp://127.0.0.1:5555");
  long requests = number_argument(argc, argv, 2, 10);
  void* context = start_context();
  void* requester = connected_socket(context, ZMQ_REQ, endpoint);
  char text[kTextMax];
  long i;

  for (i = 1; i <= requests; ++i) {
    must(send_text(requester, "Hello", 0) == 0, "send");
    must(receive_text(requester, text, 0) >= 0, "receive");
    printf("answer %ld: %s\n", i, text);
  }
  finish(context, requester, NULL, NULL);
  return 0;
}
