#include "options/address_filter.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <string>

namespace zmqng {
namespace {

// Longer than any numeric address with a scope; protects the copy below.
constexpr std::size_t kTextMax = 128;

// -1 if this is not a decimal number from 0 to `max`.
int parse_bits(std::string_view text, int max) {
  int bits = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bits);
  const bool is_number = error == std::errc() && end == text.data() + text.size();
  return is_number && bits >= 0 && bits <= max ? bits : -1;
}

bool same_prefix(const std::uint8_t* a, const std::uint8_t* b, int bits) {
  const int octets = bits / 8;
  const int rest = bits % 8;
  if (std::memcmp(a, b, static_cast<std::size_t>(octets)) != 0) return false;
  return rest == 0 || ((a[octets] ^ b[octets]) >> (8 - rest)) == 0;
}

}  // namespace

Result<AddressFilter> AddressFilter::parse(std::string_view text, bool ipv6_allowed) {
  text = text.substr(0, text.find('\0'));  // programs pass the terminator as well
  if (text.size() > kTextMax) return Error{EINVAL};
  const auto slash = text.find('/');
  std::string host(text.substr(0, slash));
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  if (host.empty()) return Error{EINVAL};

  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST;  // a filter never asks a name server
  hints.ai_family = ipv6_allowed ? AF_UNSPEC : AF_INET;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) return Error{EINVAL};

  AddressFilter filter;
  filter.is_ipv6_ = found->ai_family == AF_INET6;
  if (filter.is_ipv6_) {
    const auto* address = reinterpret_cast<const sockaddr_in6*>(found->ai_addr);
    std::memcpy(filter.address_.data(), &address->sin6_addr, 16);
  } else {
    const auto* address = reinterpret_cast<const sockaddr_in*>(found->ai_addr);
    std::memcpy(filter.address_.data(), &address->sin_addr, 4);
  }
  ::freeaddrinfo(found);

  const int bits_max = filter.is_ipv6_ ? 128 : 32;
  filter.prefix_bits_ = bits_max;
  if (slash != std::string_view::npos) {
    filter.prefix_bits_ = parse_bits(text.substr(slash + 1), bits_max);
  }
  if (filter.prefix_bits_ < 0) return Error{EINVAL};
  return filter;
}

bool AddressFilter::matches(const sockaddr* peer) const {
  if (peer->sa_family == AF_INET) {
    if (is_ipv6_) return false;
    const auto* address = reinterpret_cast<const sockaddr_in*>(peer);
    const auto* octets = reinterpret_cast<const std::uint8_t*>(&address->sin_addr);
    return same_prefix(address_.data(), octets, prefix_bits_);
  }
  if (peer->sa_family != AF_INET6) return false;
  const in6_addr& address = reinterpret_cast<const sockaddr_in6*>(peer)->sin6_addr;
  if (is_ipv6_) return same_prefix(address_.data(), address.s6_addr, prefix_bits_);
  return IN6_IS_ADDR_V4MAPPED(&address) &&
         same_prefix(address_.data(), address.s6_addr + 12, prefix_bits_);
}

}  // namespace zmqng
