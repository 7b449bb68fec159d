#include "transport/address.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "transport/tcp_address.h"

namespace zmqng {
namespace {

SocketAddress literal(const std::string& host, std::uint16_t port, bool ipv6) {
  TcpName name;
  name.host = host;
  name.port = port;
  return literal_address(name, ipv6).take();
}

TEST(SocketAddress, PrintsEndpointsAsLastEndpointShowsThem) {
  EXPECT_EQ(literal("127.0.0.1", 5555, false).endpoint(), "tcp://127.0.0.1:5555");
  EXPECT_EQ(literal("127.0.0.1", 5555, true).endpoint(), "tcp://[::ffff:127.0.0.1]:5555");
  EXPECT_EQ(literal("::1", 1, true).endpoint(), "tcp://[::1]:1");
  EXPECT_EQ(SocketAddress::any(AF_INET6, 7).endpoint(), "tcp://[::]:7");
  EXPECT_EQ(SocketAddress::any(AF_INET, 7).endpoint(), "tcp://0.0.0.0:7");
  EXPECT_EQ(SocketAddress().endpoint(), "");
}

TEST(SocketAddress, PrintsHostsWithoutPortAndBrackets) {
  EXPECT_EQ(literal("10.1.2.3", 5555, false).host(), "10.1.2.3");
  EXPECT_EQ(literal("10.1.2.3", 5555, true).host(), "::ffff:10.1.2.3");
  EXPECT_EQ(SocketAddress::unix_path("/tmp/x").value().host(), "");
}

TEST(SocketAddress, MappingToIpv6AndBackIsLossless) {
  const auto ipv4 = literal("10.1.2.3", 80, false);
  EXPECT_TRUE(ipv4.mapped().is_mapped());
  EXPECT_EQ(ipv4.mapped().family(), AF_INET6);
  EXPECT_EQ(ipv4.mapped().port(), 80);
  EXPECT_TRUE(ipv4.mapped().unmapped() == ipv4);
  const auto ipv6 = literal("::1", 80, true);
  EXPECT_TRUE(ipv6.unmapped() == ipv6);
  EXPECT_EQ(ipv4.ip().size(), 4u);
  EXPECT_EQ(ipv6.ip().size(), 16u);
}

TEST(SocketAddress, UnixPathsComeBackAsGiven) {
  for (const char* path : {"/tmp/x", "relative", "@abstract", " ", "*"}) {
    EXPECT_EQ(SocketAddress::unix_path(path).value().endpoint(), std::string("ipc://") + path);
  }
}

TEST(SocketAddress, UnixPathsHaveALimitAndANeedForText) {
  EXPECT_EQ(SocketAddress::unix_path("").error(), EINVAL);
  EXPECT_EQ(SocketAddress::unix_path("@").error(), EINVAL);
  EXPECT_TRUE(SocketAddress::unix_path(std::string(107, 'x')).ok());
  EXPECT_EQ(SocketAddress::unix_path(std::string(108, 'x')).error(), ENAMETOOLONG);
  EXPECT_TRUE(SocketAddress::unix_path("@" + std::string(106, 'x')).ok());
  EXPECT_EQ(SocketAddress::unix_path("@" + std::string(107, 'x')).error(), ENAMETOOLONG);
}

}  // namespace
}  // namespace zmqng
