// What a dialing Link does between connections: intervals, time-outs, several addresses, what
// happens to the pipe.
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>

#include "sim/raw_peer.h"

namespace zmqng {
namespace {

using Kind = MonitorEventKind;

// The first `count` waits between attempts at a port where nobody listens.
std::vector<Millis> waits(World& world, SimSocket& client, std::size_t count) {
  client.connect("7000");
  world.run_until([&] { return client.count(Kind::connect_retried) >= count; }, 1'000'000);
  std::vector<Millis> found;
  for (const SimSocket::Event& event : client.events) {
    if (event.kind == Kind::connect_retried) found.push_back(static_cast<Millis>(event.value));
  }
  return found;
}

TEST(LinkReconnect, WaitsTheIntervalAndARandomPartOfIt) {
  World world;
  SimSocket& client = world.socket(SocketType::dealer);
  client.options.reconnect_ivl = 100;
  const std::vector<Millis> found = waits(world, client, 50);
  ASSERT_EQ(found.size(), 50u);
  for (const Millis wait : found) {
    EXPECT_GE(wait, 100);
    EXPECT_LT(wait, 200);
  }
  EXPECT_NE(*std::min_element(found.begin(), found.end()),
            *std::max_element(found.begin(), found.end()));
  EXPECT_EQ(client.count(Kind::closed), 50u);
}

TEST(LinkReconnect, TheWaitReportedIsTheWaitThatFollows) {
  World world;
  SimSocket& client = world.socket(SocketType::dealer);
  client.connect("7000");
  ASSERT_TRUE(world.run_until([&] { return client.count(Kind::connect_retried) == 1; }));
  const SimSocket::Event retried = *client.last(Kind::connect_retried);
  ASSERT_TRUE(world.run_until([&] { return client.count(Kind::connect_delayed) == 2; }));
  EXPECT_EQ(SimClock::now() - retried.at, static_cast<Millis>(retried.value));
}

TEST(LinkReconnect, WaitsGrowUpToTheMaximumAndStaySpread) {
  World world;
  SimSocket& client = world.socket(SocketType::dealer);
  client.options.reconnect_ivl = 100;
  client.options.reconnect_ivl_max = 1'000;
  const std::vector<Millis> found = waits(world, client, 60);
  ASSERT_EQ(found.size(), 60u);
  EXPECT_LT(found[0], 200);
  for (const Millis wait : found) {
    EXPECT_GE(wait, 100);
    EXPECT_LE(wait, 1'000);
  }
  const auto late = found.begin() + 10;
  EXPECT_GT(*std::max_element(late, found.end()), 500);
  EXPECT_NE(*std::min_element(late, found.end()), *std::max_element(late, found.end()));
}

TEST(LinkReconnect, ConnectionThatSucceedsStartsANewSeries) {
  World world;
  SimSocket& client = world.socket(SocketType::dealer);
  client.options.reconnect_ivl = 100;
  client.options.reconnect_ivl_max = 100'000;
  (void)waits(world, client, 8);
  {
    RawListener listener(world, 7000);
    ASSERT_TRUE(world.run_until([&] { return client.count(Kind::connected) == 1; }, 200'000));
  }
  ASSERT_TRUE(world.run_until([&] { return client.count(Kind::disconnected) == 1; }));
  EXPECT_LT(client.last(Kind::connect_retried)->value, 200u);
}

TEST(LinkReconnect, IntervalsOfMinusOneAndZeroSwitchItOff) {
  for (int interval : {-1, 0}) {
    World world;
    SimSocket& client = world.socket(SocketType::dealer);
    client.options.reconnect_ivl = interval;
    client.connect("7000");
    world.run_for(10'000);
    EXPECT_EQ(world.network.dials, 1);
    EXPECT_EQ(client.count(Kind::connect_retried), 0u);
    EXPECT_EQ(client.links(), 0);
    EXPECT_EQ(client.gone_endpoints.size(), 1u);
  }
}

TEST(LinkReconnect, LostConnectionIsTheEndWithoutReconnecting) {
  World world;
  RawListener listener(world, 7000);
  SimSocket& client = world.socket(SocketType::dealer);
  client.options.reconnect_ivl = -1;
  client.connect("7000");
  auto peer = listener.meet(SocketType::dealer);
  ASSERT_NE(peer, nullptr);
  peer->send("last");
  peer.reset();
  world.settle();
  EXPECT_EQ(client.inbox, (std::deque<Frames>{{"last"}}));
  EXPECT_EQ(client.links(), 0);
  EXPECT_EQ(client.pipes(), 0u);
  EXPECT_EQ(client.gone_endpoints.size(), 1u);
}

TEST(LinkReconnect, ConnectTimeoutEndsAnAttemptThatNobodyAnswers) {
  World world;
  world.network.black_holes = {7000};
  SimSocket& client = world.socket(SocketType::dealer);
  client.options.connect_timeout = 300;
  client.connect("7000");
  world.settle();
  const Millis start = SimClock::now();
  ASSERT_TRUE(world.run_until([&] { return client.count(Kind::closed) == 1; }));
  EXPECT_EQ(SimClock::now() - start, 300);
  ASSERT_TRUE(world.run_until([&] { return world.network.dials == 2; }));
}

TEST(LinkReconnect, WithoutConnectTimeoutAnAttemptLasts) {
  World world;
  world.network.black_holes = {7000};
  SimSocket& client = world.socket(SocketType::dealer);
  client.connect("7000");
  world.run_for(600'000);
  EXPECT_EQ(world.network.dials, 1);
  EXPECT_EQ(client.count(Kind::closed), 0u);
}

TEST(LinkReconnect, EveryAddressOfAHostIsTriedBeforeWaiting) {
  for (bool connects_at_once : {false, true}) {
    World world;
    world.network.settings.connects_at_once = connects_at_once;
    SimSocket& server = world.socket(SocketType::dealer);
    server.bind(7002);
    SimSocket& client = world.socket(SocketType::dealer);
    client.connect("7000,7001,7002");
    world.settle();
    EXPECT_EQ(client.count(Kind::connected), 1u);
    EXPECT_EQ(client.count(Kind::closed), 2u);
    EXPECT_EQ(client.count(Kind::connect_retried), 0u);
  }
}

TEST(LinkReconnect, OnlyAConnectThatIsUnderWayIsReportedAsDelayed) {
  for (bool connects_at_once : {false, true}) {
    World world;
    world.network.settings.connects_at_once = connects_at_once;
    SimSocket& server = world.socket(SocketType::dealer);
    server.bind(7002);
    SimSocket& client = world.socket(SocketType::dealer);
    client.connect("7000,7002");
    world.settle();
    EXPECT_EQ(client.count(Kind::connected), 1u);
    EXPECT_EQ(client.count(Kind::closed), 1u);
    EXPECT_EQ(client.count(Kind::connect_delayed), connects_at_once ? 0u : 2u);
  }
}

TEST(LinkReconnect, MaximumThatIsNotAboveTheIntervalIsIgnored) {
  for (const int maximum : {10, 100}) {
    World world;
    SimSocket& client = world.socket(SocketType::dealer);
    client.options.reconnect_ivl = 100;
    client.options.reconnect_ivl_max = maximum;
    for (const Millis wait : waits(world, client, 20)) {
      EXPECT_GE(wait, 100);
      EXPECT_LT(wait, 200);
    }
  }
}

TEST(LinkReconnect, NextAddressIsTriedWhenOneDoesNotAnswer) {
  World world;
  world.network.black_holes = {7000};
  SimSocket& server = world.socket(SocketType::dealer);
  server.bind(7001);
  SimSocket& client = world.socket(SocketType::dealer);
  client.options.connect_timeout = 300;
  client.connect("7000,7001");
  world.run_for(300);
  EXPECT_EQ(client.count(Kind::connected), 1u);
}

TEST(LinkReconnect, NameIsResolvedAndItsAddressesTried) {
  World world(1, [](const NameQuery& query) -> Result<AddressList> {
    EXPECT_EQ(query.host, "twins");
    return AddressList{SimNetwork::address_of(7000), SimNetwork::address_of(7001)};
  });
  SimSocket& server = world.socket(SocketType::dealer);
  server.bind(7001);
  SimSocket& client = world.socket(SocketType::dealer);
  world.poller().set_waits_for_threads(true);
  client.connect("name:twins");
  EXPECT_TRUE(world.run_until([&] { return client.count(Kind::connected) == 1; }));
  world.poller().set_waits_for_threads(false);
  EXPECT_EQ(client.count(Kind::closed), 1u);
}

TEST(LinkReconnect, UnknownNameIsAskedForAgainAfterTheInterval) {
  World world(1, [](const NameQuery&) -> Result<AddressList> { return Error{ENODEV}; });
  SimSocket& client = world.socket(SocketType::dealer);
  world.poller().set_waits_for_threads(true);
  client.connect("name:nobody");
  EXPECT_TRUE(world.run_until([&] { return client.count(Kind::connect_retried) == 1; }));
  world.poller().set_waits_for_threads(false);
  EXPECT_EQ(client.links(), 1);
}

// ---- what happens to messages

TEST(LinkReconnect, MessagesWaitForTheFirstConnection) {
  World world;
  SimSocket& client = world.socket(SocketType::dealer);
  client.connect("7000");
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(client.send({std::to_string(i)}));
  world.run_for(1'000);
  SimSocket& server = world.socket(SocketType::dealer);
  server.bind(7000);
  ASSERT_TRUE(world.run_until([&] { return server.inbox.size() == 10; }));
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(server.inbox[static_cast<std::size_t>(i)], Frames{std::to_string(i)});
  }
}

TEST(LinkReconnect, WholeMessageFollowsAHalfSentOne) {
  World world;
  world.network.settings.buffer_bytes = 500;
  SimSocket& client = world.socket(SocketType::dealer);
  client.connect("7000");
  const std::string part(300, 'x');
  {
    RawListener listener(world, 7000);
    auto peer = listener.meet(SocketType::dealer);
    ASSERT_NE(peer, nullptr);
    ASSERT_TRUE(client.send({"one", part, part, part}));
    ASSERT_TRUE(client.send({"two"}));
    world.settle();
    const std::vector<std::string> found = peer->frames();
    EXPECT_EQ(found.size(), 2u) << "the rest finds no room";
    world.network.reset(*world.network.wire_to(7000));
  }
  SimSocket& server = world.socket(SocketType::dealer);
  server.bind(7000);
  ASSERT_TRUE(world.run_until([&] { return !server.inbox.empty(); }));
  EXPECT_EQ(server.inbox, (std::deque<Frames>{{"two"}}));
}

TEST(LinkReconnect, WholeMessageFollowsOneOfWhichOnlyTheFirstPartIsSent) {
  // Every place to cut the message: inside a header, between two parts, inside a body.
  for (std::size_t room = 160; room < 200; ++room) {
    World world(room);
    SimSocket& client = world.socket(SocketType::dealer);
    client.connect("7000");
    {
      RawListener listener(world, 7000);
      auto peer = listener.meet(SocketType::dealer);
      ASSERT_NE(peer, nullptr);
      world.network.settings.buffer_bytes = room;
      ASSERT_TRUE(client.send({std::string(100, 'a'), std::string(40, 'b'), std::string(60, 'c')}));
      ASSERT_TRUE(client.send({"two", "parts"}));
      world.settle();
      peer.reset();
    }
    world.network.settings.buffer_bytes = 10'000;
    SimSocket& server = world.socket(SocketType::dealer);
    server.bind(7000);
    ASSERT_TRUE(world.run_until([&] { return !server.inbox.empty(); })) << room;
    EXPECT_EQ(server.inbox, (std::deque<Frames>{{"two", "parts"}})) << room;
  }
}

TEST(LinkReconnect, HalfReceivedMessageIsNotDelivered) {
  World world;
  RawListener listener(world, 7000);
  SimSocket& client = world.socket(SocketType::dealer);
  client.connect("7000");
  auto peer = listener.meet(SocketType::dealer);
  ASSERT_NE(peer, nullptr);
  peer->send("whole");
  peer->send("half", true);
  world.settle();
  peer.reset();
  peer = listener.meet(SocketType::dealer);
  ASSERT_NE(peer, nullptr);
  peer->send("second");
  world.settle();
  EXPECT_EQ(client.inbox, (std::deque<Frames>{{"whole"}, {"second"}}));
}

TEST(LinkReconnect, HalfReceivedLargeBodyIsNotDelivered) {
  World world;
  RawListener listener(world, 7000);
  SimSocket& client = world.socket(SocketType::dealer);
  client.connect("7000");
  auto peer = listener.meet(SocketType::dealer);
  ASSERT_NE(peer, nullptr);
  Octets frame;
  append_frame(frame, 0, as_bytes(std::string(50'000, 'x')));
  peer->write(Bytes(frame).first(30'000));
  world.settle();
  peer.reset();
  peer = listener.meet(SocketType::dealer);
  ASSERT_NE(peer, nullptr);
  peer->send("second");
  world.settle();
  EXPECT_EQ(client.inbox, (std::deque<Frames>{{"second"}}));
}

TEST(LinkReconnect, OrderIsKeptAcrossManyConnections) {
  World world(3);
  world.network.settings.delay_max = 2;
  SimSocket& server = world.socket(SocketType::dealer);
  server.bind(7000);
  SimSocket& client = world.socket(SocketType::dealer);
  client.options.reconnect_ivl = 1;
  client.connect("7000");
  for (int i = 0; i < 300; ++i) {
    ASSERT_TRUE(client.send({std::to_string(i)}));
    world.run_for(1);
    if (i % 20 == 10) world.network.reset(*world.network.wire_to(7000));
  }
  ASSERT_TRUE(world.run_until([&] { return server.inbox.back().front() == "299"; }));
  EXPECT_GT(server.inbox.size(), 200u);
  int previous = -1;
  for (const Frames& message : server.inbox) {
    EXPECT_GT(std::stoi(message.front()), previous);
    previous = std::stoi(message.front());
  }
}

TEST(LinkReconnect, SubscriberStartsOver) {
  World world;
  RawListener listener(world, 7000);
  SimSocket& client = world.socket(SocketType::sub);
  client.connect("7000");
  client.subscribe("a");
  client.subscribe("b");
  auto peer = listener.meet(SocketType::pub);
  ASSERT_NE(peer, nullptr);
  EXPECT_EQ(peer->frames().size(), 2u);
  peer.reset();
  peer = listener.meet(SocketType::pub);
  ASSERT_NE(peer, nullptr);
  EXPECT_EQ(peer->frames().size(), 2u);
}

TEST(LinkReconnect, SubscriptionsOfALostConnectionAreNotSentTwice) {
  World world;
  RawListener listener(world, 7000);
  SimSocket& client = world.socket(SocketType::sub);
  client.connect("7000");
  client.subscribe("a");
  auto peer = listener.meet(SocketType::pub);
  ASSERT_NE(peer, nullptr);
  peer.reset();
  world.settle();
  // Written while there is no connection: stale by the time there is one, for all are sent anew.
  client.subscribe("b");
  client.subscribe("c");
  peer = listener.meet(SocketType::pub);
  ASSERT_NE(peer, nullptr);
  EXPECT_EQ(peer->frames().size(), 3u);
}

TEST(LinkReconnect, SubscriptionsOfASleepingProgramWaitForIt) {
  World world;
  RawListener listener(world, 7000);
  SimSocket& client = world.socket(SocketType::sub);
  client.connect("7000");
  client.subscribe("a");
  auto peer = listener.meet(SocketType::pub);
  ASSERT_NE(peer, nullptr);
  client.sleeps = true;
  for (int i = 0; i < 3; ++i) {
    peer.reset();
    peer = listener.meet(SocketType::pub);
    ASSERT_NE(peer, nullptr);
    EXPECT_EQ(peer->frames().size(), 0u);
  }
  client.sleeps = false;
  world.settle();
  EXPECT_EQ(peer->frames().size(), 1u);
}

// ---- IMMEDIATE

TEST(LinkReconnect, ImmediateMakesThePipeAfterTheHandshakeOnly) {
  World world;
  RawListener listener(world, 7000);
  SimSocket& client = world.socket(SocketType::dealer);
  client.options.immediate = true;
  client.connect("7000");
  auto peer = listener.accept(SocketType::dealer);
  ASSERT_NE(peer, nullptr);
  EXPECT_EQ(client.pipes(), 0u);
  EXPECT_FALSE(client.send({"x"}));
  ASSERT_TRUE(world.run_until([&] { return peer->shake_hands(); }));
  world.settle();
  EXPECT_EQ(client.pipes(), 1u);
  EXPECT_TRUE(client.pipe().is_dialed);
}

TEST(LinkReconnect, ImmediateDropsThePipeWithTheConnection) {
  World world;
  world.network.settings.buffer_bytes = 1'000;
  RawListener listener(world, 7000);
  SimSocket& client = world.socket(SocketType::dealer);
  client.options.immediate = true;
  client.connect("7000");
  auto peer = listener.meet(SocketType::dealer);
  ASSERT_NE(peer, nullptr);
  peer->send("received");
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(client.send({std::string(500, 'x')}));
  world.settle();
  peer.reset();
  world.settle();
  EXPECT_EQ(client.pipes(), 0u);
  EXPECT_EQ(client.inbox, (std::deque<Frames>{{"received"}}));
  EXPECT_EQ(client.links(), 1);
  peer = listener.meet(SocketType::dealer);
  ASSERT_NE(peer, nullptr);
  EXPECT_EQ(client.pipes(), 1u);
  ASSERT_TRUE(client.send({"new"}));
  world.settle();
  EXPECT_EQ(peer->frames(), (std::vector<std::string>{"new"}));
}

TEST(LinkReconnect, ImmediateLinkOfASleepingSocketLeavesOnePipeAtMost) {
  World world;
  RawListener listener(world, 7000);
  SimSocket& client = world.socket(SocketType::dealer);
  client.options.immediate = true;
  client.connect("7000");
  client.sleeps = true;
  for (int i = 0; i < 5; ++i) {
    auto peer = listener.meet(SocketType::dealer);
    ASSERT_NE(peer, nullptr);
    EXPECT_EQ(client.offered(), 1u);
  }
}

TEST(LinkReconnect, ImmediateSubscriberMaySleepThroughAConnection) {
  World world;
  RawListener listener(world, 7000);
  SimSocket& client = world.socket(SocketType::sub);
  client.options.immediate = true;
  client.connect("7000");
  client.sleeps = true;
  for (int i = 0; i < 5; ++i) {
    auto peer = listener.meet(SocketType::pub);
    ASSERT_NE(peer, nullptr);
    peer.reset();
    world.settle();
    EXPECT_EQ(client.offered(), 0u);
  }
  client.sleeps = false;
  world.settle();
  EXPECT_EQ(client.pipes(), 0u);
}

TEST(LinkReconnect, ImmediateLinkEndsWhenItsSocketDoesWhileItWaits) {
  World world;
  SimSocket& client = world.socket(SocketType::dealer);
  client.options.immediate = true;
  client.connect("7000");
  world.run_for(50);
  client.close(-1);
  world.settle();
  EXPECT_EQ(client.links(), 0);
}

}  // namespace
}  // namespace zmqng
