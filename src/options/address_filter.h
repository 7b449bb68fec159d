// AddressFilter: one entry of TCP_ACCEPT_FILTER, "address[/bits]", numeric IPv4 or IPv6.
//
// Owner:    SocketOptions, by value.
// Threads:  a value, without state.
// Holds:    prefix_bits <= 32 for IPv4, <= 128 for IPv6.
#pragma once

#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace zmqng {

class AddressFilter {
 public:
  AddressFilter() = default;

  // EINVAL for names, for anything malformed, and for IPv6 where it is not allowed.
  static Result<AddressFilter> parse(std::string_view text, bool ipv6_allowed);

  // An IPv4 filter also matches IPv4 peers of an IPv6 socket (::ffff:a.b.c.d).
  bool matches(const sockaddr* peer) const;

 private:
  bool is_ipv6_ = false;
  int prefix_bits_ = 0;
  std::array<std::uint8_t, 16> address_{};  // IPv4 uses the first four octets
};

}  // namespace zmqng
