// zmq_msg_init_data: memory of the application comes back exactly once, whichever way the
// message goes.
#include <gtest/gtest.h>
#include <zmq.h>

#include <initializer_list>
#include <memory>
#include <tuple>
#include <vector>

#include "api/support/message.h"
#include "api/support/pub_sub.h"
#include "api/support/socket.h"

namespace api_test {
namespace {

constexpr size_t sizes[] = {1, 20, 33, 34, 255, 256, 1000, 8192, 8193, 100'000, 1'000'000};

// Before the context, so that it outlives every message.
class Released : public testing::TestWithParam<std::tuple<Transport, size_t>> {
 protected:
  Transport transport() const { return std::get<0>(GetParam()); }
  void send(Socket& socket, int flags = 0) {
    Message message{buffer.data(), buffer.size(), &CountedBuffer::release, &buffer};
    EXPECT_EQ(message.data(), buffer.data()) << "no copy is made";
    EXPECT_EQ(message.send(socket, flags), ok);
    EXPECT_EQ(message.size(), 0u);
  }
  // Closes everything; by then the memory must have come back, once.
  void end(std::initializer_list<Socket*> sockets) {
    for (Socket* socket : sockets) {
      socket->set(ZMQ_LINGER, 0);
      socket->close();
    }
    context.term();
    EXPECT_EQ(buffer.freed(), 1);
  }
  CountedBuffer buffer{pattern_text(std::get<1>(GetParam()))};
  Context context;
};

std::string label(const testing::TestParamInfo<std::tuple<Transport, size_t>>& row) {
  return name_of(std::get<0>(row.param)) + "_" + std::to_string(std::get<1>(row.param));
}

INSTANTIATE_TEST_SUITE_P(Over, Released,
                         testing::Combine(all_transports(), testing::ValuesIn(sizes)), label);

TEST_P(Released, OnceAfterItWasSentAndReceived) {
  Socket push{context, ZMQ_PUSH};
  Socket pull{context, ZMQ_PULL};
  push.connect(pull.bind_any(transport()));
  send(push);
  {
    Message received;
    ASSERT_EQ(received.recv(pull), ok);
    EXPECT_TRUE(received.text() == pattern_text(buffer.size()));
  }
  EXPECT_TRUE(buffer.wait_freed_once());
  end({&push, &pull});
}

TEST_P(Released, OnceWhenTheSocketClosesWithItQueued) {
  const FreeEndpoint nobody{transport()};
  Socket push{context, ZMQ_PUSH};
  push.set(ZMQ_LINGER, 0);
  push.connect(nobody.text());
  send(push);
  EXPECT_LE(buffer.freed(), 1) << "small content may have been copied";
  end({&push});
}

TEST_P(Released, OnceWhenTheReceiverClosesWithItUnread) {
  Socket push{context, ZMQ_PUSH};
  Socket pull{context, ZMQ_PULL};
  push.connect(pull.bind_any(transport()));
  send(push);
  EXPECT_TRUE(pull.wait_readable());
  end({&pull, &push});
}

TEST_P(Released, OnceWhenItsMessageWasNeverFinished) {
  Socket push{context, ZMQ_PUSH};
  Socket pull{context, ZMQ_PULL};
  push.connect(pull.bind_any(transport()));
  send(push, ZMQ_SNDMORE);
  end({&push, &pull});
}

TEST_P(Released, OnceWhenItWasDisconnectedWhileQueued) {
  const FreeEndpoint nobody{transport()};
  Socket push{context, ZMQ_PUSH};
  push.set(ZMQ_LINGER, 0);
  push.connect(nobody.text());
  send(push);
  push.disconnect(nobody.text());
  end({&push});
}

TEST_P(Released, OnceWhenPublishedToSeveralSubscribers) {
  Socket pub{context, ZMQ_XPUB};
  std::vector<std::unique_ptr<Socket>> subs;
  const std::string endpoint = pub.bind_any(transport());
  for (int i = 0; i < 3; ++i) {
    subs.push_back(std::make_unique<Socket>(context, ZMQ_SUB));
    subs.back()->set(ZMQ_SUBSCRIBE, "");
    subs.back()->connect(endpoint);
  }
  pub.recv();
  for (auto& sub : subs) settle(pub, *sub, "");
  for (auto& sub : subs) {
    while (sub->try_recv()) {
    }
  }
  pub.send("drain");
  for (auto& sub : subs) {
    while (sub->recv().back() != "drain" && !HasFailure()) {
    }
  }
  send(pub);
  for (auto& sub : subs) EXPECT_TRUE(sub->recv_one() == pattern_text(buffer.size()));
  EXPECT_TRUE(buffer.wait_freed_once());
}

TEST_P(Released, OnceWhenPublishedToNobody) {
  Socket pub{context, ZMQ_PUB};
  pub.bind_any(transport());
  send(pub);
  EXPECT_TRUE(buffer.wait_freed_once());
}

TEST_P(Released, OnceWhenARouterKnowsNoSuchPeer) {
  Socket router{context, ZMQ_ROUTER};
  router.bind_any(transport());
  EXPECT_EQ(router.try_send("nobody", ZMQ_SNDMORE), ok);
  send(router);
  EXPECT_TRUE(buffer.wait_freed_once());
}

TEST_P(Released, OnceWhenCopiesTravelToo) {
  Socket push{context, ZMQ_PUSH};
  Socket pull{context, ZMQ_PULL};
  push.connect(pull.bind_any(transport()));
  {
    Message origin{buffer.data(), buffer.size(), &CountedBuffer::release, &buffer};
    Message copy;
    EXPECT_EQ(zmq_msg_copy(copy.get(), origin.get()), 0);
    EXPECT_EQ(copy.send(push), ok);
    EXPECT_TRUE(pull.recv_one() == pattern_text(buffer.size()));
    EXPECT_TRUE(origin.text() == pattern_text(buffer.size()));
    EXPECT_EQ(buffer.freed(), 0) << "the origin still holds it";
  }
  end({&push, &pull});
}

TEST_P(Released, NotBeforeTheLastCopyIsClosed) {
  auto first =
      std::make_unique<Message>(buffer.data(), buffer.size(), &CountedBuffer::release, &buffer);
  auto second = std::make_unique<Message>();
  EXPECT_EQ(zmq_msg_copy(second->get(), first->get()), 0);
  EXPECT_EQ(second->data(), buffer.data());
  first.reset();
  EXPECT_EQ(buffer.freed(), 0);
  EXPECT_TRUE(second->text() == pattern_text(buffer.size()));
  second.reset();
  EXPECT_EQ(buffer.freed(), 1);
}

// In one process inproc hands the memory itself over, unless copying is cheaper.
class ReleasedOverInproc : public Released {};

INSTANTIATE_TEST_SUITE_P(Large, ReleasedOverInproc,
                         testing::Combine(testing::Values(Transport::inproc),
                                          testing::Values(8192, 8193, 100'000, 1'000'000)),
                         label);

TEST_P(ReleasedOverInproc, OnlyByTheReceiver) {
  Socket push{context, ZMQ_PUSH};
  Socket pull{context, ZMQ_PULL};
  push.connect(pull.bind_any(transport()));
  send(push);
  {
    Message received;
    ASSERT_EQ(received.recv(pull), ok);
    EXPECT_EQ(received.data(), buffer.data());
    EXPECT_EQ(buffer.freed(), 0);
  }
  EXPECT_EQ(buffer.freed(), 1);
}

TEST(ReleasedUnsent, WhenTheMessageIsClosed) {
  CountedBuffer buffer{"content"};
  { Message message{buffer.data(), buffer.size(), &CountedBuffer::release, &buffer}; }
  EXPECT_EQ(buffer.freed(), 1);
}

TEST(ReleasedUnsent, WhenItHoldsNoOctetAtAll) {
  CountedBuffer buffer{"content"};
  {
    Message message{buffer.data(), 0, &CountedBuffer::release, &buffer};
    EXPECT_EQ(message.size(), 0u);
  }
  EXPECT_EQ(buffer.freed(), 1);
}

TEST(ReleasedUnsent, WhenItIsReceivedOver) {
  CountedBuffer buffer{"content"};
  Context context;
  Socket push{context, ZMQ_PUSH};
  Socket pull{context, ZMQ_PULL};
  push.connect(pull.bind_any(Transport::inproc));
  push.send("new");
  Message message{buffer.data(), buffer.size(), &CountedBuffer::release, &buffer};
  EXPECT_EQ(message.recv(pull), ok);
  EXPECT_EQ(buffer.freed(), 1);
  EXPECT_EQ(message.text(), "new");
}

TEST(ReleasedUnsent, WhenSomethingIsCopiedOrMovedOverIt) {
  for (const bool moved : {false, true}) {
    CountedBuffer buffer{"content"};
    Message message{buffer.data(), buffer.size(), &CountedBuffer::release, &buffer};
    Message other{"other"};
    EXPECT_EQ(
        moved ? zmq_msg_move(message.get(), other.get()) : zmq_msg_copy(message.get(), other.get()),
        0);
    EXPECT_EQ(buffer.freed(), 1);
    EXPECT_EQ(message.text(), "other");
  }
}

TEST(ReleasedUnsent, OnlyByTheTargetOfAMove) {
  CountedBuffer buffer{"content"};
  auto target = std::make_unique<Message>();
  {
    Message origin{buffer.data(), buffer.size(), &CountedBuffer::release, &buffer};
    EXPECT_EQ(zmq_msg_move(target->get(), origin.get()), 0);
  }
  EXPECT_EQ(buffer.freed(), 0);
  EXPECT_EQ(target->text(), "content");
  target.reset();
  EXPECT_EQ(buffer.freed(), 1);
}

TEST(ReleasedUnsent, NotByAFailedSend) {
  CountedBuffer buffer{pattern_text(100)};
  Context context;
  const std::pair<int, int> failing[] = {
      {ZMQ_PUSH, EAGAIN}, {ZMQ_PULL, ENOTSUP}, {ZMQ_REP, EFSM}, {ZMQ_DEALER, EAGAIN}};
  {
    Message message{buffer.data(), buffer.size(), &CountedBuffer::release, &buffer};
    for (const auto& [type, error] : failing) {
      Socket socket{context, type};
      EXPECT_EQ(message.send(socket, ZMQ_DONTWAIT), fails_with(error));
      EXPECT_EQ(message.text(), pattern_text(100));
      EXPECT_EQ(buffer.freed(), 0);
    }
  }
  EXPECT_EQ(buffer.freed(), 1);
}

TEST(ReleasedUnsent, NotAtAllWithoutAFreeFunction) {
  static const char text[] = "constant";
  Context context;
  Socket push{context, ZMQ_PUSH};
  Socket pull{context, ZMQ_PULL};
  push.connect(pull.bind_any(Transport::inproc));
  zmq_msg_t message;
  ASSERT_EQ(zmq_msg_init_data(&message, const_cast<char*>(text), 8, nullptr, nullptr), 0);
  EXPECT_EQ(zmq_msg_data(&message), text);
  EXPECT_EQ(zmq_msg_get(&message, ZMQ_SHARED), 1);
  EXPECT_EQ(zmq_msg_send(&message, push, 0), 8);
  EXPECT_EQ(zmq_msg_close(&message), 0);
  EXPECT_EQ(pull.recv_one(), "constant");
}

}  // namespace
}  // namespace api_test
