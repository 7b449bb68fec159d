/* Reports to the publisher once its subscription works, then counts updates (SUB, and REQ).
 * usage: sync_sub [PUB_ENDPOINT [SYNC_ENDPOINT]] */
#include "example.h"

int main(int argc, char** argv) {
  const char* pub_endpoint = text_argument(argc, argv, 1, "tcp://127.0.0.1:5561");
  const char* sync_endpoint = text_argument(argc, argv, 2, "tcp://127.0.0.1:5562");
  void* context = start_context();
  void* subscriber = connected_socket(context, ZMQ_SUB, pub_endpoint);
  void* meeting = connected_socket(context, ZMQ_REQ, sync_endpoint);
  char text[kTextMax];
  long updates = 0;

  subscribe(subscriber, "");
  must(receive_text(subscriber, text, 0) >= 0, "receive HELLO");
  must(send_text(meeting, "", 0) == 0, "send");
  must(receive_text(meeting, text, 0) >= 0, "receive");
  for (;;) {
    must(receive_text(subscriber, text, 0) >= 0, "receive");
    if (strcmp(text, "END") == 0) break;
    if (strcmp(text, "HELLO") != 0) ++updates;
  }
  printf("received %ld updates\n", updates);
  finish(context, subscriber, meeting, NULL);
  return 0;
}
