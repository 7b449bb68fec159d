// zmq_send, zmq_recv and their relatives. See include/zmq.h for what each call means.

#include <sys/uio.h>
#include <zmq.h>

#include <algorithm>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <new>

#include "base/fast_paths.h"
#include "capi/handles.h"
#include "capi/message_access.h"

using zmqng::Bytes;
using zmqng::check_socket;
using zmqng::fail;
using zmqng::Message;
using zmqng::OutFrame;
using zmqng::Socket;
using zmqng::to_message;

namespace {

int to_count(std::size_t size) {
  return static_cast<int>(std::min(size, static_cast<std::size_t>(INT_MAX)));
}

bool may_not_wait(int flags) {
  return (flags & ZMQ_DONTWAIT) != 0;
}

Bytes view(const void* data, std::size_t size) {
  return {static_cast<const std::uint8_t*>(data), size};
}

// On success the message is empty; on failure it is unchanged.
int send_message(Message& message, Socket& socket, int flags) {
  const std::size_t size = message.size();
  const OutFrame frame{message.bytes(), (flags & ZMQ_SNDMORE) != 0, &message};
  if (int error = socket.send(frame, may_not_wait(flags))) return fail(error);
  message = Message();
  return to_count(size);
}

int send_bytes(Socket& socket, const void* data, std::size_t size, int flags) {
  if (data == nullptr && size != 0) return fail(EFAULT);
  const Bytes bytes = view(data, size);
  if (size > zmqng::YPipe::kCopyMax) {
    Message message;
    if (!message.assign(bytes)) return fail(ENOMEM);
    return send_message(message, socket, flags);
  }
  const OutFrame frame{bytes, (flags & ZMQ_SNDMORE) != 0, nullptr};
  if (int error = socket.send(frame, may_not_wait(flags))) return fail(error);
  return to_count(size);
}

// A malloc'ed copy for zmq_recviov. False: no memory.
bool to_iov(Message& message, iovec* part) {
  part->iov_len = message.size();
  part->iov_base = std::malloc(std::max<std::size_t>(message.size(), 1));
  if (part->iov_base == nullptr) return false;
  if (message.size() != 0) std::memcpy(part->iov_base, message.data(), message.size());
  return true;
}

}  // namespace

extern "C" {

int zmq_send(void* handle, const void* data, size_t size, int flags) {
  Socket* socket = nullptr;
  if (int error = check_socket(handle, &socket)) return fail(error);
  return send_bytes(*socket, data, size, flags);
}

int zmq_send_const(void* handle, const void* data, size_t size, int flags) {
  Socket* socket = nullptr;
  if (int error = check_socket(handle, &socket)) return fail(error);
  if (data == nullptr && size != 0) return fail(EFAULT);
  Message message;
  message.refer_to_constant(data, size);
  return send_message(message, *socket, flags);
}

int zmq_msg_send(zmq_msg_t* msg, void* handle, int flags) {
  Socket* socket = nullptr;
  if (int error = check_socket(handle, &socket)) return fail(error);
  Message* message = to_message(msg);
  return message != nullptr ? send_message(*message, *socket, flags) : fail(EFAULT);
}

int zmq_recv(void* handle, void* buffer, size_t size, int flags) {
  Socket* socket = nullptr;
  if (int error = check_socket(handle, &socket)) return fail(error);
  Message message;
  if (zmqng::fast_paths().reads_in_place) message.set_momentary();
  if (int error = socket->recv(message, may_not_wait(flags))) return fail(error);
  const std::size_t copied = std::min(message.size(), size);
  if (copied != 0 && buffer == nullptr) return fail(EFAULT);
  if (copied != 0) std::memcpy(buffer, message.data(), copied);
  return to_count(message.size());
}

int zmq_msg_recv(zmq_msg_t* msg, void* handle, int flags) {
  Socket* socket = nullptr;
  if (int error = check_socket(handle, &socket)) return fail(error);
  Message* message = to_message(msg);
  if (message == nullptr) return fail(EFAULT);
  *message = Message();  // the old content goes, even if nothing can be received
  if (int error = socket->recv(*message, may_not_wait(flags))) return fail(error);
  return to_count(message->size());
}

int zmq_sendmsg(void* handle, zmq_msg_t* msg, int flags) {
  return zmq_msg_send(msg, handle, flags);
}

int zmq_recvmsg(void* handle, zmq_msg_t* msg, int flags) {
  return zmq_msg_recv(msg, handle, flags);
}

// Every part is sent with `flags`, the last without ZMQ_SNDMORE; the result is that of the last.
int zmq_sendiov(void* handle, struct iovec* parts, size_t count, int flags) {
  Socket* socket = nullptr;
  if (int error = check_socket(handle, &socket)) return fail(error);
  if (count == 0 || parts == nullptr) return fail(EINVAL);
  int result = 0;
  for (size_t i = 0; i < count && result >= 0; ++i) {
    const int part_flags = i + 1 == count ? flags & ~ZMQ_SNDMORE : flags;
    result = send_bytes(*socket, parts[i].iov_base, parts[i].iov_len, part_flags);
  }
  return result;
}

// The parts of one message, each in memory that the caller frees; at most `*count`.
int zmq_recviov(void* handle, struct iovec* parts, size_t* count, int flags) {
  Socket* socket = nullptr;
  if (int error = check_socket(handle, &socket)) return fail(error);
  if (count == nullptr || *count == 0 || parts == nullptr) return fail(EINVAL);
  const size_t most = *count;
  *count = 0;
  int received = 0;
  bool has_more = true;
  while (has_more && *count < most) {
    Message message;
    if (int error = socket->recv(message, may_not_wait(flags))) return fail(error);
    if (!to_iov(message, &parts[*count])) return fail(ENOMEM);
    has_more = message.has_more();
    ++*count;
    ++received;
  }
  return received;
}

}  // extern "C"
