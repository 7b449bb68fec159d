#include "transport/address.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace zmqng {
namespace {

const sockaddr_in& as_in(const sockaddr_storage& storage) {
  return reinterpret_cast<const sockaddr_in&>(storage);
}

const sockaddr_in6& as_in6(const sockaddr_storage& storage) {
  return reinterpret_cast<const sockaddr_in6&>(storage);
}

constexpr std::size_t kPathOffset = offsetof(sockaddr_un, sun_path);

std::string unix_endpoint(const sockaddr_storage& storage, socklen_t length) {
  if (length <= kPathOffset) return "ipc://";
  const char* path = reinterpret_cast<const sockaddr_un&>(storage).sun_path;
  const std::size_t size = length - kPathOffset;
  if (path[0] == '\0') return "ipc://@" + std::string(path + 1, size - 1);
  return "ipc://" + std::string(path, ::strnlen(path, size));
}

}  // namespace

SocketAddress::SocketAddress(const sockaddr* address, socklen_t length)
    : length_(std::min<socklen_t>(length, sizeof storage_)) {
  std::memcpy(&storage_, address, length_);
}

SocketAddress SocketAddress::any(int family, std::uint16_t port) {
  SocketAddress result;
  if (family == AF_INET6) {
    sockaddr_in6 any6{};
    any6.sin6_family = AF_INET6;
    result = {reinterpret_cast<const sockaddr*>(&any6), sizeof any6};
  } else {
    sockaddr_in any4{};
    any4.sin_family = AF_INET;
    result = {reinterpret_cast<const sockaddr*>(&any4), sizeof any4};
  }
  result.set_port(port);
  return result;
}

SocketAddress SocketAddress::local_of(int fd) {
  SocketAddress result;
  socklen_t length = sizeof result.storage_;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&result.storage_), &length) != 0) return {};
  result.length_ = std::min<socklen_t>(length, sizeof result.storage_);
  return result;
}

SocketAddress SocketAddress::remote_of(int fd) {
  SocketAddress result;
  socklen_t length = sizeof result.storage_;
  if (::getpeername(fd, reinterpret_cast<sockaddr*>(&result.storage_), &length) != 0) return {};
  result.length_ = std::min<socklen_t>(length, sizeof result.storage_);
  return result;
}

Result<SocketAddress> SocketAddress::unix_path(std::string_view path) {
  if (path.empty() || path == "@") return Error{EINVAL};
  sockaddr_un address{};
  // A path needs its NUL; the reference holds abstract names to the same limit.
  if (path.size() >= sizeof address.sun_path) return Error{ENAMETOOLONG};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  std::size_t length = kPathOffset + path.size();
  if (path.front() == '@') {
    address.sun_path[0] = '\0';  // abstract: exact length, no terminator
  } else {
    ++length;
  }
  return SocketAddress{reinterpret_cast<const sockaddr*>(&address), static_cast<socklen_t>(length)};
}

std::uint16_t SocketAddress::port() const {
  if (family() == AF_INET) return ntohs(as_in(storage_).sin_port);
  if (family() == AF_INET6) return ntohs(as_in6(storage_).sin6_port);
  return 0;
}

void SocketAddress::set_port(std::uint16_t port) {
  if (family() == AF_INET) reinterpret_cast<sockaddr_in&>(storage_).sin_port = htons(port);
  if (family() == AF_INET6) reinterpret_cast<sockaddr_in6&>(storage_).sin6_port = htons(port);
}

SocketAddress SocketAddress::mapped() const {
  if (family() != AF_INET) return *this;
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_port = as_in(storage_).sin_port;
  address.sin6_addr.s6_addr[10] = 0xff;
  address.sin6_addr.s6_addr[11] = 0xff;
  std::memcpy(address.sin6_addr.s6_addr + 12, &as_in(storage_).sin_addr, 4);
  return {reinterpret_cast<const sockaddr*>(&address), sizeof address};
}

SocketAddress SocketAddress::unmapped() const {
  if (!is_mapped()) return *this;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = as_in6(storage_).sin6_port;
  std::memcpy(&address.sin_addr, as_in6(storage_).sin6_addr.s6_addr + 12, 4);
  return {reinterpret_cast<const sockaddr*>(&address), sizeof address};
}

bool SocketAddress::is_mapped() const {
  return family() == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&as_in6(storage_).sin6_addr);
}

Bytes SocketAddress::ip() const {
  if (family() == AF_INET) {
    return {reinterpret_cast<const std::uint8_t*>(&as_in(storage_).sin_addr), 4};
  }
  if (family() == AF_INET6) return {as_in6(storage_).sin6_addr.s6_addr, 16};
  return {};
}

std::string SocketAddress::host() const {
  if (!is_inet()) return "";
  char text[INET6_ADDRSTRLEN];
  ::inet_ntop(family(), ip().data(), text, sizeof text);
  std::string result = text;
  if (family() == AF_INET6 && as_in6(storage_).sin6_scope_id != 0) {
    const unsigned index = as_in6(storage_).sin6_scope_id;
    char name[IF_NAMESIZE];
    result += '%';
    result += ::if_indextoname(index, name) != nullptr ? std::string(name) : std::to_string(index);
  }
  return result;
}

std::string SocketAddress::endpoint() const {
  if (family() == AF_UNIX) return unix_endpoint(storage_, length_);
  if (family() == AF_INET) return "tcp://" + host() + ":" + std::to_string(port());
  if (family() == AF_INET6) return "tcp://[" + host() + "]:" + std::to_string(port());
  return "";
}

bool operator==(const SocketAddress& a, const SocketAddress& b) {
  return a.length_ == b.length_ && std::memcmp(&a.storage_, &b.storage_, a.length_) == 0;
}

}  // namespace zmqng
