/* No library: what the kernel can do. Blocking sockets without framing, one call of the kernel for
 * a message (kChunkBytes at most); between threads a slot in each direction, guarded by semaphores.
 */
#ifndef BENCH_RAW_H
#define BENCH_RAW_H

#include <semaphore.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { kChunkBytes = 65536, kSlotBytes = 1 << 20 };

typedef struct {
  sem_t free;
  sem_t full;
  char data[kSlotBytes];
} slot_t;

typedef struct {
  int listening; /* until the first message: -1 when there is nothing to accept */
  int fd;
  slot_t* outward;
  slot_t* inward;
} raw_socket_t;

typedef raw_socket_t* socket_t;

socket_t raw_open(bool binds);
void raw_accept(socket_t socket);
void raw_close(socket_t socket);

static inline socket_t open_socket(const end_t* end, role_t role, bool binds) {
  (void)end;
  (void)role;
  return raw_open(binds);
}

static inline void send_message(socket_t socket, const char* data, size_t bytes) {
  if (socket->outward) {
    while (sem_wait(&socket->outward->free) != 0) continue;
    memcpy(socket->outward->data, data, bytes);
    sem_post(&socket->outward->full);
    return;
  }
  if (socket->listening >= 0) raw_accept(socket);
  while (bytes > 0) {
    const ssize_t sent = write(socket->fd, data, bytes < kChunkBytes ? bytes : kChunkBytes);
    if (sent <= 0) fail("write");
    data += sent;
    bytes -= (size_t)sent;
  }
}

static inline void receive_message(socket_t socket, char* data, size_t bytes) {
  if (socket->inward) {
    while (sem_wait(&socket->inward->full) != 0) continue;
    memcpy(data, socket->inward->data, bytes);
    sem_post(&socket->inward->free);
    return;
  }
  if (socket->listening >= 0) raw_accept(socket);
  while (bytes > 0) {
    const ssize_t received = read(socket->fd, data, bytes < kChunkBytes ? bytes : kChunkBytes);
    if (received <= 0) fail("read");
    data += received;
    bytes -= (size_t)received;
  }
}

static inline void close_socket(socket_t socket) {
  raw_close(socket);
}

#endif
