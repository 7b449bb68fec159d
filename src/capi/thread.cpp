// zmq_threadstart and zmq_threadclose: a joinable thread for programs without threads of their own.
#include <pthread.h>
#include <signal.h>

#include <cerrno>
#include <new>

#include "zmq.h"

namespace {

struct Thread {
  pthread_t id;
  zmq_thread_fn* function;
  void* arg;
};

void* run(void* arg) {
  const auto* thread = static_cast<Thread*>(arg);
  ::pthread_setname_np(::pthread_self(), "ZMQapp");
  thread->function(thread->arg);
  return nullptr;
}

}  // namespace

// The thread starts with all signals blocked, as in the reference: they go to the program's own
// threads.
void* zmq_threadstart(zmq_thread_fn* func, void* arg) {
  if (func == nullptr) {
    errno = EFAULT;
    return nullptr;
  }
  auto* thread = new (std::nothrow) Thread{{}, func, arg};
  if (thread == nullptr) {
    errno = ENOMEM;
    return nullptr;
  }
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const int error = ::pthread_create(&thread->id, nullptr, run, thread);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (error != 0) {
    delete thread;
    errno = error;
    return nullptr;
  }
  return thread;
}

void zmq_threadclose(void* thread) {
  if (thread == nullptr) return;
  ::pthread_join(static_cast<Thread*>(thread)->id, nullptr);
  delete static_cast<Thread*>(thread);
}
