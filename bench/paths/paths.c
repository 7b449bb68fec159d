/* The paths of a message whose instructions are counted; see instructions.py.
 *
 * usage: paths CASE
 *
 * All is done by one thread over inproc, so that the same happens every time: kBatch messages are
 * sent, then received, kBatches times to get warm, and after mark() as many times again. Callgrind
 * counts within send_side or within receive_side. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

enum {
  kBatch = 100,
  kBatches = 20,
  kBytes = 8,
  kLargeBytes = 200,
  kSubscribers = 3,
  kPolled = 100
};

static void* sockets[kPolled + 1];
static char buffer[kLargeBytes];

static void must(int is_good, const char* what) {
  if (is_good) return;
  fprintf(stderr, "paths: %s: %s\n", what, zmq_strerror(zmq_errno()));
  exit(EXIT_FAILURE);
}

static void* new_socket(void* context, int type, int binds, const char* address) {
  void* socket = zmq_socket(context, type);
  must((binds ? zmq_bind : zmq_connect)(socket, address) == 0, address);
  return socket;
}

/* PUSH and PULL, by zmq_send and zmq_recv. */
static void open_push_pull(void* context) {
  sockets[0] = new_socket(context, ZMQ_PULL, 1, "inproc://paths");
  sockets[1] = new_socket(context, ZMQ_PUSH, 0, "inproc://paths");
}

static void send_buffer(void) {
  must(zmq_send(sockets[1], buffer, kBytes, 0) == kBytes, "zmq_send");
}

static void receive_buffer(void) {
  must(zmq_recv(sockets[0], buffer, kBytes, 0) == kBytes, "zmq_recv");
}

/* The same as messages, of a size that needs memory of its own. */
static void send_message(void) {
  zmq_msg_t message;
  must(zmq_msg_init_size(&message, kLargeBytes) == 0, "zmq_msg_init_size");
  memcpy(zmq_msg_data(&message), buffer, kLargeBytes);
  must(zmq_msg_send(&message, sockets[1], 0) == kLargeBytes, "zmq_msg_send");
}

static void receive_message(void) {
  zmq_msg_t message;
  zmq_msg_init(&message);
  must(zmq_msg_recv(&message, sockets[0], 0) == kLargeBytes, "zmq_msg_recv");
  zmq_msg_close(&message);
}

/* DEALER to ROUTER, which takes the routing id as a message. */
static void open_dealer_router(void* context) {
  sockets[0] = new_socket(context, ZMQ_ROUTER, 1, "inproc://paths");
  sockets[1] = new_socket(context, ZMQ_DEALER, 0, "inproc://paths");
}

static void receive_routed(void) {
  zmq_msg_t id;
  zmq_msg_init(&id);
  must(zmq_msg_recv(&id, sockets[0], 0) > 0, "zmq_msg_recv");
  receive_buffer();
  zmq_msg_close(&id);
}

/* ROUTER to DEALER: the id of the one DEALER, set by it. */
static void open_router_dealer(void* context) {
  sockets[1] = new_socket(context, ZMQ_ROUTER, 1, "inproc://paths");
  sockets[0] = zmq_socket(context, ZMQ_DEALER);
  zmq_setsockopt(sockets[0], ZMQ_ROUTING_ID, "dealer", strlen("dealer"));
  must(zmq_connect(sockets[0], "inproc://paths") == 0, "zmq_connect");
  must(zmq_send(sockets[0], "", 0, 0) == 0, "zmq_send");
  must(zmq_recv(sockets[1], buffer, kLargeBytes, 0) > 0, "zmq_recv");
  must(zmq_recv(sockets[1], buffer, kLargeBytes, 0) == 0, "zmq_recv");
}

static void send_routed(void) {
  must(zmq_send(sockets[1], "dealer", strlen("dealer"), ZMQ_SNDMORE) > 0, "zmq_send");
  send_buffer();
}

/* A PUB and some SUBs, each with topics that fit and some that do not. */
static void open_pub_sub(void* context) {
  static const char* const kTopics[] = {"abcdefgh", "abcd", "xy", "z"};
  size_t i, topic;
  sockets[kSubscribers] = new_socket(context, ZMQ_PUB, 1, "inproc://paths");
  for (i = 0; i < kSubscribers; ++i) {
    sockets[i] = new_socket(context, ZMQ_SUB, 0, "inproc://paths");
    for (topic = 0; topic < sizeof kTopics / sizeof *kTopics; ++topic)
      zmq_setsockopt(sockets[i], ZMQ_SUBSCRIBE, kTopics[topic], strlen(kTopics[topic]));
  }
}

static void publish(void) {
  must(zmq_send(sockets[kSubscribers], "abcdefgh", kBytes, 0) == kBytes, "zmq_send");
}

static void receive_published(void) {
  int i;
  for (i = 0; i < kSubscribers; ++i)
    must(zmq_recv(sockets[i], buffer, kBytes, 0) == kBytes, "zmq_recv");
}

/* zmq_poll over many, of which one is ready. */
static zmq_pollitem_t items[kPolled];

static void open_polled(void* context) {
  char address[32];
  int i;
  for (i = 0; i < kPolled; ++i) {
    snprintf(address, sizeof address, "inproc://paths-%d", i);
    items[i].socket = sockets[i] = new_socket(context, ZMQ_PULL, 1, address);
    items[i].events = ZMQ_POLLIN;
  }
  sockets[kPolled] = new_socket(context, ZMQ_PUSH, 0, "inproc://paths-50");
  must(zmq_send(sockets[kPolled], "x", 1, 0) == 1, "zmq_send");
}

static void poll_many(void) {
  must(zmq_poll(items, kPolled, -1) == 1, "zmq_poll");
}

static void nothing(void) {}

typedef struct {
  const char* name;
  void (*open)(void* context);
  void (*send)(void);
  void (*receive)(void);
} case_t;

static const case_t kCases[] = {
    {"push_pull", open_push_pull, send_buffer, receive_buffer},
    {"push_pull_msg", open_push_pull, send_message, receive_message},
    {"dealer_router", open_dealer_router, send_buffer, receive_routed},
    {"router_dealer", open_router_dealer, send_routed, receive_buffer},
    {"pub_3_subs", open_pub_sub, publish, receive_published},
    {"poll_100", open_polled, nothing, poll_many},
};

__attribute__((noinline)) void send_side(const case_t* chosen) {
  int i;
  for (i = 0; i < kBatch; ++i) chosen->send();
}

__attribute__((noinline)) void receive_side(const case_t* chosen) {
  int i;
  for (i = 0; i < kBatch; ++i) chosen->receive();
}

__attribute__((noinline)) void mark(void) {
  __asm__ volatile("");
}

static void run(const case_t* chosen) {
  void* context = zmq_ctx_new();
  int i;
  chosen->open(context);
  for (i = 0; i < 2 * kBatches; ++i) {
    if (i == kBatches) mark();
    send_side(chosen);
    receive_side(chosen);
  }
  for (i = 0; i <= kPolled; ++i)
    if (sockets[i]) zmq_close(sockets[i]);
  zmq_ctx_term(context);
}

int main(int argc, char** argv) {
  size_t i;
  for (i = 0; i < sizeof kCases / sizeof *kCases; ++i)
    if (argc == 2 && strcmp(argv[1], kCases[i].name) == 0) {
      run(&kCases[i]);
      return EXIT_SUCCESS;
    }
  fprintf(stderr, "usage: paths CASE\n");
  return 2;
}
