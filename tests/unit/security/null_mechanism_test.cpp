#include "security/null_mechanism.h"

#include <gtest/gtest.h>

#include <string>

namespace zmqng {
namespace {

Properties own_properties() {
  Properties own;
  own.add("Socket-Type", as_bytes("PAIR"));
  return own;
}

std::string ready_of_peer() {
  Octets body;
  append(body, "\5READY");
  append(body, own_properties().wire());
  return std::string{as_text(body)};
}

// A mechanism that has been started and whose commands have been taken.
struct Started {
  NullMechanism mechanism;
  Octets sent;

  Started() {
    mechanism.start(own_properties());
    while (mechanism.produce(sent)) {
    }
  }
  void consume(std::string_view body) { mechanism.consume(as_bytes(body)); }
};

TEST(NullMechanism, SendsReadyWithItsPropertiesOnceWithoutWaiting) {
  Started side;
  EXPECT_EQ(as_text(side.sent), ready_of_peer());
  Octets more;
  EXPECT_FALSE(side.mechanism.produce(more));
  EXPECT_EQ(side.mechanism.status(), Mechanism::Status::handshaking);
}

TEST(NullMechanism, IsReadyWhenBothSidesHaveSaidSo) {
  Started side;
  side.consume(ready_of_peer());
  EXPECT_EQ(side.mechanism.status(), Mechanism::Status::ready);
  EXPECT_EQ(as_text(*side.mechanism.peer_properties().find("Socket-Type")), "PAIR");
}

TEST(NullMechanism, TakesTheReadyOfAPeerBeforeItSentItsOwn) {
  NullMechanism mechanism;
  mechanism.start(own_properties());
  mechanism.consume(as_bytes(ready_of_peer()));
  EXPECT_EQ(mechanism.status(), Mechanism::Status::handshaking);
  Octets sent;
  EXPECT_TRUE(mechanism.produce(sent));
  EXPECT_EQ(mechanism.status(), Mechanism::Status::ready);
}

TEST(NullMechanism, RefusesASecondReadyWhileItsOwnIsHeldBack) {
  NullMechanism mechanism;
  mechanism.start(own_properties());
  mechanism.consume(as_bytes(ready_of_peer()));
  mechanism.consume(as_bytes(ready_of_peer()));
  EXPECT_EQ(mechanism.failure(), Failure::protocol(ProtocolError::zmtp_unexpected_command));
}

TEST(NullMechanism, CallsAnythingButReadyAndErrorUnexpected) {
  for (const std::string_view body : {"\5HOWDY", "\4PING", "hello", "", "\5", "\5READ"}) {
    Started side;
    side.consume(body);
    EXPECT_EQ(side.mechanism.status(), Mechanism::Status::failed) << body;
    EXPECT_EQ(side.mechanism.failure(), Failure::protocol(ProtocolError::zmtp_unexpected_command));
  }
}

TEST(NullMechanism, ReportsBadPropertiesWithoutAnEvent) {
  Started side;
  side.consume(
      "\5READY\x09"
      "abc");
  EXPECT_EQ(side.mechanism.status(), Mechanism::Status::failed);
  EXPECT_EQ(side.mechanism.failure(), Failure::silent());
}

TEST(NullMechanism, FailsAsTheErrorCommandSays) {
  Started side;
  side.consume(
      "\5ERROR\3"
      "400");
  EXPECT_EQ(side.mechanism.status(), Mechanism::Status::failed);
  EXPECT_EQ(side.mechanism.failure(), Failure::auth(400));
}

TEST(NullMechanism, SendsNothingMoreOnceItHasFailed) {
  NullMechanism mechanism;
  mechanism.start(own_properties());
  mechanism.consume(
      as_bytes("\5ERROR\3"
               "500"));
  Octets sent;
  EXPECT_FALSE(mechanism.produce(sent));
}

}  // namespace
}  // namespace zmqng
