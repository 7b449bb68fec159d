#include "pattern/req.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "base/errors.h"
#include "unit/pattern/harness.h"

namespace zmqng {
namespace {

using Messages = std::vector<Frames>;

TEST(Req, AsksAndAwaitsTheAnswer) {
  Bench req(kReq);
  Remote& rep = req.join();
  EXPECT_EQ(req.send({"question", "part"}), 0);
  EXPECT_EQ(rep.recv_all(), (Messages{{"", "question", "part"}}));
  EXPECT_EQ(req.recv(), std::nullopt);
  EXPECT_EQ(req.last_error, EAGAIN);
  rep.send({"", "answer", "part"});
  EXPECT_EQ(req.recv(), (Frames{"answer", "part"}));
}

TEST(Req, KeepsToItsTurns) {
  Bench req(kReq);
  EXPECT_EQ(req.send({"x"}), EAGAIN);
  EXPECT_EQ(req.recv(), std::nullopt);
  EXPECT_EQ(req.last_error, kEfsm);
  Remote& rep = req.join();
  EXPECT_TRUE(req.can_send());
  EXPECT_EQ(req.send_frame("1", true), 0);
  EXPECT_EQ(req.recv(), std::nullopt);
  EXPECT_EQ(req.last_error, kEfsm) << "in the middle of the request";
  EXPECT_TRUE(req.can_send());
  EXPECT_EQ(req.send_frame("2", false), 0);
  EXPECT_EQ(req.send({"too early"}), kEfsm);
  EXPECT_FALSE(req.can_send());
  EXPECT_FALSE(req.can_recv());
  rep.send({"", "a", "b"});
  EXPECT_TRUE(req.can_recv());
  EXPECT_EQ(req.send({"too early"}), kEfsm);
  Message part;
  ASSERT_EQ(req.recv_frame(part), 0);
  EXPECT_EQ(req.send({"too early"}), kEfsm);
  EXPECT_TRUE(req.can_recv());
  ASSERT_EQ(req.recv_frame(part), 0);
  EXPECT_FALSE(req.can_recv());
  EXPECT_EQ(req.recv(), std::nullopt);
  EXPECT_EQ(req.last_error, kEfsm);
  EXPECT_TRUE(req.can_send());
}

TEST(Req, AsksItsPeersInTurn) {
  Bench req(kReq);
  Remote* peers[] = {&req.join(), &req.join(), &req.join()};
  for (int i = 0; i < 6; ++i) {
    ASSERT_EQ(req.send({std::to_string(i)}), 0);
    Remote& asked = *peers[i % 3];
    EXPECT_EQ(asked.recv_all(), (Messages{{"", std::to_string(i)}}));
    asked.send({"", "re"});
    EXPECT_EQ(req.recv(), Frames{"re"});
  }
}

TEST(Req, HearsOnlyThePeerItAsked) {
  Bench req(kReq);
  Remote& asked = req.join();
  Remote& other = req.join();
  ASSERT_EQ(req.send({"q"}), 0);
  other.send({"", "not asked"});
  EXPECT_FALSE(req.can_recv());
  asked.send({"", "answer"});
  EXPECT_EQ(req.recv(), Frames{"answer"});
}

TEST(Req, ThrowsAwayWhatWasThereBeforeTheRequest) {
  Bench req(kReq);
  Remote& rep = req.join();
  rep.send({"", "unasked"});
  rep.send({"nonsense"});
  ASSERT_EQ(req.send({"q"}), 0);
  EXPECT_FALSE(req.can_recv());
  rep.send({"", "answer"});
  EXPECT_EQ(req.recv(), Frames{"answer"});
}

TEST(Req, CorrelatesByAnIdThatGrows) {
  Bench req(kReq);
  req.pattern_options().req_correlate = true;
  Remote& rep = req.join();
  std::string last;
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(req.send({"q"}), 0);
    const auto request = rep.recv();
    ASSERT_TRUE(request);
    ASSERT_EQ(request->size(), 3u);
    const std::string id = request->at(0);
    EXPECT_EQ(id.size(), 4u);
    EXPECT_NE(id, last);
    EXPECT_EQ(request->at(1), "");
    rep.send({last.empty() ? "\1\2\3\4" : last, "", "stale"});
    rep.send({"", "without id"});
    EXPECT_FALSE(req.can_recv());
    rep.send({id, "", "answer"});
    EXPECT_EQ(req.recv(), Frames{"answer"});
    last = id;
  }
}

// A peer that sends these over a connection never gets here (ReplyCheck).
class ReqBadReply : public testing::TestWithParam<Frames> {};

TEST_P(ReqBadReply, IsSkipped) {
  for (const bool is_local : {false, true}) {
    Bench req(kReq);
    Remote& rep = req.join(Bench::Joining{"", 0, is_local});
    ASSERT_EQ(req.send({"q"}), 0);
    rep.send(GetParam());
    EXPECT_FALSE(req.can_recv());
    rep.send({"", "second"});
    EXPECT_EQ(req.recv(), Frames{"second"});
    EXPECT_EQ(req.dropped, 0);
  }
}

INSTANTIATE_TEST_SUITE_P(Measured, ReqBadReply,
                         testing::Values(Frames{"x"}, Frames{""}, Frames{"x", "ok"},
                                         Frames{"abcd", "ok"}, Frames{"abcd", ""},
                                         Frames{"x", "", "ok"}, Frames{"abcd", "", "ok"}));

TEST(Req, ABadReplyOfAnotherPeerDoesNotHarmTheAskedOne) {
  Bench req(kReq);
  Remote& asked = req.join();
  Remote& other = req.join();
  ASSERT_EQ(req.send({"q"}), 0);
  other.send({"bad", "reply"});
  EXPECT_FALSE(req.can_recv());
  asked.send({"", "answer"});
  EXPECT_EQ(req.recv(), Frames{"answer"});
}

TEST(Req, WaitsForEverForAPeerThatHasGone) {
  Bench req(kReq);
  Remote& asked = req.join();
  Remote& other = req.join();
  ASSERT_EQ(req.send({"q"}), 0);
  asked.leave();
  EXPECT_FALSE(req.can_recv());
  other.send({"", "not asked"});
  EXPECT_EQ(req.recv(), std::nullopt);
  EXPECT_EQ(req.last_error, EAGAIN);
  EXPECT_EQ(req.send({"again"}), kEfsm);
}

TEST(Req, TakesTheAnswerOfAPeerThatLeftAfterGivingIt) {
  Bench req(kReq);
  Remote& asked = req.join();
  ASSERT_EQ(req.send({"q"}), 0);
  asked.send({"", "answer", "end"});
  asked.leave();
  EXPECT_EQ(req.recv(), (Frames{"answer", "end"}));
  EXPECT_EQ(req.send({"q"}), EAGAIN);
}

TEST(Req, LetsPeersGoWhoseWordsNobodyAwaits) {
  Bench req(kReq);
  Remote& peer = req.join();
  peer.send({"", "unasked"});
  peer.leave();
  req.serve();
  EXPECT_EQ(req.pipes(), 0u);
}

TEST(Req, RelaxedMayAskAgain) {
  Bench req(kReq);
  req.pattern_options().req_relaxed = true;
  req.pattern_options().req_correlate = true;
  Remote& rep = req.join();
  ASSERT_EQ(req.send({"1"}), 0);
  EXPECT_TRUE(req.can_send());
  ASSERT_EQ(req.send({"2"}), 0);
  EXPECT_TRUE(req.can_send());
  const Messages requests = rep.recv_all();
  ASSERT_EQ(requests.size(), 2u);
  for (const Frames& request : requests) rep.send({request[0], "", "re:" + request[2]});
  EXPECT_EQ(req.recv(), Frames{"re:2"});
}

TEST(Req, RelaxedAloneTakesTheOldReplyForTheNewRequest) {
  Bench req(kReq);
  req.pattern_options().req_relaxed = true;
  Remote& rep = req.join();
  ASSERT_EQ(req.send({"1"}), 0);
  ASSERT_EQ(req.send({"2"}), 0);
  rep.send({"", "re:1"});
  EXPECT_EQ(req.recv(), Frames{"re:1"});
}

TEST(Req, RelaxedGivesUpAReplyThatIsHalfRead) {
  Bench req(kReq);
  req.pattern_options().req_relaxed = true;
  Remote& rep = req.join();
  ASSERT_EQ(req.send({"1"}), 0);
  rep.send({"", "a", "b"});
  Message part;
  ASSERT_EQ(req.recv_frame(part), 0);
  ASSERT_EQ(req.send({"2"}), 0);
  EXPECT_EQ(req.recv(), std::nullopt);
  rep.send({"", "re:2"});
  EXPECT_EQ(req.recv(), Frames{"re:2"});
}

TEST(Req, RelaxedKeepsWaitingIfNobodyCanBeAsked) {
  Bench req(kReq);
  req.pattern_options().req_relaxed = true;
  Remote& rep = req.join_with_room(1);
  ASSERT_EQ(req.send({"1"}), 0);
  EXPECT_EQ(req.send({"2"}), EAGAIN);
  EXPECT_EQ(rep.recv(), (Frames{"", "1"}));
  rep.send({"", "re:1"});
  EXPECT_EQ(req.recv(), Frames{"re:1"});
}

TEST(Req, LosesARequestWhosePeerGoesInTheMiddle) {
  Bench req(kReq);
  Remote& first = req.join();
  ASSERT_EQ(req.send_frame("1", true), 0);
  Remote& second = req.join();
  first.leave();
  EXPECT_EQ(req.send_frame("2", true), kAgainAtOnce);
  EXPECT_EQ(req.send_frame("2", true), 0);
  EXPECT_EQ(req.send_frame("3", false), 0);
  EXPECT_EQ(second.recv_all(), Messages{});
  EXPECT_EQ(req.recv(), std::nullopt);
  EXPECT_EQ(req.last_error, EAGAIN);
}

TEST(Req, FinishesAnAnswerWhosePeerIsDisconnectedMeanwhile) {
  Bench req(kReq);
  Remote& rep = req.join();
  ASSERT_EQ(req.send({"q"}), 0);
  rep.send({"", "1", "2", "3"});
  Message part;
  ASSERT_EQ(req.recv_frame(part), 0);
  req.disconnect(rep);
  EXPECT_EQ(req.recv(), (Frames{"2", "3"}));
  EXPECT_EQ(req.send({"q"}), EAGAIN);
}

}  // namespace
}  // namespace zmqng
