// What a Link does for a subscriber whose publisher goes away and comes back. (What the subscriber
// itself does: unit/pattern/sub_test.cpp.)
#include <gtest/gtest.h>

#include "sim/raw_peer.h"

namespace zmqng {
namespace {

class LinkSubscriber : public testing::Test {
 protected:
  LinkSubscriber() {
    client.options.sndhwm = 1000;
    client.connect("7000");
  }
  std::unique_ptr<RawPeer> meet() {
    auto peer = listener.meet(SocketType::xpub);
    EXPECT_NE(peer, nullptr);
    return peer;
  }
  void change(bool subscribe, const std::string& topic) {
    ASSERT_TRUE(client.pipe().write_subscription(subscribe, as_bytes(topic)));
    client.pipe().publish();
  }
  // As a subscriber does whose changes pile up.
  void start_over() {
    client.pipe_restarted(client.pipe());
    client.pipe().announce_restart();
  }
  std::size_t records() {
    PipeEnd& far = client.pipe().peer();
    std::size_t count = 0;
    Record record;
    YPipe::Cursor cursor = far.in().read_cursor();
    for (; far.in().peek(cursor, record); YPipe::step(cursor, record)) ++count;
    return count;
  }
  void churn(bool is_connected = false) {
    for (int i = 0; i < 10'000; ++i) {
      change(true, std::to_string(i));
      change(false, std::to_string(i));
      if (i % 400 != 0) continue;
      start_over();
      world.settle();
      if (is_connected) continue;
      EXPECT_LE(records(), 2u) << "the mark and the topic in force";
    }
    start_over();
    world.settle();
  }

  World world;
  RawListener listener{world, 7000};
  SimSocket& client = world.socket(SocketType::xsub);
};

TEST_F(LinkSubscriber, ChangesDoNotPileUpBeforeTheFirstConnection) {
  world.network.black_holes = {7001};
  client.disconnect();
  client.connect("7001");
  client.subscribe("A");
  world.settle();
  churn();
}

TEST_F(LinkSubscriber, ChangesDoNotPileUpBetweenConnectionsAndEveryTopicIsToldOnce) {
  client.subscribe("A");
  auto peer = meet();
  EXPECT_EQ(peer->frames().size(), 1u);
  peer.reset();
  world.settle();
  churn();
  peer = meet();
  EXPECT_EQ(peer->frames(), (std::vector<std::string>{"[SUBSCRIBE]"}));
}

TEST_F(LinkSubscriber, ChangesThatPileUpBehindASlowPublisherAreAllTold) {
  client.subscribe("A");
  auto peer = meet();
  world.network.settings.buffer_bytes = 100;
  churn(true);
  world.network.settings.buffer_bytes = 64 * 1024;
  std::size_t subscriptions = 0;
  std::size_t cancels = 0;
  world.run_until([&] {
    for (const std::string& frame : peer->frames()) {
      ++(frame == "[CANCEL]" ? cancels : subscriptions);
    }
    return cancels == 10'000;
  });
  EXPECT_EQ(cancels, 10'000u);
  EXPECT_GT(subscriptions, 10'000u);
}

TEST_F(LinkSubscriber, DataWaitsForTheNextConnectionAndFollowsTheTopics) {
  client.subscribe("A");
  auto peer = meet();
  EXPECT_EQ(peer->frames().size(), 1u);
  peer.reset();
  world.settle();
  ASSERT_TRUE(client.send({"up0"}));
  client.subscribe("B");
  ASSERT_TRUE(client.send({"up1", "up2"}));
  peer = meet();
  EXPECT_EQ(peer->frames(),
            (std::vector<std::string>{"[SUBSCRIBE]", "up0", "[SUBSCRIBE]", "up1", "up2"}));
}

TEST_F(LinkSubscriber, TopicsAreToldOnceThoughConnectionsComeAndGo) {
  client.subscribe("A");
  auto peer = meet();
  for (int i = 0; i < 5; ++i) {
    peer.reset();
    world.settle();
    // Connections that do not get as far as the end of the handshake.
    for (int n = 0; n < i; ++n) listener.accept(SocketType::xpub).reset();
    peer = meet();
    EXPECT_EQ(peer->frames(), (std::vector<std::string>{"[SUBSCRIBE]"})) << i;
  }
}

TEST_F(LinkSubscriber, WhatFollowsABulkGoesBeforeTheEnd) {
  auto peer = meet();
  for (int i = 0; i < 1000; ++i) change(true, std::to_string(i));
  world.settle();
  EXPECT_EQ(peer->frames().size(), 1000u);
  change(true, "late");
  client.close(1000);
  world.settle();
  EXPECT_EQ(peer->frames().size(), 1u);
}

}  // namespace
}  // namespace zmqng
