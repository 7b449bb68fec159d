/* Three threads tell each other "ready" in a chain (PAIR over inproc).
 * usage: relay */
#include "example.h"

static void first_step(void* context) {
  void* next = connected_socket(context, ZMQ_PAIR, "inproc://step2");
  printf("step 1 ready, telling step 2\n");
  must(send_text(next, "READY", 0) == 0, "send");
  zmq_close(next);
}

static void second_step(void* context) {
  void* previous = bound_socket(context, ZMQ_PAIR, "inproc://step2");
  void* next = connected_socket(context, ZMQ_PAIR, "inproc://step3");
  void* thread = zmq_threadstart(first_step, context);
  char text[kTextMax];

  must(receive_text(previous, text, 0) >= 0, "receive");
  printf("step 2 ready, telling step 3\n");
  must(send_text(next, text, 0) == 0, "send");
  zmq_threadclose(thread);
  zmq_close(previous);
  zmq_close(next);
}

int main(void) {
  void* context = start_context();
  void* last = bound_socket(context, ZMQ_PAIR, "inproc://step3");
  void* thread = zmq_threadstart(second_step, context);
  char text[kTextMax];

  must(receive_text(last, text, 0) >= 0, "receive");
  zmq_threadclose(thread);
  printf("step 3 got %s, test successful\n", text);
  finish(context, last, NULL, NULL);
  return 0;
}
