#include "pattern/dealer.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "unit/pattern/harness.h"

namespace zmqng {
namespace {

using Messages = std::vector<Frames>;

TEST(Dealer, SendsInTurnAndReceivesInTurn) {
  Bench dealer(kDealer);
  Remote& a = dealer.join();
  Remote& b = dealer.join();
  for (const char* text : {"1", "2", "3"}) EXPECT_EQ(dealer.send({"", text}), 0);
  EXPECT_EQ(a.recv_all(), (Messages{{"", "1"}, {"", "3"}}));
  EXPECT_EQ(b.recv_all(), (Messages{{"", "2"}}));
  a.send({"a1"});
  a.send({"a2"});
  b.send({"b1"});
  EXPECT_EQ(dealer.recv_all(), (Messages{{"a1"}, {"b1"}, {"a2"}}));
}

TEST(Dealer, WithoutPeersDoesNothing) {
  Bench dealer(kDealer);
  EXPECT_EQ(dealer.send({"x"}), EAGAIN);
  EXPECT_EQ(dealer.recv(), std::nullopt);
  EXPECT_EQ(dealer.last_error, EAGAIN);
  EXPECT_FALSE(dealer.can_send());
  EXPECT_FALSE(dealer.can_recv());
}

TEST(Dealer, ReadsOnFromAPeerThatCannotBeWrittenTo) {
  Bench dealer(kDealer);
  Remote& a = dealer.join();
  a.send({"1"});
  a.send({"2"});
  dealer.shut(a);
  EXPECT_EQ(dealer.send({"x"}), EAGAIN);
  EXPECT_EQ(dealer.recv_all(), (Messages{{"1"}, {"2"}}));
  EXPECT_EQ(dealer.pipes(), 1u);
  a.leave();
  dealer.serve();
  EXPECT_EQ(dealer.pipes(), 0u);
}

TEST(Dealer, ProbesEveryNewPipe) {
  for (int type : {kDealer, kReq, kRouter, kRep}) {
    Bench bench(type);
    bench.pattern_options().probe_router = true;
    EXPECT_EQ(bench.join().recv_all(), Messages{{""}}) << type;
    EXPECT_EQ(bench.join().recv_all(), Messages{{""}}) << type;
  }
}

}  // namespace
}  // namespace zmqng
