// READY as every socket type sends it, and what becomes of the peer's.
#include <gtest/gtest.h>
#include <zmq.h>

#include <algorithm>
#include <string>
#include <vector>

#include "api/support/message.h"
#include "wire/player.h"

namespace wire {
namespace {

// Own routing ids that the conversations were recorded with.
std::string routing_id_of(const std::string& name) {
  if (name == "ready/ready-identity-255") {
    std::string counting;
    for (int octet = 1; octet < 256; ++octet) counting.push_back(static_cast<char>(octet));
    return counting;
  }
  return name.find("identity") == std::string::npos ? "" : "client-7";
}

class WireReady : public testing::TestWithParam<std::string> {};

// The type of the library's socket in a conversation; nullptr for draft types.
const TypeName* type_in(const std::string& name) {
  const std::string role = load_vector(name)["library_role"];
  return find_type(role.substr(0, role.find_first_of(" ,")));
}

TEST_P(WireReady, IsExchangedAsRecorded) {
  const TypeName* type = type_in(GetParam());
  ASSERT_NE(type, nullptr);
  const std::string routing_id = routing_id_of(GetParam());
  Library library{type->type};
  if (!routing_id.empty()) library.socket().set(ZMQ_ROUTING_ID, routing_id);
  Monitor monitor{library.context(), library.socket()};
  Player player{GetParam(), library.dial()};
  player.play();
  monitor.expect(ZMQ_EVENT_LISTENING);
  monitor.expect(ZMQ_EVENT_ACCEPTED);
  monitor.expect(ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
}

std::vector<std::string> plain_ready_vectors() {
  std::vector<std::string> names = vectors_in("ready");
  std::erase(names, "ready/ready-app-metadata");  // needs a draft option
  std::erase_if(names, [](const std::string& name) { return type_in(name) == nullptr; });
  return names;
}

std::string label(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param.substr(info.param.rfind('/') + 1);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Of, WireReady, testing::ValuesIn(plain_ready_vectors()), label);

TEST(WireReadyProperties, AreWhatZmqMsgGetsAnswers) {
  Library library{ZMQ_DEALER};
  ZmtpPeer peer = library.dial();
  peer.send(zmtp_greeting());
  ASSERT_EQ(peer.recv(64).size(), 64u);
  peer.send(zmtp_command(
      "READY", zmtp_property("Socket-Type", "ROUTER") + zmtp_property("Identity", "") +
                   zmtp_property("X-mine", "hello") + zmtp_property("X-mine", "too late")));
  peer.send_message("m");
  Message message;
  ASSERT_EQ(message.recv(library.socket()), ok);
  EXPECT_STREQ(zmq_msg_gets(message.get(), "Socket-Type"), "ROUTER");
  EXPECT_STREQ(zmq_msg_gets(message.get(), "Identity"), "");
  EXPECT_STREQ(zmq_msg_gets(message.get(), "X-mine"), "hello");
  EXPECT_STREQ(zmq_msg_gets(message.get(), "Peer-Address"), "127.0.0.1");
  EXPECT_EQ(zmq_msg_gets(message.get(), "x-mine"), nullptr);
  EXPECT_EQ(zmq_msg_gets(message.get(), "User-Id"), nullptr);
}

TEST(WireReadyProperties, AreNoneForOldPeers) {
  Library library{ZMQ_DEALER};
  ZmtpPeer peer = library.dial();
  peer.send(std::string("\1\0\2\0m", 5));
  Message message;
  ASSERT_EQ(message.recv(library.socket()), ok);
  EXPECT_EQ(zmq_msg_gets(message.get(), "Peer-Address"), nullptr);
  EXPECT_EQ(zmq_msg_gets(message.get(), "Socket-Type"), nullptr);
}

}  // namespace
}  // namespace wire
