/* Checks of Debian's czmq: one check per run, so that a crash or a hang is a result.
 *
 * usage: czmq_checks --list | NAME
 *
 * Names that begin with "selftest_" run czmq's own test of a class, which its library exports. The
 * last line printed is "mapped PATHS": the libzmq files in this process's memory map. */
#include <czmq.h>
#include <dlfcn.h>

#define NEED(condition)                                              \
  do {                                                               \
    if (!(condition)) {                                              \
      printf("%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
      exit(1);                                                       \
    }                                                                \
  } while (0)

enum { kLimitMs = 10000 };

static void bound_pair(int bound_type, int connected_type, zsock_t** bound, zsock_t** connected) {
  *bound = zsock_new(bound_type);
  *connected = zsock_new(connected_type);
  NEED(*bound && *connected);
  zsock_set_rcvtimeo(*bound, kLimitMs);
  zsock_set_rcvtimeo(*connected, kLimitMs);
  NEED(zsock_bind(*bound, "tcp://127.0.0.1:*") > 0);
  NEED(zsock_connect(*connected, "%s", zsock_endpoint(*bound)) == 0);
}

static void check_zsock_request_reply(void) {
  zsock_t *rep, *req;
  int i;
  bound_pair(ZMQ_REP, ZMQ_REQ, &rep, &req);
  for (i = 0; i < 100; ++i) {
    char* text = NULL;
    int number = 0;
    NEED(zsock_send(req, "si", "question", i) == 0);
    NEED(zsock_recv(rep, "si", &text, &number) == 0);
    NEED(streq(text, "question") && number == i);
    zstr_free(&text);
    NEED(zstr_sendf(rep, "answer %d", i) == 0);
    text = zstr_recv(req);
    NEED(text && atoi(text + 7) == i);
    zstr_free(&text);
  }
  zsock_destroy(&req);
  zsock_destroy(&rep);
}

static void check_zsock_pictures(void) {
  zsock_t *pull, *push;
  zchunk_t *chunk = zchunk_new("chunk", 5), *chunk2 = NULL;
  zframe_t *frame = zframe_new("frame", 5), *frame2 = NULL;
  zuuid_t *uuid = zuuid_new(), *uuid2 = NULL;
  void *pointer = &chunk, *pointer2 = NULL;
  char* text2 = NULL;
  uint64_t wide2 = 0;
  byte* data2 = NULL;
  size_t size2 = 0;
  bound_pair(ZMQ_PULL, ZMQ_PUSH, &pull, &push);
  NEED(zsock_send(push, "s8bcfUp", "text", (uint64_t)1 << 63, "bytes", (size_t)5, chunk, frame,
                  uuid, pointer) == 0);
  NEED(zsock_recv(pull, "s8bcfUp", &text2, &wide2, &data2, &size2, &chunk2, &frame2, &uuid2,
                  &pointer2) == 0);
  NEED(streq(text2, "text") && wide2 == (uint64_t)1 << 63 && size2 == 5);
  NEED(zchunk_size(chunk2) == 5 && zframe_eq(frame, frame2) && zuuid_eq(uuid, zuuid_data(uuid2)));
  NEED(pointer2 == pointer);
  zstr_free(&text2);
  free(data2);
  zchunk_destroy(&chunk);
  zchunk_destroy(&chunk2);
  zframe_destroy(&frame);
  zframe_destroy(&frame2);
  zuuid_destroy(&uuid);
  zuuid_destroy(&uuid2);
  zsock_destroy(&push);
  zsock_destroy(&pull);
}

static void check_zsock_options(void) {
  zsock_t* dealer = zsock_new(ZMQ_DEALER);
  char* identity;
  NEED(zsock_sndhwm(dealer) == 1000 || zsock_sndhwm(dealer) == 0);
  zsock_set_sndhwm(dealer, 33);
  NEED(zsock_sndhwm(dealer) == 33);
  zsock_set_identity(dealer, "name");
  identity = zsock_identity(dealer);
  NEED(streq(identity, "name"));
  free(identity);
  NEED(zsock_type(dealer) == ZMQ_DEALER);
  NEED(zsock_bind(dealer, "tcp://127.0.0.1:*[40000-50000]") > 0);
  NEED(zsock_unbind(dealer, "%s", zsock_endpoint(dealer)) == 0);
  zsock_destroy(&dealer);
}

static void check_zmsg(void) {
  zsock_t *router, *dealer;
  zmsg_t* message;
  zframe_t* name;
  char* text;
  bound_pair(ZMQ_ROUTER, ZMQ_DEALER, &router, &dealer);
  message = zmsg_new();
  zmsg_addstr(message, "one");
  zmsg_addmem(message, "", 0);
  zmsg_addstr(message, "three");
  NEED(zmsg_send(&message, dealer) == 0);
  message = zmsg_recv(router);
  NEED(message && zmsg_size(message) == 4);
  name = zmsg_pop(message);
  text = zmsg_popstr(message);
  NEED(streq(text, "one"));
  zstr_free(&text);
  zmsg_prepend(message, &name);
  NEED(zmsg_send(&message, router) == 0);
  message = zmsg_recv(dealer);
  NEED(message && zmsg_size(message) == 2 && zmsg_content_size(message) == 5);
  zmsg_destroy(&message);
  zsock_destroy(&dealer);
  zsock_destroy(&router);
}

static void check_zframe(void) {
  zsock_t *pull, *push;
  zframe_t *frame = zframe_new(NULL, 1000000), *received;
  bound_pair(ZMQ_PULL, ZMQ_PUSH, &pull, &push);
  memset(zframe_data(frame), 7, zframe_size(frame));
  NEED(zframe_send(&frame, push, ZFRAME_REUSE | ZFRAME_MORE) == 0);
  NEED(zframe_send(&frame, push, 0) == 0);
  received = zframe_recv(pull);
  NEED(received && zframe_size(received) == 1000000 && zframe_more(received) == 1);
  zframe_destroy(&received);
  received = zframe_recv(pull);
  NEED(received && zframe_data(received)[999999] == 7 && zframe_more(received) == 0);
  zframe_destroy(&received);
  zsock_destroy(&push);
  zsock_destroy(&pull);
}

static void check_zpoller(void) {
  zsock_t *first, *second, *push;
  zpoller_t* poller;
  bound_pair(ZMQ_PULL, ZMQ_PUSH, &first, &push);
  second = zsock_new_pull("inproc://zpoller");
  poller = zpoller_new(first, second, NULL);
  NEED(zpoller_wait(poller, 0) == NULL && zpoller_expired(poller));
  zstr_send(push, "x");
  NEED(zpoller_wait(poller, kLimitMs) == first);
  zpoller_destroy(&poller);
  zsock_destroy(&second);
  zsock_destroy(&push);
  zsock_destroy(&first);
}

static void echo_actor(zsock_t* pipe, void* arguments) {
  (void)arguments;
  zsock_signal(pipe, 0);
  for (;;) {
    char* text = zstr_recv(pipe);
    int last = !text || streq(text, "$TERM");
    if (!last) zstr_sendf(pipe, "echo %s", text);
    zstr_free(&text);
    if (last) break;
  }
}

static void check_zactor(void) {
  int i;
  for (i = 0; i < 20; ++i) {
    zactor_t* actor = zactor_new(echo_actor, NULL);
    char* text;
    NEED(actor);
    zstr_send(actor, "hello");
    text = zstr_recv(actor);
    NEED(text && streq(text, "echo hello"));
    zstr_free(&text);
    zactor_destroy(&actor);
  }
}

static int on_timer(zloop_t* loop, int timer, void* count) {
  (void)loop;
  (void)timer;
  ++*(int*)count;
  return 0;
}

static int on_message(zloop_t* loop, zsock_t* reader, void* count) {
  char* text = zstr_recv(reader);
  (void)loop;
  zstr_free(&text);
  return ++*(int*)count == 10 ? -1 : 0;
}

static void check_zloop(void) {
  zsock_t *pull, *push;
  zloop_t* loop = zloop_new();
  int ticks = 0, messages = 0, i;
  bound_pair(ZMQ_PULL, ZMQ_PUSH, &pull, &push);
  NEED(zloop_timer(loop, 1, 3, on_timer, &ticks) >= 0);
  NEED(zloop_reader(loop, pull, on_message, &messages) == 0);
  for (i = 0; i < 10; ++i) zstr_send(push, "tick");
  NEED(zloop_start(loop) == -1);
  NEED(messages == 10);
  zloop_destroy(&loop);
  zsock_destroy(&push);
  zsock_destroy(&pull);
}

static void expect_event(zactor_t* monitor, const char* name) {
  for (;;) {
    zmsg_t* message = zmsg_recv(monitor);
    char* event;
    int found;
    NEED(message);
    event = zmsg_popstr(message);
    found = streq(event, name);
    zstr_free(&event);
    zmsg_destroy(&message);
    if (found) return;
  }
}

static void check_zmonitor(void) {
  zsock_t *client = zsock_new(ZMQ_DEALER), *server = zsock_new(ZMQ_DEALER);
  zactor_t* monitor = zactor_new(zmonitor, server);
  NEED(monitor);
  zstr_sendx(monitor, "LISTEN", "LISTENING", "ACCEPTED", "DISCONNECTED", NULL);
  zstr_send(monitor, "START");
  zsock_wait(monitor);
  zsock_set_rcvtimeo(zactor_sock(monitor), kLimitMs);
  NEED(zsock_bind(server, "tcp://127.0.0.1:*") > 0);
  expect_event(monitor, "LISTENING");
  NEED(zsock_connect(client, "%s", zsock_endpoint(server)) == 0);
  expect_event(monitor, "ACCEPTED");
  zsock_destroy(&client);
  expect_event(monitor, "DISCONNECTED");
  zactor_destroy(&monitor);
  zsock_destroy(&server);
}

static void check_zproxy(void) {
  zactor_t* proxy = zactor_new(zproxy, NULL);
  zsock_t *push, *pull;
  char* text;
  NEED(proxy);
  zstr_sendx(proxy, "FRONTEND", "PULL", "inproc://proxy-in", NULL);
  zsock_wait(proxy);
  zstr_sendx(proxy, "BACKEND", "PUSH", "inproc://proxy-out", NULL);
  zsock_wait(proxy);
  push = zsock_new_push("inproc://proxy-in");
  pull = zsock_new_pull(">inproc://proxy-out");
  zsock_set_rcvtimeo(pull, kLimitMs);
  zstr_send(push, "through");
  text = zstr_recv(pull);
  NEED(text && streq(text, "through"));
  zstr_free(&text);
  zstr_sendx(proxy, "PAUSE", NULL);
  zsock_wait(proxy);
  zstr_send(push, "held back");
  zsock_set_rcvtimeo(pull, 50);
  NEED(zstr_recv(pull) == NULL);
  zsock_set_rcvtimeo(pull, kLimitMs);
  zstr_sendx(proxy, "RESUME", NULL);
  zsock_wait(proxy);
  text = zstr_recv(pull);
  NEED(text && streq(text, "held back"));
  zstr_free(&text);
  zsock_destroy(&push);
  zsock_destroy(&pull);
  zactor_destroy(&proxy);
}

static void check_publish_subscribe(void) {
  zsock_t *xpub, *sub;
  zframe_t* subscription;
  char* text;
  bound_pair(ZMQ_XPUB, ZMQ_SUB, &xpub, &sub);
  zsock_set_subscribe(sub, "topic");
  subscription = zframe_recv(xpub);
  NEED(subscription && zframe_size(subscription) == 6 && zframe_data(subscription)[0] == 1);
  zframe_destroy(&subscription);
  zstr_send(xpub, "other");
  zstr_send(xpub, "topic news");
  text = zstr_recv(sub);
  NEED(text && streq(text, "topic news"));
  zstr_free(&text);
  zsock_destroy(&sub);
  zsock_destroy(&xpub);
}

typedef struct {
  const char* name;
  void (*run)(void);
} check_t;

static const check_t kChecks[] = {
    {"zsock_request_reply", check_zsock_request_reply},
    {"zsock_pictures", check_zsock_pictures},
    {"zsock_options", check_zsock_options},
    {"zmsg", check_zmsg},
    {"zframe", check_zframe},
    {"zpoller", check_zpoller},
    {"zactor", check_zactor},
    {"zloop", check_zloop},
    {"zmonitor", check_zmonitor},
    {"zproxy", check_zproxy},
    {"publish_subscribe", check_publish_subscribe},
};

/* Classes of czmq whose own tests use sockets, contexts or threads. Not zgossip: its test expects
 * two racing threads to arrive in one order. */
static const char* const kSelfTests[] = {"zactor", "zauth",        "zbeacon", "zcert",   "zframe",
                                         "zloop",  "zmonitor",     "zmsg",    "zpoller", "zproxy",
                                         "zsock",  "zsock_option", "zstr",    "zsys"};

static void list_all(void) {
  size_t i;
  for (i = 0; i < sizeof kChecks / sizeof kChecks[0]; ++i) printf("%s\n", kChecks[i].name);
  for (i = 0; i < sizeof kSelfTests / sizeof kSelfTests[0]; ++i)
    printf("selftest_%s\n", kSelfTests[i]);
}

static int run_self_test(const char* class_name) {
  char symbol[64];
  void* function;
  snprintf(symbol, sizeof symbol, "%s_test", class_name);
  function = dlsym(RTLD_DEFAULT, symbol);
  if (!function) return 0;
  ((void (*)(bool))function)(false);
  return 1;
}

static void print_mapped(void) {
  char line[1024], last[1024] = "";
  FILE* maps = fopen("/proc/self/maps", "r");
  printf("mapped");
  while (maps && fgets(line, sizeof line, maps)) {
    char* path = strchr(line, '/');
    if (!path || !strstr(path, "/libzmq")) continue;
    path[strcspn(path, "\n")] = '\0';
    if (strcmp(path, last) != 0) printf(" %s", path);
    snprintf(last, sizeof last, "%s", path);
  }
  if (maps) fclose(maps);
  printf("\n");
}

int main(int argc, char** argv) {
  size_t i;
  int done = 0;
  if (argc != 2) return 2;
  if (streq(argv[1], "--list")) {
    list_all();
    return 0;
  }
  for (i = 0; i < sizeof kChecks / sizeof kChecks[0]; ++i) {
    if (!streq(argv[1], kChecks[i].name)) continue;
    kChecks[i].run();
    done = 1;
  }
  if (strncmp(argv[1], "selftest_", 9) == 0) done = run_self_test(argv[1] + 9);
  if (!done) return 2;
  print_mapped();
  zsys_shutdown();
  return 0;
}
