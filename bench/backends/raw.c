/* The slow part of raw.h, and the cells that exist only without a library. */
#include "backends/backend.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/un.h>

#include "cells/cells.h"

enum { kCopyBytes = 1 << 20 };

static slot_t slots[2];

typedef union {
  struct sockaddr any;
  struct sockaddr_in tcp;
  struct sockaddr_un ipc;
} address_t;

static socklen_t parse(address_t* address, const char* text) {
  unsigned port;
  memset(address, 0, sizeof *address);
  if (sscanf(text, "tcp://127.0.0.1:%u", &port) == 1) {
    address->tcp.sin_family = AF_INET;
    address->tcp.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address->tcp.sin_port = htons((unsigned short)port);
    return sizeof address->tcp;
  }
  address->ipc.sun_family = AF_UNIX;
  snprintf(address->ipc.sun_path, sizeof address->ipc.sun_path, "%s", text + strlen("ipc://"));
  return sizeof address->ipc;
}

static void no_delay(int fd) {
  const int on = 1;
  (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on); /* a unix socket has none */
}

socket_t raw_open(bool binds) {
  socket_t socket_opened = calloc(1, sizeof *socket_opened);
  address_t address;
  socklen_t length;
  int fd;
  socket_opened->listening = -1;
  if (is_inproc()) {
    socket_opened->outward = &slots[binds];
    socket_opened->inward = &slots[!binds];
    return socket_opened;
  }
  length = parse(&address, endpoint(0));
  fd = socket(address.any.sa_family, SOCK_STREAM, 0);
  if (binds) {
    if (bind(fd, &address.any, length) != 0 || listen(fd, 1) != 0) fail("bind");
    socket_opened->listening = fd;
  } else {
    if (connect(fd, &address.any, length) != 0) fail("connect");
    no_delay(fd);
    socket_opened->fd = fd;
  }
  return socket_opened;
}

void raw_accept(socket_t socket) {
  socket->fd = accept(socket->listening, NULL, NULL);
  if (socket->fd < 0) fail("accept");
  no_delay(socket->fd);
  close(socket->listening);
  socket->listening = -1;
}

void raw_close(socket_t socket) {
  if (!socket->outward) close(socket->fd);
  free(socket);
}

void* backend_start(void) {
  int i;
  for (i = 0; i < 2; ++i) {
    sem_init(&slots[i].free, 0, 1);
    sem_init(&slots[i].full, 0, 0);
  }
  return NULL;
}

void backend_stop(void* context) {
  (void)context;
}

const char* backend_version(void) {
  return "raw";
}

/* One message of `size` bytes copied again and again. */
static void copy(end_t* end) {
  const size_t bytes = message_bytes();
  char *from = calloc(1, bytes), *to = calloc(1, bytes);
  int64_t copies = 0, until;
  memset(from, 1, bytes);
  memset(to, 1, bytes);
  measure_begin(end);
  for (until = now_ns() + duration_ns(); now_ns() < until;) {
    size_t done;
    for (done = 0; done < kCopyBytes; done += bytes, ++copies) {
      memcpy(to, from, bytes);
      __asm__ volatile("" : : "r"(to) : "memory");
    }
  }
  measure_end(end);
  report_rate(end, copies, 0);
  free(from);
  free(to);
}

static const cell_t kCopy = {"memcpy", "copies of size bytes, within the caches", {copy}};

const cell_t* const kCells[] = {&kThroughput, &kRoundTrip, &kOpenLoop, &kCopy, NULL};
