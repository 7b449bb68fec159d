// The tables come from measuring the reference; rows marked B are stricter on purpose: there the
// reference accepts an endpoint that can never work, or cuts a port to 16 bits.
#include "transport/tcp_address.h"

#include <gtest/gtest.h>

#include <cerrno>

namespace zmqng {
namespace {

struct BindCase {
  const char* address;
  int error;         // of parsing
  const char* host;  // if that is 0
  int port;
};

const BindCase kBindCases[] = {
    {"127.0.0.1:5555", 0, "127.0.0.1", 5555},
    {"127.0.0.1:*", 0, "127.0.0.1", 0},
    {"127.0.0.1:0", 0, "127.0.0.1", 0},
    {"*:*", 0, "*", 0},
    {"[*]:*", 0, "*", 0},
    {"lo:*", 0, "lo", 0},
    {"eth0:1:*", 0, "eth0:1", 0},
    {"localhost:*", 0, "localhost", 0},
    {"127.0.1:*", 0, "127.0.1", 0},
    {"2130706433:*", 0, "2130706433", 0},
    {"[::1]:*", 0, "::1", 0},
    {"::1:5555", 0, "::1", 5555},
    {"[127.0.0.1]:*", 0, "127.0.0.1", 0},
    {"[fe80::1%lo]:1", 0, "fe80::1", 1},
    {"127.0.0.1:65535", 0, "127.0.0.1", 65535},
    {"127.0.0.1:12x", 0, "127.0.0.1", 12},
    {"127.0.0.1:5555.4", 0, "127.0.0.1", 5555},
    {"127.0.0.1:5555/path", 0, "127.0.0.1", 5555},
    {"127.0.0.1:5555 ", 0, "127.0.0.1", 5555},
    {"127.0.0.1:5555?x=1", 0, "127.0.0.1", 5555},
    {"127.0.0.1:+5555", 0, "127.0.0.1", 5555},
    {"127.0.0.1: 5555", 0, "127.0.0.1", 5555},
    {"127.0.0.1:0;127.0.0.1:5555", 0, "127.0.0.1", 5555},
    {"127.0.0.1:*;127.0.0.1:5555", 0, "127.0.0.1", 5555},
    {"127.0.0.1", EINVAL, "", 0},
    {"127.0.0.1:", EINVAL, "", 0},
    {"127.0.0.1:abc", EINVAL, "", 0},
    {"127.0.0.1:0x1000", EINVAL, "", 0},
    {"127.0.0.1:00", EINVAL, "", 0},
    {"127.0.0.1:65536", EINVAL, "", 0},
    {"127.0.0.1:**", EINVAL, "", 0},
    {"127.0.0.1:!", EINVAL, "", 0},
    {"127.0.0.1:*/path", EINVAL, "", 0},
    {"*", EINVAL, "", 0},
    {"/", EINVAL, "", 0},
    {"[fe80::1%]:5555", EINVAL, "", 0},
    {";127.0.0.1:5555", EINVAL, "", 0},
    {"127.0.0.1:5555;", EINVAL, "", 0},
    {"127.0.0.1;127.0.0.1:5555", EINVAL, "", 0},
    {"127.0.0.2:-1", EINVAL, "", 0},           // B
    {"127.0.0.3:127000", EINVAL, "", 0},       // B
    {"127.0.0.4:99999999999", EINVAL, "", 0},  // B
    {"127.0.0.1:18446744073709551617", EINVAL, "", 0},
    {":5555", EINVAL, "", 0},  // B, and below: ENODEV there
    {":*", EINVAL, "", 0},
    {"256.0.0.1:5555", EINVAL, "", 0},
    {"1.2.3.4.5:5555", EINVAL, "", 0},
    {"127.0.0.1::5555", EINVAL, "", 0},
    {"[]:5555", EINVAL, "", 0},
    {"[::1:5555", EINVAL, "", 0},
    {"::1]:5555", EINVAL, "", 0},
    {"[::g]:5555", EINVAL, "", 0},
    {"[1:2:3:4:5:6:7:8:9]:5555", EINVAL, "", 0},
};

TEST(TcpAddress, ParsesBindAddressesAsMeasured) {
  for (const auto& test : kBindCases) {
    const auto name = parse_tcp_bind(test.address);
    ASSERT_EQ(name.error(), test.error) << test.address;
    if (!name.ok()) continue;
    EXPECT_EQ(name.value().host, test.host) << test.address;
    EXPECT_EQ(name.value().port, test.port) << test.address;
  }
}

struct ConnectCase {
  const char* address;
  int error;
};

const ConnectCase kConnectCases[] = {
    {"127.0.0.1:5555", 0},
    {"127.0.0.1:0", 0},
    {"127.0.0.1:65535", 0},
    {"127.0.0.1:12x", 0},
    {"127.0.0.1:5555.4", 0},
    {"0.0.0.0:5555", 0},
    {"127.1:5555", 0},
    {"localhost:5555", 0},
    {"host_name:5555", 0},
    {"lo:5555", 0},
    {"[::1]:5555", 0},
    {"::1:5555", 0},
    {"[localhost]:5555", 0},
    {"[fe80::1%lo]:5555", 0},
    {"[fe80::1%0]:5555", 0},
    {"[fe80::1%nosuchif0]:5555", 0},
    {"127.0.0.1:0;127.0.0.1:5555", 0},
    {"127.0.0.1:*;127.0.0.1:5555", 0},
    {"lo:0;127.0.0.1:5555", 0},
    {"127.0.0.1", EINVAL},
    {"127.0.0.1:", EINVAL},
    {"127.0.0.1:*", EINVAL},
    {"127.0.0.1:x", EINVAL},
    {"127.0.0.1:!", EINVAL},
    {"127.0.0.1:-1", EINVAL},
    {"127.0.0.1:+5555", EINVAL},
    {"127.0.0.1: 5555", EINVAL},
    {"127.0.0.1:5555 ", EINVAL},
    {"127.0.0.1:5555/path", EINVAL},
    {"127.0.0.1:5555?x=1", EINVAL},
    {"*:5555", EINVAL},
    {"*:*", EINVAL},
    {"-bad:5555", EINVAL},
    {"_x:5555", EINVAL},
    {".:5555", EINVAL},
    {"a b:5555", EINVAL},
    {"a!b:5555", EINVAL},
    {"u@127.0.0.1:5555", EINVAL},
    {"127.0.0.1,127.0.0.1:5555", EINVAL},
    {"\xff\xfe:5555", EINVAL},
    {";127.0.0.1:5555", EINVAL},
    {"/", EINVAL},
    {"127.0.0.1:70000", EINVAL},  // B, and all below
    {"127.0.0.1:65536", EINVAL},
    {"127.0.0.4:99999999999", EINVAL},
    {"0.0.0.1000000:8989100000000", EINVAL},
    {"127.0.0.1:00", EINVAL},
    {"127.0.0.1:0x1000", EINVAL},
    {":5555", EINVAL},
    {"300.1.1.1:5555", EINVAL},
    {"1.2.3.4.5:5555", EINVAL},
    {"127.0.0.1::5555", EINVAL},
    {"[::1:5555", EINVAL},
    {"::1]:5555", EINVAL},
    {"[]:5555", EINVAL},
    {"[::g]:5555", EINVAL},
    {"[fe80::1%]:5555", EINVAL},
    {"127.0.0.1:5555;", EINVAL},
    {"127.0.0.1;127.0.0.1:5555", EINVAL},
    {"127.0.0.1:70000;127.0.0.1:5555", EINVAL},
};

TEST(TcpAddress, ParsesConnectAddressesAsMeasured) {
  for (const auto& test : kConnectCases) {
    EXPECT_EQ(parse_tcp_connect(test.address).error(), test.error) << test.address;
  }
}

TEST(TcpAddress, ConnectAddressesMayNameASource) {
  const auto name = parse_tcp_connect("lo:7;[::1]:5555").take();
  ASSERT_TRUE(name.source.has_value());
  EXPECT_EQ(name.source->host, "lo");
  EXPECT_EQ(name.source->port, 7);
  EXPECT_EQ(name.destination.host, "::1");
  EXPECT_EQ(name.destination.port, 5555);
}

struct LocalCase {
  const char* address;
  bool ipv6;
  int error;
  const char* endpoint;
};

const LocalCase kLocalCases[] = {
    {"*:9", false, 0, "tcp://0.0.0.0:9"},
    {"*:9", true, 0, "tcp://[::]:9"},
    {"lo:9", false, 0, "tcp://127.0.0.1:9"},
    {"127.0.0.1:9", true, 0, "tcp://[::ffff:127.0.0.1]:9"},
    {"[::ffff:127.0.0.1]:9", true, 0, "tcp://[::ffff:127.0.0.1]:9"},
    {"[::1]:9", true, 0, "tcp://[::1]:9"},
    {"[::1%lo]:9", true, 0, "tcp://[::1]:9"},
    {"[fe80::1%lo]:9", true, 0, "tcp://[fe80::1%lo]:9"},
    {"[fe80::1%1]:9", true, 0, "tcp://[fe80::1%lo]:9"},
    {"127.0.0.1%lo:9", false, 0, "tcp://127.0.0.1:9"},
    {"*%lo:9", false, 0, "tcp://0.0.0.0:9"},
    {"[::1]:9", false, ENODEV, ""},
    {"[fe80::1%nosuchif0]:9", false, EINVAL, ""},
    {"[fe80::1%nosuchif0]:9", true, EINVAL, ""},
    {"[fe80::1%0]:9", true, EINVAL, ""},
    {"nosuchif0:9", false, ENODEV, ""},
    {"a!b:9", false, ENODEV, ""},
    {"127.0.0.1,127.0.0.1:9", false, ENODEV, ""},
};

TEST(TcpAddress, ResolvesLocalAddressesAsMeasured) {
  for (const auto& test : kLocalCases) {
    const auto local = local_address(parse_tcp_bind(test.address).take(), test.ipv6);
    ASSERT_EQ(local.error(), test.error) << test.address;
    if (!local.ok()) continue;
    EXPECT_EQ(local.value().endpoint(), test.endpoint) << test.address;
  }
}

TEST(TcpAddress, AsksNoNameServerForWhatCannotBeAName) {
  EXPECT_TRUE(is_host_name("localhost"));
  EXPECT_TRUE(is_host_name("a-b.c_d.example."));
  for (const std::string name :
       {"", "-", "-bad", ".", "..", "a!b", "u@h", "a b", "\xff", "tcp://h"}) {
    EXPECT_FALSE(is_host_name(name)) << name;
  }
  EXPECT_FALSE(is_host_name(std::string(300, 'a')));
}

}  // namespace
}  // namespace zmqng
