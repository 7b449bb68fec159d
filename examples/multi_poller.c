/* Reads two sockets by waiting for both at once (PULL and SUB, zmq_poll).
 * usage: multi_poller [TASKS_ENDPOINT [WEATHER_ENDPOINT [TASKS [UPDATES]]]] */
#include "example.h"

int main(int argc, char** argv) {
  const char* tasks_endpoint = text_argument(argc, argv, 1, "tcp://127.0.0.1:5557");
  const char* weather_endpoint = text_argument(argc, argv, 2, "tcp://127.0.0.1:5556");
  long tasks_wanted = number_argument(argc, argv, 3, 10);
  long updates_wanted = number_argument(argc, argv, 4, 10);
  void* context = start_context();
  void* tasks = connected_socket(context, ZMQ_PULL, tasks_endpoint);
  void* weather = connected_socket(context, ZMQ_SUB, weather_endpoint);
  zmq_pollitem_t items[2] = {{tasks, 0, ZMQ_POLLIN, 0}, {weather, 0, ZMQ_POLLIN, 0}};
  long tasks_seen = 0, updates_seen = 0;
  char text[kTextMax];

  subscribe(weather, "10001 ");
  while (tasks_seen < tasks_wanted || updates_seen < updates_wanted) {
    must(zmq_poll(items, 2, -1) > 0, "zmq_poll");
    if (items[0].revents & ZMQ_POLLIN) {
      must(receive_text(tasks, text, 0) >= 0, "receive a task");
      ++tasks_seen;
    }
    if (items[1].revents & ZMQ_POLLIN) {
      must(receive_text(weather, text, 0) >= 0, "receive an update");
      ++updates_seen;
    }
  }
  printf("read %ld tasks and enough updates\n", tasks_seen);
  finish(context, tasks, weather, NULL);
  return 0;
}
