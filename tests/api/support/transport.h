// Endpoints for tests: unique per process and call, so that tests run in parallel.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

namespace api_test {

enum class Transport { tcp, ipc, inproc };

inline std::string name_of(Transport transport) {
  switch (transport) {
    case Transport::tcp:
      return "tcp";
    case Transport::ipc:
      return "ipc";
    case Transport::inproc:
      return "inproc";
  }
  return "unknown";
}

inline std::ostream& operator<<(std::ostream& out, Transport transport) {
  return out << name_of(transport);
}

// A folder of this process, made on first use and removed at exit.
inline const std::string& temp_folder() {
  struct Folder {
    std::string path = "/tmp/zmq-api-XXXXXX";
    Folder() {
      if (::mkdtemp(path.data()) == nullptr) std::abort();
    }
    ~Folder() {
      std::error_code ignored;
      std::filesystem::remove_all(path, ignored);
    }
  };
  static Folder folder;
  return folder.path;
}

inline std::string unique_name() {
  static std::atomic<int> last{0};
  return "n" + std::to_string(++last);
}

// Something to bind to; for tcp a wildcard, so ask LAST_ENDPOINT afterwards (Socket::bind_any).
inline std::string bindable_endpoint(Transport transport) {
  switch (transport) {
    case Transport::tcp:
      return "tcp://127.0.0.1:*";
    case Transport::ipc:
      return "ipc://" + temp_folder() + "/" + unique_name();
    case Transport::inproc:
      return "inproc://" + unique_name();
  }
  return {};
}

// An address nobody listens on yet: to connect before somebody binds, or for ever in vain.
// A tcp port stays reserved while this lives: it is bound, never listened on, and lets
// SO_REUSEADDR listeners (as both libraries make them) share it.
class FreeEndpoint {
 public:
  explicit FreeEndpoint(Transport transport) {
    if (transport != Transport::tcp) {
      text_ = bindable_endpoint(transport);
      return;
    }
    fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    ::setsockopt(fd_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(fd_, reinterpret_cast<sockaddr*>(&address), size) != 0) ADD_FAILURE() << "bind";
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    text_ = "tcp://127.0.0.1:" + std::to_string(port_);
  }
  ~FreeEndpoint() {
    if (fd_ >= 0) ::close(fd_);
  }
  FreeEndpoint(const FreeEndpoint&) = delete;
  FreeEndpoint& operator=(const FreeEndpoint&) = delete;

  const std::string& text() const { return text_; }
  int port() const { return port_; }

 private:
  int fd_ = -1;
  int port_ = 0;
  std::string text_;
};

// For value-parameterised suites:
//   class Pushing : public testing::TestWithParam<Transport> {};
//   INSTANTIATE_TEST_SUITE_P(Over, Pushing, all_transports(), transport_label);
inline auto all_transports() {
  return testing::Values(Transport::tcp, Transport::ipc, Transport::inproc);
}
inline auto stream_transports() {
  return testing::Values(Transport::tcp, Transport::ipc);
}
inline std::string transport_label(const testing::TestParamInfo<Transport>& info) {
  return name_of(info.param);
}

}  // namespace api_test
