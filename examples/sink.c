/* Collects the results of a batch, then kills the workers (PULL, and XPUB for the kill signal).
 * usage: sink [SINK_ENDPOINT [CONTROL_ENDPOINT [WORKERS]]]
 * An XPUB tells who has subscribed, so no worker can miss the signal by coming late. */
#include "example.h"

int main(int argc, char** argv) {
  void* context = start_context();
  void* results =
      bound_socket(context, ZMQ_PULL, text_argument(argc, argv, 1, "tcp://127.0.0.1:5558"));
  void* control = new_socket(context, ZMQ_XPUB);
  long workers = number_argument(argc, argv, 3, 1);
  long expected = -1, received = 0, listening = 0;
  char text[kTextMax];

  set_int(control, ZMQ_XPUB_VERBOSE, 1); /* one notice per worker, not one per topic */
  bind_and_tell(control, text_argument(argc, argv, 2, "tcp://127.0.0.1:5559"));
  while (received != expected) {
    must(receive_text(results, text, 0) >= 0, "receive a result");
    if (sscanf(text, "batch %ld", &expected) != 1) ++received;
  }
  printf("collected %ld results\n", received);
  while (listening < workers) {
    must(receive_text(control, text, 0) >= 0, "receive a subscription");
    if (text[0] == 1) ++listening;
  }
  must(send_text(control, "KILL", 0) == 0, "send the kill signal");
  printf("killed %ld workers\n", workers);
  finish(context, results, control, NULL);
  return 0;
}
