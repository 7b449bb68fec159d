// Plain TCP connections: the other side of STREAM and raw ROUTER sockets, with deadlines.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <string_view>
#include <utility>

#include "api/support/wait.h"

namespace api_test {

inline int port_of(const std::string& endpoint) {
  return std::stoi(endpoint.substr(endpoint.rfind(':') + 1));
}

class PlainTcp {
 public:
  explicit PlainTcp(int fd) : fd_(fd) {}
  PlainTcp(PlainTcp&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  PlainTcp& operator=(PlainTcp&&) = delete;
  ~PlainTcp() { close(); }

  static PlainTcp connect(const std::string& endpoint) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<uint16_t>(port_of(endpoint)));
    EXPECT_EQ(::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    return PlainTcp{fd};
  }

  void send(std::string_view octets) {
    EXPECT_EQ(::send(fd_, octets.data(), octets.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(octets.size()));
  }
  // Exactly `size` octets; fewer when the peer closes or the deadline passes.
  std::string recv(size_t size) {
    std::string octets;
    while (octets.size() < size && wait_readable(deadline)) {
      std::string chunk(size - octets.size(), '\0');
      const ssize_t got = ::recv(fd_, chunk.data(), chunk.size(), 0);
      if (got <= 0) break;
      octets.append(chunk, 0, static_cast<size_t>(got));
    }
    EXPECT_EQ(octets.size(), size) << "plain TCP peer received too little";
    return octets;
  }
  // True when the other side has closed (or reset), and nothing is left to read.
  [[nodiscard]] bool wait_closed(std::chrono::milliseconds limit = deadline) {
    if (!wait_readable(limit)) return false;
    char octet;
    return ::recv(fd_, &octet, 1, 0) <= 0;
  }
  [[nodiscard]] bool wait_readable(std::chrono::milliseconds limit) const {
    pollfd item{fd_, POLLIN, 0};
    return ::poll(&item, 1, static_cast<int>(limit.count())) > 0;
  }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  int fd() const { return fd_; }

 private:
  int fd_;
};

class PlainTcpServer {
 public:
  PlainTcpServer() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const int on = 1;
    ::setsockopt(fd_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(fd_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(fd_, 16), 0);
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
    endpoint_ = "tcp://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  }
  ~PlainTcpServer() { ::close(fd_); }
  PlainTcpServer(const PlainTcpServer&) = delete;
  PlainTcpServer& operator=(const PlainTcpServer&) = delete;

  const std::string& endpoint() const { return endpoint_; }
  [[nodiscard]] bool has_caller(std::chrono::milliseconds limit = deadline) const {
    pollfd item{fd_, POLLIN, 0};
    return ::poll(&item, 1, static_cast<int>(limit.count())) > 0;
  }
  PlainTcp accept() {
    EXPECT_TRUE(has_caller()) << "nobody connected";
    return PlainTcp{::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC)};
  }

 private:
  int fd_;
  std::string endpoint_;
};

}  // namespace api_test
