// SocketAddress: one socket address of any family (IPv4, IPv6, unix). A value.
#pragma once

#include <sys/socket.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace zmqng {

class SocketAddress {
 public:
  SocketAddress() = default;  // empty: family() is AF_UNSPEC
  SocketAddress(const sockaddr* address, socklen_t length);

  static SocketAddress any(int family, std::uint16_t port);  // 0.0.0.0 or ::
  static SocketAddress local_of(int fd);                     // empty if the kernel has none
  static SocketAddress remote_of(int fd);
  // A path, or `@name` for Linux' abstract names. EINVAL for "@" alone and "",
  // ENAMETOOLONG from 108 bytes on.
  static Result<SocketAddress> unix_path(std::string_view path);

  bool is_empty() const { return length_ == 0; }
  int family() const { return length_ == 0 ? AF_UNSPEC : storage_.ss_family; }
  bool is_inet() const { return family() == AF_INET || family() == AF_INET6; }
  const sockaddr* data() const { return reinterpret_cast<const sockaddr*>(&storage_); }
  socklen_t length() const { return length_; }

  std::uint16_t port() const;  // 0 unless inet
  void set_port(std::uint16_t port);

  // IPv4 as ::ffff:a.b.c.d and back; every other address comes back unchanged.
  SocketAddress mapped() const;
  SocketAddress unmapped() const;
  bool is_mapped() const;
  Bytes ip() const;  // the 4 or 16 address bytes; empty unless inet

  // What ZMQ_LAST_ENDPOINT and the monitor show: "tcp://1.2.3.4:5", "tcp://[::1]:5",
  // "ipc:///path", "ipc://@name", "ipc://" for an unnamed unix socket, "" when empty.
  std::string endpoint() const;
  std::string host() const;  // numeric, without port and brackets: "1.2.3.4", "fe80::1%eth0"

  friend bool operator==(const SocketAddress& a, const SocketAddress& b);

 private:
  sockaddr_storage storage_{};
  socklen_t length_ = 0;
};

}  // namespace zmqng
