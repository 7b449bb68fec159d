/* Publishes made-up weather of 100 places, round and round, until a signal comes (PUB).
 * usage: weather_server [ENDPOINT]
 * An update is the text "PLACE TEMPERATURE HUMIDITY"; places are 10000 to 10099. */
#include "example.h"

enum { kPlaces = 100, kFirstPlace = 10000 };

/* Publishes one update for each place; returns -1 when it is time to stop. */
static int publish_round(void* publisher, unsigned round) {
  char update[kTextMax];
  int i;
  for (i = 0; i < kPlaces; ++i) {
    int temperature = (int)((round * 7 + (unsigned)i * 3) % 50) - 10;
    int humidity = (int)((round + (unsigned)i) % 60) + 20;
    snprintf(update, sizeof update, "%d %d %d", kFirstPlace + i, temperature, humidity);
    if (send_text(publisher, update, 0) < 0) return -1;
  }
  return 0;
}

int main(int argc, char** argv) {
  const char* endpoint = text_argument(argc, argv, 1, "tcp://127.0.0.1:5556");
  void* context = start_context();
  void* publisher;
  unsigned round = 0;

  shut_down_on_signal(context);
  publisher = bound_socket(context, ZMQ_PUB, endpoint);
  set_int(publisher, ZMQ_LINGER, 0); /* old weather interests nobody */
  while (publish_round(publisher, round++) == 0) pause_ms(1);
  printf("published %u rounds\n", round - 1);
  finish(context, publisher, NULL, NULL);
  return 0;
}
