// Subscriptions in places where none is expected: between the parts of a message.
#include <gtest/gtest.h>
#include <zmq.h>

#include <string>

#include "wire/library.h"

namespace wire {
namespace {

std::string subscriptions(int count) {
  std::string all;
  for (int i = 0; i < count; ++i) all += zmtp_command("SUBSCRIBE", "topic " + std::to_string(i));
  return all;
}

TEST(WireSubscriptions, AFewBetweenThePartsOfAMessageComeWithIt) {
  Library library{ZMQ_XPUB};
  ZmtpPeer peer = library.dial_ready("XSUB");
  peer.send(zmtp_frame(1, "part") + subscriptions(100) + zmtp_frame(0, "last"));
  peer.send(zmtp_command("SUBSCRIBE", "end"));
  int topics = 0;
  for (std::string text; text != "\1end" && !testing::Test::HasFailure();) {
    const Frames frames = library.socket().recv();
    ASSERT_FALSE(frames.empty());
    text = frames.back();
    if (text.starts_with("\1topic ")) ++topics;
  }
  EXPECT_EQ(topics, 100);
}

TEST(WireSubscriptions, AnEndlessStreamOfThemInsideAMessageEndsTheConnection) {
  SKIP_ON_REFERENCE("it stops reading that connection, for good");
  for (const int type : {ZMQ_PUB, ZMQ_XPUB}) {
    Library library{type};
    ZmtpPeer peer = library.dial_ready("SUB");
    const std::string block = subscriptions(1000);
    EXPECT_TRUE(peer.send(zmtp_frame(1, "part")));
    EXPECT_TRUE(wait_until([&] { return !peer.send(block); }));
    ZmtpPeer next = library.dial_ready("SUB");
    next.send(zmtp_command("SUBSCRIBE", "A"));
    EXPECT_TRUE(wait_until([&] {
      library.socket().send("A");
      return !next.stays_quiet(std::chrono::milliseconds{2});
    }));
  }
}

}  // namespace
}  // namespace wire
