/* Hands a batch of tasks to whatever workers there are (PUSH).
 * usage: ventilator [TASKS_ENDPOINT [SINK_ENDPOINT [TASKS [TASK_MS]]]]
 * SINK_ENDPOINT "-": nobody is told how large the batch is. */
#include "example.h"

int main(int argc, char** argv) {
  const char* tasks_endpoint = text_argument(argc, argv, 1, "tcp://127.0.0.1:5557");
  const char* sink_endpoint = text_argument(argc, argv, 2, "tcp://127.0.0.1:5558");
  long tasks = number_argument(argc, argv, 3, 100);
  long task_ms = number_argument(argc, argv, 4, 10);
  void* context = start_context();
  void* sender = bound_socket(context, ZMQ_PUSH, tasks_endpoint);
  void* sink = NULL;
  char text[kTextMax];
  long i;

  if (strcmp(sink_endpoint, "-") != 0) {
    sink = connected_socket(context, ZMQ_PUSH, sink_endpoint);
    snprintf(text, sizeof text, "batch %ld", tasks);
    must(send_text(sink, text, 0) == 0, "send to the sink");
  }
  snprintf(text, sizeof text, "%ld", task_ms);
  for (i = 0; i < tasks; ++i) must(send_text(sender, text, 0) == 0, "send a task");
  printf("sent %ld tasks\n", tasks);
  finish(context, sender, sink, NULL);
  return 0;
}
