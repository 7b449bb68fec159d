// REQ and REP: one question, one answer, in lock step.
#include <gtest/gtest.h>
#include <zmq.h>

#include <array>
#include <optional>

#include "api/support/message.h"
#include "api/support/socket.h"

namespace api_test {
namespace {

constexpr Outcome efsm = fails_with(EFSM);

Outcome recv_now(Socket& socket) {
  Frames ignored;
  return socket.recv_into(ignored, ZMQ_DONTWAIT);
}

class Asking : public testing::TestWithParam<Transport> {
 protected:
  void pair_up() { req.connect(rep.bind_any(GetParam())); }
  Context context;
  Socket req{context, ZMQ_REQ};
  Socket rep{context, ZMQ_REP};
};

INSTANTIATE_TEST_SUITE_P(Over, Asking, all_transports(), transport_label);

TEST_P(Asking, QuestionsAndAnswersAlternate) {
  pair_up();
  for (int i = 0; i < 100; ++i) {
    req.send("question" + std::to_string(i));
    EXPECT_EQ(rep.recv_one(), "question" + std::to_string(i));
    rep.send("answer" + std::to_string(i));
    EXPECT_EQ(req.recv_one(), "answer" + std::to_string(i));
  }
}

TEST_P(Asking, MessagesOfManyPartsAndSizesPass) {
  pair_up();
  const Frames shapes[] = {{""},
                           {"", ""},
                           {"a", "", "b"},
                           {pattern_text(33), pattern_text(256)},
                           {pattern_text(100'000), "", pattern_text(8192)},
                           Frames(200, "x")};
  for (const Frames& shape : shapes) {
    req.send_all(shape);
    EXPECT_EQ(rep.recv(), shape);
    rep.send_all(shape);
    EXPECT_EQ(req.recv(), shape);
  }
}

TEST_P(Asking, EveryOtherOrderIsRefused) {
  pair_up();
  EXPECT_EQ(recv_now(req), efsm) << "nothing asked yet";
  EXPECT_EQ(rep.try_send("x"), efsm) << "nothing to answer yet";
  req.send("question");
  EXPECT_EQ(req.try_send("again"), efsm);
  EXPECT_EQ(rep.recv_one(), "question");
  EXPECT_EQ(recv_now(rep), efsm) << "the answer is due";
  rep.send("answer");
  EXPECT_EQ(rep.try_send("again"), efsm);
  EXPECT_EQ(req.recv_one(), "answer");
  EXPECT_EQ(recv_now(req), efsm);
  req.send("next");
  EXPECT_EQ(rep.recv_one(), "next");
}

TEST_P(Asking, AMessageMustBeReadAndWrittenWhole) {
  pair_up();
  EXPECT_EQ(req.try_send("1", ZMQ_SNDMORE), ok);
  EXPECT_EQ(recv_now(req), efsm) << "the question is not complete";
  EXPECT_EQ(req.try_send("2", 0), ok);
  Message part;
  EXPECT_EQ(part.recv(rep), ok);
  EXPECT_TRUE(part.more());
  EXPECT_EQ(rep.try_send("x"), efsm) << "the question has not been read to its end";
  EXPECT_EQ(part.recv(rep), ok);
  EXPECT_EQ(rep.try_send("3", ZMQ_SNDMORE), ok);
  EXPECT_EQ(recv_now(rep), efsm) << "the answer is not complete";
  EXPECT_EQ(rep.try_send("4", 0), ok);
  EXPECT_EQ(part.recv(req), ok);
  EXPECT_EQ(req.try_send("x"), efsm) << "the answer has not been read to its end";
  EXPECT_EQ(part.recv(req), ok);
  EXPECT_EQ(part.text(), "4");
  req.send("next");
}

TEST_P(Asking, EventsFollowTheLockStep) {
  pair_up();
  EXPECT_TRUE(req.wait_writable());
  EXPECT_EQ(req.events(), ZMQ_POLLOUT);
  EXPECT_EQ(rep.events(), 0);
  req.send("question");
  EXPECT_EQ(req.events(), 0);
  EXPECT_TRUE(rep.wait_readable());
  EXPECT_EQ(rep.events(), ZMQ_POLLIN);
  rep.recv();
  EXPECT_EQ(rep.events(), ZMQ_POLLOUT);
  rep.send("answer");
  EXPECT_EQ(rep.events(), 0);
  EXPECT_TRUE(req.wait_readable());
  EXPECT_EQ(req.events(), ZMQ_POLLIN);
  req.recv();
  EXPECT_EQ(req.events(), ZMQ_POLLOUT);
}

TEST_P(Asking, AnAnswerThatIsLateCanStillBeTaken) {
  pair_up();
  req.send("question");
  req.set(ZMQ_RCVTIMEO, 10);
  Frames frames;
  EXPECT_EQ(req.recv_into(frames, 0), eagain);
  EXPECT_EQ(req.try_send("impatient"), efsm);
  rep.recv();
  rep.send("answer");
  req.set(ZMQ_RCVTIMEO, static_cast<int>(deadline.count()));
  EXPECT_EQ(req.recv_one(), "answer");
}

TEST_P(Asking, QuestionsGoToTheAnswerersInTurn) {
  std::array reps{Socket{context, ZMQ_REP}, Socket{context, ZMQ_REP}, Socket{context, ZMQ_REP}};
  for (Socket& each : reps) req.connect(each.bind_any(GetParam()));
  for (size_t i = 0; i < 7; ++i) {
    req.send(std::to_string(i));
    EXPECT_EQ(reps[i % 3].recv_one(), std::to_string(i));
    reps[i % 3].send("ok");
    EXPECT_EQ(req.recv_one(), "ok");
  }
}

TEST_P(Asking, EveryAskerGetsItsOwnAnswer) {
  const std::string endpoint = rep.bind_any(GetParam());
  std::array reqs{Socket{context, ZMQ_REQ}, Socket{context, ZMQ_REQ}, Socket{context, ZMQ_REQ}};
  for (Socket& each : reqs) each.connect(endpoint);
  for (int round = 0; round < 5; ++round) {
    for (size_t i = 0; i < 3; ++i) reqs[i].send("from" + std::to_string(i));
    for (int i = 0; i < 3; ++i) rep.send("to " + rep.recv_one());
    for (size_t i = 0; i < 3; ++i) EXPECT_EQ(reqs[i].recv_one(), "to from" + std::to_string(i));
  }
}

TEST_P(Asking, AnAnswerToAVanishedAskerIsDropped) {
  pair_up();
  req.send("question");
  EXPECT_EQ(rep.recv_one(), "question");
  req.close();
  rep.send("answer");
  Socket next{context, ZMQ_REQ};
  next.connect(rep.last_endpoint());
  next.send("next");
  EXPECT_EQ(rep.recv_one(), "next");
  rep.send("answer");
  EXPECT_EQ(next.recv_one(), "answer");
}

TEST_P(Asking, AQuestionMayWaitForTheAnswererToBind) {
  const FreeEndpoint endpoint{GetParam()};
  req.connect(endpoint.text());
  req.send("early");
  rep.bind(endpoint.text());
  EXPECT_EQ(rep.recv_one(), "early");
  rep.send("answer");
  EXPECT_EQ(req.recv_one(), "answer");
}

TEST_P(Asking, ABrokerOfRouterAndDealerPassesBothWays) {
  Socket front{context, ZMQ_ROUTER};
  Socket back{context, ZMQ_DEALER};
  req.connect(front.bind_any(GetParam()));
  rep.connect(back.bind_any(GetParam()));
  req.send_all({"a", "", "b"});
  const Frames request = front.recv();
  ASSERT_EQ(request.size(), 5u);
  EXPECT_EQ(request[1], "") << "the delimiter after the routing id";
  back.send_all(request);
  EXPECT_EQ(rep.recv(), (Frames{"a", "", "b"}));
  rep.send_all({"c", ""});
  const Frames reply = back.recv();
  EXPECT_EQ(reply, (Frames{request[0], "", "c", ""}));
  front.send_all(reply);
  EXPECT_EQ(req.recv(), (Frames{"c", ""}));
}

TEST_P(Asking, TheAnswererKeepsTheWholeEnvelope) {
  Socket dealer{context, ZMQ_DEALER};
  dealer.connect(rep.bind_any(GetParam()));
  const Frames envelopes[] = {{}, {"hop1"}, {"hop1", "hop2", pattern_text(300)}};
  for (const Frames& envelope : envelopes) {
    Frames message = envelope;
    message.insert(message.end(), {"", "body", ""});
    dealer.send_all(message);
    EXPECT_EQ(rep.recv(), (Frames{"body", ""}));
    rep.send_all({"answer", "x"});
    Frames expected = envelope;
    expected.insert(expected.end(), {"", "answer", "x"});
    EXPECT_EQ(dealer.recv(), expected);
  }
}

TEST_P(Asking, AQuestionWithoutADelimiterIsDroppedAndTheConnectionStays) {
  Socket dealer{context, ZMQ_DEALER};
  dealer.connect(rep.bind_any(GetParam()));
  const Frames malformed[] = {{"x"}, {""}, {"a", "b"}, {"a", "b", ""}, Frames(30, "hop")};
  for (const Frames& message : malformed) dealer.send_all(message);
  dealer.send_all({"", "good"});
  EXPECT_EQ(rep.recv_one(), "good");
  rep.send("answer");
  EXPECT_EQ(dealer.recv(), (Frames{"", "answer"}));
}

TEST_P(Asking, TheAskerHearsOnlyThePeerItAsked) {
  Socket asked{context, ZMQ_ROUTER};
  Socket other{context, ZMQ_ROUTER};
  other.set(ZMQ_ROUTER_MANDATORY, 1);
  req.set(ZMQ_ROUTING_ID, "req");
  req.connect(asked.bind_any(GetParam()));
  req.connect(other.bind_any(GetParam()));
  req.send("question");
  EXPECT_EQ(asked.recv(), (Frames{"req", "", "question"}));
  EXPECT_TRUE(wait_until([&] {
    return other.try_send_all({"req", "", "intruding"}, ZMQ_DONTWAIT) == ok;
  }));
  req.set(ZMQ_RCVTIMEO, static_cast<int>(quiet_time.count()));
  Frames frames;
  EXPECT_EQ(req.recv_into(frames, 0), eagain);
  EXPECT_FALSE(req.readable());
  asked.send_all({"req", "", "answer"});
  req.set(ZMQ_RCVTIMEO, static_cast<int>(deadline.count()));
  EXPECT_EQ(req.recv_one(), "answer");
}

TEST(AskingOverInproc, WhatHadComeBeforeAQuestionIsThrownAway) {
  Context context;
  Socket req{context, ZMQ_REQ};
  Socket router{context, ZMQ_ROUTER};
  req.set(ZMQ_ROUTING_ID, "req");
  req.connect(router.bind_any(Transport::inproc));
  req.send("1");
  EXPECT_EQ(router.recv().back(), "1");
  router.send_all({"req", "", "answer 1"});
  router.send_all({"req", "", "surplus"});
  EXPECT_EQ(req.recv_one(), "answer 1");
  req.send("2");
  EXPECT_EQ(router.recv().back(), "2");
  EXPECT_TRUE(req.stays_silent());
  router.send_all({"req", "", "answer 2"});
  EXPECT_EQ(req.recv_one(), "answer 2");
}

TEST(AskingOverInproc, AnAnswerWithoutADelimiterIsNoAnswer) {
  for (const Frames& malformed : {Frames{"req", "body"}, Frames{"req", "x", "body"}}) {
    Context context;
    Socket req{context, ZMQ_REQ};
    Socket router{context, ZMQ_ROUTER};
    req.set(ZMQ_ROUTING_ID, "req");
    req.connect(router.bind_any(Transport::inproc));
    req.send("question");
    router.recv();
    router.send_all(malformed);
    EXPECT_EQ(recv_now(req), eagain);
    EXPECT_FALSE(req.readable());
    router.send_all({"req", "", "answer"});
    EXPECT_EQ(req.recv_one(), "answer");
  }
}

TEST_P(Asking, AMalformedAnswerIsNeverDelivered) {
  for (const Frames& malformed :
       {Frames{"body"}, Frames{"x", "body"}, Frames{""}, Frames{"1234", "body"}}) {
    Socket asker{context, ZMQ_REQ};
    Socket router{context, ZMQ_ROUTER};
    asker.set(ZMQ_ROUTING_ID, "req");
    asker.connect(router.bind_any(GetParam()));
    asker.send("question");
    router.recv();
    Frames message{"req"};
    message.insert(message.end(), malformed.begin(), malformed.end());
    router.send_all(message);
    asker.set(ZMQ_RCVTIMEO, 20);
    Frames frames;
    EXPECT_EQ(asker.recv_into(frames, 0), eagain);
    EXPECT_FALSE(asker.readable());
  }
}

TEST_P(Asking, AnAnswererThatRestartsIsFoundAgain) {
  if (GetParam() == Transport::inproc) GTEST_SKIP() << "inproc does not reconnect";
  req.set(ZMQ_RECONNECT_IVL, 5).set(ZMQ_REQ_RELAXED, 1).set(ZMQ_REQ_CORRELATE, 1);
  const FreeEndpoint endpoint{GetParam()};
  req.connect(endpoint.text());
  for (int round = 0; round < 3; ++round) {
    std::optional<Socket> server;
    EXPECT_TRUE(wait_until([&] {
      server.emplace(context, ZMQ_REP);
      return server->try_bind(endpoint.text()) == ok;
    }));
    // A question handed to the connection that is just ending is lost: ask until heard.
    std::optional<Frames> question;
    EXPECT_TRUE(wait_until([&] {
      req.send("question");
      question = server->recv_within(std::chrono::milliseconds{100});
      return question.has_value();
    }));
    server->send("answer");
    EXPECT_EQ(req.recv_one(), "answer");
    server.reset();
  }
}

}  // namespace
}  // namespace api_test
