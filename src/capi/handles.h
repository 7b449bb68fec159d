// Handles: from the void pointers of the C API to our objects and back to errno. Only capi includes
// it.
#pragma once

#include <cerrno>
#include <cstdint>

#include "base/errors.h"
#include "context/context.h"
#include "context/fork_guard.h"
#include "message/message.h"
#include "socket/socket.h"

namespace zmqng {

// Sets errno and gives the -1 of a failed call.
inline int fail(int error) {
  errno = error;
  return -1;
}

inline int report(int error) {
  return error == 0 ? 0 : fail(error);
}

inline Socket* to_socket(void* handle) {
  auto* socket = static_cast<Socket*>(handle);
  return socket != nullptr && socket->is_valid() ? socket : nullptr;
}

inline Context* to_context(void* handle) {
  auto* context = static_cast<Context*>(handle);
  return context != nullptr && context->is_valid() ? context : nullptr;
}

// In a child of fork the threads behind a socket are gone; its calls fail as if the context was.
inline bool is_of_another_process(const Socket& socket) {
  return socket.fork_generation() != fork_generation();
}

// 0, ENOTSOCK or ETERM.
inline int check_socket(void* handle, Socket** socket) {
  *socket = to_socket(handle);
  if (*socket == nullptr) return ENOTSOCK;
  return is_of_another_process(**socket) ? kEterm : 0;
}

}  // namespace zmqng
