// The grammar of tcp addresses, `[source;]host:port`, and what it takes to turn one into a socket
// address without asking a name server. Pure, apart from the list of network interfaces.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "transport/address.h"

namespace zmqng {

struct TcpName {
  std::string host;  // without brackets and zone; "*" is the wildcard
  std::string zone;  // of an IPv6 address: number or interface; for other hosts it means nothing
  bool has_zone = false;
  std::uint16_t port = 0;  // 0: any
};

struct TcpConnectName {
  std::optional<TcpName> source;
  TcpName destination;
};

// EINVAL for what can only be a mistake: no or bad port, port above 65535, no host, brackets that
// do not match, a host with colons that is no IPv6 address, or digits and dots that are no IPv4
// address. Text after the digits of a port is skipped, as programs rely on it.
Result<TcpName> parse_tcp_bind(std::string_view address);
Result<TcpConnectName> parse_tcp_connect(std::string_view address);

// A literal, as a socket with or without ZMQ_IPV6 needs it: with it IPv4 comes mapped.
// ENODEV: not a literal, or IPv6 without `ipv6`. EINVAL: unknown zone.
Result<SocketAddress> literal_address(const TcpName& name, bool ipv6);

// A local address: wildcard, interface (its first address of the family) or literal.
// ENODEV: none of them. EINVAL: unknown zone.
Result<SocketAddress> local_address(const TcpName& name, bool ipv6);

// Whether a name server may be asked for this at all.
bool is_host_name(std::string_view host);

}  // namespace zmqng
