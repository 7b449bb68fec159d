/* A program as users write them: it checks the version, sends a message to itself, makes keys. */
#include <stdio.h>
#include <string.h>
#include <zmq.h>

static int send_to_myself(void) {
  char answer[8] = "";
  void* context = zmq_ctx_new();
  void* one = zmq_socket(context, ZMQ_PAIR);
  void* two = zmq_socket(context, ZMQ_PAIR);
  int failures = 0;
  failures += zmq_bind(one, "inproc://here") != 0;
  failures += zmq_connect(two, "inproc://here") != 0;
  failures += zmq_send(one, "hello", 5, 0) != 5;
  failures += zmq_recv(two, answer, sizeof answer, 0) != 5;
  failures += strcmp(answer, "hello") != 0;
  failures += zmq_close(one) != 0;
  failures += zmq_close(two) != 0;
  failures += zmq_ctx_term(context) != 0;
  return failures;
}

int main(void) {
  char public_key[41];
  char secret_key[41];
  int major, minor, patch;
  zmq_version(&major, &minor, &patch);
  if (ZMQ_MAKE_VERSION(major, minor, patch) != ZMQ_VERSION) return 1;
  if (send_to_myself() != 0) return 2;
  /* Keys need libsodium: a static program that lacks it does not even link. */
  if (zmq_curve_keypair(public_key, secret_key) != 0) return 3;
  printf("libzmq %d.%d.%d works\n", major, minor, patch);
  return 0;
}
