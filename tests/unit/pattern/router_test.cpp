#include "pattern/router.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "unit/pattern/harness.h"

namespace zmqng {
namespace {

using Messages = std::vector<Frames>;

TEST(Router, PrefixesTheSendersIdAndSendsByIt) {
  Bench router(kRouter);
  Remote& a = router.join("A");
  Remote& b = router.join("B");
  a.send({"1", "2"});
  b.send({""});
  EXPECT_EQ(router.recv_all(), (Messages{{"A", "1", "2"}, {"B", ""}}));
  EXPECT_EQ(router.send({"B", "", "x"}), 0);
  EXPECT_EQ(router.send({"A", "y"}), 0);
  EXPECT_EQ(a.recv_all(), Messages{{"y"}});
  EXPECT_EQ(b.recv_all(), (Messages{{"", "x"}}));
}

TEST(Router, NamesPeersThatHaveNoName) {
  Bench router(kRouter);
  Remote& a = router.join();
  Remote& b = router.join();
  a.send({"a"});
  b.send({"b"});
  const std::string first = bytes({0, 1, 2, 3, 4});
  const std::string second = bytes({0, 1, 2, 3, 5});
  EXPECT_EQ(router.recv_all(), (Messages{{first, "a"}, {second, "b"}}));
  EXPECT_EQ(router.send({second, "x"}), 0);
  EXPECT_EQ(b.recv_all(), Messages{{"x"}});
}

TEST(Router, LearnsLaterWhoADialedPeerIs) {
  Bench router(kRouter);
  Remote& a = router.join(Bench::Joining{std::nullopt, 0, false});
  EXPECT_EQ(router.send({"A", "too early"}), 0);
  a.introduce("A");
  router.serve();
  EXPECT_EQ(router.send({"A", "x"}), 0);
  EXPECT_EQ(a.recv_all(), Messages{{"x"}});
  a.send({"y"});
  EXPECT_EQ(router.recv(), (Frames{"A", "y"}));
}

TEST(Router, KeepsTheNameOfAPeerThatComesBackWithAnother) {
  Bench router(kRouter);
  Remote& a = router.join("A");
  a.introduce("B");
  a.send({"x"});
  EXPECT_EQ(router.recv(), (Frames{"A", "x"}));
  EXPECT_EQ(router.send({"A", "y"}), 0);
  EXPECT_EQ(router.send({"B", "z"}), 0);
  EXPECT_EQ(a.recv_all(), Messages{{"y"}});
}

TEST(Router, TakesDataFromNobodyInParticular) {
  Bench router(kRouter);
  Remote& a = router.join(Bench::Joining{std::nullopt, 0, true});
  a.send({"x"});
  EXPECT_EQ(router.recv(), (Frames{bytes({0, 1, 2, 3, 4}), "x"}));
}

TEST(Router, DropsWhatNobodyCanGet) {
  Bench router(kRouter);
  Remote& a = router.join("A");
  EXPECT_EQ(router.send({"unknown", "x", "y"}), 0);
  EXPECT_EQ(router.send({"single"}), 0);
  EXPECT_EQ(router.send({"A"}), 0);
  EXPECT_EQ(router.send({"", "x"}), 0);
  EXPECT_EQ(router.send({"A", "ok"}), 0);
  EXPECT_EQ(a.recv_all(), Messages{{"ok"}});
  EXPECT_TRUE(router.can_send());
}

TEST(Router, DropsWhatAFullPeerHasNoRoomFor) {
  Bench router(kRouter);
  Remote& a = router.join(Bench::Joining{"A", 1, false});
  EXPECT_EQ(router.send({"A", "1", "part"}), 0);
  EXPECT_EQ(router.send({"A", "2", "part"}), 0);
  EXPECT_EQ(a.recv_all(), (Messages{{"1", "part"}}));
  EXPECT_EQ(router.send({"A", "3"}), 0);
  EXPECT_EQ(a.recv_all(), Messages{{"3"}});
}

TEST(Router, WhenMandatorySaysWhyItCannotSend) {
  Bench router(kRouter);
  router.pattern_options().router_mandatory = true;
  EXPECT_FALSE(router.can_send());
  EXPECT_EQ(router.send({"A", "x"}), EHOSTUNREACH);
  EXPECT_EQ(router.send({"single"}), 0);
  Remote& a = router.join(Bench::Joining{"A", 1, false});
  EXPECT_TRUE(router.can_send());
  EXPECT_EQ(router.send({"A", "1"}), 0);
  EXPECT_FALSE(router.can_send());
  EXPECT_EQ(router.send({"A", "2"}), EAGAIN);
  EXPECT_EQ(a.recv(), Frames{"1"});
  EXPECT_TRUE(router.can_send());
  EXPECT_EQ(router.send({"A", "2"}), 0);
  a.leave();
  EXPECT_EQ(router.send({"A", "3"}), EHOSTUNREACH);
}

TEST(Router, SwallowsTheRestOfAMessageToAPeerThatGoes) {
  Bench router(kRouter);
  Remote& a = router.join("A");
  Remote& b = router.join("B");
  EXPECT_EQ(router.send_frame("A", true), 0);
  EXPECT_EQ(router.send_frame("1", true), 0);
  a.leave();
  EXPECT_EQ(router.send_frame("2", false), 0);
  EXPECT_EQ(router.send({"B", "x"}), 0);
  EXPECT_EQ(b.recv_all(), Messages{{"x"}});
}

TEST(Router, ADuplicateOfALivePeerWaitsUntilThatOneLeaves) {
  Bench router(kRouter);
  Remote& first = router.join("A");
  Remote& second = router.join("A");
  second.send({"second"});
  first.send({"first"});
  EXPECT_EQ(router.recv_all(), (Messages{{"A", "first"}}));
  EXPECT_EQ(router.send({"A", "x"}), 0);
  EXPECT_EQ(first.recv_all(), Messages{{"x"}});
  EXPECT_EQ(second.recv_all(), Messages{});
  first.leave();
  router.serve();
  EXPECT_EQ(router.recv_all(), (Messages{{"A", "second"}}));
  EXPECT_EQ(router.send({"A", "y"}), 0);
  EXPECT_EQ(second.recv_all(), Messages{{"y"}});
  second.leave();
  router.serve();
  EXPECT_EQ(router.pipes(), 0u);
}

TEST(Router, ADuplicateThatLeavesFirstInheritsNothing) {
  Bench router(kRouter);
  Remote& first = router.join("A");
  Remote& second = router.join("A");
  Remote& third = router.join("A");
  third.send({"third"});
  second.leave();
  router.serve();
  EXPECT_EQ(router.recv_all(), Messages{});
  first.leave();
  router.serve();
  EXPECT_EQ(router.recv_all(), (Messages{{"A", "third"}}));
  EXPECT_EQ(router.pipes(), 1u);
}

TEST(Router, WithHandoverADuplicateTakesTheIdAndTheOldOneIsCutOff) {
  Bench router(kRouter);
  router.pattern_options().router_handover = true;
  Remote& first = router.join("A");
  first.send({"old", "unread"});
  EXPECT_EQ(router.send_frame("A", true), 0);
  EXPECT_EQ(router.send_frame("half", true), 0);
  Remote& second = router.join("A");
  EXPECT_EQ(router.send_frame("end", false), 0);
  second.send({"new"});
  first.send({"late"});
  EXPECT_EQ(router.recv_all(), (Messages{{"A", "new"}}));
  EXPECT_EQ(router.send({"A", "x"}), 0);
  EXPECT_EQ(second.recv_all(), Messages{{"x"}});
  EXPECT_EQ(first.recv_all(), Messages{});
  EXPECT_EQ(router.pipes(), 2u);
  first.leave();
  router.serve();
  EXPECT_EQ(router.pipes(), 1u);
  EXPECT_EQ(router.send({"A", "y"}), 0);
  EXPECT_EQ(second.recv_all(), Messages{{"y"}});
}

TEST(Router, AnIdIsFreeAtOnceWhenItsPeerLeavesAndItsMessagesAreKept) {
  Bench router(kRouter);
  Remote& first = router.join("A");
  first.send({"old"});
  first.leave();
  Remote& second = router.join("A");
  second.send({"new"});
  EXPECT_EQ(router.send({"A", "x"}), 0);
  EXPECT_EQ(second.recv_all(), Messages{{"x"}});
  EXPECT_EQ(router.recv_all(), (Messages{{"A", "old"}, {"A", "new"}}));
  EXPECT_EQ(router.pipes(), 1u);
  EXPECT_EQ(router.send({"A", "y"}), 0);
  EXPECT_EQ(second.recv_all(), Messages{{"y"}});
}

TEST(Router, WhoComesSpeaksAndLeavesBeforeItIsSeenIsHeard) {
  Bench router(kRouter);
  Remote& a = router.join(Bench::Joining{std::nullopt, 0, false});
  a.introduce("A");
  a.send({"hello"});
  a.leave();
  EXPECT_EQ(router.recv_all(), (Messages{{"A", "hello"}}));
  EXPECT_EQ(router.pipes(), 0u);
  Remote& silent = router.join(Bench::Joining{std::nullopt, 0, false});
  silent.leave();
  router.serve();
  EXPECT_EQ(router.pipes(), 0u);
}

TEST(Router, UsesTheIdGivenForAConnect) {
  Bench router(kRouter);
  EXPECT_TRUE(router.pattern().is_routing_id_free(as_bytes("given")));
  router.pattern().set_next_routing_id("given");
  Remote& a = router.join(Bench::Joining{std::nullopt, 0, false});
  EXPECT_FALSE(router.pattern().is_routing_id_free(as_bytes("given")));
  EXPECT_EQ(router.send({"given", "at once"}), 0);
  EXPECT_EQ(a.recv_all(), Messages{{"at once"}});
  a.introduce("its own");
  a.send({"x"});
  EXPECT_EQ(router.recv(), (Frames{"given", "x"}));
  Remote& b = router.join("B");
  b.send({"y"});
  EXPECT_EQ(router.recv(), (Frames{"B", "y"}));
  router.disconnect(a);
  EXPECT_TRUE(router.pattern().is_routing_id_free(as_bytes("given")));
}

TEST(Router, RestOfAMessageOfADisconnectedPeerIsDelivered) {
  Bench router(kRouter);
  Remote& a = router.join("A");
  Remote& b = router.join("B");
  a.send({"1", "2"});
  b.send({"b"});
  Message id;
  ASSERT_EQ(router.recv_frame(id), 0);
  EXPECT_EQ(as_text(id.bytes()), "A");
  router.disconnect(a);
  EXPECT_TRUE(router.can_recv());
  EXPECT_EQ(router.recv(), (Frames{"1", "2"}));
  EXPECT_EQ(router.recv(), (Frames{"B", "b"}));
}

TEST(Router, DeliversNotificationsAsTheyCome) {
  Bench router(kRouter);
  Remote& a = router.join("A");
  a.send({""});
  a.send({"x"});
  a.send({""});
  a.leave();
  EXPECT_EQ(router.recv_all(), (Messages{{"A", ""}, {"A", "x"}, {"A", ""}}));
}

TEST(Router, TheIdCarriesThePropertiesOfThePeer) {
  Bench router(kRouter);
  router.join("A").send({"x"});
  Message id;
  ASSERT_EQ(router.recv_frame(id), 0);
  ASSERT_NE(id.peer(), nullptr);
  EXPECT_STREQ(id.peer()->find("Identity"), "A");
}

TEST(Router, ManyPeersWithIdsOfAllLengths) {
  Bench router(kRouter);
  std::vector<std::pair<std::string, Remote*>> peers;
  for (int i = 1; i <= 255; ++i) {
    const std::string id(static_cast<std::size_t>(i), 'i');
    peers.emplace_back(id, &router.join(id));
  }
  for (auto& [id, peer] : peers) EXPECT_EQ(router.send({id, "to " + id}), 0);
  for (auto& [id, peer] : peers) {
    EXPECT_EQ(peer->recv_all(), Messages{{"to " + id}});
    peer->send({"from " + id});
    EXPECT_EQ(router.recv(), (Frames{id, "from " + id}));
  }
}

TEST(Router, TheNameOfAPeerThatIsLeavingIsFree) {
  Bench router(kRouter);
  Remote& a = router.join("name");
  EXPECT_FALSE(router.pattern().is_routing_id_free(as_bytes("name")));
  a.leave();  // which the router has not been told yet
  EXPECT_TRUE(router.pattern().is_routing_id_free(as_bytes("name")));
  router.pattern().set_next_routing_id("name");
  Remote& b = router.join("");
  EXPECT_EQ(router.send({"name", "x"}), 0);
  EXPECT_EQ(b.recv_all(), Messages{{"x"}});
}

TEST(Router, RawPeersAreNamedAtOnceAndClosedByAnEmptyMessage) {
  Bench router(kRouter);
  router.pattern_options().router_raw = true;
  Remote& a = router.join(Bench::Joining{std::nullopt, 0, false});
  const std::string id = bytes({0, 1, 2, 3, 4});
  EXPECT_EQ(router.send_frame(id, true), 0);
  EXPECT_EQ(router.send_frame("octets", true), 0) << "more is not for streams";
  EXPECT_EQ(a.recv_all(), Messages{{"octets"}});
  a.send({"answer"});
  EXPECT_EQ(router.recv(), (Frames{id, "answer"}));
  EXPECT_EQ(router.send({id, ""}), 0);
  EXPECT_EQ(router.dropped, 1);
  EXPECT_EQ(router.pipes(), 0u);
  EXPECT_EQ(router.send({id, "x"}), 0);
}

}  // namespace
}  // namespace zmqng
