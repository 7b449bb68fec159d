// ZMQ_METADATA as it stands in READY: an option of drafts that stable builds have, too.
#include <gtest/gtest.h>
#include <zmq.h>

#include <string>

#include "wire/library.h"

namespace wire {
namespace {

constexpr int metadata_option = 95;

TEST(WireMetadata, GoesInByteOrderCutAtANulAndTheFirstValueOfANameCounts) {
  using namespace std::string_literals;
  Library library{ZMQ_DEALER};
  for (const std::string& pair : {"X-b:1"s, "X-a:2\0z"s, "X-b:3"s, "X-A:4"s, "X-c\0d:5"s}) {
    library.socket().set(metadata_option, pair);
  }
  ZmtpPeer peer = library.dial();
  peer.send(zmtp_greeting());
  EXPECT_EQ(peer.recv(64).size(), 64u);
  peer.send(zmtp_ready("ROUTER"));
  EXPECT_EQ(next_frame(peer).body, "\5READY" + zmtp_property("Socket-Type", "DEALER") +
                                       zmtp_property("Identity", "") + zmtp_property("X-A", "4") +
                                       zmtp_property("X-a", "2") + zmtp_property("X-b", "1") +
                                       zmtp_property("X-c", "5"));
}

}  // namespace
}  // namespace wire
