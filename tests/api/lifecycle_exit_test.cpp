// A process that ends with contexts and sockets alive, or uses them while it ends.
#include <gtest/gtest.h>
#include <zmq.h>

#include <cstdio>
#include <cstdlib>
#include <thread>

#include "api/support/child.h"
#include "api/support/reference.h"
#include "api/support/socket.h"

namespace api_test {
namespace {

// A round trip over tcp in the given context; true when it worked.
bool echo_works(void* context) {
  void* rep = zmq_socket(context, ZMQ_REP);
  void* req = zmq_socket(context, ZMQ_REQ);
  char endpoint[64], text[8];
  size_t size = sizeof endpoint;
  const bool works = zmq_bind(rep, "tcp://127.0.0.1:*") == 0 &&
                     zmq_getsockopt(rep, ZMQ_LAST_ENDPOINT, endpoint, &size) == 0 &&
                     zmq_connect(req, endpoint) == 0 && zmq_send(req, "hi", 2, 0) == 2 &&
                     zmq_recv(rep, text, sizeof text, 0) == 2 && zmq_send(rep, "ho", 2, 0) == 2 &&
                     zmq_recv(req, text, sizeof text, 0) == 2;
  zmq_close(rep);
  zmq_close(req);
  return works;
}

void say(const char* what, bool works) {
  std::printf("%s: %s\n", what, works ? "works" : "fails");
  std::fflush(stdout);
}

struct Owner {
  void* context = nullptr;
  ~Owner() {
    if (context == nullptr) return;
    say("static destructor", echo_works(context));
    say("its zmq_ctx_term", zmq_ctx_term(context) == 0);
  }
};

TEST(ExitChild, DISABLED_UsesAContextFromAStaticDestructor) {
  static Owner owner;
  owner.context = zmq_ctx_new();
  EXPECT_TRUE(echo_works(owner.context));
}

TEST(Exit, AStaticDestructorMayUseAndEndAContext) {
  const ChildResult child = run_child("ExitChild.DISABLED_UsesAContextFromAStaticDestructor");
  EXPECT_TRUE(child.succeeded()) << child;
  EXPECT_NE(child.output.find("static destructor: works"), std::string::npos) << child;
  EXPECT_NE(child.output.find("its zmq_ctx_term: works"), std::string::npos) << child;
}

TEST(ExitChild, DISABLED_UsesAContextFromAnExitHandler) {
  static void* context = zmq_ctx_new();
  EXPECT_EQ(std::atexit([] {
              say("old context", echo_works(context));
              say("zmq_ctx_term", zmq_ctx_term(context) == 0);
              void* fresh = zmq_ctx_new();
              say("new context", echo_works(fresh));
              say("zmq_ctx_term", zmq_ctx_term(fresh) == 0);
            }),
            0);
}

TEST(Exit, AnExitHandlerMayUseEndAndMakeContexts) {
  const ChildResult child = run_child("ExitChild.DISABLED_UsesAContextFromAnExitHandler");
  EXPECT_TRUE(child.succeeded()) << child;
  EXPECT_NE(child.output.find("old context: works"), std::string::npos) << child;
  EXPECT_NE(child.output.find("new context: works"), std::string::npos) << child;
  EXPECT_EQ(child.output.find("fails"), std::string::npos) << child;
}

TEST(ExitChild, DISABLED_ExitsWithEverythingOpen) {
  void* context = zmq_ctx_new();
  void* binder = zmq_socket(context, ZMQ_PULL);
  EXPECT_EQ(zmq_bind(binder, "tcp://127.0.0.1:*"), 0);
  void* pusher = zmq_socket(context, ZMQ_PUSH);
  EXPECT_EQ(zmq_connect(pusher, "tcp://127.0.0.1:9"), 0);
  EXPECT_EQ(zmq_send(pusher, "x", 1, 0), 1);
  std::thread([context] {
    void* blocked = zmq_socket(context, ZMQ_PULL);
    char octet;
    zmq_recv(blocked, &octet, 1, 0);
  }).detach();
  say("everything open", echo_works(context));
  std::exit(HasFailure() ? 1 : 0);
}

TEST(Exit, AProcessMayExitWithSocketsOpenAndThreadsBlocked) {
  for (int i = 0; i < 5; ++i) {
    const ChildResult child = run_child("ExitChild.DISABLED_ExitsWithEverythingOpen");
    ASSERT_TRUE(child.exited_well()) << child;
    ASSERT_NE(child.output.find("everything open: works"), std::string::npos) << child;
  }
}

}  // namespace
}  // namespace api_test
