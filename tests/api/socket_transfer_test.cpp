// Messages of every size and shape arrive unchanged and in order, over every transport.
#include <gtest/gtest.h>
#include <zmq.h>

#include <thread>

#include "api/support/message.h"
#include "api/support/socket.h"

namespace api_test {
namespace {

class Transfer : public testing::TestWithParam<Transport> {
 protected:
  // Unlimited queues: a test may send all before it receives.
  void pair_up(Socket& binder, Socket& connecter) {
    for (Socket* socket : {&binder, &connecter}) socket->set(ZMQ_SNDHWM, 0).set(ZMQ_RCVHWM, 0);
    connecter.connect(binder.bind_any(GetParam()));
  }
  Context context;
  Socket push{context, ZMQ_PUSH};
  Socket pull{context, ZMQ_PULL};
};

INSTANTIATE_TEST_SUITE_P(Over, Transfer, all_transports(), transport_label);

TEST_P(Transfer, FramesOfEverySizeNearAnEdgeArriveUnchanged) {
  pair_up(pull, push);
  // Where representations change: inline limits, the one-octet length, buffers, chunks.
  const size_t sizes[] = {0,     1,     2,     7,     8,     9,      24,   28,   29,    30,   31,
                          32,    33,    34,    47,    48,    49,     50,   62,   63,    64,   65,
                          127,   128,   129,   253,   254,   255,    256,  257,  511,   512,  513,
                          1023,  1024,  1025,  4095,  4096,  4097,   8183, 8191, 8192,  8193, 16383,
                          16384, 16385, 65535, 65536, 65537, 131072, 3,    0,    99999, 5,    0};
  for (const size_t size : sizes) push.send(pattern_text(size));
  for (const size_t size : sizes) EXPECT_TRUE(pull.recv_one() == pattern_text(size)) << size;
}

TEST_P(Transfer, HugeFramesArriveUnchanged) {
  pair_up(pull, push);
  for (const size_t size : {size_t{1} << 20, (size_t{1} << 20) + 1, size_t{5'000'000}}) {
    push.send(pattern_text(size, 7));
    EXPECT_TRUE(pull.recv_one() == pattern_text(size, 7)) << size;
  }
}

TEST_P(Transfer, OctetsOfEveryValueAreData) {
  pair_up(pull, push);
  std::string all(256, '\0');
  for (size_t i = 0; i < all.size(); ++i) all[i] = static_cast<char>(i);
  push.send(all);
  EXPECT_EQ(pull.recv_one(), all);
}

TEST_P(Transfer, MultipartMessagesOfEveryShapeArriveWhole) {
  pair_up(pull, push);
  const Frames shapes[] = {
      {"", ""},
      {"", "", ""},
      {"a", ""},
      {"", "a"},
      {"a", "", "b", "", "c"},
      {pattern_text(33), pattern_text(34), pattern_text(255), pattern_text(256)},
      {pattern_text(70'000), "", pattern_text(8192), "x"},
      Frames(100, "part"),
      Frames(100, ""),
  };
  for (const Frames& shape : shapes) push.send_all(shape);
  for (const Frames& shape : shapes) EXPECT_EQ(pull.recv(), shape);
}

TEST_P(Transfer, AMessageMayHaveThousandsOfParts) {
  pair_up(pull, push);
  Frames parts;
  for (int i = 0; i < 5000; ++i) parts.push_back(std::to_string(i));
  push.send_all(parts);
  EXPECT_TRUE(pull.recv() == parts);
}

TEST_P(Transfer, MoreIsSetOnAllPartsButTheLast) {
  pair_up(pull, push);
  push.send_all({"1", "2", "3"});
  char buffer[4];
  for (const int more : {1, 1, 0}) {
    ASSERT_EQ(zmq_recv(pull, buffer, sizeof buffer, 0), 1);
    EXPECT_EQ(pull.get_int(ZMQ_RCVMORE), more);
  }
  EXPECT_EQ(pull.get_int(ZMQ_RCVMORE), 0);
}

TEST_P(Transfer, NothingIsReadableBeforeTheLastPartWasSent) {
  pair_up(pull, push);
  EXPECT_EQ(push.try_send("1", ZMQ_SNDMORE), ok);
  EXPECT_EQ(push.try_send("2", ZMQ_SNDMORE), ok);
  EXPECT_TRUE(pull.stays_silent());
  EXPECT_EQ(push.try_send("3", 0), ok);
  EXPECT_EQ(pull.recv(), (Frames{"1", "2", "3"}));
}

TEST_P(Transfer, AMessageLeftUnfinishedAtCloseIsNeverSeen) {
  pair_up(pull, push);
  push.send("whole");
  EXPECT_EQ(push.try_send("half", ZMQ_SNDMORE), ok);
  push.close();
  EXPECT_EQ(pull.recv_one(), "whole");
  // A later sender shows that the half message is not merely late.
  Socket other{context, ZMQ_PUSH};
  other.connect(pull.last_endpoint());
  other.send("marker");
  EXPECT_EQ(pull.recv_one(), "marker");
}

TEST_P(Transfer, ManyMessagesKeepTheirOrder) {
  pair_up(pull, push);
  constexpr int count = 5000;
  std::thread sender{[&] {
    for (int i = 0; i < count; ++i) push.send(std::to_string(i) + std::string(i % 97, '.'));
  }};
  int in_order = 0;
  for (; in_order < count; ++in_order) {
    const std::string expected = std::to_string(in_order) + std::string(in_order % 97, '.');
    if (pull.recv_one() != expected) break;
  }
  sender.join();
  EXPECT_EQ(in_order, count);
}

TEST_P(Transfer, OrderHoldsWhileQueuesFillAndBlock) {
  push.set(ZMQ_SNDHWM, 3);
  pull.set(ZMQ_RCVHWM, 2);
  push.connect(pull.bind_any(GetParam()));
  constexpr int count = 2000;
  std::thread sender{[&] {
    for (int i = 0; i < count; ++i) push.send_all({std::to_string(i), pattern_text(300)});
  }};
  int in_order = 0;
  while (in_order < count && pull.recv().front() == std::to_string(in_order)) ++in_order;
  sender.join();
  EXPECT_EQ(in_order, count);
}

TEST_P(Transfer, EverySenderKeepsItsOwnOrder) {
  constexpr int senders = 4;
  constexpr int count = 300;
  pull.set(ZMQ_RCVHWM, 0);
  const std::string endpoint = pull.bind_any(GetParam());
  std::vector<std::thread> threads;
  for (int s = 0; s < senders; ++s) {
    threads.emplace_back([&, s] {
      Socket mine{context, ZMQ_PUSH};
      mine.connect(endpoint);
      for (int i = 0; i < count; ++i) mine.send_all({std::to_string(s), std::to_string(i)});
      mine.close();  // LINGER is for ever: nothing is lost
    });
  }
  std::vector<int> next(senders, 0);
  for (int i = 0; i < senders * count; ++i) {
    const Frames message = pull.recv();
    if (message.size() != 2) break;
    const size_t from = std::stoul(message[0]);
    EXPECT_EQ(message[1], std::to_string(next[from]++));
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(next, std::vector<int>(senders, count));
}

TEST_P(Transfer, SocketsMayBindOnEitherSide) {
  pair_up(push, pull);  // here the sender binds
  push.send("down");
  EXPECT_EQ(pull.recv_one(), "down");
}

TEST_P(Transfer, OneSocketBindsAndConnectsAtOnce) {
  Socket middle{context, ZMQ_DEALER};
  Socket connecting{context, ZMQ_DEALER};
  Socket bound{context, ZMQ_DEALER};
  const std::string far = bound.bind_any(GetParam());
  connecting.connect(middle.bind_any(GetParam()));
  middle.connect(far);
  connecting.send("from the connecting one");
  EXPECT_EQ(middle.recv_one(), "from the connecting one");
  bound.send("from the bound one");
  EXPECT_EQ(middle.recv_one(), "from the bound one");
}

TEST_P(Transfer, OneSocketServesAllTransportsAtOnce) {
  std::vector<std::string> endpoints;
  for (const Transport t : {Transport::tcp, Transport::ipc, Transport::inproc, GetParam()}) {
    endpoints.push_back(pull.bind_any(t));
  }
  for (const std::string& endpoint : endpoints) {
    Socket sender{context, ZMQ_PUSH};
    sender.connect(endpoint);
    sender.send(endpoint);
    EXPECT_EQ(pull.recv_one(), endpoint);
  }
}

TEST_P(Transfer, MessagesFlowBothWaysAtOnce) {
  Socket a{context, ZMQ_PAIR};
  Socket b{context, ZMQ_PAIR};
  pair_up(a, b);
  static constexpr int count = 1000;
  const auto talk = [](Socket& socket) {
    int in_order = 0;
    for (int i = 0; i < count; ++i) socket.send(std::to_string(i));
    while (in_order < count && socket.recv_one() == std::to_string(in_order)) ++in_order;
    EXPECT_EQ(in_order, count);
  };
  std::thread other{[&] { talk(b); }};
  talk(a);
  other.join();
}

TEST(SelfTransfer, ASocketMayConnectToItselfOverInproc) {
  Context context;
  Socket self{context, ZMQ_DEALER};
  self.connect(self.bind_any(Transport::inproc));
  self.send("me");
  EXPECT_EQ(self.recv_one(), "me");
}

TEST_P(Transfer, AReceivedMessageCanBeSentOn) {
  pair_up(pull, push);
  Socket next_push{context, ZMQ_PUSH};
  Socket next_pull{context, ZMQ_PULL};
  pair_up(next_pull, next_push);
  for (const size_t size : {0, 1, 33, 34, 300, 70'000}) {
    push.send(pattern_text(size));
    Message message;
    ASSERT_EQ(message.recv(pull), ok);
    ASSERT_EQ(message.send(next_push), ok);
    EXPECT_TRUE(next_pull.recv_one() == pattern_text(size)) << size;
  }
}

TEST_P(Transfer, ACopyOfAReceivedMessageOutlivesItsSocket) {
  pair_up(pull, push);
  for (const size_t size : {10, 40, 300, 20'000}) {
    push.send(pattern_text(size));
    push.send(pattern_text(size, 1));
  }
  Message copies[4];
  for (Message& copy : copies) {
    Message received;
    ASSERT_EQ(received.recv(pull), ok);
    ASSERT_EQ(zmq_msg_copy(copy.get(), received.get()), 0);
    ASSERT_EQ(received.recv(pull), ok);
  }
  pull.close();
  push.close();
  context.term();
  const size_t sizes[] = {10, 40, 300, 20'000};
  for (size_t i = 0; i < 4; ++i) EXPECT_TRUE(copies[i].text() == pattern_text(sizes[i]));
}

}  // namespace
}  // namespace api_test
