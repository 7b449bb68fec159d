/* Options of a run, and where its ends meet. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness.h"

enum { kEndpoints = 2, kNumberBytes = 8 };

static int option_count;
static char** option_texts;
static char endpoints[kEndpoints][kTextMax];

/* A port that is free now. The run binds it a moment later: the libraries differ in how they tell
 * which port they chose. */
static unsigned free_port(void) {
  struct sockaddr_in address = {.sin_family = AF_INET};
  socklen_t length = sizeof address;
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(fd, (struct sockaddr*)&address, length) != 0) fail("no free port");
  getsockname(fd, (struct sockaddr*)&address, &length);
  close(fd);
  return ntohs(address.sin_port);
}

static void choose_endpoint(char* text, int index) {
  const char* transport = option("transport", "tcp");
  if (strcmp(transport, "tcp") == 0)
    snprintf(text, kTextMax, "tcp://127.0.0.1:%u", free_port());
  else if (strcmp(transport, "ipc") == 0)
    snprintf(text, kTextMax, "ipc://%s/e%d-%d", option("folder", "/tmp"), index, (int)getpid());
  else
    snprintf(text, kTextMax, "inproc://bench-%d", index);
}

void options_are(int count, char** texts) {
  int i;
  option_count = count;
  option_texts = texts;
  for (i = 0; i < kEndpoints; ++i) choose_endpoint(endpoints[i], i);
}

const char* option(const char* name, const char* otherwise) {
  const size_t length = strlen(name);
  int i;
  for (i = 0; i < option_count; ++i)
    if (strncmp(option_texts[i], name, length) == 0 && option_texts[i][length] == '=')
      return option_texts[i] + length + 1;
  return otherwise;
}

long number_option(const char* name, long otherwise) {
  const char* text = option(name, NULL);
  return text ? strtol(text, NULL, 10) : otherwise;
}

bool option_is(const char* name, const char* value) {
  return strcmp(option(name, ""), value) == 0;
}

size_t message_bytes(void) {
  const long bytes = number_option("size", 64);
  return bytes < kNumberBytes ? kNumberBytes : (size_t)bytes;
}

bool is_inproc(void) {
  return option_is("transport", "inproc");
}

const char* endpoint(int index) {
  return endpoints[index];
}

int64_t duration_ns(void) {
  return number_option("ms", 200) * 1000000;
}

/* A fifth: long enough for connections, caches and whatever adapts itself. */
int64_t warm_up_ns(void) {
  return duration_ns() / 5;
}
