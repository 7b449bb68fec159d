// DEALER: everything to the peers in turn, everything from the peers in turn, nothing added.
#include <gtest/gtest.h>
#include <zmq.h>

#include <array>

#include "api/support/socket.h"

namespace api_test {
namespace {

class Dealing : public testing::TestWithParam<Transport> {
 protected:
  Context context;
};

INSTANTIATE_TEST_SUITE_P(Over, Dealing, all_transports(), transport_label);

TEST_P(Dealing, AddsNothingAndTakesNothingAway) {
  Socket a{context, ZMQ_DEALER};
  Socket b{context, ZMQ_DEALER};
  b.connect(a.bind_any(GetParam()));
  b.send_all({"", "x", ""});
  EXPECT_EQ(a.recv(), (Frames{"", "x", ""}));
  a.send_all({"y"});
  EXPECT_EQ(b.recv(), (Frames{"y"}));
}

TEST_P(Dealing, SendsToItsPeersInTurn) {
  Socket dealer{context, ZMQ_DEALER};
  std::array peers{Socket{context, ZMQ_DEALER}, Socket{context, ZMQ_DEALER},
                   Socket{context, ZMQ_DEALER}};
  for (Socket& peer : peers) dealer.connect(peer.bind_any(GetParam()));
  for (int i = 0; i < 7; ++i) dealer.send(std::to_string(i));
  EXPECT_EQ(peers[0].recv_many(3), (Frames{"0", "3", "6"}));
  EXPECT_EQ(peers[1].recv_many(2), (Frames{"1", "4"}));
  EXPECT_EQ(peers[2].recv_many(2), (Frames{"2", "5"}));
}

TEST_P(Dealing, SendsAndReceivesWithoutAnyOrderBetweenTheTwo) {
  Socket dealer{context, ZMQ_DEALER};
  Socket peer{context, ZMQ_DEALER};
  dealer.connect(peer.bind_any(GetParam()));
  for (int i = 0; i < 3; ++i) dealer.send("out" + std::to_string(i));
  EXPECT_EQ(peer.recv_one(), "out0");
  for (int i = 0; i < 3; ++i) peer.send("in" + std::to_string(i));
  EXPECT_EQ(dealer.recv_many(3), (Frames{"in0", "in1", "in2"}));
  EXPECT_EQ(peer.recv_many(2), (Frames{"out1", "out2"}));
}

TEST_P(Dealing, TalksToAReplierWithAnEmptyFrame) {
  Socket dealer{context, ZMQ_DEALER};
  Socket rep{context, ZMQ_REP};
  dealer.connect(rep.bind_any(GetParam()));
  for (const char* text : {"1", "2"}) dealer.send_all({"", text});
  for (const std::string text : {"1", "2"}) {
    EXPECT_EQ(rep.recv_one(), text);
    rep.send("re:" + text);
    EXPECT_EQ(dealer.recv(), (Frames{"", "re:" + text}));
  }
}

TEST_P(Dealing, ProbesARouterWithAnEmptyMessage) {
  for (const int type : {ZMQ_DEALER, ZMQ_REQ}) {
    Socket router{context, ZMQ_ROUTER};
    Socket prober{context, type};
    prober.set(ZMQ_PROBE_ROUTER, 1).set(ZMQ_ROUTING_ID, "prober");
    prober.connect(router.bind_any(GetParam()));
    EXPECT_EQ(router.recv(), (Frames{"prober", ""}));
  }
}

TEST_P(Dealing, AProbeComesBeforeAnythingElse) {
  Socket router{context, ZMQ_ROUTER};
  Socket dealer{context, ZMQ_DEALER};
  dealer.set(ZMQ_PROBE_ROUTER, 1).set(ZMQ_ROUTING_ID, "d");
  const FreeEndpoint endpoint{GetParam()};
  dealer.connect(endpoint.text());
  dealer.send("data");
  router.bind(endpoint.text());
  EXPECT_EQ(router.recv(), (Frames{"d", ""}));
  EXPECT_EQ(router.recv(), (Frames{"d", "data"}));
}

TEST(DealingTurns, ReceivesFromItsPeersInTurn) {
  Context context;
  Socket dealer{context, ZMQ_DEALER};
  const std::string endpoint = dealer.bind_any(Transport::inproc);
  std::array peers{Socket{context, ZMQ_DEALER}, Socket{context, ZMQ_DEALER}};
  for (Socket& peer : peers) peer.connect(endpoint);
  for (size_t i = 0; i < 2; ++i) {
    for (int n = 0; n < 3; ++n) peers[i].send(std::to_string(i) + std::to_string(n));
  }
  EXPECT_EQ(dealer.recv_many(6), (Frames{"00", "10", "01", "11", "02", "12"}));
}

}  // namespace
}  // namespace api_test
