/* Does tasks until it is told to stop (PULL, PUSH, and SUB for the kill signal).
 * usage: worker [TASKS_ENDPOINT [SINK_ENDPOINT [CONTROL_ENDPOINT]]] */
#include "example.h"

int main(int argc, char** argv) {
  void* context = start_context();
  void* tasks =
      connected_socket(context, ZMQ_PULL, text_argument(argc, argv, 1, "tcp://127.0.0.1:5557"));
  void* sink =
      connected_socket(context, ZMQ_PUSH, text_argument(argc, argv, 2, "tcp://127.0.0.1:5558"));
  void* control =
      connected_socket(context, ZMQ_SUB, text_argument(argc, argv, 3, "tcp://127.0.0.1:5559"));
  zmq_pollitem_t items[2] = {{tasks, 0, ZMQ_POLLIN, 0}, {control, 0, ZMQ_POLLIN, 0}};
  char text[kTextMax];
  long done = 0;

  subscribe(control, "KILL");
  for (;;) {
    must(zmq_poll(items, 2, -1) >= 0, "zmq_poll");
    if (items[0].revents & ZMQ_POLLIN) {
      must(receive_text(tasks, text, 0) >= 0, "receive a task");
      pause_ms(strtol(text, NULL, 10)); /* the work */
      must(send_text(sink, "done", 0) == 0, "send a result");
      ++done;
    } else if (items[1].revents & ZMQ_POLLIN) {
      break;
    }
  }
  printf("killed after %ld tasks\n", done);
  finish(context, tasks, sink, control);
  return 0;
}
