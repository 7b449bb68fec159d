// High-water marks: how many messages a connection keeps, and when it takes new ones again.
#include <gtest/gtest.h>
#include <zmq.h>

#include <thread>

#include "api/support/pub_sub.h"
#include "api/support/reference.h"
#include "api/support/socket.h"

namespace api_test {
namespace {

struct Marks {
  int send;
  int receive;
  int room;  // 0: unlimited
};

void PrintTo(const Marks& m, std::ostream* out) {
  *out << m.send << "_" << m.receive;
}

class InprocMarks : public testing::TestWithParam<Marks> {};

constexpr Marks inproc_marks[] = {{5, 7, 12}, {7, 5, 12}, {1, 1, 2}, {100, 50, 150}, {5, 3, 8},
                                  {0, 0, 0},  {0, 5, 0},  {5, 0, 0}, {200, 1, 201}};

INSTANTIATE_TEST_SUITE_P(Of, InprocMarks, testing::ValuesIn(inproc_marks), [](const auto& row) {
  return std::to_string(row.param.send) + "_" + std::to_string(row.param.receive);
});

TEST_P(InprocMarks, AddUpAndZeroMeansUnlimited) {
  const Marks marks = GetParam();
  constexpr int enough = 3000;
  for (const auto& [sender, receiver] :
       {std::pair{ZMQ_PUSH, ZMQ_PULL}, std::pair{ZMQ_DEALER, ZMQ_DEALER},
        std::pair{ZMQ_PAIR, ZMQ_PAIR}, std::pair{ZMQ_DEALER, ZMQ_ROUTER}}) {
    for (const bool sender_binds : {false, true}) {
      Context context;
      Socket from{context, sender};
      Socket to{context, receiver};
      from.set(ZMQ_SNDHWM, marks.send);
      to.set(ZMQ_RCVHWM, marks.receive);
      Socket& binder = sender_binds ? from : to;
      Socket& connecter = sender_binds ? to : from;
      connecter.connect(binder.bind_any(Transport::inproc));
      const int expected = marks.room == 0 ? enough : marks.room;
      EXPECT_EQ(fill(from, enough), expected) << sender << " sender binds: " << sender_binds;
      if (marks.room == 0) continue;
      EXPECT_FALSE(from.writable());
      EXPECT_EQ(from.try_send("over"), eagain);
      for (int i = 0; i < expected; ++i) {
        EXPECT_EQ(to.recv().back(), "m" + std::to_string(i));
      }
      EXPECT_EQ(to.try_recv(), std::nullopt);
    }
  }
}

TEST_P(InprocMarks, HoldWhenTheConnectComesBeforeTheBind) {
  const Marks marks = GetParam();
  Context context;
  Socket push{context, ZMQ_PUSH};
  Socket pull{context, ZMQ_PULL};
  push.set(ZMQ_SNDHWM, marks.send);
  pull.set(ZMQ_RCVHWM, marks.receive);
  const FreeEndpoint endpoint{Transport::inproc};
  push.connect(endpoint.text());
  constexpr int enough = 3000;
  const int before = fill(push, enough);
  EXPECT_EQ(before, marks.send == 0 ? enough : marks.send) << "alone, its own mark counts";
  pull.bind(endpoint.text());
  for (int i = 0; i < before; ++i) EXPECT_EQ(pull.recv_one(), "m" + std::to_string(i));
  EXPECT_EQ(pull.try_recv(), std::nullopt);
}

TEST_P(InprocMarks, AddUpOnceTheBindHasComeAndTheQueueWasRead) {
  SKIP_ON_REFERENCE("a connection full before the bind may stay full for ever");
  const Marks marks = GetParam();
  Context context;
  Socket push{context, ZMQ_PUSH};
  Socket pull{context, ZMQ_PULL};
  push.set(ZMQ_SNDHWM, marks.send);
  pull.set(ZMQ_RCVHWM, marks.receive);
  const FreeEndpoint endpoint{Transport::inproc};
  push.connect(endpoint.text());
  constexpr int enough = 1000;
  const int before = fill(push, enough);
  pull.bind(endpoint.text());
  for (int i = 0; i < before; ++i) EXPECT_EQ(pull.recv_one(), "m" + std::to_string(i));
  EXPECT_TRUE(push.wait_writable());
  const int after = fill(push, enough);
  if (marks.room == 0) {
    EXPECT_EQ(after, enough);
  } else {
    // Room comes back in portions of about half the mark.
    EXPECT_GE(after, marks.room / 2);
    EXPECT_LE(after, marks.room);
  }
}

TEST(HighWaterMark, CountsMessagesNotParts) {
  Context context;
  Socket push{context, ZMQ_PUSH};
  Socket pull{context, ZMQ_PULL};
  push.set(ZMQ_SNDHWM, 2);
  pull.set(ZMQ_RCVHWM, 1);
  push.connect(pull.bind_any(Transport::inproc));
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(push.try_send_all({"a", "b", "c", "d"}, ZMQ_DONTWAIT), ok) << i;
  }
  EXPECT_EQ(push.try_send("a", ZMQ_DONTWAIT | ZMQ_SNDMORE), eagain);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(pull.recv(), (Frames{"a", "b", "c", "d"}));
}

TEST(HighWaterMark, NeverSplitsAMessage) {
  Context context;
  Socket push{context, ZMQ_PUSH};
  Socket pull{context, ZMQ_PULL};
  push.set(ZMQ_SNDHWM, 1);
  pull.set(ZMQ_RCVHWM, 1);
  push.connect(pull.bind_any(Transport::inproc));
  EXPECT_EQ(push.try_send("first"), ok);
  EXPECT_EQ(push.try_send_all(Frames(500, "part"), ZMQ_DONTWAIT), ok);
  EXPECT_EQ(push.try_send("over"), eagain);
  EXPECT_EQ(pull.recv_one(), "first");
  EXPECT_EQ(pull.recv(), Frames(500, "part"));
}

TEST(HighWaterMark, ReopensAfterHalfOfItWasTaken) {
  for (const auto& [marks, taken_first] :
       {std::pair{Marks{5, 7, 12}, 6}, std::pair{Marks{5, 4, 9}, 5}}) {
    Context context;
    Socket push{context, ZMQ_PUSH};
    Socket pull{context, ZMQ_PULL};
    push.set(ZMQ_SNDHWM, marks.send);
    pull.set(ZMQ_RCVHWM, marks.receive);
    push.connect(pull.bind_any(Transport::inproc));
    ASSERT_EQ(fill(push, 100), marks.room);
    int taken = 0;
    while (!push.writable() && taken < marks.room) {
      pull.recv_one();
      ++taken;
    }
    EXPECT_EQ(taken, taken_first) << "of " << marks.room;
    EXPECT_EQ(fill(push, 100), taken_first);
  }
}

TEST(HighWaterMark, ABlockedSenderGoesOnWhenRoomIsMade) {
  for (const Transport transport : {Transport::tcp, Transport::ipc, Transport::inproc}) {
    Context context;
    Socket push{context, ZMQ_PUSH};
    Socket pull{context, ZMQ_PULL};
    push.set(ZMQ_SNDHWM, 2).set(ZMQ_SNDBUF, 4096);
    pull.set(ZMQ_RCVHWM, 2).set(ZMQ_RCVBUF, 4096);
    push.connect(pull.bind_any(transport));
    constexpr int count = 200;
    std::thread sender{[&] {
      for (int i = 0; i < count; ++i) push.send(pattern_text(10'000));
    }};
    for (int i = 0; i < count; ++i) EXPECT_EQ(pull.recv_one().size(), 10'000u);
    sender.join();
  }
}

TEST(HighWaterMark, ReceiverThatDoesNotReadHoldsTheSenderBack) {
  for (const Transport transport : {Transport::tcp, Transport::ipc}) {
    Context context;
    Socket push{context, ZMQ_PUSH};
    Socket pull{context, ZMQ_PULL};
    push.set(ZMQ_SNDHWM, 10);
    pull.set(ZMQ_RCVHWM, 10);
    push.connect(pull.bind_any(transport));
    const std::string block = pattern_text(100'000);
    int sent = 0;
    // The receiver's ten, and six of the sender's: its mark opens again by halves.
    for (; sent < 16; ++sent) push.send(block);
    push.set(ZMQ_SNDTIMEO, 100);
    while (sent < 1000 && push.try_send(block, 0) == ok) ++sent;
    EXPECT_LT(sent, 1000) << "100 MB without a reader";
    for (int i = 0; i < sent; ++i) EXPECT_TRUE(pull.recv_one() == block);
    EXPECT_EQ(pull.try_recv(), std::nullopt);
  }
}

TEST(HighWaterMark, LimitsWhatWaitsForAConnection) {
  for (const int mark : {1, 2, 5, 10}) {
    for (const Transport transport : {Transport::tcp, Transport::ipc}) {
      Context context;
      const FreeEndpoint nobody{transport};
      Socket push{context, ZMQ_PUSH};
      push.set(ZMQ_SNDHWM, mark);
      push.connect(nobody.text());
      EXPECT_EQ(fill(push, 100), mark);
      EXPECT_EQ(push.try_send("over"), eagain);
      EXPECT_FALSE(push.writable());
    }
  }
}

TEST(HighWaterMark, OfZeroNeverLimitsWhatWaitsForAConnection) {
  Context context;
  const FreeEndpoint nobody{Transport::tcp};
  Socket push{context, ZMQ_PUSH};
  push.set(ZMQ_SNDHWM, 0);
  push.connect(nobody.text());
  EXPECT_EQ(fill(push, 3000), 3000);
}

TEST(HighWaterMark, RaisedWhileOpenHoldsForExistingConnections) {
  Context context;
  for (const bool raise_sender : {true, false}) {
    Socket push{context, ZMQ_PUSH};
    Socket pull{context, ZMQ_PULL};
    push.set(ZMQ_SNDHWM, 5);
    pull.set(ZMQ_RCVHWM, 5);
    push.connect(pull.bind_any(Transport::inproc));
    (void)pull.events();  // asking lets the receiver notice its peer
    if (raise_sender) {
      push.set(ZMQ_SNDHWM, 10);
    } else {
      pull.set(ZMQ_RCVHWM, 20);
    }
    (void)push.events();  // asking lets the sender notice its peer's change
    EXPECT_EQ(fill(push, 100), raise_sender ? 15 : 25);
  }
}

TEST(HighWaterMark, LoweredWhileOpenHoldsForExistingConnections) {
  Context context;
  Socket push{context, ZMQ_PUSH};
  Socket pull{context, ZMQ_PULL};
  push.set(ZMQ_SNDHWM, 50);
  pull.set(ZMQ_RCVHWM, 5);
  push.connect(pull.bind_any(Transport::inproc));
  push.set(ZMQ_SNDHWM, 2);
  EXPECT_EQ(fill(push, 100), 7);
}

TEST(HighWaterMark, OfAFullConnectionIsNotReExamined) {
  Context context;
  const FreeEndpoint nobody{Transport::tcp};
  Socket push{context, ZMQ_PUSH};
  push.set(ZMQ_SNDHWM, 5);
  push.connect(nobody.text());
  ASSERT_EQ(fill(push, 100), 5);
  push.set(ZMQ_SNDHWM, 12);
  EXPECT_EQ(fill(push, 100), 0);
}

TEST(HighWaterMark, RaisedWhileFullNeverStrandsTheSender) {
  SKIP_ON_REFERENCE("a full connection whose mark is raised may stay full for ever");
  for (const int raised : {20, 1000, 0}) {
    for (const bool raise_sender : {true, false}) {
      Context context;
      Socket push{context, ZMQ_PUSH};
      Socket pull{context, ZMQ_PULL};
      push.set(ZMQ_SNDHWM, 5);
      pull.set(ZMQ_RCVHWM, 5);
      push.connect(pull.bind_any(Transport::inproc));
      ASSERT_EQ(fill(push, 100), 10);
      (void)pull.events();
      (raise_sender ? push : pull).set(raise_sender ? ZMQ_SNDHWM : ZMQ_RCVHWM, raised);
      pull.recv_many(10);
      EXPECT_EQ(pull.try_recv(), std::nullopt);
      EXPECT_TRUE(push.wait_writable())
          << "raised to " << raised << " by the sender: " << raise_sender;
    }
  }
}

TEST(HighWaterMark, PublishersDropForTheFullSubscriberOnly) {
  for (const int type : {ZMQ_PUB, ZMQ_XPUB}) {
    Context context;
    Socket pub{context, type};
    Socket slow{context, ZMQ_SUB};
    Socket quick{context, ZMQ_SUB};
    pub.set(ZMQ_SNDHWM, 5);
    slow.set(ZMQ_RCVHWM, 7).set(ZMQ_SUBSCRIBE, "");
    quick.set(ZMQ_RCVHWM, 0).set(ZMQ_SUBSCRIBE, "");
    const std::string endpoint = pub.bind_any(Transport::inproc);
    slow.connect(endpoint);
    quick.connect(endpoint);
    EXPECT_TRUE(pub.writable());
    EXPECT_EQ(fill(pub, 50), 50);
    for (int i = 0; i < 50; ++i) EXPECT_EQ(quick.recv_one(), "m" + std::to_string(i));
    for (int i = 0; i < 12; ++i) EXPECT_EQ(slow.recv_one(), "m" + std::to_string(i));
    EXPECT_EQ(slow.try_recv(), std::nullopt);
    EXPECT_TRUE(pub.writable());  // asking lets the publisher notice the room
    pub.send("again");
    EXPECT_EQ(slow.recv_one(), "again");
  }
}

TEST(HighWaterMark, SendTimeoutEndsAWaitForRoom) {
  Context context;
  Socket push{context, ZMQ_PUSH};
  Socket pull{context, ZMQ_PULL};
  push.set(ZMQ_SNDHWM, 1).set(ZMQ_SNDTIMEO, 20);
  pull.set(ZMQ_RCVHWM, 1);
  push.connect(pull.bind_any(Transport::inproc));
  EXPECT_EQ(fill(push, 10), 2);
  EXPECT_EQ(push.try_send("late", 0), eagain);
  EXPECT_EQ(pull.recv_one(), "m0");
  EXPECT_EQ(pull.recv_one(), "m1");
  EXPECT_EQ(pull.try_recv(), std::nullopt);
}

class ImmediateConnect : public testing::TestWithParam<Transport> {};
INSTANTIATE_TEST_SUITE_P(Over, ImmediateConnect, stream_transports(), transport_label);

TEST_P(ImmediateConnect, QueuesNothingBeforeTheConnectionIsUp) {
  for (const int mark : {0, 1, 10}) {
    Context context;
    const FreeEndpoint endpoint{GetParam()};
    Socket push{context, ZMQ_PUSH};
    push.set(ZMQ_IMMEDIATE, 1).set(ZMQ_SNDHWM, mark).set(ZMQ_RECONNECT_IVL, 10);
    push.connect(endpoint.text());
    EXPECT_EQ(push.try_send("x"), eagain);
    EXPECT_FALSE(push.writable());
    Socket pull{context, ZMQ_PULL};
    pull.bind(endpoint.text());
    push.send("now");
    EXPECT_EQ(pull.recv_one(), "now");
  }
}

TEST_P(ImmediateConnect, SendsOnlyToPeersThatAreUp) {
  Context context;
  const FreeEndpoint nobody{GetParam()};
  Socket pull{context, ZMQ_PULL};
  Socket push{context, ZMQ_PUSH};
  push.set(ZMQ_IMMEDIATE, 1);
  push.connect(nobody.text());
  push.connect(pull.bind_any(GetParam()));
  for (int i = 0; i < 10; ++i) push.send(std::to_string(i));
  for (int i = 0; i < 10; ++i) EXPECT_EQ(pull.recv_one(), std::to_string(i));
}

}  // namespace
}  // namespace api_test
