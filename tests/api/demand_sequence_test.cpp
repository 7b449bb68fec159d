// Legal calls in odd orders, peers of the wrong type, peers that come back. (A3, A12, B9, B10)
#include <gtest/gtest.h>
#include <zmq.h>

#include <array>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "api/support/child.h"
#include "api/support/monitor.h"
#include "api/support/plain_tcp.h"
#include "api/support/reference.h"
#include "api/support/socket.h"
#include "api/support/zmtp_peer.h"

namespace api_test {
namespace {

using std::chrono::milliseconds;

// ---- A3

struct Types {
  int sender, receiver;
};

TEST(SequenceChild, DISABLED_DisconnectBetweenTwoParts) {
  for (const Transport transport : {Transport::tcp, Transport::ipc, Transport::inproc}) {
    for (const Types types :
         {Types{ZMQ_PUSH, ZMQ_PULL}, Types{ZMQ_PAIR, ZMQ_PAIR}, Types{ZMQ_DEALER, ZMQ_DEALER},
          Types{ZMQ_DEALER, ZMQ_ROUTER}, Types{ZMQ_PUB, ZMQ_SUB}, Types{ZMQ_PUB, ZMQ_XSUB}}) {
      for (const bool unbinds : {false, true}) {
        Context context;
        Socket sender(context, types.sender), receiver(context, types.receiver);
        std::string endpoint;
        if (types.receiver == ZMQ_SUB) receiver.set(ZMQ_SUBSCRIBE, "");
        if (unbinds) {
          endpoint = receiver.bind_any(transport);
          sender.connect(endpoint);
        } else {
          endpoint = sender.bind_any(transport);
          receiver.connect(endpoint);
        }
        if (types.receiver == ZMQ_XSUB) receiver.send("\1");
        ASSERT_TRUE(wait_until([&] {
          (void)sender.try_send_all({"one", "two", "three"}, ZMQ_DONTWAIT);
          return receiver.wait_readable(milliseconds{2});
        }));
        char text[16];
        ASSERT_GT(zmq_recv(receiver, text, sizeof text, ZMQ_DONTWAIT), 0);
        EXPECT_EQ(unbinds ? receiver.try_unbind(endpoint) : receiver.try_disconnect(endpoint), ok);
        // The rest of the message, or nothing of it.
        const int rc = zmq_recv(receiver, text, sizeof text, ZMQ_DONTWAIT);
        if (rc == -1) {
          EXPECT_EQ(zmq_errno(), EAGAIN);
        } else {
          EXPECT_EQ(std::string(text, static_cast<size_t>(rc)),
                    types.receiver == ZMQ_ROUTER ? "one" : "two");
        }
        while (zmq_recv(receiver, text, sizeof text, ZMQ_DONTWAIT) != -1) {
        }
        ASSERT_FALSE(HasFailure()) << transport << " " << types.sender << " to " << types.receiver;
      }
    }
  }
}

TEST(Sequence, DisconnectBetweenTwoPartsIsSafe) {
  SKIP_ON_REFERENCE("it aborts");
  const ChildResult child = run_child("SequenceChild.DISABLED_DisconnectBetweenTwoParts");
  EXPECT_TRUE(child.succeeded()) << child;
}

// Random legal calls on sockets of all types: answers don't matter, staying alive does.
TEST(SequenceChild, DISABLED_RandomCalls) {
  const auto seed = static_cast<unsigned>(environment_int("SEED"));
  const int steps = environment_int("STEPS");
  std::mt19937 random(seed);
  const auto below = [&](size_t n) { return random() % n; };
  constexpr std::array types{ZMQ_PAIR,   ZMQ_PUB,  ZMQ_SUB,  ZMQ_REQ,  ZMQ_REP,  ZMQ_DEALER,
                             ZMQ_ROUTER, ZMQ_PULL, ZMQ_PUSH, ZMQ_XPUB, ZMQ_XSUB, ZMQ_STREAM};
  constexpr std::array transports{Transport::tcp, Transport::ipc, Transport::inproc};
  Context context;
  std::vector<std::unique_ptr<Socket>> sockets;
  std::vector<std::string> endpoints;
  for (int step = 0; step < steps; ++step) {
    if (sockets.size() < 4 || (sockets.size() < 24 && below(40) == 0)) {
      sockets.push_back(std::make_unique<Socket>(context, types[below(types.size())]));
      sockets.back()->set(ZMQ_LINGER, 0).set(ZMQ_RECONNECT_IVL, 3);
      if (below(2) == 0) sockets.back()->set(ZMQ_SNDHWM, 2).set(ZMQ_RCVHWM, 2);
      if (below(4) == 0) (void)sockets.back()->try_set(ZMQ_ROUTING_ID, std::string_view("same"));
      if (below(4) == 0) (void)sockets.back()->try_set(ZMQ_CONFLATE, 1);
      if (below(4) == 0) (void)sockets.back()->try_set(ZMQ_IMMEDIATE, 1);
      if (below(4) == 0) (void)sockets.back()->try_set(ZMQ_ROUTER_HANDOVER, 1);
    }
    Socket& socket = *sockets[below(sockets.size())];
    const std::string endpoint = endpoints.empty() ? "" : endpoints[below(endpoints.size())];
    char octets[32];
    switch (below(14)) {
      case 0:
        if (endpoints.size() < 40 &&
            socket.try_bind(bindable_endpoint(transports[below(3)])) == ok) {
          endpoints.push_back(socket.last_endpoint());
        }
        break;
      case 1:
        (void)socket.try_connect(endpoint);
        break;
      case 2:
        (void)socket.try_disconnect(endpoint);
        break;
      case 3:
        if (below(8) == 0) (void)socket.try_unbind(endpoint);
        break;
      case 4:
        (void)socket.try_set(below(2) == 0 ? ZMQ_SUBSCRIBE : ZMQ_UNSUBSCRIBE,
                             std::string_view("topic").substr(0, below(5)));
        break;
      case 5:
        if (below(30) == 0)
          sockets.erase(sockets.begin() + static_cast<long>(below(sockets.size())));
        break;
      case 6:
      case 7:
      case 8:
        (void)socket.try_send(std::string(below(3) == 0 ? 5000 : below(40), 'x'),
                              below(3) == 0 ? ZMQ_DONTWAIT | ZMQ_SNDMORE : ZMQ_DONTWAIT);
        break;
      case 9:
        (void)socket.events();
        break;
      default:
        (void)zmq_recv(socket, octets, sizeof octets, ZMQ_DONTWAIT);
    }
  }
}

// The whole demand is a million; a test run is content with fewer (API_TEST_STEPS overrides).
TEST(SlowSequence, RandomLegalCallsNeverAbort) {
  SKIP_ON_REFERENCE("it aborts now and then");
  const int steps = environment_int("API_TEST_STEPS", 20'000);
  const auto limit = 3 * deadline + milliseconds{steps};
  for (int round = 0; round < 3; ++round) {
    const std::string seed = std::to_string(std::random_device{}() & 0x7fffffff);
    const ChildResult child = run_child("SequenceChild.DISABLED_RandomCalls",
                                        {{"SEED", seed}, {"STEPS", std::to_string(steps)}}, limit);
    ASSERT_TRUE(child.succeeded()) << "SEED=" << seed << "\n" << child;
  }
}

// ---- A12

struct Kind {
  int type;
  const char* name;
  const char* partners;
};
constexpr std::array kinds{Kind{ZMQ_PAIR, "PAIR", " PAIR "},
                           Kind{ZMQ_PUB, "PUB", " SUB XSUB "},
                           Kind{ZMQ_SUB, "SUB", " PUB XPUB "},
                           Kind{ZMQ_REQ, "REQ", " REP ROUTER "},
                           Kind{ZMQ_REP, "REP", " REQ DEALER "},
                           Kind{ZMQ_DEALER, "DEALER", " REP DEALER ROUTER "},
                           Kind{ZMQ_ROUTER, "ROUTER", " REQ DEALER ROUTER "},
                           Kind{ZMQ_PULL, "PULL", " PUSH "},
                           Kind{ZMQ_PUSH, "PUSH", " PULL "},
                           Kind{ZMQ_XPUB, "XPUB", " SUB XSUB "},
                           Kind{ZMQ_XSUB, "XSUB", " PUB XPUB "}};

bool fits(const Kind& kind, const std::string& peer) {
  return std::string(kind.partners).find(" " + peer + " ") != std::string::npos;
}

constexpr int handshake_events =
    ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_DISCONNECTED;

// The reference says nothing of the reason.
void expect_refusal(Monitor& events) {
  if (is_reference()) return;
  EXPECT_EQ(events.expect(ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL).value,
            ZMQ_PROTOCOL_ERROR_ZMTP_INVALID_METADATA);
}

TEST(WrongPeer, IsRefusedByEverySocketType) {
  for (const Kind& kind : kinds) {
    Context context;
    Socket socket(context, kind.type);
    Monitor events(context, socket, handshake_events);
    const std::string endpoint = socket.bind_any(Transport::tcp);
    std::vector<std::string> names{"STREAM", "FOO", "", "pair", "PAIRX"};
    for (const Kind& other : kinds) names.emplace_back(other.name);
    for (const std::string& name : names) {
      SCOPED_TRACE(std::string(kind.name) + " meets '" + name + "'");
      ZmtpPeer peer = ZmtpPeer::connect(endpoint);
      peer.send(zmtp_greeting());
      ASSERT_EQ(peer.recv(64).size(), 64u);
      ASSERT_TRUE(peer.recv_frame());
      peer.send(zmtp_ready(name));
      if (fits(kind, name)) {
        events.expect(ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
        peer.close();
      } else {
        EXPECT_TRUE(peer.wait_closed());
        expect_refusal(events);
      }
      events.expect(ZMQ_EVENT_DISCONNECTED);
      ASSERT_FALSE(HasFailure());
    }
  }
}

TEST(WrongPeer, IsRefusedWhenTwoSocketsOfTheLibraryMeet) {
  for (const Kind& binder_kind : kinds) {
    for (const Kind& connecter_kind : kinds) {
      if (fits(binder_kind, connecter_kind.name)) continue;
      SCOPED_TRACE(std::string(binder_kind.name) + " and " + connecter_kind.name);
      Context context;
      Socket binder(context, binder_kind.type), connecter(context, connecter_kind.type);
      Monitor events(context, connecter, handshake_events);
      connecter.connect(binder.bind_any(Transport::ipc));
      expect_refusal(events);
      events.expect(ZMQ_EVENT_DISCONNECTED);
      ASSERT_FALSE(HasFailure());
    }
  }
}

// A ZMTP 2.0 peer tells its type as a number in the greeting.
TEST(WrongPeer, IsRefusedInZmtp2Too) {
  SKIP_ON_REFERENCE("it does not look at the type of such peers");
  for (const Kind& kind : kinds) {
    Context context;
    Socket socket(context, kind.type);
    Monitor events(context, socket, ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL);
    const std::string endpoint = socket.bind_any(Transport::tcp);
    for (const Kind& other : kinds) {
      if (fits(kind, other.name) || other.type > ZMQ_PUSH) continue;
      SCOPED_TRACE(std::string(kind.name) + " meets " + other.name);
      ZmtpPeer peer = ZmtpPeer::connect(endpoint);
      std::string greeting("\xff\0\0\0\0\0\0\0\x01\x7f\x01", 11);
      greeting += static_cast<char>(other.type);
      peer.send(greeting + std::string("\0\0", 2));
      EXPECT_TRUE(peer.wait_closed());
      expect_refusal(events);
      ASSERT_FALSE(HasFailure());
    }
  }
}

// ---- B9, B10

class ComeBack : public testing::TestWithParam<Transport> {};
INSTANTIATE_TEST_SUITE_P(Over, ComeBack, all_transports(), transport_label);

TEST_P(ComeBack, APairThatConnectsAgainIsHeard) {
  SKIP_ON_REFERENCE("the second connection is ignored");
  for (int round = 0; round < 20; ++round) {
    Context context;
    Socket binder(context, ZMQ_PAIR), connecter(context, ZMQ_PAIR);
    connecter.set(ZMQ_RECONNECT_IVL, 2);
    const std::string endpoint = binder.bind_any(GetParam());
    connecter.connect(endpoint);
    connecter.send("first");
    EXPECT_EQ(binder.recv_one(), "first");
    connecter.disconnect(endpoint);
    connecter.connect(endpoint);
    connecter.send("second");
    EXPECT_EQ(binder.recv_one(), "second");
    binder.send("answer");
    EXPECT_EQ(connecter.recv_one(), "answer");
    ASSERT_FALSE(HasFailure());
  }
}

TEST_P(ComeBack, ANewPairMayFollowAClosedOne) {
  SKIP_ON_REFERENCE("the new one may come too early for it");
  Context context;
  Socket binder(context, ZMQ_PAIR);
  const std::string endpoint = binder.bind_any(GetParam());
  for (int round = 0; round < 50; ++round) {
    Socket connecter(context, ZMQ_PAIR);
    connecter.set(ZMQ_RECONNECT_IVL, 2);
    connecter.connect(endpoint);
    connecter.send(std::to_string(round));
    EXPECT_EQ(binder.recv_one(), std::to_string(round));
    ASSERT_FALSE(HasFailure());
  }
}

// The client was killed and is back with its name before the busy ROUTER has noticed.
TEST(ComeBackToRouter, AClientWithTheSameNameIsHeardAtOnce) {
  SKIP_ON_REFERENCE("it ignores the name's second owner until the first is read empty");
  Context context;
  Socket router(context, ZMQ_ROUTER);
  const std::string endpoint = router.bind_any(Transport::tcp);
  for (int round = 0; round < 100; ++round) {
    ZmtpPeer first = ZmtpPeer::connect(endpoint);
    ASSERT_TRUE(first.handshake("DEALER", "X"));
    first.send_message("old " + std::to_string(round));
    first.reset();
    ZmtpPeer second = ZmtpPeer::connect(endpoint);
    ASSERT_TRUE(second.handshake("DEALER", "X"));
    second.send_message("new " + std::to_string(round));
    // The old message may have died with its connection, or come after the new one, for they are of
    // two connections; the new one must come.
    Frames message;
    do {
      message = router.recv();
      ASSERT_EQ(message.size(), 2u);
      EXPECT_EQ(message[0], "X");
    } while (message[1].starts_with("old "));
    EXPECT_EQ(message[1], "new " + std::to_string(round));
    router.send_all({"X", "reply"});
    const auto reply = second.recv_frame();
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->body, "reply");
    second.close();
  }
}

// The same while the dead client's messages fill its pipe, so that nobody reads its connection.
TEST(ComeBackToRouter, AClientWithTheSameNameIsHeardBehindAFullPipe) {
  SKIP_ON_REFERENCE("it ignores the name's second owner until the first is read empty");
  Context context;
  Socket router(context, ZMQ_ROUTER);
  router.set(ZMQ_RCVHWM, 5);
  const std::string endpoint = router.bind_any(Transport::tcp);
  for (int round = 0; round < 20; ++round) {
    ZmtpPeer first = ZmtpPeer::connect(endpoint);
    ASSERT_TRUE(first.handshake("DEALER", "X"));
    for (int i = 0; i < 20; ++i) first.send_message("old");
    EXPECT_TRUE(wait_until([&] { return router.readable(); }));
    first.close();
    ZmtpPeer second = ZmtpPeer::connect(endpoint);
    ASSERT_TRUE(second.handshake("DEALER", "X"));
    second.send_message("new");
    std::map<Frames, int> received;
    for (int i = 0; i < 21; ++i) ++received[router.recv()];
    ASSERT_EQ(received, (std::map<Frames, int>{{{"X", "old"}, 20}, {{"X", "new"}, 1}}));
    second.close();
  }
}

}  // namespace
}  // namespace api_test
