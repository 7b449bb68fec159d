// PUSH spreads messages over its peers in turn; PULL takes from its peers in turn.
#include <gtest/gtest.h>
#include <zmq.h>

#include <array>

#include "api/support/reference.h"
#include "api/support/socket.h"

namespace api_test {
namespace {

class Pipeline : public testing::TestWithParam<Transport> {
 protected:
  Context context;
  Socket push{context, ZMQ_PUSH};
  Socket pull{context, ZMQ_PULL};
};

INSTANTIATE_TEST_SUITE_P(Over, Pipeline, all_transports(), transport_label);

TEST_P(Pipeline, MessagesGoToThePeersInTurn) {
  std::array pulls{Socket{context, ZMQ_PULL}, Socket{context, ZMQ_PULL}, Socket{context, ZMQ_PULL}};
  for (Socket& to : pulls) push.connect(to.bind_any(GetParam()));
  for (int i = 0; i < 7; ++i) push.send(std::to_string(i));
  EXPECT_EQ(pulls[0].recv_many(3), (Frames{"0", "3", "6"}));
  EXPECT_EQ(pulls[1].recv_many(2), (Frames{"1", "4"}));
  EXPECT_EQ(pulls[2].recv_many(2), (Frames{"2", "5"}));
}

TEST_P(Pipeline, AMultipartMessageIsOneTurn) {
  std::array pulls{Socket{context, ZMQ_PULL}, Socket{context, ZMQ_PULL}};
  for (Socket& to : pulls) push.connect(to.bind_any(GetParam()));
  for (int i = 0; i < 4; ++i) push.send_all({std::to_string(i), "", "tail"});
  EXPECT_EQ(pulls[0].recv(), (Frames{"0", "", "tail"}));
  EXPECT_EQ(pulls[1].recv(), (Frames{"1", "", "tail"}));
  EXPECT_EQ(pulls[0].recv(), (Frames{"2", "", "tail"}));
  EXPECT_EQ(pulls[1].recv(), (Frames{"3", "", "tail"}));
}

TEST_P(Pipeline, ABoundSenderServesEveryPeerThatConnects) {
  const std::string endpoint = push.bind_any(GetParam());
  std::array pulls{Socket{context, ZMQ_PULL}, Socket{context, ZMQ_PULL}, Socket{context, ZMQ_PULL}};
  for (Socket& to : pulls) to.connect(endpoint);
  std::array<bool, 3> served{};
  EXPECT_TRUE(wait_until([&] {
    push.send("x");
    for (size_t i = 0; i < 3; ++i) served[i] = served[i] || pulls[i].try_recv().has_value();
    return served == std::array{true, true, true};
  }));
}

TEST_P(Pipeline, AConnectionCountsBeforeItIsUp) {
  const FreeEndpoint later{GetParam()};
  push.connect(later.text());
  push.connect(pull.bind_any(GetParam()));
  for (int i = 0; i < 4; ++i) push.send(std::to_string(i));
  EXPECT_EQ(pull.recv_many(2), (Frames{"1", "3"}));
  Socket late{context, ZMQ_PULL};
  late.bind(later.text());
  EXPECT_EQ(late.recv_many(2), (Frames{"0", "2"}));
}

TEST_P(Pipeline, AllIsDeliveredAlthoughTheSenderClosesAtOnce) {
  if (GetParam() != Transport::inproc) {
    SKIP_ON_REFERENCE("a close may lose the tail over streams");
  }
  constexpr int count = 3000;
  push.set(ZMQ_SNDHWM, 0);
  pull.set(ZMQ_RCVHWM, 0);
  push.connect(pull.bind_any(GetParam()));
  for (int i = 0; i < count; ++i) push.send(std::to_string(i));
  push.close();
  int in_order = 0;
  while (in_order < count && pull.recv_one() == std::to_string(in_order)) ++in_order;
  EXPECT_EQ(in_order, count);
}

TEST_P(Pipeline, TheRemainingPeerGetsEverythingOnceTheOtherHasLeft) {
  const std::string endpoint = push.bind_any(GetParam());
  Socket leaving{context, ZMQ_PULL};
  pull.connect(endpoint);
  leaving.connect(endpoint);
  bool both = false;
  bool first = false, second = false;
  EXPECT_TRUE(wait_until([&] {
    push.send("x");
    first = first || pull.try_recv();
    second = second || leaving.try_recv();
    return both = first && second;
  }));
  leaving.close();
  // Noticed once five messages in a row have come to the one that stayed.
  int round = 0;
  EXPECT_TRUE(wait_until([&] {
    ++round;
    const std::string prefix = "r" + std::to_string(round) + ".";
    for (int i = 0; i < 5; ++i) push.send(prefix + std::to_string(i));
    push.send("end" + std::to_string(round));
    push.send("end" + std::to_string(round));
    int mine = 0;
    for (std::string frame; (frame = pull.recv_one()) != "end" + std::to_string(round);) {
      mine += frame.starts_with(prefix) ? 1 : 0;
      if (HasFailure()) return true;
    }
    return mine == 5;
  }));
}

TEST(PipelineTurns, TheReceiverTakesFromItsPeersInTurn) {
  Context context;
  Socket pull{context, ZMQ_PULL};
  const std::string endpoint = pull.bind_any(Transport::inproc);
  std::array pushes{Socket{context, ZMQ_PUSH}, Socket{context, ZMQ_PUSH},
                    Socket{context, ZMQ_PUSH}};
  for (Socket& from : pushes) from.connect(endpoint);
  for (size_t i = 0; i < 3; ++i) {
    for (int n = 0; n < 3; ++n) pushes[i].send(std::to_string(i) + std::to_string(n));
  }
  EXPECT_EQ(pull.recv_many(9), (Frames{"00", "10", "20", "01", "11", "21", "02", "12", "22"}));
}

TEST(PipelineTurns, TheReceiverTakesWholeMessagesInTurn) {
  Context context;
  Socket pull{context, ZMQ_PULL};
  const std::string endpoint = pull.bind_any(Transport::inproc);
  Socket a{context, ZMQ_PUSH};
  Socket b{context, ZMQ_PUSH};
  a.connect(endpoint);
  b.connect(endpoint);
  for (int n = 0; n < 2; ++n) a.send_all({"a", std::to_string(n), ""});
  for (int n = 0; n < 2; ++n) b.send_all({"b", std::to_string(n)});
  EXPECT_EQ(pull.recv(), (Frames{"a", "0", ""}));
  EXPECT_EQ(pull.recv(), (Frames{"b", "0"}));
  EXPECT_EQ(pull.recv(), (Frames{"a", "1", ""}));
  EXPECT_EQ(pull.recv(), (Frames{"b", "1"}));
}

TEST_P(Pipeline, ABusySenderDoesNotStarveAQuietOne) {
  pull.set(ZMQ_RCVHWM, 100);
  const std::string endpoint = pull.bind_any(GetParam());
  Socket quiet{context, ZMQ_PUSH};
  push.set(ZMQ_SNDHWM, 100);
  push.connect(endpoint);
  quiet.connect(endpoint);
  std::string got;
  quiet.send("quiet");
  int busy = 0;
  EXPECT_TRUE(wait_until([&] {
    while (push.try_send("busy") == ok) {
    }
    got = pull.recv_one();
    ++busy;
    return got == "quiet";
  })) << "after "
      << busy << " messages of the busy one";
}

TEST(PipelineTurns, AFullPeerIsSkipped) {
  Context context;
  Socket push{context, ZMQ_PUSH};
  push.set(ZMQ_SNDHWM, 1);
  std::array pulls{Socket{context, ZMQ_PULL}, Socket{context, ZMQ_PULL}, Socket{context, ZMQ_PULL}};
  for (Socket& to : pulls) {
    to.set(ZMQ_RCVHWM, 1);
    push.connect(to.bind_any(Transport::inproc));
  }
  EXPECT_EQ(fill(push, 100), 6);
  EXPECT_EQ(pulls[1].recv_many(2), (Frames{"m1", "m4"}));
  EXPECT_TRUE(push.writable());
  EXPECT_EQ(fill(push, 100, "n"), 2);
  EXPECT_EQ(pulls[1].recv_many(2), (Frames{"n0", "n1"}));
  EXPECT_EQ(pulls[0].recv_many(2), (Frames{"m0", "m3"}));
  EXPECT_EQ(pulls[2].recv_many(2), (Frames{"m2", "m5"}));
}

TEST(PipelineTurns, APeerWithRoomAgainRejoinsAtTheEnd) {
  Context context;
  Socket push{context, ZMQ_PUSH};
  push.set(ZMQ_SNDHWM, 1);
  std::array pulls{Socket{context, ZMQ_PULL}, Socket{context, ZMQ_PULL}, Socket{context, ZMQ_PULL}};
  for (Socket& to : pulls) {
    to.set(ZMQ_RCVHWM, 1);
    push.connect(to.bind_any(Transport::inproc));
  }
  EXPECT_EQ(fill(push, 100), 6);
  for (const size_t drained : {2, 0}) {
    pulls[drained].recv_many(2);
    EXPECT_TRUE(push.writable());
  }
  EXPECT_EQ(fill(push, 100, "n"), 4);
  EXPECT_EQ(pulls[2].recv_many(2), (Frames{"n0", "n2"}));
  EXPECT_EQ(pulls[0].recv_many(2), (Frames{"n1", "n3"}));
}

TEST(PipelineTurns, APeerThatJoinsLaterTakesItsTurnAtTheEnd) {
  Context context;
  Socket push{context, ZMQ_PUSH};
  Socket a{context, ZMQ_PULL};
  Socket b{context, ZMQ_PULL};
  push.connect(a.bind_any(Transport::inproc));
  push.send("0");
  push.connect(b.bind_any(Transport::inproc));
  for (int i = 1; i < 5; ++i) push.send(std::to_string(i));
  EXPECT_EQ(a.recv_many(3), (Frames{"0", "1", "3"}));
  EXPECT_EQ(b.recv_many(2), (Frames{"2", "4"}));
}

TEST(PipelineTurns, APeerThatJoinsDuringAMessageGetsTheFollowingOnes) {
  Context context;
  Socket push{context, ZMQ_PUSH};
  Socket a{context, ZMQ_PULL};
  Socket b{context, ZMQ_PULL};
  push.connect(a.bind_any(Transport::inproc));
  EXPECT_EQ(push.try_send("1", ZMQ_SNDMORE), ok);
  push.connect(b.bind_any(Transport::inproc));
  EXPECT_EQ(push.try_send("2", ZMQ_SNDMORE), ok);
  EXPECT_EQ(push.try_send("3", 0), ok);
  push.send("next");
  EXPECT_EQ(a.recv(), (Frames{"1", "2", "3"}));
  EXPECT_EQ(b.recv(), (Frames{"next"}));
}

TEST(PipelineTurns, NobodyGetsTheRestOfAMessageWhosePeerHasLeft) {
  for (const bool notices : {true, false}) {
    Context context;
    Socket push{context, ZMQ_PUSH};
    Socket leaving{context, ZMQ_PULL};
    const std::string endpoint = push.bind_any(Transport::inproc);
    leaving.connect(endpoint);
    EXPECT_EQ(push.try_send("first", ZMQ_DONTWAIT | ZMQ_SNDMORE), ok);
    leaving.close();
    if (notices) {
      EXPECT_TRUE(stays([&] { return push.events() >= 0; }));  // asking lets it notice
    }
    Socket staying{context, ZMQ_PULL};
    staying.connect(endpoint);
    // Refused or swallowed, but never delivered.
    push.try_send("middle", ZMQ_DONTWAIT | ZMQ_SNDMORE);
    push.try_send("last");
    EXPECT_TRUE(push.wait_writable());
    EXPECT_TRUE(wait_until([&] {
      push.send_all({"new", "message"});
      return staying.wait_readable(std::chrono::milliseconds{5});
    }));
    EXPECT_EQ(staying.recv(), (Frames{"new", "message"}));
  }
}

}  // namespace
}  // namespace api_test
