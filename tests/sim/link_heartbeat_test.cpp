// Heartbeats of a Link: dead peers are noticed, live ones are never dropped for being slow.
#include <gtest/gtest.h>

#include "sim/raw_peer.h"

namespace zmqng {
namespace {

using Kind = MonitorEventKind;

std::size_t count(const std::vector<std::string>& frames, const std::string& name) {
  return static_cast<std::size_t>(std::count(frames.begin(), frames.end(), name));
}

TEST(LinkHeartbeat, SendsAPingPerInterval) {
  World world;
  RawListener listener(world, 7000);
  SimSocket& client = world.socket(SocketType::dealer);
  client.options.heartbeat_ivl = 200;
  client.connect("7000");
  auto peer = listener.meet(SocketType::dealer);
  ASSERT_NE(peer, nullptr);
  world.run_for(199);
  EXPECT_EQ(count(peer->frames(), "[PING]"), 0u);
  for (int i = 0; i < 20; ++i) {
    world.run_for(i == 0 ? 1 : 200);
    EXPECT_EQ(count(peer->frames(), "[PING]"), 1u);
    peer->pong();
  }
  EXPECT_EQ(client.count(Kind::disconnected), 0u);
}

TEST(LinkHeartbeat, MissingPongDropsTheConnectionAndDialsAgain) {
  World world;
  RawListener listener(world, 7000);
  SimSocket& client = world.socket(SocketType::dealer);
  client.options.heartbeat_ivl = 200;
  client.options.heartbeat_timeout = 500;
  client.connect("7000");
  auto peer = listener.meet(SocketType::dealer);
  ASSERT_NE(peer, nullptr);
  const Millis start = SimClock::now();
  ASSERT_TRUE(world.run_until([&] { return client.count(Kind::disconnected) == 1; }));
  EXPECT_EQ(SimClock::now() - start, 700);
  EXPECT_NE(listener.meet(SocketType::dealer), nullptr);
}

TEST(LinkHeartbeat, SilentNetworkIsNoticedByBothSides) {
  World world;
  SimSocket& server = world.socket(SocketType::dealer);
  server.options.heartbeat_ivl = 100;
  server.bind(7000);
  SimSocket& client = world.socket(SocketType::dealer);
  client.options.heartbeat_ivl = 100;
  client.connect("7000");
  world.run_for(10'000);
  EXPECT_EQ(client.count(Kind::disconnected), 0u);
  EXPECT_EQ(server.count(Kind::disconnected), 0u);
  world.network.wire_to(7000)->is_silent = true;
  const Millis start = SimClock::now();
  ASSERT_TRUE(world.run_until([&] {
    return client.count(Kind::disconnected) == 1 && server.count(Kind::disconnected) == 1;
  }));
  EXPECT_LE(SimClock::now() - start, 300);
  ASSERT_TRUE(world.run_until([&] { return client.count(Kind::handshake_succeeded) == 2; }));
}

TEST(LinkHeartbeat, PeersTtlIsKept) {
  World world;
  SimSocket& server = world.socket(SocketType::dealer);
  server.bind(7000);
  auto peer = meet(world, 7000, SocketType::dealer);
  peer->ping(1'000);
  world.run_for(900);
  EXPECT_EQ(count(peer->frames(), "[PONG]"), 1u);
  peer->ping(1'000);
  world.run_for(999);
  EXPECT_EQ(server.links(), 1);
  world.run_for(1);
  EXPECT_EQ(server.links(), 0);
  EXPECT_TRUE(peer->has_ended());
}

TEST(LinkHeartbeat, LongTtlOfThePeerDoesNotWrap) {
  World world;
  SimSocket& server = world.socket(SocketType::dealer);
  server.bind(7000);
  auto peer = meet(world, 7000, SocketType::dealer);
  peer->ping(65'600);
  world.run_for(65'599);
  EXPECT_EQ(server.links(), 1);
  world.run_for(1);
  EXPECT_EQ(server.links(), 0);
}

TEST(LinkHeartbeat, TimeOutDoesNotStartWhileThePingCannotLeave) {
  World world;
  world.network.settings.buffer_bytes = 1'000;
  RawListener listener(world, 7000);
  SimSocket& client = world.socket(SocketType::dealer);
  client.options.heartbeat_ivl = 100;
  client.connect("7000");
  auto peer = listener.meet(SocketType::dealer);
  ASSERT_NE(peer, nullptr);
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(client.send({std::string(500, 'x')}));
  world.run_for(60'000);
  EXPECT_EQ(client.count(Kind::disconnected), 0u);
  for (int i = 0; i < 10; ++i) {
    (void)peer->frames();
    world.settle();
  }
  peer->pong();
  world.run_for(50);
  EXPECT_EQ(client.count(Kind::disconnected), 0u);
  // Now it is out, and nobody answers.
  world.run_for(200);
  EXPECT_EQ(client.count(Kind::disconnected), 1u);
}

// The demand: backpressured for a minute, no disconnects.
TEST(LinkHeartbeat, SlowReaderIsNotDropped) {
  World world;
  world.network.settings.buffer_bytes = 4'000;
  SimSocket& server = world.socket(SocketType::dealer);
  server.options.rcvhwm = 2;
  server.options.heartbeat_ivl = 300;
  server.bind(7000);
  SimSocket& client = world.socket(SocketType::dealer);
  client.options.heartbeat_ivl = 300;
  client.options.heartbeat_ttl = 500;
  client.connect("7000");
  world.run_for(1'000);
  server.set_reads(false);
  for (int i = 0; i < 100; ++i)
    ASSERT_TRUE(client.send({std::to_string(i), std::string(500, 'x')}));
  world.run_for(60'000);
  EXPECT_EQ(client.count(Kind::disconnected), 0u);
  EXPECT_EQ(server.count(Kind::disconnected), 0u);
  server.set_reads(true);
  world.run_for(1'000);
  EXPECT_EQ(server.inbox.size(), 100u);
  world.run_for(10'000);
  EXPECT_EQ(client.count(Kind::disconnected), 0u);
  EXPECT_EQ(server.count(Kind::disconnected), 0u);
}

TEST(LinkHeartbeat, ReaderWhoseQueueIsExactlyFullIsNotDropped) {
  World world;
  SimSocket& server = world.socket(SocketType::dealer);
  server.options.rcvhwm = 2;
  server.bind(7000);
  server.set_reads(false);
  SimSocket& client = world.socket(SocketType::dealer);
  client.options.heartbeat_ivl = 300;
  client.connect("7000");
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(client.send({"x"}));
  world.run_for(60'000);
  EXPECT_EQ(client.count(Kind::disconnected), 0u);
  ASSERT_TRUE(client.send({"x"}));
  world.run_for(60'000);
  EXPECT_EQ(client.count(Kind::disconnected), 0u);
  server.set_reads(true);
  world.run_for(1'000);
  EXPECT_EQ(server.inbox.size(), 3u);
}

TEST(LinkHeartbeat, PingIsAnsweredWhileTheQueueIsExactlyFull) {
  World world;
  SimSocket& server = world.socket(SocketType::dealer);
  server.options.rcvhwm = 2;
  server.bind(7000);
  server.set_reads(false);
  auto peer = meet(world, 7000, SocketType::dealer);
  peer->send("1");
  peer->send("2");
  world.settle();
  peer->ping(0);
  world.settle();
  EXPECT_EQ(count(peer->frames(), "[PONG]"), 1u);
}

TEST(LinkHeartbeat, PeerThatPingsButDoesNotReadGetsFewAnswers) {
  World world;
  world.network.settings.buffer_bytes = 1'000;
  SimSocket& server = world.socket(SocketType::dealer);
  server.bind(7000);
  auto peer = meet(world, 7000, SocketType::dealer);
  for (int i = 0; i < 10'000; ++i) {
    peer->ping(0);
    if (i % 50 == 49) world.settle();
  }
  std::size_t pongs = 0;
  std::size_t more = 0;
  do {
    more = count(peer->frames(), "[PONG]");
    pongs += more;
    world.settle();
  } while (more > 0);
  EXPECT_GT(pongs, 100u);
  EXPECT_LT(pongs, 3'000u);
  peer->ping(0);
  world.settle();
  EXPECT_EQ(count(peer->frames(), "[PONG]"), 1u);
}

TEST(LinkHeartbeat, LossIsNoticedWhileASocketLingers) {
  World world;
  world.network.settings.buffer_bytes = 1'000;
  RawListener listener(world, 7000);
  SimSocket& client = world.socket(SocketType::dealer);
  client.options.heartbeat_ivl = 100;
  client.connect("7000");
  auto peer = listener.meet(SocketType::dealer);
  ASSERT_NE(peer, nullptr);
  world.run_for(100);
  EXPECT_EQ(count(peer->frames(), "[PING]"), 1u);
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(client.send({std::string(500, 'x')}));
  client.close(10'000);
  // The peer reads so much that the next PING gets out, and then no more.
  for (int i = 0; i < 3; ++i) {
    peer->pong();
    world.settle();
    (void)peer->frames();
    world.run_for(60);
  }
  EXPECT_EQ(client.count(Kind::disconnected), 0u);
  world.run_for(500);
  EXPECT_EQ(client.count(Kind::disconnected), 1u);
  EXPECT_NE(listener.meet(SocketType::dealer), nullptr);
}

}  // namespace
}  // namespace zmqng
