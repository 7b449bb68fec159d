// Making and tuning sockets: the system calls that tcp and ipc share. Every failure is an errno.
#pragma once

#include "base/fd.h"
#include "base/result.h"
#include "transport/address.h"
#include "transport/options.h"
#include "transport/transport.h"

namespace zmqng {

// Stream socket, non-blocking and close-on-exec.
Result<Fd> open_stream_socket(int family);

// ZMQ_SNDBUF and ZMQ_RCVBUF; the kernel may clamp or ignore them, which is not an error.
void set_buffers(int fd, const TransportOptions& options);
// Everything else that concerns tcp connections. What the kernel refuses is left as it is.
void tune_tcp(int fd, int family, const TransportOptions& options);
// ZMQ_BINDTODEVICE: not to be ignored, since another interface may be another network. Accepted
// connections inherit it, and only the privileged may set it again.
Error bind_to_device(int fd, const TransportOptions& options);

// Takes over ZMQ_USE_FD, a descriptor that listens already. EBADF, ENOTSOCK or EINVAL if it can't.
ListenOutcome adopt_listening(int fd);

struct RawAccept {
  AcceptOutcome::Status status = AcceptOutcome::Status::try_later;
  int error = 0;
  Fd fd;
  SocketAddress peer;
};
RawAccept accept_one(int listen_fd);

// What an errno of accept(2) asks the listener to do.
AcceptOutcome::Status classify_accept_error(int error);

// Starts to connect. Returns 0, EINPROGRESS or the errno of the failure.
int start_connect(int fd, const SocketAddress& remote);
Error pending_error(int fd);  // SO_ERROR

// Makes close() reset the connection and leave nothing in TIME_WAIT.
void abort_on_close(int fd);

}  // namespace zmqng
