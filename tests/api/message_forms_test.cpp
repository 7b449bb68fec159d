// The many ways to send and receive: octets, constants, messages, vectors; waiting or not.
#include <gtest/gtest.h>
#include <sys/uio.h>
#include <zmq.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <thread>

#include "api/support/message.h"
#include "api/support/socket.h"

namespace api_test {
namespace {

class Forms : public testing::TestWithParam<Transport> {
 protected:
  Forms() { b.connect(a.bind_any(GetParam())); }
  std::deque<std::string> constants;  // outlive the sockets
  Context context;
  Socket a{context, ZMQ_PAIR};
  Socket b{context, ZMQ_PAIR};
};

INSTANTIATE_TEST_SUITE_P(Over, Forms, all_transports(), transport_label);

TEST_P(Forms, EveryFormOfSendDeliversTheSame) {
  for (const size_t size : {0, 1, 33, 34, 255, 256, 8193, 70'000}) {
    const std::string& text = constants.emplace_back(pattern_text(size));
    const int length = static_cast<int>(size);
    EXPECT_EQ(zmq_send(a, text.data(), text.size(), 0), length);
    EXPECT_EQ(zmq_send_const(a, text.data(), text.size(), 0), length);
    Message first{text};
    EXPECT_EQ(zmq_msg_send(first.get(), a, 0), length);
    Message second{text};
    EXPECT_EQ(zmq_sendmsg(a, second.get(), 0), length);
    for (int form = 0; form < 4; ++form) EXPECT_TRUE(b.recv_one() == text) << form << " " << size;
  }
}

TEST_P(Forms, EveryFormOfRecvGetsTheSame) {
  for (const size_t size : {0, 1, 33, 34, 255, 256, 8193, 70'000}) {
    const std::string text = pattern_text(size);
    const int length = static_cast<int>(size);
    for (int form = 0; form < 3; ++form) a.send(text);
    std::string buffer(size, '\0');
    EXPECT_EQ(zmq_recv(b, buffer.data(), buffer.size(), 0), length);
    EXPECT_TRUE(buffer == text);
    Message message;
    EXPECT_EQ(zmq_msg_recv(message.get(), b, 0), length);
    EXPECT_TRUE(message.text() == text);
    EXPECT_EQ(zmq_recvmsg(b, message.get(), 0), length);
    EXPECT_TRUE(message.text() == text);
  }
}

TEST_P(Forms, AShortBufferGetsTheHeadAndTheWholeLength) {
  for (const size_t size : {6, 33, 34, 300, 70'000}) {
    const std::string text = pattern_text(size);
    a.send(text);
    char buffer[6] = {'.', '.', '.', '.', '.', '.'};
    EXPECT_EQ(zmq_recv(b, buffer, 4, 0), static_cast<int>(size));
    EXPECT_EQ(std::memcmp(buffer, text.data(), 4), 0);
    EXPECT_EQ(buffer[4], '.') << "nothing is written beyond the buffer";
    EXPECT_EQ(b.get_int(ZMQ_RCVMORE), 0);
  }
  a.send("next");
  EXPECT_EQ(b.recv_one(), "next") << "the cut rest is gone";
}

TEST_P(Forms, ABufferOfNoOctetsTakesTheMessageAway) {
  a.send("abc");
  EXPECT_EQ(zmq_recv(b, nullptr, 0, 0), 3);
  a.send("");
  char octet = '.';
  EXPECT_EQ(zmq_recv(b, &octet, 1, 0), 0);
  EXPECT_EQ(octet, '.');
}

TEST_P(Forms, TruncationLosesNoPart) {
  a.send_all({"first", "second", "third"});
  char buffer[2];
  EXPECT_EQ(zmq_recv(b, buffer, 2, 0), 5);
  EXPECT_EQ(b.get_int(ZMQ_RCVMORE), 1);
  EXPECT_EQ(zmq_recv(b, buffer, 2, 0), 6);
  EXPECT_EQ(b.get_int(ZMQ_RCVMORE), 1);
  EXPECT_EQ(b.recv(), Frames{"third"});
}

TEST_P(Forms, AConstantIsSentWithoutAChange) {
  static const char text[] = "a constant of more than thirty-three octets, so that it is shared";
  for (int i = 0; i < 3; ++i) EXPECT_EQ(zmq_send_const(a, text, sizeof text, 0), int{sizeof text});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(b.recv_one(), std::string(text, sizeof text));
}

TEST_P(Forms, NothingAtAllCanBeSentFromANullPointer) {
  EXPECT_EQ(zmq_send(a, nullptr, 0, 0), 0);
  EXPECT_EQ(zmq_send_const(a, nullptr, 0, 0), 0);
  EXPECT_EQ(b.recv(), Frames{""});
  EXPECT_EQ(b.recv(), Frames{""});
}

TEST_P(Forms, FormsMayBeMixedWithinAMessage) {
  EXPECT_EQ(zmq_send(a, "1", 1, ZMQ_SNDMORE), 1);
  EXPECT_EQ(zmq_send_const(a, "2", 1, ZMQ_SNDMORE), 1);
  Message third{"3"};
  EXPECT_EQ(third.send(a, ZMQ_SNDMORE), ok);
  Message fourth{"4"};
  EXPECT_EQ(zmq_sendmsg(a, fourth.get(), 0), 1);
  char buffer[4];
  EXPECT_EQ(zmq_recv(b, buffer, 4, 0), 1);
  Message part;
  EXPECT_EQ(part.recv(b), ok);
  EXPECT_EQ(part.text(), "2");
  EXPECT_TRUE(part.more());
  EXPECT_EQ(zmq_msg_get(part.get(), ZMQ_MORE), 1);
  EXPECT_EQ(b.recv(), (Frames{"3", "4"}));
}

TEST_P(Forms, AReceivedPartSentOnAloneIsAMessageOfItsOwn) {
  a.send_all({"1", "2"});
  Message part;
  ASSERT_EQ(part.recv(b), ok);
  ASSERT_TRUE(part.more());
  Message rest;
  ASSERT_EQ(rest.recv(b), ok);
  EXPECT_EQ(part.send(b), ok);
  EXPECT_EQ(a.recv(), Frames{"1"});
}

TEST_P(Forms, AVectorIsSentAsOneMessageWhenAskedForMore) {
  iovec parts[] = {{const_cast<char*>("ab"), 2}, {nullptr, 0}, {const_cast<char*>("cdef"), 4}};
  EXPECT_EQ(zmq_sendiov(a, parts, 3, ZMQ_SNDMORE), 4) << "the length of the last part";
  EXPECT_EQ(b.recv(), (Frames{"ab", "", "cdef"}));
  EXPECT_EQ(zmq_sendiov(a, parts, 3, 0), 4);
  for (const std::string text : {"ab", "", "cdef"}) EXPECT_EQ(b.recv(), Frames{text});
}

TEST_P(Forms, AVectorReceivesTheParts) {
  a.send_all({"a", "", "ccc"});
  std::array<iovec, 8> parts{};
  size_t count = parts.size();
  ASSERT_EQ(zmq_recviov(b, parts.data(), &count, 0), 3);
  ASSERT_EQ(count, 3u);
  Frames got;
  for (size_t i = 0; i < count; ++i) {
    got.emplace_back(static_cast<char*>(parts[i].iov_base), parts[i].iov_len);
    std::free(parts[i].iov_base);
  }
  EXPECT_EQ(got, (Frames{"a", "", "ccc"}));
}

TEST_P(Forms, AShortVectorLeavesTheRestToBeReceived) {
  a.send_all({"a", "bb", "ccc"});
  std::array<iovec, 8> parts{};
  size_t count = 2;
  ASSERT_EQ(zmq_recviov(b, parts.data(), &count, 0), 2);
  ASSERT_EQ(count, 2u);
  EXPECT_EQ(parts[1].iov_len, 2u);
  for (size_t i = 0; i < count; ++i) std::free(parts[i].iov_base);
  EXPECT_EQ(b.get_int(ZMQ_RCVMORE), 1);
  EXPECT_EQ(b.recv(), Frames{"ccc"});
}

TEST_P(Forms, VectorsWithoutRoomAreRefused) {
  std::array<iovec, 1> parts{};
  size_t none = 0;
  EXPECT_EQ(outcome_of(zmq_recviov(b, parts.data(), &none, 0)), fails_with(EINVAL));
  EXPECT_EQ(outcome_of(zmq_recviov(b, parts.data(), nullptr, 0)), fails_with(EINVAL));
  size_t one = 1;
  EXPECT_EQ(outcome_of(zmq_recviov(b, nullptr, &one, 0)), fails_with(EINVAL));
  EXPECT_EQ(outcome_of(zmq_sendiov(b, parts.data(), 0, 0)), fails_with(EINVAL));
  EXPECT_EQ(outcome_of(zmq_sendiov(b, nullptr, 1, 0)), fails_with(EINVAL));
  EXPECT_EQ(outcome_of(zmq_recviov(b, parts.data(), &one, ZMQ_DONTWAIT)), eagain);
}

TEST_P(Forms, UnknownFlagsAreIgnored) {
  for (const int flags : {4, 8, 16, 128}) {
    EXPECT_EQ(zmq_send(a, "abc", 3, flags), 3);
    char buffer[4];
    EXPECT_EQ(zmq_recv(b, buffer, 4, flags), 3);
    EXPECT_EQ(b.get_int(ZMQ_RCVMORE), 0);
  }
}

TEST_P(Forms, ReceivingWaitsForAMessageUpToTheTimeout) {
  b.set(ZMQ_RCVTIMEO, 30);
  const auto start = std::chrono::steady_clock::now();
  Message message;
  EXPECT_EQ(message.recv(b), eagain);
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds{29});
  b.set(ZMQ_RCVTIMEO, -1);
  std::thread sender{[&] { a.send("late"); }};
  EXPECT_EQ(message.recv(b), ok);
  EXPECT_EQ(message.text(), "late");
  sender.join();
}

TEST_P(Forms, NotWaitingGoesBeforeAnyTimeout) {
  b.set(ZMQ_RCVTIMEO, -1);
  char buffer[4];
  EXPECT_EQ(outcome_of(zmq_recv(b, buffer, 4, ZMQ_DONTWAIT)), eagain);
  EXPECT_EQ(outcome_of(zmq_recv(b, buffer, 4, ZMQ_NOBLOCK)), eagain);
}

TEST_P(Forms, ATimeoutOfZeroDoesNotWait) {
  b.set(ZMQ_RCVTIMEO, 0);
  char buffer[4];
  EXPECT_EQ(outcome_of(zmq_recv(b, buffer, 4, 0)), eagain);
}

TEST_P(Forms, AFailedRecvLeavesAnEmptyMessage) {
  Message message{"held before"};
  EXPECT_EQ(message.recv(b, ZMQ_DONTWAIT), eagain);
  EXPECT_EQ(message.text(), "");
}

TEST(FormsWithoutASocket, AreRefused) {
  char buffer[4];
  iovec parts[1] = {};
  size_t count = 1;
  Message message;
  const Outcome enotsock = fails_with(ENOTSOCK);
  EXPECT_EQ(outcome_of(zmq_send(nullptr, "x", 1, 0)), enotsock);
  EXPECT_EQ(outcome_of(zmq_send_const(nullptr, "x", 1, 0)), enotsock);
  EXPECT_EQ(outcome_of(zmq_recv(nullptr, buffer, 4, 0)), enotsock);
  EXPECT_EQ(outcome_of(zmq_msg_send(message.get(), nullptr, 0)), enotsock);
  EXPECT_EQ(outcome_of(zmq_msg_recv(message.get(), nullptr, 0)), enotsock);
  EXPECT_EQ(outcome_of(zmq_sendmsg(nullptr, message.get(), 0)), enotsock);
  EXPECT_EQ(outcome_of(zmq_recvmsg(nullptr, message.get(), 0)), enotsock);
  EXPECT_EQ(outcome_of(zmq_sendiov(nullptr, parts, 1, 0)), enotsock);
  EXPECT_EQ(outcome_of(zmq_recviov(nullptr, parts, &count, 0)), enotsock);
}

TEST(FormsWithoutASocket, SizesNobodyHasAreRefused) {
  Context context;
  Socket a{context, ZMQ_PAIR};
  Socket b{context, ZMQ_PAIR};
  b.connect(a.bind_any(Transport::inproc));
  EXPECT_EQ(outcome_of(zmq_send(b, "x", SIZE_MAX - 8, 0)), fails_with(ENOMEM));
  b.send("still works");
  EXPECT_EQ(a.recv_one(), "still works");
}

}  // namespace
}  // namespace api_test
