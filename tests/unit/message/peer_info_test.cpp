#include "message/peer_info.h"

#include <gtest/gtest.h>

namespace zmqng {
namespace {

TEST(PeerInfo, FindsTheFirstPropertyOfThatNameAndCaseMatters) {
  auto* peer =
      new PeerInfo("me", {{"Identity", "one"}, {"identity", "two"}, {"Identity", "three"}}, 5);
  EXPECT_STREQ(peer->find("Identity"), "one");
  EXPECT_STREQ(peer->find("identity"), "two");
  EXPECT_EQ(peer->find("IDENTITY"), nullptr);
  EXPECT_EQ(peer->find(""), nullptr);
  EXPECT_EQ(peer->identity(), "me");
  EXPECT_EQ(peer->fd(), 5);
  EXPECT_TRUE(peer->has_properties());
  peer->drop();
}

TEST(PeerInfo, LivesUntilTheLastCountIsDropped) {
  auto* peer = new PeerInfo("", {}, -1);
  EXPECT_FALSE(peer->has_properties());
  EXPECT_EQ(peer->add_ref(), peer);
  peer->drop();
  EXPECT_EQ(peer->fd(), -1);
  peer->drop();
}

}  // namespace
}  // namespace zmqng
