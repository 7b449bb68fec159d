#include "transport/tcp_address.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

#include <cerrno>
#include <cstring>
#include <memory>

namespace zmqng {
namespace {

constexpr long kPortMax = 65535;
constexpr std::size_t kNameMax = 253;  // RFC 1035, without the final dot

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_alphanumeric(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_one_of(char c, std::string_view set) {
  return set.find(c) != std::string_view::npos;
}

// The number at the start of `text`; -1 without digits or above 65535.
long leading_number(std::string_view text) {
  long value = -1;
  for (const char c : text) {
    if (!is_digit(c)) break;
    value = (value < 0 ? 0 : value) * 10 + (c - '0');
    if (value > kPortMax) return -1;
  }
  return value;
}

// 0 stands for "any". Blanks and a plus sign before the number are accepted, as atoi does.
Result<std::uint16_t> bind_port(std::string_view text) {
  if (text == "*" || text == "0") return std::uint16_t{0};
  while (!text.empty() && is_one_of(text.front(), " \t\n\v\f\r")) text.remove_prefix(1);
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  const long port = leading_number(text);
  if (port <= 0) return Error{EINVAL};
  return static_cast<std::uint16_t>(port);
}

// Port 0 is allowed, and refused by every peer.
Result<std::uint16_t> connect_port(std::string_view text) {
  const long port = leading_number(text);
  if (port < 0 || (port == 0 && text != "0")) return Error{EINVAL};
  return static_cast<std::uint16_t>(port);
}

bool is_ipv6_literal(const std::string& host) {
  in6_addr address;
  return ::inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

bool is_ipv4_literal(const std::string& host) {
  in_addr address;
  // inet_aton also takes text after a blank.
  return host.find(' ') == std::string::npos && ::inet_aton(host.c_str(), &address) != 0;
}

// Digits and dots: nothing but an IPv4 address can look like that.
bool looks_like_ipv4(std::string_view host) {
  return host.find_first_not_of("0123456789.") == std::string_view::npos &&
         host.find_first_not_of('.') != std::string_view::npos;
}

enum class Side { local, remote };

// Additional addresses of an interface may carry a label of their own, such as "eth0:1".
bool looks_like_alias(std::string_view host) {
  return is_alphanumeric(host.front()) && !is_digit(host.front()) &&
         host.find(':') == host.rfind(':');
}

bool is_well_formed(const std::string& host, Side side) {
  if (host.empty()) return false;
  if (host.find_first_of("[]") != std::string::npos) return false;
  if (host.find(':') != std::string::npos && !is_ipv6_literal(host)) {
    return side == Side::local && looks_like_alias(host);
  }
  if (looks_like_ipv4(host)) return is_ipv4_literal(host);
  return true;
}

Result<TcpName> parse_name(std::string_view text, Side side) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return Error{EINVAL};
  const auto port_text = text.substr(colon + 1);
  const auto port = side == Side::local ? bind_port(port_text) : connect_port(port_text);
  if (!port.ok()) return Error{port.error()};

  auto host = text.substr(0, colon);
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  TcpName name;
  name.port = port.value();
  const auto percent = host.find('%');
  if (percent != std::string_view::npos) {
    name.has_zone = true;
    name.zone = std::string(host.substr(percent + 1));
    if (name.zone.empty()) return Error{EINVAL};
  }
  name.host = std::string(host.substr(0, percent));
  if (!is_well_formed(name.host, side)) return Error{EINVAL};
  return name;
}

// Number or name of an interface; 0 if it is neither.
unsigned zone_index(const std::string& zone) {
  const unsigned index = ::if_nametoindex(zone.c_str());
  if (index != 0) return index;
  if (zone.find_first_not_of("0123456789") != std::string::npos || zone.size() > 9) return 0;
  return static_cast<unsigned>(std::stoul(zone));
}

std::optional<SocketAddress> interface_address(const TcpName& name, int family) {
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) return std::nullopt;
  const std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> owner(list, ::freeifaddrs);
  for (const ifaddrs* item = list; item != nullptr; item = item->ifa_next) {
    if (item->ifa_addr == nullptr || item->ifa_addr->sa_family != family) continue;
    if (name.host != item->ifa_name) continue;
    const socklen_t length = family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
    SocketAddress address(item->ifa_addr, length);
    address.set_port(name.port);
    return address;
  }
  return std::nullopt;
}

}  // namespace

Result<TcpName> parse_tcp_bind(std::string_view address) {
  // A source before the address is of no use to a listener, but it has to be one.
  const auto semicolon = address.find(';');
  if (semicolon == std::string_view::npos) return parse_name(address, Side::local);
  const auto source = parse_name(address.substr(0, semicolon), Side::local);
  if (!source.ok()) return Error{source.error()};
  return parse_name(address.substr(semicolon + 1), Side::local);
}

Result<TcpConnectName> parse_tcp_connect(std::string_view address) {
  if (address.empty()) return Error{EINVAL};
  if (!is_alphanumeric(address.front()) && !is_one_of(address.front(), "[:")) {
    return Error{EINVAL};
  }
  for (const char c : address) {
    if (!is_alphanumeric(c) && !is_one_of(c, ".-:%;[]_*")) return Error{EINVAL};
  }
  TcpConnectName name;
  const auto semicolon = address.find(';');
  if (semicolon != std::string_view::npos) {
    const auto source = parse_name(address.substr(0, semicolon), Side::local);
    if (!source.ok()) return Error{source.error()};
    name.source = source.value();
    address = address.substr(semicolon + 1);
  }
  const auto destination = parse_name(address, Side::remote);
  if (!destination.ok()) return Error{destination.error()};
  if (destination.value().host == "*") return Error{EINVAL};
  name.destination = destination.value();
  return name;
}

Result<SocketAddress> literal_address(const TcpName& name, bool ipv6) {
  const unsigned zone = name.has_zone ? zone_index(name.zone) : 0;
  if (name.has_zone && zone == 0) return Error{EINVAL};

  sockaddr_in address4{};
  if (is_ipv4_literal(name.host) && ::inet_aton(name.host.c_str(), &address4.sin_addr) != 0) {
    address4.sin_family = AF_INET;
    address4.sin_port = htons(name.port);
    const SocketAddress result(reinterpret_cast<const sockaddr*>(&address4), sizeof address4);
    return ipv6 ? result.mapped() : result;
  }
  sockaddr_in6 address6{};
  if (!ipv6 || ::inet_pton(AF_INET6, name.host.c_str(), &address6.sin6_addr) != 1) {
    return Error{ENODEV};
  }
  address6.sin6_family = AF_INET6;
  address6.sin6_port = htons(name.port);
  // The kernel refuses a scope on other addresses when they are not of that interface.
  if (IN6_IS_ADDR_LINKLOCAL(&address6.sin6_addr) || IN6_IS_ADDR_MC_LINKLOCAL(&address6.sin6_addr)) {
    address6.sin6_scope_id = zone;
  }
  return SocketAddress(reinterpret_cast<const sockaddr*>(&address6), sizeof address6);
}

Result<SocketAddress> local_address(const TcpName& name, bool ipv6) {
  if (name.has_zone && zone_index(name.zone) == 0) return Error{EINVAL};
  const int family = ipv6 ? AF_INET6 : AF_INET;
  if (name.host == "*") return SocketAddress::any(family, name.port);
  if (const auto found = interface_address(name, family)) return *found;
  return literal_address(name, ipv6);
}

bool is_host_name(std::string_view host) {
  if (host.empty() || host.size() > kNameMax) return false;
  if (host.front() == '-' || host.front() == '.') return false;
  for (const char c : host) {
    if (!is_alphanumeric(c) && !is_one_of(c, ".-_")) return false;
  }
  return true;
}

}  // namespace zmqng
