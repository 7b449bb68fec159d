// ZMQ_CONFLATE: one place for one message, the latest.
#include <gtest/gtest.h>
#include <zmq.h>

#include "api/support/pub_sub.h"
#include "api/support/reference.h"
#include "api/support/socket.h"

namespace api_test {
namespace {

class Conflating : public testing::TestWithParam<Transport> {
 protected:
  Context context;
};
INSTANTIATE_TEST_SUITE_P(Over, Conflating, all_transports(), transport_label);

// Reads until `last` comes; every message on the way must be later than the one before.
void expect_newer_until(Socket& socket, int last) {
  int before = -1;
  while (before < last && !testing::Test::HasFailure()) {
    const int got = std::stoi("0" + socket.recv_one());
    EXPECT_GT(got, before);
    before = got;
  }
  EXPECT_EQ(before, last);
  EXPECT_EQ(socket.try_recv(), std::nullopt);
}

TEST_P(Conflating, ReceiversEndWithTheLatestMessage) {
  Socket push{context, ZMQ_PUSH};
  Socket pull{context, ZMQ_PULL};
  push.set(ZMQ_CONFLATE, 1);
  pull.set(ZMQ_CONFLATE, 1);
  push.connect(pull.bind_any(GetParam()));
  for (int i = 0; i <= 200; ++i) push.send(std::to_string(i));
  expect_newer_until(pull, 200);
}

TEST_P(Conflating, ASenderNeverBlocks) {
  if (GetParam() == Transport::inproc) {
    SKIP_ON_REFERENCE("it loses what a conflating inproc connecter had before the bind");
  }
  const FreeEndpoint nobody{GetParam()};
  Socket push{context, ZMQ_PUSH};
  Socket pull{context, ZMQ_PULL};
  push.set(ZMQ_CONFLATE, 1).set(ZMQ_SNDHWM, 1);
  pull.set(ZMQ_CONFLATE, 1);
  push.connect(nobody.text());
  for (int i = 0; i <= 200; ++i) EXPECT_EQ(push.try_send(std::to_string(i)), ok);
  EXPECT_TRUE(push.writable());
  pull.bind(nobody.text());
  EXPECT_EQ(pull.recv_one(), "200");
  EXPECT_EQ(pull.try_recv(), std::nullopt);
}

TEST_P(Conflating, SubscribersSeeTheLatestOfTheirTopic) {
  Socket pub{context, ZMQ_PUB};
  Socket sub{context, ZMQ_SUB};
  sub.set(ZMQ_CONFLATE, 1).set(ZMQ_SUBSCRIBE, "");
  sub.connect(pub.bind_any(GetParam()));
  settle(pub, sub, "");
  for (int i = 0; i <= 100; ++i) pub.send(std::to_string(i));
  expect_newer_until(sub, 100);
}

TEST(ConflatingOverInproc, KeepsExactlyTheLast) {
  for (const auto& [sender, receiver] :
       {std::pair{ZMQ_PUSH, ZMQ_PULL}, std::pair{ZMQ_DEALER, ZMQ_DEALER}}) {
    Context context;
    Socket from{context, sender};
    Socket to{context, receiver};
    from.set(ZMQ_CONFLATE, 1);
    to.set(ZMQ_CONFLATE, 1);
    from.connect(to.bind_any(Transport::inproc));
    for (int round = 0; round < 3; ++round) {
      for (int i = 0; i < 10; ++i) from.send(std::to_string(i));
      EXPECT_EQ(to.recv_one(), "9");
      EXPECT_EQ(to.try_recv(), std::nullopt);
    }
  }
}

TEST(ConflatingOverInproc, IsStoredButIgnoredByTypesThatCannot) {
  for (const int type : {ZMQ_PAIR, ZMQ_REQ, ZMQ_ROUTER, ZMQ_XPUB}) {
    Context context;
    Socket socket{context, type};
    socket.set(ZMQ_CONFLATE, 1);
    EXPECT_EQ(socket.get_int(ZMQ_CONFLATE), 1);
  }
  Context context;
  Socket a{context, ZMQ_PAIR};
  Socket b{context, ZMQ_PAIR};
  a.set(ZMQ_CONFLATE, 1);
  b.set(ZMQ_CONFLATE, 1);
  b.connect(a.bind_any(Transport::inproc));
  for (int i = 0; i < 3; ++i) b.send_all({std::to_string(i), "part"});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(a.recv(), (Frames{std::to_string(i), "part"}));
}

}  // namespace
}  // namespace api_test
