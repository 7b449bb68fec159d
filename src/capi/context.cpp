// zmq_ctx_*: contexts. See include/zmq.h for what each call means.

#include <zmq.h>

#include "capi/handles.h"

using zmqng::Context;
using zmqng::fail;
using zmqng::report;
using zmqng::to_context;

extern "C" {

void* zmq_ctx_new(void) {
  Context* context = Context::make();
  if (context == nullptr) errno = ENOMEM;
  return context;
}

int zmq_ctx_term(void* handle) {
  Context* context = to_context(handle);
  return context != nullptr ? report(context->terminate()) : fail(EFAULT);
}

int zmq_ctx_shutdown(void* handle) {
  Context* context = to_context(handle);
  if (context == nullptr) return fail(EFAULT);
  if (context->fork_generation() == zmqng::fork_generation()) context->shutdown();
  return 0;
}

int zmq_ctx_set(void* handle, int option, int value) {
  Context* context = to_context(handle);
  return context != nullptr ? report(context->set(option, value)) : fail(EFAULT);
}

int zmq_ctx_get(void* handle, int option) {
  Context* context = to_context(handle);
  if (context == nullptr) return fail(EFAULT);
  int error = 0;
  const int value = context->get(option, &error);
  return error == 0 ? value : fail(error);
}

void* zmq_init(int io_threads) {
  if (io_threads < 0) {
    errno = EINVAL;
    return nullptr;
  }
  void* context = zmq_ctx_new();
  if (context != nullptr) zmq_ctx_set(context, ZMQ_IO_THREADS, io_threads);
  return context;
}

int zmq_term(void* handle) {
  return zmq_ctx_term(handle);
}

int zmq_ctx_destroy(void* handle) {
  return zmq_ctx_term(handle);
}

}  // extern "C"
