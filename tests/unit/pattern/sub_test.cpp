#include "pattern/sub.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>

#include "unit/pattern/harness.h"

namespace zmqng {
namespace {

using Messages = std::vector<Frames>;

int subscribe(Bench& bench, const std::string& topic) {
  return bench.pattern().subscribe(as_bytes(topic));
}
int unsubscribe(Bench& bench, const std::string& topic) {
  return bench.pattern().unsubscribe(as_bytes(topic));
}

TEST(Sub, TellsEachSubscriptionAndTheLastCancellation) {
  Bench sub(kSub);
  Remote& peer = sub.join();
  EXPECT_EQ(subscribe(sub, "A"), 0);
  EXPECT_EQ(subscribe(sub, "A"), 0);
  EXPECT_EQ(unsubscribe(sub, "unknown"), 0);
  EXPECT_EQ(unsubscribe(sub, "A"), 0);
  EXPECT_EQ(peer.recv_all(), (Messages{{"+A"}, {"+A"}}));
  EXPECT_EQ(unsubscribe(sub, "A"), 0);
  EXPECT_EQ(unsubscribe(sub, "A"), 0);
  EXPECT_EQ(peer.recv_all(), Messages{{"-A"}});
}

TEST(Sub, TellsANewcomerEverything) {
  Bench sub(kSub);
  for (const char* topic : {"B", "", "A", "A"}) EXPECT_EQ(subscribe(sub, topic), 0);
  EXPECT_EQ(sub.join().recv_all(), (Messages{{"+"}, {"+A"}, {"+B"}}));
}

TEST(Sub, TellsARestartedPeerEverythingAgain) {
  Bench sub(kSub);
  Remote& peer = sub.join();
  EXPECT_EQ(subscribe(sub, "A"), 0);
  EXPECT_EQ(subscribe(sub, "B"), 0);
  EXPECT_EQ(unsubscribe(sub, "A"), 0);
  EXPECT_EQ(peer.recv_all(), (Messages{{"+A"}, {"+B"}, {"-A"}}));
  peer.far().announce_restart();
  sub.serve();
  Record record;
  ASSERT_TRUE(peer.far().in().front(record));
  EXPECT_EQ(record.kind, Record::Kind::restart);
  EXPECT_EQ(peer.recv_all(), Messages{{"+B"}});
}

TEST(Sub, SubscriptionsNeedNoRoomAndAreNeverDropped) {
  Bench sub(kSub);
  Remote& peer = sub.join_with_room(1);
  for (int i = 0; i < 5000; ++i) ASSERT_EQ(subscribe(sub, std::to_string(i)), 0);
  EXPECT_EQ(peer.recv_all().size(), 5000u);
  EXPECT_EQ(sub.join_with_room(1).recv_all().size(), 5000u);
}

// Everything there is to read at the other side of the pipe; a restart mark reads as "restart".
Frames records(Remote& peer) {
  Frames found;
  Record record;
  YPipe& pipe = peer.far().in();
  while (pipe.front(record)) {
    const std::string text(as_text(record.payload));
    if (record.kind == Record::Kind::restart) found.push_back("restart");
    if (record.kind == Record::Kind::subscribe) found.push_back("+" + text);
    if (record.kind == Record::Kind::cancel) found.push_back("-" + text);
    YPipe::release(record);
    (void)pipe.pop(record);
  }
  return found;
}

TEST(Sub, TellsEverythingAgainWhenChangesPileUpUnread) {
  Bench sub(kSub);
  Remote& peer = sub.join_with_room(10);
  EXPECT_EQ(subscribe(sub, "stays"), 0);
  const std::size_t changes = 1000;
  for (std::size_t i = 0; i < changes; ++i) {
    EXPECT_EQ(subscribe(sub, "comes and goes"), 0);
    EXPECT_EQ(sub.pattern().unsubscribe(as_bytes("comes and goes")), 0);
  }
  EXPECT_EQ(subscribe(sub, "new"), 0);
  const Frames all = records(peer);
  EXPECT_LT(all.size(), 3 * changes);
  const auto last = std::find(all.rbegin(), all.rend(), "restart");
  ASSERT_NE(last, all.rend());
  // What a Link without a connection may drop leaves little, and all that counts.
  const auto kept = static_cast<std::size_t>(last - all.rbegin());
  EXPECT_LT(kept, 70u);
  EXPECT_EQ(std::count(last.base(), all.end(), "+stays"), 1);
  EXPECT_EQ(all.back(), "+new");
}

TEST(Sub, ChangesThatAreReadAreNotRepeated) {
  Bench sub(kSub);
  Remote& peer = sub.join_with_room(10);
  for (int i = 0; i < 1000; ++i) {
    EXPECT_EQ(subscribe(sub, "x"), 0);
    EXPECT_EQ(sub.pattern().unsubscribe(as_bytes("x")), 0);
    EXPECT_EQ(records(peer), (Frames{"+x", "-x"}));
  }
}

TEST(Sub, ManyTopicsAreNoPile) {
  Bench sub(kSub);
  Remote& peer = sub.join_with_room(10);
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(subscribe(sub, std::to_string(i)), 0);
  const Frames all = records(peer);
  EXPECT_EQ(all.size(), 1000u);
}

TEST(Sub, DropsWhatItHasNotSubscribedTo) {
  Bench sub(kSub);
  Remote& peer = sub.join();
  EXPECT_EQ(subscribe(sub, "A"), 0);
  for (const Frames& frames : Messages{{"B", "A"}, {"A1", "B"}, {""}, {"A2"}, {"b"}}) {
    peer.send(frames);
  }
  EXPECT_EQ(sub.recv_all(), (Messages{{"A1", "B"}, {"A2"}}));
}

TEST(Sub, IsNotReadableForWhatItWouldDrop) {
  Bench sub(kSub);
  Remote& peer = sub.join();
  EXPECT_EQ(subscribe(sub, "A"), 0);
  peer.send({"B", "b"});
  EXPECT_FALSE(sub.can_recv());
  peer.send({"A", "a"});
  EXPECT_TRUE(sub.can_recv());
  EXPECT_TRUE(sub.can_recv());
  EXPECT_EQ(sub.recv(), (Frames{"A", "a"}));
  EXPECT_FALSE(sub.can_recv());
}

TEST(Sub, KeepsAFoundMessageWholeWhenItsPeerIsDisconnected) {
  Bench sub(kSub);
  Remote& peer = sub.join();
  EXPECT_EQ(subscribe(sub, ""), 0);
  peer.send({"1", "2"});
  EXPECT_TRUE(sub.can_recv());
  sub.disconnect(peer);
  EXPECT_EQ(sub.recv(), (Frames{"1", "2"}));
}

TEST(Sub, WithInvertedMatchingTakesWhatDoesNotMatch) {
  Bench sub(kSub);
  sub.pattern_options().invert_matching = true;
  Remote& peer = sub.join();
  EXPECT_EQ(subscribe(sub, "A"), 0);
  peer.send({"A"});
  peer.send({"B"});
  EXPECT_EQ(sub.recv_all(), Messages{{"B"}});
}

TEST(Sub, NeverSends) {
  Bench sub(kSub);
  sub.join();
  EXPECT_EQ(sub.send({"x"}), ENOTSUP);
  EXPECT_FALSE(sub.can_send());
}

TEST(Sub, ToleratesSubscriptionsFromThePeer) {
  Bench sub(kSub);
  Remote& peer = sub.join();
  EXPECT_EQ(subscribe(sub, ""), 0);
  peer.subscribe("x");
  peer.send({"y"});
  EXPECT_EQ(sub.recv_all(), Messages{{"y"}});
}

}  // namespace
}  // namespace zmqng
