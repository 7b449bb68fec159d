// How a Link ends: linger, draining, and what the other side still gets.
#include <gtest/gtest.h>

#include "sim/raw_peer.h"

namespace zmqng {
namespace {

using Kind = MonitorEventKind;

TEST(LinkLinger, ZeroEndsAtOnceWithAndWithoutAConnection) {
  World world;
  world.network.settings.buffer_bytes = 1'000;
  RawListener listener(world, 7000);
  SimSocket& up = world.socket(SocketType::dealer);
  up.connect("7000");
  auto peer = listener.meet(SocketType::dealer);
  ASSERT_NE(peer, nullptr);
  SimSocket& down = world.socket(SocketType::dealer);
  down.connect("7001");
  for (SimSocket* socket : {&up, &down}) {
    for (int i = 0; i < 10; ++i) ASSERT_TRUE(socket->send({std::string(500, 'x')}));
    world.settle();
    socket->close(0);
    world.settle();
    EXPECT_TRUE(socket->is_done());
  }
}

TEST(LinkLinger, EndsAfterTheGivenTimeWithAndWithoutAConnection) {
  World world;
  world.network.settings.buffer_bytes = 1'000;
  RawListener listener(world, 7000);
  SimSocket& up = world.socket(SocketType::dealer);
  up.connect("7000");
  auto peer = listener.meet(SocketType::dealer);
  ASSERT_NE(peer, nullptr);
  SimSocket& down = world.socket(SocketType::dealer);
  down.connect("7001");
  for (SimSocket* socket : {&up, &down}) {
    for (int i = 0; i < 10; ++i) ASSERT_TRUE(socket->send({std::string(500, 'x')}));
    world.settle();
    const Millis start = SimClock::now();
    socket->close(700);
    EXPECT_FALSE(world.run_until_done(*socket, 699));
    EXPECT_TRUE(world.run_until_done(*socket, 1));
    EXPECT_EQ(SimClock::now() - start, 700);
  }
}

TEST(LinkLinger, MinusOneWaitsForThePeerToCome) {
  World world;
  SimSocket& client = world.socket(SocketType::dealer);
  client.connect("7000");
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(client.send({std::to_string(i)}));
  client.close(-1);
  world.run_for(100'000);
  EXPECT_FALSE(client.is_done());
  SimSocket& server = world.socket(SocketType::dealer);
  server.bind(7000);
  EXPECT_TRUE(world.run_until_done(client));
  EXPECT_EQ(server.inbox.size(), 10u);
}

TEST(LinkLinger, WithNothingToSendTheLinkEndsAtOnce) {
  World world;
  SimSocket& client = world.socket(SocketType::dealer);
  client.connect("7000");
  world.run_for(50);
  client.close(-1);
  world.settle();
  EXPECT_TRUE(client.is_done());
}

// A peer that keeps its side open, so that only we can end the connection.
struct Conversation {
  explicit Conversation(SocketType own, SocketType others)
      : listener(world, 7000), client(world.socket(own)) {
    client.connect("7000");
    peer = listener.meet(others);
  }
  void ask(const char* question) {
    ASSERT_TRUE(client.send({"", question}));
    world.settle();
    EXPECT_EQ(peer->frames(), (std::vector<std::string>{"", question}));
  }
  void answer() {
    peer->send("", true);
    peer->send("answer");
    world.settle();
    ASSERT_FALSE(client.inbox.empty());
  }
  bool ends_at_once() {
    client.close(-1);
    world.settle();
    return client.is_done();
  }

  World world;
  RawListener listener;
  SimSocket& client;
  std::unique_ptr<RawPeer> peer;
};

TEST(LinkLinger, AReqWithItsAnswerDoesNotWaitForThePeer) {
  Conversation talk(SocketType::req, SocketType::rep);
  talk.ask("first");
  talk.answer();
  talk.ask("second");
  talk.answer();
  EXPECT_TRUE(talk.ends_at_once());
  EXPECT_TRUE(talk.peer->has_ended());
}

TEST(LinkLinger, AReqWithoutItsAnswerGivesThePeerTime) {
  Conversation talk(SocketType::req, SocketType::rep);
  talk.ask("first");
  talk.answer();
  talk.ask("second");
  EXPECT_FALSE(talk.ends_at_once());
  EXPECT_TRUE(talk.world.run_until_done(talk.client));
}

TEST(LinkLinger, ADealerGivesThePeerTime) {
  Conversation talk(SocketType::dealer, SocketType::rep);
  talk.ask("first");
  talk.answer();
  EXPECT_FALSE(talk.ends_at_once());
  EXPECT_TRUE(talk.world.run_until_done(talk.client));
}

TEST(LinkLinger, APushWaitsForAPullThatHasNotReadYet) {
  World world;
  RawListener listener(world, 7000);
  SimSocket& client = world.socket(SocketType::push);
  client.connect("7000");
  auto peer = listener.meet(SocketType::pull);
  ASSERT_NE(peer, nullptr);
  world.network.settings.delay_min = world.network.settings.delay_max = 50;
  ASSERT_TRUE(client.send({"tail"}));
  world.settle();
  client.close(-1);
  world.settle();
  EXPECT_FALSE(client.is_done());
  EXPECT_TRUE(world.run_until_done(client));
  EXPECT_EQ(peer->frames(), (std::vector<std::string>{"tail"}));
}

TEST(LinkLinger, ClosingInTheHandshakeSendsWhatIsThereFirst) {
  World world;
  RawListener listener(world, 7000);
  SimSocket& client = world.socket(SocketType::dealer);
  client.connect("7000");
  ASSERT_TRUE(client.send({"x"}));
  auto peer = listener.accept(SocketType::dealer);
  client.close(-1);
  world.settle();
  EXPECT_FALSE(client.is_done());
  ASSERT_TRUE(world.run_until([&] { return peer->shake_hands(); }));
  world.settle();
  EXPECT_EQ(peer->frames(), (std::vector<std::string>{"x"}));
  peer.reset();
  world.settle();
  EXPECT_TRUE(client.is_done());
}

TEST(LinkLinger, TailArrivesAlthoughInputWasNeverRead) {
  World world;
  world.network.settings.delay_min = 20;
  world.network.settings.buffer_bytes = 20'000;
  SimSocket& server = world.socket(SocketType::dealer);
  server.bind(7000);
  SimSocket& client = world.socket(SocketType::dealer);
  client.options.rcvhwm = 1;
  client.set_reads(false);
  client.connect("7000");
  ASSERT_TRUE(world.run_until([&] { return server.pipes() == 1; }));
  // The client has unread input when it closes.
  for (int i = 0; i < 500; ++i) ASSERT_TRUE(server.send({std::string(400, 'x')}));
  world.run_for(200);
  for (int i = 0; i < 500; ++i)
    ASSERT_TRUE(client.send({std::to_string(i), std::string(100, 'y')}));
  client.close(-1);
  EXPECT_TRUE(world.run_until_done(client));
  world.run_for(1'000);
  ASSERT_EQ(server.inbox.size(), 500u);
  EXPECT_EQ(server.inbox.back().front(), "499");
}

TEST(LinkLinger, TailArrivesAlthoughHalfAFrameWasRead) {
  World world;
  world.network.settings.buffer_bytes = 1'000;
  RawListener listener(world, 7000);
  SimSocket& client = world.socket(SocketType::dealer);
  client.connect("7000");
  auto peer = listener.meet(SocketType::dealer);
  ASSERT_NE(peer, nullptr);
  Octets frame;
  append_frame(frame, 0, as_bytes(std::string(200, '\x07')));
  peer->write(Bytes(frame).first(100));
  world.settle();
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(client.send({std::string(500, 'x')}));
  client.close(-1);
  world.settle();
  // The rest: read as the start of a frame it is nonsense.
  peer->write(Bytes(frame).subspan(100));
  std::size_t received = 0;
  for (int i = 0; i < 100; ++i) {
    received += peer->frames().size();
    world.run_for(1);
  }
  EXPECT_EQ(received, 10u);
}

TEST(LinkLinger, TailArrivesAlthoughTheQueueWasFull) {
  World world;
  world.network.settings.buffer_bytes = 1'000;
  RawListener listener(world, 7000);
  SimSocket& client = world.socket(SocketType::dealer);
  client.options.rcvhwm = 1;
  client.options.maxmsgsize = 1'000;
  client.set_reads(false);
  client.connect("7000");
  auto peer = listener.meet(SocketType::dealer);
  ASSERT_NE(peer, nullptr);
  peer->send("1");
  peer->send("2");
  Octets frame;
  append_frame(frame, 0, as_bytes(std::string(200, '\xff')));
  peer->write(Bytes(frame).first(100));
  world.settle();
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(client.send({std::string(500, 'x')}));
  client.close(-1);
  world.settle();
  peer->write(Bytes(frame).subspan(100));
  std::size_t received = 0;
  for (int i = 0; i < 100; ++i) {
    received += peer->frames().size();
    world.run_for(1);
  }
  EXPECT_EQ(received, 10u);
}

// The connection comes up only after the socket has closed, and the peer's messages stand right
// behind its handshake.
TEST(LinkLinger, TailArrivesAlthoughThePeerTalksAtOnce) {
  Octets talk = handshake_of(SocketType::dealer);
  for (int i = 0; i < 8; ++i) append_frame(talk, 0, as_bytes(std::string(200, '\xff')));
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    World world(seed);
    world.network.settings.short_io_percent = 90;
    world.network.settings.buffer_bytes = 3'000;
    SimSocket& client = world.socket(SocketType::dealer);
    client.connect("7000");
    for (int i = 0; i < 50; ++i) ASSERT_TRUE(client.send({std::string(300, 'x')}));
    client.close(10'000);
    RawListener listener(world, 7000);
    auto peer = listener.accept(SocketType::dealer);
    ASSERT_NE(peer, nullptr);
    peer->write(talk);
    std::size_t received = 0;
    for (int i = 0; i < 100 && !peer->has_ended(); ++i) {
      received += peer->take_input().size();
      world.run_for(1);
    }
    EXPECT_GT(received, 50u * 300) << "seed " << seed;
  }
}

TEST(LinkLinger, LostConnectionIsMadeAgainForTheRest) {
  World world;
  world.network.settings.buffer_bytes = 2'000;
  RawListener listener(world, 7000);
  SimSocket& client = world.socket(SocketType::dealer);
  client.connect("7000");
  auto peer = listener.meet(SocketType::dealer);
  ASSERT_NE(peer, nullptr);
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(client.send({std::to_string(i), std::string(500, 'x')}));
  client.close(-1);
  world.settle();
  world.network.reset(*world.network.wire_to(7000));
  peer = listener.meet(SocketType::dealer);
  ASSERT_NE(peer, nullptr);
  std::vector<std::string> received;
  for (int i = 0; i < 100; ++i) {
    for (std::string& frame : peer->frames()) received.push_back(std::move(frame));
    world.run_for(1);
  }
  ASSERT_FALSE(received.empty());
  EXPECT_EQ(received[received.size() - 2], "19");
}

// The kernel reports a reset to whoever writes first, with input still to be read.
TEST(LinkLinger, ConnectionFoundLostByWritingIsMadeAgainForTheRest) {
  World world;
  RawListener listener(world, 7000);
  SimSocket& client = world.socket(SocketType::dealer);
  client.options.rcvhwm = 1;
  client.set_reads(false);
  client.connect("7000");
  auto peer = listener.meet(SocketType::dealer);
  ASSERT_NE(peer, nullptr);
  for (int i = 0; i < 3; ++i) peer->send("unread");
  world.settle();
  world.network.reset(*world.network.wire_to(7000));
  ASSERT_TRUE(client.send({"for the next one"}));
  client.close(-1);
  peer = listener.meet(SocketType::dealer);
  ASSERT_NE(peer, nullptr);
  world.settle();
  EXPECT_EQ(peer->frames(), (std::vector<std::string>{"for the next one"}));
}

TEST(LinkLinger, PeerThatNeverReadsDelaysAClosedSocketForASecondAtMost) {
  World world;
  RawListener listener(world, 7000);
  SimSocket& client = world.socket(SocketType::dealer);
  client.connect("7000");
  auto peer = listener.meet(SocketType::dealer);
  ASSERT_NE(peer, nullptr);
  world.network.wire_to(7000)->is_silent = true;
  ASSERT_TRUE(client.send({"x"}));
  client.close(-1);
  EXPECT_TRUE(world.run_until_done(client, 1'100));
}

// If it says something after the close, what is under way to it would be lost.
TEST(LinkLinger, PeerThatTalksIsGivenMoreTimeToReceiveWhatTheKernelHas) {
  World world;
  RawListener listener(world, 7000);
  SimSocket& client = world.socket(SocketType::dealer);
  client.connect("7000");
  auto peer = listener.meet(SocketType::dealer);
  ASSERT_NE(peer, nullptr);
  peer->ping(0);
  world.settle();
  (void)peer->frames();
  world.network.wire_to(7000)->is_silent = true;
  ASSERT_TRUE(client.send({"x"}));
  client.close(-1);
  EXPECT_FALSE(world.run_until_done(client, 20'000));
  world.network.wire_to(7000)->is_silent = false;
  world.settle();
  EXPECT_EQ(peer->frames(), Frames{"x"});
  EXPECT_TRUE(world.run_until_done(client, 1'000));
}

// The socket is closed by one thread while another one hands the link to its reactor.
TEST(LinkLinger, StopThatOvertakesTheStartEndsTheLinkAfterItsStart) {
  World world;
  SimSocket& client = world.socket(SocketType::dealer);
  client.stops_links_early = true;
  client.connect("7000");
  world.settle();
  EXPECT_EQ(client.links(), 0);
}

// The peer's PING must not make a closed link give up what it waits for.
TEST(LinkLinger, PeerThatPingsGetsTheTailAsWell) {
  World world;
  world.network.settings.delay_min = 100;
  RawListener listener(world, 7000);
  SimSocket& client = world.socket(SocketType::dealer);
  client.connect("7000");
  auto peer = listener.meet(SocketType::dealer);
  ASSERT_NE(peer, nullptr);
  ASSERT_TRUE(client.send({"tail"}));
  world.settle();
  peer->ping(0);
  world.run_for(99);
  client.close(-1);
  world.run_for(1);
  EXPECT_FALSE(client.is_done());
  for (int i = 0; i < 20; ++i) {
    peer->ping(0);
    world.run_for(10);
  }
  EXPECT_EQ(peer->frames(), (std::vector<std::string>{"tail"}));
  EXPECT_TRUE(peer->has_ended());
}

TEST(LinkLinger, AcceptedLinkThatDrainsDoesNotDial) {
  World world;
  world.network.settings.buffer_bytes = 1'000;
  SimSocket& server = world.socket(SocketType::dealer);
  server.bind(7000);
  auto peer = meet(world, 7000, SocketType::dealer);
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(server.send({std::string(500, 'x')}));
  server.close(-1);
  world.settle();
  EXPECT_FALSE(server.is_done());
  peer.reset();
  world.settle();
  EXPECT_TRUE(server.is_done());
}

// ---- the receiving side

TEST(LinkLinger, FullReceiverGetsEverythingWhenThePeerCloses) {
  World world;
  SimSocket& server = world.socket(SocketType::dealer);
  server.options.rcvhwm = 2;
  server.bind(7000);
  server.set_reads(false);
  SimSocket& client = world.socket(SocketType::dealer);
  client.connect("7000");
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(client.send({std::to_string(i)}));
  world.settle();
  client.close(-1);
  EXPECT_TRUE(world.run_until_done(client));
  world.run_for(10'000);
  server.set_reads(true);
  world.settle();
  ASSERT_EQ(server.inbox.size(), 100u);
  EXPECT_EQ(server.inbox.back().front(), "99");
  EXPECT_EQ(server.links(), 0);
  EXPECT_EQ(server.pipes(), 0u);
}

TEST(LinkLinger, FullReceiverGetsEverythingThatArrivedWhenThePeerResets) {
  World world;
  SimSocket& server = world.socket(SocketType::dealer);
  server.options.rcvhwm = 2;
  server.options.heartbeat_ivl = 100;
  server.bind(7000);
  server.set_reads(false);
  auto peer = meet(world, 7000, SocketType::dealer);
  for (int i = 0; i < 100; ++i) peer->send(std::to_string(i));
  world.settle();
  world.network.reset(*world.network.wire_to(7000));
  world.run_for(10'000);
  server.set_reads(true);
  world.settle();
  ASSERT_EQ(server.inbox.size(), 100u);
  EXPECT_EQ(server.links(), 0);
}

TEST(LinkLinger, FailedWriteDoesNotThrowAwayWhatArrived) {
  World world;
  SimSocket& server = world.socket(SocketType::dealer);
  server.options.rcvhwm = 2;
  server.bind(7000);
  server.set_reads(false);
  auto peer = meet(world, 7000, SocketType::dealer);
  for (int i = 0; i < 100; ++i) peer->send(std::to_string(i));
  world.settle();
  world.network.reset(*world.network.wire_to(7000));
  for (int i = 0; i < 10; ++i) {
    (void)server.send({"into the void"});
    world.run_for(10);
  }
  server.set_reads(true);
  world.settle();
  EXPECT_EQ(server.inbox.size(), 100u);
}

TEST(LinkLinger, UnbindSendsWhatIsThereAndStillDelivers) {
  World world;
  world.network.settings.buffer_bytes = 1'000;
  SimSocket& server = world.socket(SocketType::dealer);
  server.bind(7000);
  server.options.linger = -1;
  auto peer = meet(world, 7000, SocketType::dealer);
  peer->send("before");
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(server.send({std::string(500, 'x')}));
  world.settle();
  server.unbind();
  std::size_t received = 0;
  for (int i = 0; i < 100 && !peer->has_ended(); ++i) {
    received += peer->frames().size();
    world.run_for(1);
  }
  received += peer->frames().size();
  EXPECT_EQ(received, 10u);
  EXPECT_EQ(server.inbox, (std::deque<Frames>{{"before"}}));
}

}  // namespace
}  // namespace zmqng
