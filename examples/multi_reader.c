/* Reads two sockets by trying each in turn without blocking (PULL and SUB).
 * usage: multi_reader [TASKS_ENDPOINT [WEATHER_ENDPOINT [TASKS [UPDATES]]]]
 * It works, but it must sleep when there is nothing to do; multi_poller shows the better way. */
#include "example.h"

int main(int argc, char** argv) {
  const char* tasks_endpoint = text_argument(argc, argv, 1, "tcp://127.0.0.1:5557");
  const char* weather_endpoint = text_argument(argc, argv, 2, "tcp://127.0.0.1:5556");
  long tasks_wanted = number_argument(argc, argv, 3, 10);
  long updates_wanted = number_argument(argc, argv, 4, 10);
  void* context = start_context();
  void* tasks = connected_socket(context, ZMQ_PULL, tasks_endpoint);
  void* weather = connected_socket(context, ZMQ_SUB, weather_endpoint);
  long tasks_seen = 0, updates_seen = 0;
  char text[kTextMax];

  subscribe(weather, "10001 ");
  while (tasks_seen < tasks_wanted || updates_seen < updates_wanted) {
    int idle = 1;
    while (receive_text(tasks, text, ZMQ_DONTWAIT) >= 0) ++tasks_seen, idle = 0;
    must(zmq_errno() == EAGAIN, "receive a task");
    while (receive_text(weather, text, ZMQ_DONTWAIT) >= 0) ++updates_seen, idle = 0;
    must(zmq_errno() == EAGAIN, "receive an update");
    if (idle) pause_ms(1);
  }
  printf("read %ld tasks and enough updates\n", tasks_seen);
  finish(context, tasks, weather, NULL);
  return 0;
}
