#include "zmtp/socket_type.h"

#include <gtest/gtest.h>

#include <string>

namespace zmqng {
namespace {

SocketType type_at(int i) {
  return static_cast<SocketType>(i);
}

TEST(SocketType, HasANameOnTheWire) {
  EXPECT_EQ(wire_name(SocketType::pair), "PAIR");
  EXPECT_EQ(wire_name(SocketType::dealer), "DEALER");
  EXPECT_EQ(wire_name(SocketType::xsub), "XSUB");
  EXPECT_EQ(wire_name(SocketType::channel), "CHANNEL");
}

TEST(SocketType, CompatibilityIsMutual) {
  for (int a = 0; a < kSocketTypeCount; ++a) {
    for (int b = 0; b < kSocketTypeCount; ++b) {
      EXPECT_EQ(is_compatible(type_at(a), wire_name(type_at(b))),
                is_compatible(type_at(b), wire_name(type_at(a))))
          << wire_name(type_at(a)) << " and " << wire_name(type_at(b));
    }
  }
}

TEST(SocketType, AcceptsExactlyThePeersOfTheSpecification) {
  const std::string expected =
      "PAIR:PAIR PUB:SUB PUB:XSUB SUB:PUB SUB:XPUB REQ:REP REQ:ROUTER REP:REQ REP:DEALER "
      "DEALER:REP DEALER:DEALER DEALER:ROUTER ROUTER:REQ ROUTER:DEALER ROUTER:ROUTER PULL:PUSH "
      "PUSH:PULL XPUB:SUB XPUB:XSUB XSUB:PUB XSUB:XPUB SERVER:CLIENT CLIENT:SERVER RADIO:DISH "
      "DISH:RADIO GATHER:SCATTER SCATTER:GATHER DGRAM:DGRAM PEER:PEER CHANNEL:CHANNEL ";
  std::string accepted;
  for (int a = 0; a < kSocketTypeCount; ++a) {
    for (int b = 0; b < kSocketTypeCount; ++b) {
      const std::string_view own = wire_name(type_at(a)), peer = wire_name(type_at(b));
      if (!is_compatible(type_at(a), peer)) continue;
      accepted.append(own).append(":").append(peer).append(" ");
    }
  }
  EXPECT_EQ(accepted, expected);
}

TEST(SocketType, ComparesNamesExactly) {
  for (const char* name : {"router", "ROUTER ", "ROUTE", "", "FOO"}) {
    EXPECT_FALSE(is_compatible(SocketType::dealer, name)) << name;
  }
}

TEST(SocketType, IdentityIsSentByReqDealerAndRouterOnly) {
  for (int i = 0; i < kSocketTypeCount; ++i) {
    const std::string_view name = wire_name(type_at(i));
    EXPECT_EQ(sends_identity(type_at(i)), name == "REQ" || name == "DEALER" || name == "ROUTER")
        << name;
  }
}

}  // namespace
}  // namespace zmqng
