/* Ends cleanly on Ctrl-C.
 * usage: interrupt [ENDPOINT]
 * The signal handler writes to a pipe, and zmq_poll watches the pipe together with the socket, so
 * no signal can slip in between a test and a blocking call. */
#include <fcntl.h>
#include <unistd.h>

#include "example.h"

static int wakeup[2];

static void on_signal(int number) {
  const char byte = (char)number;
  const int saved = errno;
  if (write(wakeup[1], &byte, 1) < 0) { /* the pipe is full: a wake-up is under way already */
  }
  errno = saved;
}

static void catch_signals(void) {
  struct sigaction action;
  must(pipe(wakeup) == 0, "pipe");
  fcntl(wakeup[0], F_SETFL, O_NONBLOCK);
  fcntl(wakeup[1], F_SETFL, O_NONBLOCK);
  memset(&action, 0, sizeof action);
  action.sa_handler = on_signal;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
}

int main(int argc, char** argv) {
  const char* endpoint = text_argument(argc, argv, 1, "tcp://127.0.0.1:5555");
  void* context = start_context();
  void* responder;
  char text[kTextMax];
  long served = 0;

  catch_signals();
  responder = bound_socket(context, ZMQ_REP, endpoint);
  for (;;) {
    zmq_pollitem_t items[2] = {{responder, 0, ZMQ_POLLIN, 0}, {NULL, wakeup[0], ZMQ_POLLIN, 0}};
    if (zmq_poll(items, 2, -1) < 0) {
      if (zmq_errno() == EINTR) continue; /* the pipe will tell */
      break;
    }
    if (items[1].revents & ZMQ_POLLIN) break;
    if (receive_text(responder, text, ZMQ_DONTWAIT) < 0) continue;
    must(send_text(responder, "World", 0) == 0, "send");
    ++served;
  }
  printf("interrupted after %ld requests, cleaning up\n", served);
  finish(context, responder, NULL, NULL);
  close(wakeup[0]);
  close(wakeup[1]);
  printf("all closed\n");
  return 0;
}
