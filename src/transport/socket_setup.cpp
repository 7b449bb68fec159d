#include "transport/socket_setup.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>

namespace zmqng {
namespace {

bool set_option(int fd, int level, int name, int value) {
  return ::setsockopt(fd, level, name, &value, sizeof value) == 0;
}

void set_keepalive(int fd, const TransportOptions& options) {
  if (options.keepalive < 0) return;
  set_option(fd, SOL_SOCKET, SO_KEEPALIVE, options.keepalive);
  if (options.keepalive_cnt > 0) set_option(fd, IPPROTO_TCP, TCP_KEEPCNT, options.keepalive_cnt);
  if (options.keepalive_idle > 0) set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, options.keepalive_idle);
  if (options.keepalive_intvl > 0) {
    set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, options.keepalive_intvl);
  }
}

}  // namespace

Result<Fd> open_stream_socket(int family) {
  Fd fd(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd.is_open()) return Error{errno};
  return fd;
}

void set_buffers(int fd, const TransportOptions& options) {
  if (options.sndbuf >= 0) set_option(fd, SOL_SOCKET, SO_SNDBUF, options.sndbuf);
  if (options.rcvbuf >= 0) set_option(fd, SOL_SOCKET, SO_RCVBUF, options.rcvbuf);
}

void tune_tcp(int fd, int family, const TransportOptions& options) {
  set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  set_keepalive(fd, options);
  if (options.max_rt_ms > 0) set_option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, options.max_rt_ms);
  if (options.tos != 0) {
    // A dual-stack socket has both: IPv4 peers see IP_TOS.
    set_option(fd, IPPROTO_IP, IP_TOS, options.tos);
    if (family == AF_INET6) set_option(fd, IPPROTO_IPV6, IPV6_TCLASS, options.tos);
  }
  // After the TOS, which changes the priority as well.
  if (options.priority != 0) set_option(fd, SOL_SOCKET, SO_PRIORITY, options.priority);
}

Error bind_to_device(int fd, const TransportOptions& options) {
  const std::string& device = options.bind_to_device;
  if (!device.empty() && ::setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device.c_str(),
                                      static_cast<socklen_t>(device.size())) != 0) {
    return Error{errno};
  }
  return {};
}

ListenOutcome adopt_listening(int fd) {
  ListenOutcome outcome;
  int is_listening = 0;
  socklen_t length = sizeof is_listening;
  if (::getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &is_listening, &length) != 0) {
    outcome.error = errno;
    return outcome;
  }
  if (is_listening == 0) {
    outcome.error = EINVAL;
    return outcome;
  }
  ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
  ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  outcome.listening.endpoint = SocketAddress::local_of(fd).endpoint();
  outcome.listening.fd = Fd(fd);
  return outcome;
}

RawAccept accept_one(int listen_fd) {
  RawAccept result;
  while (true) {
    sockaddr_storage peer;
    socklen_t length = sizeof peer;
    Fd fd(::accept4(listen_fd, reinterpret_cast<sockaddr*>(&peer), &length,
                    SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (fd.is_open()) {
      result.status = AcceptOutcome::Status::accepted;
      result.fd = std::move(fd);
      result.peer = SocketAddress(reinterpret_cast<const sockaddr*>(&peer), length);
      return result;
    }
    if (errno == EINTR) continue;
    result.error = errno;
    result.status = classify_accept_error(result.error);
    return result;
  }
}

AcceptOutcome::Status classify_accept_error(int error) {
  switch (error) {
    case EAGAIN:
      return AcceptOutcome::Status::try_later;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
      return AcceptOutcome::Status::exhausted;
    // accept(2): errors already pending on the new connection are passed on; EPERM is a firewall.
    case ECONNABORTED:
    case EPERM:
    case EACCES:
    case EPROTO:
    case ENETDOWN:
    case ENOPROTOOPT:
    case EHOSTDOWN:
    case ENONET:
    case EHOSTUNREACH:
    case EOPNOTSUPP:
    case ENETUNREACH:
    case ECONNRESET:
    case ETIMEDOUT:
      return AcceptOutcome::Status::transient;
    default:
      return AcceptOutcome::Status::broken;
  }
}

int start_connect(int fd, const SocketAddress& remote) {
  if (::connect(fd, remote.data(), remote.length()) == 0) return 0;
  // An interrupted connect goes on by itself, like any other that does not block.
  return errno == EINTR ? EINPROGRESS : errno;
}

Error pending_error(int fd) {
  int error = 0;
  socklen_t length = sizeof error;
  if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) != 0) return Error{errno};
  return Error{error};
}

void abort_on_close(int fd) {
  const linger at_once{1, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

}  // namespace zmqng
