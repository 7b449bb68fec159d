// REQ_CORRELATE and REQ_RELAXED: leaving the lock step without mixing up answers.
#include <gtest/gtest.h>
#include <zmq.h>

#include <cstring>

#include "api/support/socket.h"

namespace api_test {
namespace {

class Correlating : public testing::TestWithParam<Transport> {
 protected:
  void pair_up() {
    req.set(ZMQ_ROUTING_ID, "req");
    req.connect(router.bind_any(GetParam()));
  }
  Context context;
  Socket req{context, ZMQ_REQ};
  Socket router{context, ZMQ_ROUTER};
};

INSTANTIATE_TEST_SUITE_P(Over, Correlating, all_transports(), transport_label);

uint32_t number_of(const std::string& request_id) {
  uint32_t number = 0;
  EXPECT_EQ(request_id.size(), sizeof number);
  std::memcpy(&number, request_id.data(), std::min(request_id.size(), sizeof number));
  return number;
}

TEST_P(Correlating, PutsANumberBeforeTheDelimiter) {
  req.set(ZMQ_REQ_CORRELATE, 1);
  pair_up();
  req.send_all({"question", "part"});
  const Frames request = router.recv();
  ASSERT_EQ(request.size(), 5u);
  EXPECT_EQ(request[0], "req");
  EXPECT_EQ(request[1].size(), 4u);
  EXPECT_EQ(request[2], "");
  EXPECT_EQ(request[3], "question");
  EXPECT_EQ(request[4], "part");
  router.send_all({"req", request[1], "", "answer", "part"});
  EXPECT_EQ(req.recv(), (Frames{"answer", "part"}));
}

TEST_P(Correlating, CountsItsQuestions) {
  req.set(ZMQ_REQ_CORRELATE, 1);
  pair_up();
  uint32_t last = 0;
  for (int i = 0; i < 4; ++i) {
    req.send("question");
    const Frames request = router.recv();
    ASSERT_EQ(request.size(), 4u);
    if (i > 0) {
      EXPECT_EQ(number_of(request[1]), last + 1);
    }
    last = number_of(request[1]);
    router.send_all({"req", request[1], "", "answer"});
    EXPECT_EQ(req.recv_one(), "answer");
  }
}

TEST_P(Correlating, SkipsAnswersToOtherQuestions) {
  req.set(ZMQ_REQ_CORRELATE, 1);
  pair_up();
  req.send("question");
  const Frames request = router.recv();
  ASSERT_EQ(request.size(), 4u);
  std::string foreign = request[1];
  foreign[0] = static_cast<char>(foreign[0] + 1);
  router.send_all({"req", foreign, "", "wrong"});
  router.send_all({"req", foreign, "", "wrong", "twice"});
  router.send_all({"req", request[1], "", "right"});
  EXPECT_EQ(req.recv_one(), "right");
}

TEST_P(Correlating, WorksWithAnyAnswerer) {
  Socket rep{context, ZMQ_REP};
  req.set(ZMQ_REQ_CORRELATE, 1);
  req.connect(rep.bind_any(GetParam()));
  for (int i = 0; i < 3; ++i) {
    req.send(std::to_string(i));
    EXPECT_EQ(rep.recv_one(), std::to_string(i));
    rep.send("re:" + std::to_string(i));
    EXPECT_EQ(req.recv_one(), "re:" + std::to_string(i));
  }
}

TEST_P(Correlating, ARelaxedAskerMayAskAgainAndGetsTheLastAnswer) {
  Socket rep{context, ZMQ_REP};
  req.set(ZMQ_REQ_CORRELATE, 1).set(ZMQ_REQ_RELAXED, 1);
  req.connect(rep.bind_any(GetParam()));
  req.send("1");
  EXPECT_EQ(rep.recv_one(), "1");
  EXPECT_TRUE(req.writable());
  req.send("2");
  rep.send("re:1");
  EXPECT_EQ(rep.recv_one(), "2");
  rep.send("re:2");
  EXPECT_EQ(req.recv_one(), "re:2");
  Frames frames;
  EXPECT_EQ(req.recv_into(frames, ZMQ_DONTWAIT), fails_with(EFSM));
}

TEST_P(Correlating, ARelaxedAskerDropsAMessageItHadBegun) {
  req.set(ZMQ_REQ_CORRELATE, 1).set(ZMQ_REQ_RELAXED, 1);
  pair_up();
  req.send("1");
  for (int i = 2; i < 5; ++i) req.send(std::to_string(i));
  uint32_t first = 0;
  for (int i = 1; i < 5; ++i) {
    const Frames request = router.recv();
    ASSERT_EQ(request.size(), 4u);
    EXPECT_EQ(request[3], std::to_string(i));
    if (i == 1) first = number_of(request[1]);
    EXPECT_EQ(number_of(request[1]), first + static_cast<uint32_t>(i) - 1);
  }
}

TEST_P(Correlating, ARelaxedAskerGoesToTheNextPeerWhenOneIsSilent) {
  Socket silent{context, ZMQ_ROUTER};
  req.set(ZMQ_REQ_CORRELATE, 1).set(ZMQ_REQ_RELAXED, 1).set(ZMQ_ROUTING_ID, "req");
  req.connect(silent.bind_any(GetParam()));
  req.connect(router.bind_any(GetParam()));
  req.send("1");
  EXPECT_EQ(silent.recv().back(), "1");
  req.send("2");
  const Frames request = router.recv();
  ASSERT_EQ(request.size(), 4u);
  router.send_all({"req", request[1], "", "re:2"});
  EXPECT_EQ(req.recv_one(), "re:2");
}

TEST_P(Correlating, RelaxedAloneAllowsASecondQuestion) {
  req.set(ZMQ_REQ_RELAXED, 1);
  pair_up();
  req.send("1");
  req.send("2");
  EXPECT_EQ(router.recv(), (Frames{"req", "", "1"}));
  EXPECT_EQ(router.recv(), (Frames{"req", "", "2"}));
}

}  // namespace
}  // namespace api_test
