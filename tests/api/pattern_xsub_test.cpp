// XSUB: a subscriber whose subscriptions are messages, and which may talk upstream.
#include <gtest/gtest.h>
#include <zmq.h>

#include <array>

#include "api/support/plain_tcp.h"
#include "api/support/pub_sub.h"
#include "api/support/socket.h"
#include "api/support/zmtp_peer.h"

namespace api_test {
namespace {

class Xsub : public testing::TestWithParam<Transport> {
 protected:
  void pair_up() { xsub.connect(xpub.bind_any(GetParam())); }
  Context context;
  Socket xpub{context, ZMQ_XPUB};
  Socket xsub{context, ZMQ_XSUB};
};

INSTANTIATE_TEST_SUITE_P(Over, Xsub, all_transports(), transport_label);

TEST_P(Xsub, SubscribesAndCancelsByMessages) {
  pair_up();
  xsub.send(subscribing("a"));
  EXPECT_EQ(xpub.recv_one(), subscribing("a"));
  xpub.send("a1");
  xpub.send("b1");
  xpub.send("a2");
  EXPECT_EQ(xsub.recv_many(2), (Frames{"a1", "a2"}));
  xsub.send(cancelling("a"));
  EXPECT_EQ(xpub.recv_one(), cancelling("a"));
  xpub.send("a3");
  xsub.send(subscribing("end"));
  EXPECT_EQ(xpub.recv_one(), subscribing("end"));
  xpub.send("end");
  EXPECT_EQ(xsub.recv_one(), "end");
}

TEST(XsubUpstream, WaitsForTheNextConnectionAndFollowsTheSubscriptions) {
  Context context;
  PlainTcpServer server;
  Socket xsub{context, ZMQ_XSUB};
  xsub.set(ZMQ_RECONNECT_IVL, 10);
  xsub.connect(server.endpoint());
  {
    ZmtpPeer first(server.accept());
    ASSERT_TRUE(first.handshake("XPUB"));
    xsub.send(subscribing("A"));
    EXPECT_TRUE(wait_until([&] {
      (void)xsub.events();
      return !first.stays_quiet(std::chrono::milliseconds{1});
    }));
  }
  ASSERT_TRUE(server.has_caller()) << "the loss has been noticed";
  xsub.send("up0");
  xsub.send_all({"up1", "up2"});
  ZmtpPeer second(server.accept());
  ASSERT_TRUE(second.handshake("XPUB"));
  for (const char* body : {"\x09SUBSCRIBEA", "up0", "up1", "up2"}) {
    const auto frame = second.recv_frame();
    ASSERT_TRUE(frame);
    EXPECT_EQ(frame->body, body);
  }
}

TEST_P(Xsub, EveryUpstreamMessageHasItsMeaning) {
  pair_up();
  struct Row {
    std::string sent;
    bool arrives;
  };
  const Row rows[] = {
      {subscribing("abc"), true},
      {subscribing(""), true},
      {"\2abc", true},
      {"", true},
      {"data", true},
      {cancelling("never subscribed"), false},
  };
  for (const Row& row : rows) {
    xsub.send(row.sent);
    if (row.arrives) {
      EXPECT_EQ(xpub.recv_one(), row.sent);
    }
  }
  xsub.send("marker");
  EXPECT_EQ(xpub.recv_one(), "marker");
}

TEST_P(Xsub, CountsItsSubscriptions) {
  pair_up();
  xpub.set(ZMQ_XPUB_VERBOSER, 1);
  for (int i = 0; i < 2; ++i) {
    xsub.send(subscribing("a"));
    EXPECT_EQ(xpub.recv_one(), subscribing("a"));
  }
  xsub.send(cancelling("a"));
  xsub.send("marker");
  EXPECT_EQ(xpub.recv_one(), "marker") << "one reference is left";
  xsub.send(cancelling("a"));
  EXPECT_EQ(xpub.recv_one(), cancelling("a"));
}

TEST_P(Xsub, SubscriptionsGoToEveryPublisher) {
  Socket other{context, ZMQ_XPUB};
  xsub.connect(xpub.bind_any(GetParam()));
  xsub.send(subscribing("early"));
  xsub.connect(other.bind_any(GetParam()));
  xsub.send(subscribing("late"));
  for (Socket* each : {&xpub, &other}) {
    EXPECT_EQ(each->recv_one(), subscribing("early"));
    EXPECT_EQ(each->recv_one(), subscribing("late"));
  }
}

TEST_P(Xsub, DataGoesToEveryPublisher) {
  Socket other{context, ZMQ_XPUB};
  xsub.connect(xpub.bind_any(GetParam()));
  xsub.connect(other.bind_any(GetParam()));
  xsub.send_all({"data", "part"});
  EXPECT_EQ(xpub.recv(), (Frames{"data", "part"}));
  EXPECT_EQ(other.recv(), (Frames{"data", "part"}));
}

TEST_P(Xsub, DropsDataWithoutAPublisher) {
  EXPECT_TRUE(xsub.writable());
  xsub.send("nobody hears");
  pair_up();
  xsub.send("marker");
  EXPECT_EQ(xpub.recv_one(), "marker");
}

TEST_P(Xsub, PassesWelcomesThatWereNeverSubscribed) {
  xpub.set(ZMQ_XPUB_WELCOME_MSG, "welcome");
  pair_up();
  EXPECT_TRUE(wait_served(xpub, xsub));
  EXPECT_EQ(xsub.recv_one(), "welcome");
}

TEST_P(Xsub, AProxyOfXsubAndXpubForwardsSubscriptionsAndData) {
  Socket pub{context, ZMQ_PUB};
  Socket sub{context, ZMQ_SUB};
  xsub.connect(pub.bind_any(GetParam()));
  sub.connect(xpub.bind_any(GetParam()));
  sub.set(ZMQ_SUBSCRIBE, "a");
  xsub.send_all(xpub.recv());
  settle(pub, xsub, "a");
  pub.send_all({"abc", "part"});
  pub.send("b");
  xpub.send_all(xsub.recv());
  EXPECT_EQ(sub.recv(), (Frames{"abc", "part"}));
}

TEST(XsubTurns, ReadsItsPublishersInTurn) {
  Context context;
  Socket xsub{context, ZMQ_XSUB};
  const std::string endpoint = xsub.bind_any(Transport::inproc);
  std::array pubs{Socket{context, ZMQ_PUB}, Socket{context, ZMQ_PUB}};
  for (Socket& pub : pubs) pub.connect(endpoint);
  xsub.send(subscribing(""));
  for (size_t i = 0; i < 2; ++i) {
    (void)pubs[i].events();
    for (int n = 0; n < 3; ++n) pubs[i].send(std::to_string(i) + std::to_string(n));
  }
  EXPECT_EQ(xsub.recv_many(6), (Frames{"00", "10", "01", "11", "02", "12"}));
}

}  // namespace
}  // namespace api_test
