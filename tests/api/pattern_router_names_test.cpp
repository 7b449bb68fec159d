// ROUTER's names: two peers of one name, handing a name over, naming connections oneself, and
// being told about arrivals and departures.
#include <gtest/gtest.h>
#include <zmq.h>

#include <array>

#include "api/support/plain_tcp.h"
#include "api/support/reference.h"
#include "api/support/socket.h"
#include "api/support/wait.h"

namespace api_test {
namespace {

constexpr int router_notify = 97;  // ZMQ_ROUTER_NOTIFY, a draft name in the header

class Naming : public testing::TestWithParam<Transport> {
 protected:
  void call(Socket& dealer, const std::string& name, const std::string& endpoint) {
    dealer.set(ZMQ_ROUTING_ID, name);
    dealer.connect(endpoint);
  }
  void join(Socket& dealer, const std::string& name, const std::string& endpoint) {
    call(dealer, name, endpoint);
    dealer.send("hello");
    EXPECT_EQ(router.recv(), (Frames{name, "hello"}));
  }
  Context context;
  Socket router{context, ZMQ_ROUTER};
};

INSTANTIATE_TEST_SUITE_P(Over, Naming, all_transports(), transport_label);

TEST_P(Naming, TheFirstOwnerOfANameKeepsIt) {
  const std::string endpoint = router.bind_any(GetParam());
  Socket first{context, ZMQ_DEALER};
  Socket second{context, ZMQ_DEALER};
  join(first, "same", endpoint);
  call(second, "same", endpoint);
  EXPECT_EQ(second.try_send("from the second", 0), ok);
  EXPECT_TRUE(router.stays_silent());
  router.send_all({"same", "to the first"});
  EXPECT_EQ(first.recv_one(), "to the first");
  EXPECT_EQ(second.try_recv(), std::nullopt);
  first.send("still here");
  EXPECT_EQ(router.recv(), (Frames{"same", "still here"}));
}

TEST_P(Naming, TheNextOwnerOfANameIsHeardWhenTheFirstHasLeft) {
  SKIP_ON_REFERENCE("it never hears the second one");
  const std::string endpoint = router.bind_any(GetParam());
  Socket second{context, ZMQ_DEALER};
  {
    Socket first{context, ZMQ_DEALER};
    join(first, "same", endpoint);
    call(second, "same", endpoint);
    EXPECT_EQ(second.try_send("from the second", 0), ok);
    EXPECT_TRUE(router.stays_silent());
  }
  EXPECT_EQ(router.recv(), (Frames{"same", "from the second"}));
  router.send_all({"same", "to the second"});
  EXPECT_EQ(second.recv_one(), "to the second");
}

TEST_P(Naming, OtherPeersAreServedBesideADuplicate) {
  const std::string endpoint = router.bind_any(GetParam());
  Socket first{context, ZMQ_DEALER};
  Socket second{context, ZMQ_DEALER};
  Socket third{context, ZMQ_DEALER};
  join(first, "same", endpoint);
  call(second, "same", endpoint);
  second.try_send("x", 0);
  join(third, "other", endpoint);
  router.send_all({"other", "y"});
  EXPECT_EQ(third.recv_one(), "y");
}

TEST_P(Naming, HandoverGivesTheNameToTheNewcomer) {
  router.set(ZMQ_ROUTER_HANDOVER, 1);
  const std::string endpoint = router.bind_any(GetParam());
  std::array dealers{Socket{context, ZMQ_DEALER}, Socket{context, ZMQ_DEALER},
                     Socket{context, ZMQ_DEALER}};
  for (Socket& newcomer : dealers) {
    join(newcomer, "same", endpoint);
    router.send_all({"same", "to the newcomer"});
    EXPECT_EQ(newcomer.recv_one(), "to the newcomer");
  }
  EXPECT_EQ(dealers[0].try_recv(), std::nullopt);
  EXPECT_EQ(dealers[1].try_recv(), std::nullopt);
}

TEST_P(Naming, ADisplacedPeerIsNotHeardAnyMore) {
  router.set(ZMQ_ROUTER_HANDOVER, 1);
  const std::string endpoint = router.bind_any(GetParam());
  Socket first{context, ZMQ_DEALER};
  Socket second{context, ZMQ_DEALER};
  join(first, "same", endpoint);
  join(second, "same", endpoint);
  first.try_send("late");
  EXPECT_TRUE(router.stays_silent());
  second.send("heard");
  EXPECT_EQ(router.recv(), (Frames{"same", "heard"}));
}

TEST_P(Naming, ANameInUseCannotBeChosenForAConnection) {
  SKIP_ON_REFERENCE("it aborts");
  Socket a{context, ZMQ_DEALER};
  Socket b{context, ZMQ_DEALER};
  const std::string to_a = a.bind_any(GetParam());
  const std::string to_b = b.bind_any(GetParam());
  router.set(ZMQ_CONNECT_ROUTING_ID, "chosen");
  router.connect(to_a);
  Outcome outcome = router.try_set(ZMQ_CONNECT_ROUTING_ID, "chosen");
  if (outcome == ok) outcome = router.try_connect(to_b);
  EXPECT_EQ(outcome, fails_with(EINVAL));
  router.send_all({"chosen", "x"});
  EXPECT_EQ(a.recv_one(), "x");
  EXPECT_EQ(b.try_recv(), std::nullopt);
}

TEST_P(Naming, AChosenNameHoldsForAConnectionThatIsMadeLater) {
  SKIP_ON_REFERENCE("it forgets the name");
  if (GetParam() == Transport::inproc) GTEST_SKIP() << "ZMQ_IMMEDIATE says nothing of inproc";
  Socket dealer{context, ZMQ_DEALER};
  const FreeEndpoint endpoint{GetParam()};
  router.set(ZMQ_ROUTER_MANDATORY, 1).set(ZMQ_IMMEDIATE, 1).set(ZMQ_RECONNECT_IVL, 10);
  router.set(ZMQ_CONNECT_ROUTING_ID, "chosen");
  router.connect(endpoint.text());
  EXPECT_EQ(router.try_send_all({"chosen", "x"}, ZMQ_DONTWAIT), fails_with(EHOSTUNREACH));
  dealer.bind(endpoint.text());
  EXPECT_TRUE(wait_until([&] { return router.try_send_all({"chosen", "x"}) == ok; }));
  EXPECT_EQ(dealer.recv_one(), "x");
}

TEST_P(Naming, ANameChosenForAConnectionToComeIsTaken) {
  SKIP_ON_REFERENCE("it forgets the name");
  if (GetParam() == Transport::inproc) GTEST_SKIP() << "ZMQ_IMMEDIATE says nothing of inproc";
  const FreeEndpoint one{GetParam()};
  const FreeEndpoint two{GetParam()};
  router.set(ZMQ_IMMEDIATE, 1).set(ZMQ_CONNECT_ROUTING_ID, "chosen");
  router.connect(one.text());
  router.set(ZMQ_CONNECT_ROUTING_ID, "chosen");
  EXPECT_EQ(router.try_connect(two.text()), fails_with(EINVAL));
}

TEST_P(Naming, TheNameOfACallerCannotBeChosenForAConnection) {
  SKIP_ON_REFERENCE("it aborts");
  Socket caller{context, ZMQ_DEALER};
  join(caller, "taken", router.bind_any(GetParam()));
  Socket other{context, ZMQ_DEALER};
  const std::string endpoint = other.bind_any(GetParam());
  Outcome outcome = router.try_set(ZMQ_CONNECT_ROUTING_ID, "taken");
  if (outcome == ok) outcome = router.try_connect(endpoint);
  EXPECT_EQ(outcome, fails_with(EINVAL));
  router.send_all({"taken", "x"});
  EXPECT_EQ(caller.recv_one(), "x");
}

TEST_P(Naming, AChosenNameIsFreeAgainAfterADisconnect) {
  Socket dealer{context, ZMQ_DEALER};
  const std::string endpoint = dealer.bind_any(GetParam());
  router.set(ZMQ_ROUTER_MANDATORY, 1).set(ZMQ_LINGER, 0);
  for (int round = 0; round < 3; ++round) {
    router.set(ZMQ_CONNECT_ROUTING_ID, "chosen" + std::to_string(is_reference() ? round : 0));
    router.connect(endpoint);
    const std::string name = "chosen" + std::to_string(is_reference() ? round : 0);
    EXPECT_EQ(router.try_send_all({name, std::to_string(round)}), ok);
    EXPECT_EQ(dealer.recv_one(), std::to_string(round));
    router.disconnect(endpoint);
    EXPECT_TRUE(wait_until([&] {
      (void)router.events();
      const Outcome outcome = router.try_send(name, ZMQ_SNDMORE | ZMQ_DONTWAIT);
      if (outcome == ok) router.try_send("x");
      return outcome == fails_with(EHOSTUNREACH);
    }));
    while (dealer.try_recv()) {
    }
  }
}

TEST(NamingOptions, RoutingIdTakes1To255Octets) {
  Context context;
  Socket dealer{context, ZMQ_DEALER};
  EXPECT_EQ(dealer.get_octets(ZMQ_ROUTING_ID), "");
  EXPECT_EQ(dealer.try_set(ZMQ_ROUTING_ID, std::string()), fails_with(EINVAL));
  EXPECT_EQ(dealer.try_set(ZMQ_ROUTING_ID, std::string(256, 'a')), fails_with(EINVAL));
  for (const std::string& id :
       {std::string(1, '\0'), std::string(1, 'a'), std::string(4, '\0'), std::string(255, 'z')}) {
    dealer.set(ZMQ_ROUTING_ID, id);
    EXPECT_EQ(dealer.get_octets(ZMQ_ROUTING_ID), id);
  }
}

TEST(NamingOptions, ConnectRoutingIdTakesOneOctetOrMore) {
  for (const int type : {ZMQ_ROUTER, ZMQ_REP, ZMQ_STREAM}) {
    Context context;
    Socket socket{context, type};
    EXPECT_EQ(socket.try_set(ZMQ_CONNECT_ROUTING_ID, std::string()), fails_with(EINVAL));
    socket.set(ZMQ_CONNECT_ROUTING_ID, std::string(1, '\1'));
    socket.set(ZMQ_CONNECT_ROUTING_ID, std::string(255, 'a'));
  }
  Context context;
  Socket dealer{context, ZMQ_DEALER};
  EXPECT_EQ(dealer.try_set(ZMQ_CONNECT_ROUTING_ID, "x"), fails_with(EINVAL));
}

TEST(NamingOptions, AnIdSetAfterConnectingCountsForLaterConnections) {
  Context context;
  Socket first{context, ZMQ_ROUTER};
  Socket second{context, ZMQ_ROUTER};
  Socket dealer{context, ZMQ_DEALER};
  dealer.set(ZMQ_ROUTING_ID, "before");
  dealer.connect(first.bind_any(Transport::inproc));
  dealer.set(ZMQ_ROUTING_ID, "after");
  dealer.connect(second.bind_any(Transport::inproc));
  dealer.send("1");
  dealer.send("2");
  EXPECT_EQ(first.recv(), (Frames{"before", "1"}));
  EXPECT_EQ(second.recv(), (Frames{"after", "2"}));
}

class Notifying : public testing::TestWithParam<Transport> {};
INSTANTIATE_TEST_SUITE_P(Over, Notifying, stream_transports(), transport_label);

TEST_P(Notifying, TheRouterIsToldOfArrivalsAndDepartures) {
  SKIP_ON_REFERENCE("a draft option there");
  for (const int mask : {0, 1, 2, 3}) {
    Context context;
    Socket router{context, ZMQ_ROUTER};
    router.set(router_notify, mask);
    EXPECT_EQ(router.get_int(router_notify), mask);
    const std::string endpoint = router.bind_any(GetParam());
    Socket dealer{context, ZMQ_DEALER};
    dealer.set(ZMQ_ROUTING_ID, "d");
    dealer.connect(endpoint);
    dealer.send("data");
    if ((mask & 1) != 0) {
      EXPECT_EQ(router.recv(), (Frames{"d", ""}));
    }
    EXPECT_EQ(router.recv(), (Frames{"d", "data"}));
    dealer.close();
    if ((mask & 2) != 0) {
      EXPECT_EQ(router.recv(), (Frames{"d", ""}));
    }
    Socket marker{context, ZMQ_DEALER};
    marker.set(ZMQ_ROUTING_ID, "m");
    marker.connect(endpoint);
    marker.send("marker");
    if ((mask & 1) != 0) {
      EXPECT_EQ(router.recv(), (Frames{"m", ""}));
    }
    EXPECT_EQ(router.recv(), (Frames{"m", "marker"}));
  }
}

TEST(RawRouter, TalksPlainTcp) {
  Context context;
  Socket router{context, ZMQ_ROUTER};
  router.set(ZMQ_ROUTER_RAW, 1);
  PlainTcp peer = PlainTcp::connect(router.bind_any(Transport::tcp));
  peer.send("GET / HTTP/1.0\r\n\r\n");
  std::string id;
  std::string request;
  while (request.size() < 18 && !testing::Test::HasFailure()) {
    const Frames message = router.recv();
    ASSERT_EQ(message.size(), 2u);
    id = message[0];
    request += message[1];
  }
  EXPECT_EQ(id.size(), 5u);
  EXPECT_EQ(request, "GET / HTTP/1.0\r\n\r\n");
  router.send_all({id, "HTTP/1.0 200 OK\r\n"});
  EXPECT_EQ(peer.recv(17), "HTTP/1.0 200 OK\r\n");
}

TEST(RawRouter, IsToldOfEveryConnectionThatComesAndGoes) {
  Context context;
  Socket router{context, ZMQ_ROUTER};
  router.set(ZMQ_ROUTER_RAW, 1);
  PlainTcp peer = PlainTcp::connect(router.bind_any(Transport::tcp));
  const Frames came = router.recv();
  ASSERT_EQ(came.size(), 2u);
  EXPECT_EQ(came[1], "");
  peer.send("x");
  EXPECT_EQ(router.recv(), (Frames{came[0], "x"}));
  peer.close();
  EXPECT_EQ(router.recv(), (Frames{came[0], ""}));
}

TEST(RawRouter, ClosesAConnectionByAnEmptyBody) {
  Context context;
  Socket router{context, ZMQ_ROUTER};
  router.set(ZMQ_ROUTER_RAW, 1);
  PlainTcp peer = PlainTcp::connect(router.bind_any(Transport::tcp));
  peer.send("x");
  const Frames message = router.recv();
  ASSERT_EQ(message.size(), 2u);
  router.send_all({message[0], ""});
  EXPECT_TRUE(wait_until([&] {
    (void)router.events();
    return peer.wait_closed(std::chrono::milliseconds{1});
  }));
}

}  // namespace
}  // namespace api_test
