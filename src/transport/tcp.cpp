#include "transport/tcp.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>

#include "transport/resolver.h"
#include "transport/socket_setup.h"
#include "transport/socket_stream.h"
#include "transport/tcp_address.h"

namespace zmqng {
namespace {

// A system without IPv6 still serves a socket with ZMQ_IPV6 over IPv4, as far as that goes.
SocketAddress without_ipv6(const SocketAddress& address) {
  const auto any6 = SocketAddress::any(AF_INET6, address.port());
  if (address == any6) return SocketAddress::any(AF_INET, address.port());
  return address.unmapped();
}

// Opens a socket for `address`, which changes its family if it has to.
Result<Fd> open_for(SocketAddress& address) {
  auto fd = open_stream_socket(address.family());
  if (fd.ok() || fd.error() != EAFNOSUPPORT || address.family() != AF_INET6) return fd;
  const auto fallback = without_ipv6(address);
  if (fallback.family() == AF_INET6) return fd;
  address = fallback;
  return open_stream_socket(AF_INET);
}

void set_flag(int fd, int level, int name, int value) {
  ::setsockopt(fd, level, name, &value, sizeof value);
}

Error bind_source(int fd, const SocketAddress& source, int family) {
  const auto address = family == AF_INET ? without_ipv6(source) : source.mapped();
  set_flag(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  if (::bind(fd, address.data(), address.length()) != 0) return Error{errno};
  return {};
}

Result<SocketAddress> bind_address(const TcpName& name, bool ipv6) {
  auto local = local_address(name, ipv6);
  if (local.ok() || local.error() != ENODEV || !is_host_name(name.host)) return local;
  auto found = resolve_name({name.host, name.port, ipv6});
  if (!found.ok()) return Error{found.error() == ENOMEM ? ENOMEM : ENODEV};
  return found.value().front();
}

ListenOutcome listen_failure(int error, const Fd& fd) {
  ListenOutcome outcome;
  outcome.error = error;
  outcome.failed_fd = fd.get();
  return outcome;
}

ConnectOutcome connect_failure(int error, const Fd& fd) {
  ConnectOutcome outcome;
  outcome.error = error;
  outcome.failed_fd = fd.get();
  return outcome;
}

// The port that a client dials on its own host may be the one it was given: then simultaneous
// open connects it to itself, and the server can never bind. Seen as a refusal, and undone by a
// reset, since a socket in TIME_WAIT would keep the port as well.
Error refuse_self_connection(int fd) {
  if (!is_self_connected(fd)) return {};
  abort_on_close(fd);
  return Error{ECONNREFUSED};
}

}  // namespace

Result<void> TcpTransport::check_connect(std::string_view address) const {
  const auto name = parse_tcp_connect(address);
  if (!name.ok()) return Error{name.error()};
  return {};
}

ListenOutcome TcpTransport::listen(std::string_view address,
                                   const TransportOptions& options) const {
  if (options.use_fd >= 0) return adopt_listening(options.use_fd);
  const auto name = parse_tcp_bind(address);
  if (!name.ok()) return listen_failure(name.error(), Fd());
  const auto resolved = bind_address(name.value(), options.ipv6);
  if (!resolved.ok()) return listen_failure(resolved.error(), Fd());

  SocketAddress local = resolved.value();
  auto opened = open_for(local);
  if (!opened.ok()) return listen_failure(opened.error(), Fd());
  Fd fd = opened.take();
  set_buffers(fd.get(), options);
  tune_tcp(fd.get(), local.family(), options);
  if (const Error error = bind_to_device(fd.get(), options)) {
    return listen_failure(error.code, Fd());
  }
  set_flag(fd.get(), SOL_SOCKET, SO_REUSEADDR, 1);
  if (local.family() == AF_INET6) set_flag(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, 0);
  if (::bind(fd.get(), local.data(), local.length()) != 0 ||
      ::listen(fd.get(), options.backlog) != 0) {
    return listen_failure(errno, fd);
  }
  ListenOutcome outcome;
  outcome.listening.endpoint = SocketAddress::local_of(fd.get()).endpoint();
  outcome.listening.fd = std::move(fd);
  return outcome;
}

Error TcpTransport::close_listening(Listening& listening) const {
  listening.fd.reset();
  return {};
}

AcceptOutcome TcpTransport::accept(const Listening& listening,
                                   const TransportOptions& options) const {
  RawAccept raw = accept_one(listening.fd.get());
  AcceptOutcome outcome;
  outcome.status = raw.status;
  outcome.error = raw.error;
  if (raw.status != AcceptOutcome::Status::accepted) return outcome;
  if (options.admits_tcp_peer && !options.admits_tcp_peer(raw.peer.data())) {
    outcome.status = AcceptOutcome::Status::refused;
    outcome.error = EAGAIN;  // what the reference reports
    return outcome;
  }
  tune_tcp(raw.fd.get(), raw.peer.family(), options);
  outcome.stream = std::make_unique<SocketStream>(std::move(raw.fd), raw.peer);
  return outcome;
}

std::string TcpTransport::normalized(std::string_view address, bool ipv6) const {
  const auto name = parse_tcp_bind(address);
  if (!name.ok()) return "";
  // A wildcard is not what the listener is registered as.
  if (name.value().host == "*") return "";
  const auto local = bind_address(name.value(), ipv6);
  return local.ok() ? local.value().endpoint() : "";
}

Result<ConnectPlan> TcpTransport::plan(std::string_view address,
                                       const TransportOptions& options) const {
  const auto parsed = parse_tcp_connect(address);
  if (!parsed.ok()) return Error{parsed.error()};
  ConnectPlan plan;
  if (parsed.value().source) {
    const auto source = local_address(*parsed.value().source, options.ipv6);
    if (!source.ok()) return Error{source.error()};
    plan.source = source.value();
  }
  const TcpName& destination = parsed.value().destination;
  const auto literal = literal_address(destination, options.ipv6);
  if (literal.ok()) {
    plan.remotes.push_back(literal.value());
    return plan;
  }
  // An IPv6 literal that is not wanted (without ZMQ_IPV6) is no name either.
  if (literal.error() != ENODEV || !is_host_name(destination.host)) {
    return Error{literal.error()};
  }
  plan.needs_name = true;
  plan.name = {destination.host, destination.port, options.ipv6};
  return plan;
}

ConnectOutcome TcpTransport::connect(const Target& target, const TransportOptions& options) const {
  SocketAddress remote = target.remote;
  auto opened = open_for(remote);
  if (!opened.ok()) return connect_failure(opened.error(), Fd());
  Fd fd = opened.take();
  set_buffers(fd.get(), options);
  tune_tcp(fd.get(), remote.family(), options);
  if (const Error error = bind_to_device(fd.get(), options)) {
    return connect_failure(error.code, fd);
  }
  if (remote.family() == AF_INET6) set_flag(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, 0);
  if (!target.source.is_empty()) {
    if (const Error error = bind_source(fd.get(), target.source, remote.family())) {
      return connect_failure(error.code, fd);
    }
  }
  const int error = start_connect(fd.get(), remote);
  if (error != 0 && error != EINPROGRESS) return connect_failure(error, fd);
  // Within one host the handshake of tcp is over when connect() says that it has begun.
  const auto peer = SocketAddress::remote_of(fd.get());
  const bool is_up = !peer.is_empty() && !(SocketAddress::local_of(fd.get()) == peer);
  if (error == 0 && !is_up) {
    if (const Error self = refuse_self_connection(fd.get())) return connect_failure(self.code, fd);
  }
  ConnectOutcome outcome;
  outcome.in_progress = error == EINPROGRESS && !is_up;
  outcome.was_delayed = error == EINPROGRESS && is_up;
  outcome.stream = std::make_unique<SocketStream>(std::move(fd), is_up ? peer : SocketAddress());
  return outcome;
}

Error TcpTransport::finish_connect(Stream& stream) const {
  if (const Error error = pending_error(stream.fd())) return error;
  return refuse_self_connection(stream.fd());
}

bool is_self_connected(int fd) {
  const auto local = SocketAddress::local_of(fd);
  return local.is_inet() && local == SocketAddress::remote_of(fd);
}

}  // namespace zmqng
