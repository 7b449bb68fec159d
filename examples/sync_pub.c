/* Publishes only when all expected subscribers are there (PUB, and REP to meet them).
 * usage: sync_pub [PUB_ENDPOINT [SYNC_ENDPOINT [SUBSCRIBERS [UPDATES]]]]
 * Until everybody has reported it says HELLO; who has seen that is subscribed for good. */
#include "example.h"

static void meet_subscribers(void* publisher, void* meeting, long expected) {
  char text[kTextMax];
  long met = 0;
  while (met < expected) {
    zmq_pollitem_t item = {meeting, 0, ZMQ_POLLIN, 0};
    must(send_text(publisher, "HELLO", 0) == 0, "send HELLO");
    must(zmq_poll(&item, 1, 10) >= 0, "zmq_poll");
    if (!(item.revents & ZMQ_POLLIN)) continue;
    must(receive_text(meeting, text, 0) >= 0, "receive");
    must(send_text(meeting, "", 0) == 0, "send");
    ++met;
  }
}

int main(int argc, char** argv) {
  const char* pub_endpoint = text_argument(argc, argv, 1, "tcp://127.0.0.1:5561");
  const char* sync_endpoint = text_argument(argc, argv, 2, "tcp://127.0.0.1:5562");
  long subscribers = number_argument(argc, argv, 3, 2);
  long updates = number_argument(argc, argv, 4, 100000);
  void* context = start_context();
  void* publisher = new_socket(context, ZMQ_PUB);
  void* meeting;
  long i;

  set_int(publisher, ZMQ_SNDHWM, 0); /* no limit: a full queue would drop updates */
  bind_and_tell(publisher, pub_endpoint);
  meeting = bound_socket(context, ZMQ_REP, sync_endpoint);
  meet_subscribers(publisher, meeting, subscribers);
  for (i = 0; i < updates; ++i) must(send_text(publisher, "Rhubarb", 0) == 0, "send");
  must(send_text(publisher, "END", 0) == 0, "send END");
  printf("published %ld updates to %ld subscribers\n", updates, subscribers);
  finish(context, publisher, meeting, NULL);
  return 0;
}
