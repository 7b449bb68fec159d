/* Collects updates about one place and tells the average temperature (SUB).
 * usage: weather_client [ENDPOINT [PLACE [UPDATES]]] */
#include "example.h"

int main(int argc, char** argv) {
  const char* endpoint = text_argument(argc, argv, 1, "tcp://127.0.0.1:5556");
  const char* place = text_argument(argc, argv, 2, "10001");
  long updates = number_argument(argc, argv, 3, 100);
  void* context = start_context();
  void* subscriber = connected_socket(context, ZMQ_SUB, endpoint);
  char topic[kTextMax], text[kTextMax];
  long i, sum = 0;

  /* The blank keeps place 1000 from also matching 10001: a subscription is a prefix. */
  snprintf(topic, sizeof topic, "%s ", place);
  subscribe(subscriber, topic);
  for (i = 0; i < updates; ++i) {
    int from, temperature, humidity;
    must(receive_text(subscriber, text, 0) >= 0, "receive");
    must(sscanf(text, "%d %d %d", &from, &temperature, &humidity) == 3, "update");
    must(from == strtol(place, NULL, 10), "place");
    sum += temperature;
  }
  printf("%ld updates about %s, average temperature %ld\n", updates, place,
         updates ? sum / updates : 0);
  finish(context, subscriber, NULL, NULL);
  return 0;
}
