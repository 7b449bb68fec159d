// The handshake of a Link, from dialing to the first message.
#include <gtest/gtest.h>

#include <cerrno>

#include "sim/raw_peer.h"

namespace zmqng {
namespace {

using Kind = MonitorEventKind;

TEST(LinkHandshake, DialedAndAcceptedLinksTalkBothWays) {
  World world;
  SimSocket& server = world.socket(SocketType::dealer);
  SimSocket& client = world.socket(SocketType::dealer);
  server.bind(7000);
  client.connect("7000");
  ASSERT_TRUE(client.send({"early"}));
  world.settle();
  EXPECT_EQ(server.inbox, (std::deque<Frames>{{"early"}}));
  EXPECT_EQ(server.count(Kind::accepted), 1u);
  EXPECT_EQ(server.count(Kind::handshake_succeeded), 1u);
  EXPECT_EQ(client.count(Kind::connected), 1u);
  EXPECT_EQ(client.count(Kind::handshake_succeeded), 1u);
  ASSERT_TRUE(server.send({"a", "", "b"}));
  world.settle();
  EXPECT_EQ(client.inbox, (std::deque<Frames>{{"a", "", "b"}}));
}

// Each is a packet, and wakes the other side up.
TEST(LinkHandshake, TakesThreeWritesFromEachSideWithTheFirstMessages) {
  World world;
  world.network.settings.connects_at_once = true;
  SimSocket& server = world.socket(SocketType::dealer);
  SimSocket& client = world.socket(SocketType::dealer);
  server.bind(7000);
  world.settle();
  client.connect("7000");
  ASSERT_TRUE(client.send({"question"}));
  world.settle();
  EXPECT_EQ(server.inbox, (std::deque<Frames>{{"question"}}));
  ASSERT_TRUE(server.send({"answer"}));
  world.settle();
  EXPECT_EQ(client.inbox, (std::deque<Frames>{{"answer"}}));
  const SimNetwork::Wire& wire = *world.network.wire_to(7000);
  EXPECT_EQ(wire.ends[0].writes, 3) << "signature; the rest; READY and the question";
  EXPECT_EQ(wire.ends[1].writes, 3) << "signature and version; the rest and READY; the answer";
}

TEST(LinkHandshake, AVisitorWhoWaitsForUsIsGreetedFirst) {
  World world;
  SimSocket& server = world.socket(SocketType::dealer);
  server.bind(7000);
  auto visitor = dial(world, 7000, SocketType::dealer);
  world.settle();
  EXPECT_EQ(visitor->take_input().size(), 10u) << "the signature";
}

TEST(LinkHandshake, WorksWithEveryReadAndWriteCutShort) {
  World world(7);
  world.network.settings.short_io_percent = 100;
  SimSocket& server = world.socket(SocketType::dealer);
  SimSocket& client = world.socket(SocketType::dealer);
  server.bind(7000);
  client.connect("7000");
  const std::string large(30'000, 'x');
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(client.send({std::to_string(i), large}));
  world.settle();
  ASSERT_EQ(server.inbox.size(), 20u);
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(server.inbox[static_cast<std::size_t>(i)], (Frames{std::to_string(i), large}));
  }
}

TEST(LinkHandshake, TimesOutAndIsTriedAgain) {
  World world;
  RawListener mute(world, 7000);
  SimSocket& client = world.socket(SocketType::dealer);
  client.options.handshake_ivl = 500;
  client.options.reconnect_ivl = 100;
  client.connect("7000");
  auto visitor = mute.accept(SocketType::dealer);
  ASSERT_NE(visitor, nullptr);
  const Millis start = SimClock::now();
  ASSERT_TRUE(world.run_until([&] { return client.count(Kind::disconnected) == 1; }));
  EXPECT_EQ(SimClock::now() - start, 500);
  EXPECT_EQ(client.last(Kind::handshake_failed_no_detail)->value, static_cast<unsigned>(EAGAIN));
  EXPECT_TRUE(world.run_until([&] { return client.count(Kind::connected) == 2; }));
}

TEST(LinkHandshake, AcceptedVisitorThatSaysNothingIsDropped) {
  World world;
  SimSocket& server = world.socket(SocketType::dealer);
  server.options.handshake_ivl = 500;
  server.bind(7000);
  auto visitor = dial(world, 7000, SocketType::dealer);
  world.settle();
  EXPECT_EQ(server.links(), 1);
  EXPECT_TRUE(world.run_until([&] { return server.links() == 0; }, 501));
  EXPECT_EQ(server.count(Kind::handshake_failed_no_detail), 1u);
  EXPECT_EQ(server.pipes(), 0u);
  EXPECT_EQ(server.offered(), 0u);
}

TEST(LinkHandshake, PeerThatLeavesDuringItIsTriedAgain) {
  World world;
  RawListener rude(world, 7000);
  SimSocket& client = world.socket(SocketType::dealer);
  client.connect("7000");
  rude.accept(SocketType::dealer).reset();
  ASSERT_TRUE(world.run_until([&] { return client.count(Kind::disconnected) == 1; }));
  EXPECT_EQ(client.count(Kind::handshake_failed_no_detail), 1u);
  EXPECT_TRUE(client.gone_endpoints.empty());
  EXPECT_NE(rude.accept(SocketType::dealer), nullptr);
}

TEST(LinkHandshake, WrongSocketTypeEndsTheEndpoint) {
  World world;
  RawListener strange(world, 7000);
  SimSocket& client = world.socket(SocketType::dealer);
  client.connect("7000");
  auto peer = strange.accept(SocketType::pub);
  world.run_until([&] { return peer->shake_hands() || peer->has_ended(); });
  ASSERT_TRUE(world.run_until([&] { return client.links() == 0; }));
  EXPECT_EQ(client.gone_endpoints.size(), 1u);
  EXPECT_EQ(client.count(Kind::disconnected), 1u);
  EXPECT_EQ(client.count(Kind::connect_retried), 0u);
  world.settle();
  EXPECT_EQ(client.pipes(), 0u) << "the pipe has ended";
}

TEST(LinkHandshake, MessagesRightBehindItArrive) {
  World world;
  SimSocket& server = world.socket(SocketType::dealer);
  server.bind(7000);
  world.network.settings.delay_min = 10;
  auto peer = dial(world, 7000, SocketType::dealer);
  world.run_until([&] { return peer->shake_hands(); });
  for (int i = 0; i < 5; ++i) peer->send(std::to_string(i));
  world.run_for(100);
  EXPECT_EQ(server.inbox.size(), 5u);
}

TEST(LinkHandshake, UnbindDuringItLeavesNothing) {
  World world;
  SimSocket& server = world.socket(SocketType::dealer);
  server.bind(7000);
  auto peer = dial(world, 7000, SocketType::dealer);
  world.settle();
  EXPECT_EQ(server.links(), 1);
  server.unbind();
  world.settle();
  EXPECT_EQ(server.links(), 0);
  EXPECT_TRUE(peer->has_ended());
}

TEST(LinkHandshake, VisitorsOfASleepingSocketLeaveNoPipeBehind) {
  World world;
  SimSocket& server = world.socket(SocketType::dealer);
  server.bind(7000);
  server.sleeps = true;
  for (int i = 0; i < 3; ++i) {
    auto peer = meet(world, 7000, SocketType::dealer);
    EXPECT_EQ(server.offered(), 1u);
    peer.reset();
    world.settle();
    EXPECT_EQ(server.offered(), 0u);
    EXPECT_EQ(server.links(), 0);
  }
}

TEST(LinkHandshake, VisitorOfASleepingSocketLeavesItsMessages) {
  World world;
  SimSocket& server = world.socket(SocketType::dealer);
  server.bind(7000);
  server.sleeps = true;
  auto peer = meet(world, 7000, SocketType::dealer);
  peer->send("I was here");
  peer.reset();
  world.settle();
  EXPECT_EQ(server.links(), 0);
  server.sleeps = false;
  world.settle();
  EXPECT_EQ(server.inbox, (std::deque<Frames>{{"I was here"}}));
  EXPECT_EQ(server.pipes(), 0u);
}

TEST(LinkHandshake, OversizedFrameEndsTheEndpoint) {
  World world;
  RawListener listener(world, 7000);
  SimSocket& client = world.socket(SocketType::dealer);
  client.options.maxmsgsize = 100;
  client.connect("7000");
  auto peer = listener.meet(SocketType::dealer);
  ASSERT_NE(peer, nullptr);
  peer->send(std::string(100, 'x'));
  world.settle();
  EXPECT_EQ(client.inbox.size(), 1u);
  peer->send(std::string(101, 'x'));
  world.settle();
  EXPECT_TRUE(peer->has_ended());
  EXPECT_EQ(client.links(), 0);
  EXPECT_EQ(client.inbox.size(), 1u);
  EXPECT_EQ(client.gone_endpoints.size(), 1u);
}

TEST(LinkHandshake, SocketCanBeClosedInEveryState) {
  for (int turns = 0; turns < 40; ++turns) {
    World world(static_cast<std::uint64_t>(turns));
    world.network.settings.delay_min = 1;
    world.network.settings.delay_max = 3;
    SimSocket& server = world.socket(SocketType::dealer);
    SimSocket& client = world.socket(SocketType::dealer);
    server.bind(7000);
    client.options.immediate = turns % 2 == 1;
    client.connect("7000");
    client.send({"x"});
    world.run_for(turns / 2);
    client.close(turns % 3 == 0 ? 0 : -1);
    EXPECT_TRUE(world.run_until_done(client)) << turns;
    server.close(0);
    EXPECT_TRUE(world.run_until_done(server)) << turns;
  }
}

}  // namespace
}  // namespace zmqng
