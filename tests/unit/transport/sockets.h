// Helpers for tests with real sockets: waiting with a deadline, and a directory that goes away.
#pragma once

#include <gtest/gtest.h>
#include <poll.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "transport/transport.h"

namespace zmqng {

inline constexpr int kPatienceMs = 10000;

inline bool wait_for(int fd, short events) {
  pollfd item{fd, events, 0};
  return ::poll(&item, 1, kPatienceMs) == 1;
}

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    char path[] = "/tmp/zmqng-test-XXXXXX";
    path_ = ::mkdtemp(path);
  }
  ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
  std::string file(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Connects to the only remote of `address` and waits until that is done.
inline std::unique_ptr<Stream> connect_to(const Transport& transport, std::string_view address,
                                          const TransportOptions& options = {}) {
  auto plan = transport.plan(address, options);
  if (!plan.ok() || plan.value().needs_name) return nullptr;
  ConnectOutcome outcome =
      transport.connect({plan.value().remotes.front(), plan.value().source}, options);
  if (!outcome.ok()) return nullptr;
  if (outcome.in_progress) {
    if (!wait_for(outcome.stream->fd(), POLLOUT)) return nullptr;
    if (transport.finish_connect(*outcome.stream)) return nullptr;
  }
  return std::move(outcome.stream);
}

inline AcceptOutcome accept_from(const Transport& transport, const Listening& listening,
                                 const TransportOptions& options = {}) {
  if (!wait_for(listening.fd.get(), POLLIN)) return {};
  return transport.accept(listening, options);
}

// "127.0.0.1:5555" of "tcp://127.0.0.1:5555"
inline std::string address_of(const std::string& endpoint) {
  return endpoint.substr(endpoint.find("://") + 3);
}

inline std::string port_of(const std::string& endpoint) {
  return endpoint.substr(endpoint.rfind(':') + 1);
}

}  // namespace zmqng
