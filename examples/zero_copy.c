/* Sends large buffers without copying them (PUSH, PULL).
 * usage: zero_copy [ENDPOINT [BUFFERS [BYTES]]]
 * The library calls back when a buffer is free. The callback may run in another thread, so the
 * counter is one of the library's atomic ones. */
#include "example.h"

static void buffer_is_free(void* data, void* freed) {
  free(data);
  zmq_atomic_counter_inc(freed);
}

static void send_buffer(void* sender, size_t bytes, int fill, void* freed) {
  unsigned char* data = malloc(bytes);
  zmq_msg_t message;
  must(data != NULL, "malloc");
  memset(data, fill, bytes);
  must(zmq_msg_init_data(&message, data, bytes, buffer_is_free, freed) == 0, "zmq_msg_init_data");
  must(zmq_msg_send(&message, sender, 0) >= 0, "send"); /* the message now belongs to the socket */
}

static void check_buffer(void* receiver, size_t bytes, int fill) {
  const unsigned char* data;
  zmq_msg_t message;
  zmq_msg_init(&message);
  must(zmq_msg_recv(&message, receiver, 0) >= 0, "receive");
  must(zmq_msg_size(&message) == bytes, "size");
  data = zmq_msg_data(&message);
  must(data[0] == fill && data[bytes - 1] == fill, "content");
  zmq_msg_close(&message);
}

int main(int argc, char** argv) {
  const char* endpoint = text_argument(argc, argv, 1, "inproc://zero-copy");
  long buffers = number_argument(argc, argv, 2, 10);
  size_t bytes = (size_t)number_argument(argc, argv, 3, 1000000);
  void* context = start_context();
  void* receiver = bound_socket(context, ZMQ_PULL, endpoint);
  void* sender = new_socket(context, ZMQ_PUSH);
  void* freed = zmq_atomic_counter_new();
  char bound[kEndpointMax];
  size_t size = sizeof bound;
  long i;

  must(zmq_getsockopt(receiver, ZMQ_LAST_ENDPOINT, bound, &size) == 0, "ZMQ_LAST_ENDPOINT");
  must(zmq_connect(sender, bound) == 0, bound);
  for (i = 0; i < buffers; ++i) {
    send_buffer(sender, bytes, (int)(i % 256), freed);
    check_buffer(receiver, bytes, (int)(i % 256));
  }
  finish(context, sender, receiver, NULL);
  printf("sent %ld buffers of %zu bytes, %d freed by the library\n", buffers, bytes,
         zmq_atomic_counter_value(freed));
  i = zmq_atomic_counter_value(freed) == buffers ? 0 : 1;
  zmq_atomic_counter_destroy(&freed);
  return (int)i;
}
