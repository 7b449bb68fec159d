// zmq_msg_gets and zmq_msg_get: what a received message tells about its sender.
#include <gtest/gtest.h>
#include <unistd.h>
#include <zmq.h>

#include "api/support/message.h"
#include "api/support/socket.h"

namespace api_test {
namespace {

constexpr int metadata_option = 95;  // ZMQ_METADATA, a draft name in the header

// The text of a property, or "(none)" with EINVAL.
std::string property(Message& message, const char* name) {
  const char* text = zmq_msg_gets(message.get(), name);
  if (text != nullptr) return text;
  EXPECT_EQ(zmq_errno(), EINVAL);
  return "(none)";
}

class Properties : public testing::TestWithParam<Transport> {
 protected:
  std::string own_address() const {
    if (GetParam() == Transport::tcp) return "127.0.0.1";
    return "localhost:" + std::to_string(::getuid()) + ":" + std::to_string(::getgid()) + ":" +
           std::to_string(::getpid());
  }
  Context context;
};

INSTANTIATE_TEST_SUITE_P(Over, Properties, stream_transports(), transport_label);

TEST_P(Properties, TellTheTypeAndTheAddressOfThePeer) {
  Socket push{context, ZMQ_PUSH};
  Socket pull{context, ZMQ_PULL};
  push.set(ZMQ_ROUTING_ID, "me");
  push.connect(pull.bind_any(GetParam()));
  push.send("abc");
  Message message;
  ASSERT_EQ(message.recv(pull), ok);
  EXPECT_EQ(property(message, "Socket-Type"), "PUSH");
  EXPECT_EQ(property(message, "Peer-Address"), own_address());
  EXPECT_EQ(property(message, "User-Id"), "(none)");
  EXPECT_EQ(property(message, "Resource"), "(none)");
  EXPECT_EQ(property(message, "Routing-Id"), "(none)");
  EXPECT_EQ(property(message, "Identity"), "(none)") << "only types that route announce it";
  EXPECT_EQ(property(message, "socket-type"), "(none)") << "names have one spelling";
  EXPECT_EQ(property(message, "X-App"), "(none)");
  const int fd = zmq_msg_get(message.get(), ZMQ_SRCFD);
  EXPECT_GE(fd, 0);
  EXPECT_EQ(property(message, "__fd"), std::to_string(fd));
  EXPECT_EQ(zmq_msg_get(message.get(), ZMQ_SHARED), 0);
}

TEST_P(Properties, TellTheIdentityAndTheMetadataOfThePeerOnEveryFrame) {
  Socket dealer{context, ZMQ_DEALER};
  Socket router{context, ZMQ_ROUTER};
  dealer.set(ZMQ_ROUTING_ID, "me").set(metadata_option, "X-App:v1");
  dealer.connect(router.bind_any(GetParam()));
  dealer.send_all({"a", "b"});
  for (int frame = 0; frame < 3; ++frame) {
    Message message;
    ASSERT_EQ(message.recv(router), ok);
    EXPECT_EQ(property(message, "Identity"), "me") << frame;
    EXPECT_EQ(property(message, "Socket-Type"), "DEALER") << frame;
    EXPECT_EQ(property(message, "X-App"), "v1") << frame;
    EXPECT_EQ(property(message, "Peer-Address"), own_address()) << frame;
  }
}

TEST_P(Properties, TellOfAnEmptyIdentityToo) {
  Socket dealer{context, ZMQ_DEALER};
  Socket pull{context, ZMQ_DEALER};
  dealer.connect(pull.bind_any(GetParam()));
  dealer.send("abc");
  Message message;
  ASSERT_EQ(message.recv(pull), ok);
  EXPECT_EQ(property(message, "Identity"), "");
}

TEST_P(Properties, OutliveTheConnectionAndTheSocket) {
  Socket push{context, ZMQ_PUSH};
  Socket pull{context, ZMQ_PULL};
  push.connect(pull.bind_any(GetParam()));
  push.send("abc");
  Message message;
  ASSERT_EQ(message.recv(pull), ok);
  push.close();
  pull.close();
  context.term();
  EXPECT_EQ(property(message, "Socket-Type"), "PUSH");
  EXPECT_EQ(message.text(), "abc");
}

TEST_P(Properties, TravelWithCopiesAndMoves) {
  Socket push{context, ZMQ_PUSH};
  Socket pull{context, ZMQ_PULL};
  push.connect(pull.bind_any(GetParam()));
  push.send("abc");
  Message copy;
  Message moved;
  {
    Message message;
    ASSERT_EQ(message.recv(pull), ok);
    EXPECT_EQ(zmq_msg_copy(copy.get(), message.get()), 0);
    EXPECT_EQ(zmq_msg_move(moved.get(), message.get()), 0);
  }
  EXPECT_EQ(property(copy, "Socket-Type"), "PUSH");
  EXPECT_EQ(property(moved, "Socket-Type"), "PUSH");
}

TEST_P(Properties, AreGoneWhenAMessageIsSentOn) {
  Socket push{context, ZMQ_PUSH};
  Socket pull{context, ZMQ_PULL};
  Socket next_push{context, ZMQ_PUSH};
  Socket next_pull{context, ZMQ_PULL};
  push.connect(pull.bind_any(GetParam()));
  next_push.connect(next_pull.bind_any(Transport::inproc));
  push.send("abc");
  Message message;
  ASSERT_EQ(message.recv(pull), ok);
  ASSERT_EQ(message.send(next_push), ok);
  ASSERT_EQ(message.recv(next_pull), ok);
  EXPECT_EQ(message.text(), "abc");
  EXPECT_EQ(property(message, "Socket-Type"), "(none)");
}

TEST_P(Properties, AreGoneWhenALocalMessageIsReceivedOver) {
  Socket push{context, ZMQ_PUSH};
  Socket pull{context, ZMQ_PULL};
  Socket local_push{context, ZMQ_PUSH};
  Socket local_pull{context, ZMQ_PULL};
  push.connect(pull.bind_any(GetParam()));
  local_push.connect(local_pull.bind_any(Transport::inproc));
  push.send("far");
  local_push.send("near");
  Message message;
  ASSERT_EQ(message.recv(pull), ok);
  ASSERT_EQ(message.recv(local_pull), ok);
  EXPECT_EQ(message.text(), "near");
  EXPECT_EQ(property(message, "Socket-Type"), "(none)");
}

TEST(PropertiesOverInproc, AreNone) {
  Context context;
  Socket dealer{context, ZMQ_DEALER};
  Socket router{context, ZMQ_ROUTER};
  dealer.set(ZMQ_ROUTING_ID, "me").set(metadata_option, "X-App:v1");
  dealer.connect(router.bind_any(Transport::inproc));
  dealer.send("abc");
  for (int frame = 0; frame < 2; ++frame) {
    Message message;
    ASSERT_EQ(message.recv(router), ok);
    for (const char* name :
         {"Socket-Type", "Identity", "Peer-Address", "User-Id", "X-App", "__fd"}) {
      EXPECT_EQ(property(message, name), "(none)") << name;
    }
    EXPECT_EQ(outcome_of(zmq_msg_get(message.get(), ZMQ_SRCFD)), fails_with(EINVAL));
  }
}

TEST(PropertiesOverInproc, MetadataNeedsANameWithAPrefixAndAColon) {
  Context context;
  Socket socket{context, ZMQ_DEALER};
  EXPECT_EQ(socket.try_set(metadata_option, "X-App:v1"), ok);
  for (const char* bad : {"", "App:v1", "X-App", "X-App:"}) {
    EXPECT_EQ(socket.try_set(metadata_option, bad), fails_with(EINVAL)) << bad;
  }
}

}  // namespace
}  // namespace api_test
