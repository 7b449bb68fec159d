// zmq_socket and what is done to a socket as a whole. See include/zmq.h for what each call means.

#include <zmq.h>

#include <climits>

#include "capi/handles.h"
#include "socket/poll.h"
#include "socket/proxy.h"

using zmqng::check_socket;
using zmqng::Context;
using zmqng::fail;
using zmqng::report;
using zmqng::Socket;

namespace {

// The optional sockets of a proxy: null is fine.
int check_optional(void* handle, Socket** socket) {
  *socket = nullptr;
  return handle == nullptr ? 0 : check_socket(handle, socket);
}

}  // namespace

extern "C" {

void* zmq_socket(void* handle, int type) {
  Context* context = zmqng::to_context(handle);
  if (context == nullptr) {
    errno = EFAULT;
    return nullptr;
  }
  int error = zmqng::kEterm;
  Socket* socket = nullptr;
  if (context->fork_generation() == zmqng::fork_generation()) {
    socket = context->make_socket(type, &error);
  }
  if (socket == nullptr) errno = error;
  return socket;
}

int zmq_close(void* handle) {
  Socket* socket = zmqng::to_socket(handle);
  if (socket == nullptr) return fail(ENOTSOCK);
  if (!zmqng::is_of_another_process(*socket)) socket->close();
  return 0;
}

int zmq_setsockopt(void* handle, int option, const void* value, size_t length) {
  Socket* socket = nullptr;
  if (int error = check_socket(handle, &socket)) return fail(error);
  return report(socket->set(option, value, length));
}

int zmq_getsockopt(void* handle, int option, void* value, size_t* length) {
  Socket* socket = nullptr;
  if (int error = check_socket(handle, &socket)) return fail(error);
  return report(socket->get(option, value, length));
}

int zmq_bind(void* handle, const char* endpoint) {
  Socket* socket = nullptr;
  if (int error = check_socket(handle, &socket)) return fail(error);
  return report(socket->bind(endpoint));
}

int zmq_connect(void* handle, const char* endpoint) {
  Socket* socket = nullptr;
  if (int error = check_socket(handle, &socket)) return fail(error);
  return report(socket->connect(endpoint));
}

int zmq_unbind(void* handle, const char* endpoint) {
  Socket* socket = nullptr;
  if (int error = check_socket(handle, &socket)) return fail(error);
  return report(socket->unbind(endpoint));
}

int zmq_disconnect(void* handle, const char* endpoint) {
  Socket* socket = nullptr;
  if (int error = check_socket(handle, &socket)) return fail(error);
  return report(socket->disconnect(endpoint));
}

int zmq_socket_monitor(void* handle, const char* endpoint, int events) {
  Socket* socket = nullptr;
  if (int error = check_socket(handle, &socket)) return fail(error);
  if (endpoint == nullptr) return report(socket->stop_monitor());
  if ((static_cast<unsigned>(events) & ~0xffffu) != 0) return fail(EINVAL);
  return report(socket->start_monitor(endpoint, static_cast<unsigned>(events)));
}

int zmq_poll(zmq_pollitem_t* items, int count, long timeout) {
  static_assert(sizeof(zmq_pollitem_t) == sizeof(zmqng::PollItem));
  if (count < 0) return fail(EINVAL);
  if (count > 0 && items == nullptr) return fail(EFAULT);
  auto* entries = reinterpret_cast<zmqng::PollItem*>(items);
  for (int i = 0; i < count; ++i) {
    if (items[i].socket == nullptr) continue;
    Socket* socket = nullptr;
    if (int error = check_socket(items[i].socket, &socket)) return fail(error);
  }
  int ready = 0;
  const int error = zmqng::poll_items(entries, count, timeout, &ready);
  return error == 0 ? ready : fail(error);
}

int zmq_proxy(void* frontend, void* backend, void* capture) {
  return zmq_proxy_steerable(frontend, backend, capture, nullptr);
}

int zmq_proxy_steerable(void* frontend, void* backend, void* capture, void* control) {
  if (frontend == nullptr || backend == nullptr) return fail(EFAULT);
  Socket* front = nullptr;
  Socket* back = nullptr;
  Socket* copy = nullptr;
  Socket* steering = nullptr;
  if (int error = check_socket(frontend, &front)) return fail(error);
  if (int error = check_socket(backend, &back)) return fail(error);
  if (int error = check_optional(capture, &copy)) return fail(error);
  if (int error = check_optional(control, &steering)) return fail(error);
  return report(zmqng::run_proxy(*front, *back, copy, steering));
}

int zmq_device(int, void* frontend, void* backend) {
  return zmq_proxy(frontend, backend, nullptr);
}

}  // extern "C"
