// Every socket type before anybody has connected to it: what it says it can do, and what it
// answers to each way of sending and receiving.
#include <gtest/gtest.h>
#include <zmq.h>

#include <array>
#include <chrono>

#include "api/support/message.h"
#include "api/support/socket.h"

namespace api_test {
namespace {

struct FreshType {
  const char* name;
  int type;
  int events;
  int send;       // errno of a send of one frame, 0: accepted
  int send_more;  // the same with ZMQ_SNDMORE
  int recv;
  int linger;
};

void PrintTo(const FreshType& row, std::ostream* out) {
  *out << row.name;
}

constexpr int out = ZMQ_POLLOUT;
constexpr std::array fresh_types{
    FreshType{"PAIR", ZMQ_PAIR, 0, EAGAIN, EAGAIN, EAGAIN, -1},
    FreshType{"PUB", ZMQ_PUB, out, 0, 0, ENOTSUP, -1},
    FreshType{"SUB", ZMQ_SUB, 0, ENOTSUP, ENOTSUP, EAGAIN, 0},
    FreshType{"REQ", ZMQ_REQ, 0, EAGAIN, EAGAIN, EFSM, -1},
    FreshType{"REP", ZMQ_REP, 0, EFSM, EFSM, EAGAIN, -1},
    FreshType{"DEALER", ZMQ_DEALER, 0, EAGAIN, EAGAIN, EAGAIN, -1},
    FreshType{"ROUTER", ZMQ_ROUTER, out, 0, 0, EAGAIN, -1},
    FreshType{"PULL", ZMQ_PULL, 0, ENOTSUP, ENOTSUP, EAGAIN, -1},
    FreshType{"PUSH", ZMQ_PUSH, 0, EAGAIN, EAGAIN, ENOTSUP, -1},
    FreshType{"XPUB", ZMQ_XPUB, out, 0, 0, EAGAIN, -1},
    FreshType{"XSUB", ZMQ_XSUB, out, 0, 0, EAGAIN, 0},
    FreshType{"STREAM", ZMQ_STREAM, out, 0, EHOSTUNREACH, EAGAIN, -1},
};

class FreshSocket : public testing::TestWithParam<FreshType> {
 protected:
  Context context;
  Socket socket{context, GetParam().type};
};

TEST_P(FreshSocket, ReportsItsState) {
  EXPECT_EQ(socket.get_int(ZMQ_TYPE), GetParam().type);
  EXPECT_EQ(socket.get_int(ZMQ_EVENTS), GetParam().events);
  EXPECT_EQ(socket.get_int(ZMQ_RCVMORE), 0);
  EXPECT_EQ(socket.get_int(ZMQ_LINGER), GetParam().linger);
  EXPECT_EQ(socket.get_int(ZMQ_THREAD_SAFE), 0);
  EXPECT_GE(socket.get_int(ZMQ_FD), 0);
  EXPECT_EQ(socket.last_endpoint(), "");
}

TEST_P(FreshSocket, AnswersEveryFormOfSendAlike) {
  const Outcome expected = fails_with(GetParam().send);
  EXPECT_EQ(socket.try_send("x"), expected);
  EXPECT_EQ(outcome_of(zmq_send_const(socket, "x", 1, ZMQ_DONTWAIT)), expected);
  Message first{"x"};
  EXPECT_EQ(first.send(socket, ZMQ_DONTWAIT), expected);
  Message second{"x"};
  EXPECT_EQ(outcome_of(zmq_sendmsg(socket, second.get(), ZMQ_DONTWAIT)), expected);
}

TEST_P(FreshSocket, AnswersAnEmptyFrameLikeAnyOther) {
  EXPECT_EQ(socket.try_send(""), fails_with(GetParam().send));
}

TEST_P(FreshSocket, AnswersTheFirstPartOfAMultipartMessage) {
  EXPECT_EQ(socket.try_send("part", ZMQ_DONTWAIT | ZMQ_SNDMORE), fails_with(GetParam().send_more));
}

TEST_P(FreshSocket, AnswersEveryFormOfRecvAlike) {
  const Outcome expected = fails_with(GetParam().recv);
  char buffer[8];
  EXPECT_EQ(outcome_of(zmq_recv(socket, buffer, sizeof buffer, ZMQ_DONTWAIT)), expected);
  Message message;
  EXPECT_EQ(message.recv(socket, ZMQ_DONTWAIT), expected);
  EXPECT_EQ(outcome_of(zmq_recvmsg(socket, message.get(), ZMQ_DONTWAIT)), expected);
}

TEST_P(FreshSocket, WaitsForTheTimeoutOnlyWhereWaitingCanHelp) {
  socket.set(ZMQ_SNDTIMEO, 20).set(ZMQ_RCVTIMEO, 20);
  for (const bool sending : {true, false}) {
    const auto start = std::chrono::steady_clock::now();
    char buffer[8];
    const Outcome result =
        outcome_of(sending ? zmq_send(socket, "x", 1, 0) : zmq_recv(socket, buffer, 8, 0));
    const auto spent = std::chrono::steady_clock::now() - start;
    EXPECT_EQ(result, fails_with(sending ? GetParam().send : GetParam().recv));
    if (result == eagain) {
      EXPECT_GE(spent, std::chrono::milliseconds{19});
    }
  }
}

TEST_P(FreshSocket, AnswersAtOnceWithTimeoutsOfZero) {
  socket.set(ZMQ_SNDTIMEO, 0).set(ZMQ_RCVTIMEO, 0);
  char buffer[8];
  EXPECT_EQ(outcome_of(zmq_send(socket, "x", 1, 0)), fails_with(GetParam().send));
  EXPECT_EQ(outcome_of(zmq_recv(socket, buffer, sizeof buffer, 0)), fails_with(GetParam().recv));
}

TEST_P(FreshSocket, AnswersTheSameOnceBound) {
  socket.bind_any(Transport::tcp);
  EXPECT_EQ(socket.get_int(ZMQ_EVENTS), GetParam().events);
  EXPECT_EQ(socket.try_send("x"), fails_with(GetParam().send));
}

INSTANTIATE_TEST_SUITE_P(Of, FreshSocket, testing::ValuesIn(fresh_types),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(FreshSocketPeers, TypesThatDoNotSendRefuseWithAPeerToo) {
  Context context;
  for (const auto& [type, peer] : {std::pair{ZMQ_SUB, ZMQ_PUB}, std::pair{ZMQ_PULL, ZMQ_PUSH}}) {
    Socket a{context, type};
    Socket b{context, peer};
    b.connect(a.bind_any(Transport::inproc));
    EXPECT_EQ(a.try_send("x"), fails_with(ENOTSUP));
    char buffer[8];
    EXPECT_EQ(outcome_of(zmq_recv(b, buffer, sizeof buffer, ZMQ_DONTWAIT)), fails_with(ENOTSUP));
  }
}

TEST(FreshSocketPeers, StreamSwallowsTheFrameAfterALoneId) {
  Context context;
  Socket stream{context, ZMQ_STREAM};
  EXPECT_EQ(stream.try_send("lone"), ok);
  EXPECT_EQ(stream.try_send("body"), ok);
}

TEST(FreshSocketPeers, ATypeBeyondTheListIsRefused) {
  Context context;
  for (const int type : {-1, 12345}) {
    EXPECT_EQ(zmq_socket(context, type), nullptr);
    EXPECT_EQ(zmq_errno(), EINVAL);
  }
}

}  // namespace
}  // namespace api_test
