#include "options/address_filter.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

#include <cerrno>
#include <string>

namespace zmqng {
namespace {

int parse_error(std::string_view text, bool ipv6_allowed) {
  return AddressFilter::parse(text, ipv6_allowed).error();
}

bool lets_in(std::string_view filter, const char* peer) {
  const auto parsed = AddressFilter::parse(filter, true);
  EXPECT_TRUE(parsed.ok()) << filter;
  sockaddr_storage storage{};
  auto* v4 = reinterpret_cast<sockaddr_in*>(&storage);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&storage);
  if (::inet_pton(AF_INET, peer, &v4->sin_addr) == 1) {
    storage.ss_family = AF_INET;
  } else {
    storage = {};
    EXPECT_EQ(::inet_pton(AF_INET6, peer, &v6->sin6_addr), 1) << peer;
    storage.ss_family = AF_INET6;
  }
  return parsed.value().matches(reinterpret_cast<sockaddr*>(&storage));
}

TEST(AddressFilter, TakesNumericAddressesWithAndWithoutBits) {
  using namespace std::string_view_literals;
  for (const auto text : {"127.0.0.1"sv, "127.0.0.0/8"sv, "0.0.0.0/0"sv, "10.1.2.3/32"sv,
                          "127.0.0.1/08"sv, "127.0.0.1\0"sv}) {
    EXPECT_EQ(parse_error(text, false), 0) << text;
    EXPECT_EQ(parse_error(text, true), 0) << text;
  }
}

TEST(AddressFilter, TakesIpv6OnlyWhereItIsAllowed) {
  for (const char* text : {"::1", "::1/64", "[::1]", "[::1]/128", "fe80::/10"}) {
    EXPECT_EQ(parse_error(text, false), EINVAL) << text;
    EXPECT_EQ(parse_error(text, true), 0) << text;
  }
}

TEST(AddressFilter, RefusesNamesAndNonsense) {
  for (const char* text : {"", "/8", "localhost", "localhost/8", "lo", "*", "127.0.0.1:80",
                           "127.0.0.1/33", "127.0.0.1/", "127.0.0.1/-1", "127.0.0.1/8x",
                           "127.0.0.1/8/8", "::1/129", "[]", "[", "example.invalid"}) {
    EXPECT_EQ(parse_error(text, true), EINVAL) << text;
  }
  EXPECT_EQ(parse_error(std::string(100000, '1'), true), EINVAL);
}

TEST(AddressFilter, ComparesAsManyBitsAsItSays) {
  EXPECT_TRUE(lets_in("127.0.0.1", "127.0.0.1"));
  EXPECT_FALSE(lets_in("127.0.0.1", "127.0.0.2"));
  EXPECT_TRUE(lets_in("127.0.0.1/8", "127.200.0.2"));
  EXPECT_FALSE(lets_in("127.0.0.1/8", "126.0.0.1"));
  EXPECT_TRUE(lets_in("192.168.128.0/17", "192.168.255.1"));
  EXPECT_FALSE(lets_in("192.168.128.0/17", "192.168.127.1"));
  EXPECT_TRUE(lets_in("1.2.3.4/0", "200.1.1.1"));
  EXPECT_TRUE(lets_in("fe80::/10", "febf::1"));
  EXPECT_FALSE(lets_in("fe80::/10", "fec0::1"));
  EXPECT_TRUE(lets_in("::/0", "2001:db8::1"));
}

TEST(AddressFilter, AnIpv4FilterMatchesIpv4PeersOfAnIpv6Socket) {
  EXPECT_TRUE(lets_in("127.0.0.0/8", "::ffff:127.0.0.5"));
  EXPECT_FALSE(lets_in("127.0.0.0/8", "::ffff:128.0.0.5"));
  EXPECT_FALSE(lets_in("127.0.0.0/8", "::1"));
  EXPECT_FALSE(lets_in("0.0.0.0/0", "2001:db8::1"));
}

TEST(AddressFilter, KeepsPeersOfOtherFamiliesOut) {
  const auto filter = AddressFilter::parse("0.0.0.0/0", false);
  sockaddr_storage peer{};
  peer.ss_family = AF_UNIX;
  EXPECT_FALSE(filter.value().matches(reinterpret_cast<sockaddr*>(&peer)));
}

}  // namespace
}  // namespace zmqng
