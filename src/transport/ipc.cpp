#include "transport/ipc.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "transport/ipc_path.h"
#include "transport/socket_setup.h"
#include "transport/socket_stream.h"

namespace zmqng {
namespace {

template <typename Value>
bool contains(const std::vector<Value>& values, Value value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

// The groups the kernel recorded when the peer connected. The user data base is not asked: that
// can block for as long as a directory server likes.
std::vector<gid_t> groups_of(int fd) {
  std::vector<gid_t> groups(64);
  for (int tries = 0; tries < 2; ++tries) {
    socklen_t length = static_cast<socklen_t>(groups.size() * sizeof(gid_t));
    const int rc = ::getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups.data(), &length);
    const bool was_too_small = rc != 0 && errno == ERANGE;
    if (rc != 0 && !was_too_small) break;
    groups.resize(length / sizeof(gid_t));
    if (rc == 0) return groups;
  }
  return {};
}

bool admits(int fd, const TransportOptions& options) {
  const bool admits_everybody =
      options.ipc_uids.empty() && options.ipc_gids.empty() && options.ipc_pids.empty();
  if (admits_everybody) return true;
  ucred peer{};
  socklen_t length = sizeof peer;
  if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0) return false;
  if (contains(options.ipc_uids, peer.uid)) return true;
  if (contains(options.ipc_gids, peer.gid)) return true;
  if (contains(options.ipc_pids, peer.pid)) return true;
  if (options.ipc_gids.empty()) return false;
  for (const gid_t group : groups_of(fd)) {
    if (contains(options.ipc_gids, group)) return true;
  }
  return false;
}

ListenOutcome listen_failure(int error, int fd, const std::string& path) {
  ListenOutcome outcome;
  outcome.error = error;
  outcome.failed_fd = fd;
  if (fd >= 0) outcome.failed_endpoint = "ipc://" + path;
  return outcome;
}

ListenOutcome listen_at(const std::string& path, const TransportOptions& options) {
  const auto address = SocketAddress::unix_path(path);
  if (!address.ok()) return listen_failure(address.error(), -1, path);
  auto opened = open_stream_socket(AF_UNIX);
  if (!opened.ok()) return listen_failure(opened.error(), -1, path);
  ListenOutcome outcome;
  Listening& listening = outcome.listening;
  listening.fd = opened.take();
  const int fd = listening.fd.get();
  set_buffers(fd, options);

  if (path.front() == '@') {
    if (::bind(fd, address.value().data(), address.value().length()) != 0) {
      return listen_failure(errno, fd, path);
    }
  } else {
    if (const Error error = bind_path(fd, address.value(), path)) {
      return listen_failure(error.code, fd, path);
    }
    listening.owned = own_path(path);
  }
  if (::listen(fd, options.backlog) != 0) {
    const int error = errno;
    (void)remove_owned(listening.owned);
    return listen_failure(error, fd, path);
  }
  listening.endpoint = "ipc://" + path;
  return outcome;
}

ListenOutcome listen_anywhere(const TransportOptions& options) {
  auto made = make_socket_directory();
  if (!made.ok()) return listen_failure(made.error(), -1, "*");
  const std::string directory = made.take();
  ListenOutcome outcome = listen_at(directory + "/socket", options);
  if (outcome.ok()) {
    OwnedPath& owned = outcome.listening.owned;
    owned.directory = owned.path.substr(0, owned.path.rfind('/'));
  } else {
    ::rmdir(directory.c_str());
  }
  return outcome;
}

}  // namespace

Result<void> IpcTransport::check_connect(std::string_view address) const {
  const auto path = SocketAddress::unix_path(address);
  if (!path.ok()) return Error{path.error()};
  return {};
}

ListenOutcome IpcTransport::listen(std::string_view address,
                                   const TransportOptions& options) const {
  if (options.use_fd >= 0) return adopt_listening(options.use_fd);
  if (address.substr(0, 1) == "*") return listen_anywhere(options);
  return listen_at(std::string(address), options);
}

// The path goes first: once the descriptor is closed, another process may take the file for dead
// and put its own there.
Error IpcTransport::close_listening(Listening& listening) const {
  const Error error = remove_owned(listening.owned);
  listening.owned = {};
  listening.fd.reset();
  return error;
}

AcceptOutcome IpcTransport::accept(const Listening& listening,
                                   const TransportOptions& options) const {
  RawAccept raw = accept_one(listening.fd.get());
  AcceptOutcome outcome;
  outcome.status = raw.status;
  outcome.error = raw.error;
  if (raw.status != AcceptOutcome::Status::accepted) return outcome;
  if (!admits(raw.fd.get(), options)) {
    outcome.status = AcceptOutcome::Status::refused;
    outcome.error = EAGAIN;  // what the reference reports
    return outcome;
  }
  outcome.stream = std::make_unique<SocketStream>(std::move(raw.fd), raw.peer);
  return outcome;
}

std::string IpcTransport::normalized(std::string_view address, bool) const {
  return "ipc://" + std::string(address);
}

Result<ConnectPlan> IpcTransport::plan(std::string_view address, const TransportOptions&) const {
  const auto path = SocketAddress::unix_path(address);
  if (!path.ok()) return Error{path.error()};
  ConnectPlan plan;
  plan.remotes.push_back(path.value());
  return plan;
}

ConnectOutcome IpcTransport::connect(const Target& target, const TransportOptions& options) const {
  ConnectOutcome outcome;
  auto opened = open_stream_socket(AF_UNIX);
  if (!opened.ok()) {
    outcome.error = opened.error();
    return outcome;
  }
  Fd fd = opened.take();
  set_buffers(fd.get(), options);
  // A full backlog is EAGAIN: a failure like any other, the next attempt may have more luck.
  const int error = start_connect(fd.get(), target.remote);
  if (error != 0 && error != EINPROGRESS) {
    outcome.error = error;
    outcome.failed_fd = fd.get();
    return outcome;
  }
  outcome.in_progress = error == EINPROGRESS;
  outcome.stream = std::make_unique<SocketStream>(std::move(fd), target.remote);
  return outcome;
}

Error IpcTransport::finish_connect(Stream& stream) const {
  return pending_error(stream.fd());
}

}  // namespace zmqng
