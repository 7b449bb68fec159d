#include "pipe/pipe.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "unit/pipe/pipe_bench.h"

namespace zmqng {
namespace {

TEST(Pipe, CarriesMessagesBothWays) {
  Bench bench;
  bench.adopt();
  EXPECT_EQ(&bench.near.end().peer(), &bench.far.end());
  EXPECT_EQ(&bench.near.end().pipe(), bench.pipe);
  bench.near.send("ping");
  bench.far.send("pong");
  EXPECT_EQ(bench.far.read(), "ping");
  EXPECT_EQ(bench.near.read(), "pong");
  EXPECT_EQ(bench.near.read(), "-");
}

TEST(Pipe, PartsArriveTogether) {
  Bench bench;
  bench.adopt();
  bench.near.write("a", true);
  bench.near.write("b", true);
  EXPECT_TRUE(bench.near.end().has_unpublished());
  EXPECT_EQ(bench.far.read(), "-");
  bench.near.send("c");
  EXPECT_EQ(bench.far.read(), "a+");
  EXPECT_EQ(bench.far.read(), "b+");
  EXPECT_EQ(bench.far.read(), "c");
}

TEST(Pipe, WhatIsRolledBackNeverArrives) {
  Bench bench;
  bench.adopt();
  bench.near.write("a", true);
  bench.near.end().rollback();
  bench.near.send("b");
  EXPECT_EQ(bench.far.read(), "b");
}

TEST(Pipe, ALargeBodyIsHandedOverAsItIs) {
  Bench bench;
  bench.adopt();
  Witness witness;
  Message received;
  {
    Message sent = witness.message();
    ASSERT_TRUE(bench.near.end().write({sent.bytes(), false, &sent}));
    bench.near.end().publish();
    ASSERT_EQ(bench.far.end().read(received), PipeEnd::Read::got);
    EXPECT_EQ(received.data(), sent.data());
  }
  EXPECT_EQ(witness.freed, 0);
  received = Message();
  EXPECT_EQ(witness.freed, 1);
}

TEST(Pipe, ALargeConstantIsNeverCopied) {
  static const std::string constant(kLarge, 'c');
  Bench bench;
  bench.adopt();
  Message sent;
  sent.refer_to_constant(constant.data(), constant.size());
  ASSERT_TRUE(bench.near.end().write({sent.bytes(), false, &sent}));
  bench.near.end().publish();
  Message received;
  ASSERT_EQ(bench.far.end().read(received), PipeEnd::Read::got);
  EXPECT_TRUE(received.is_constant());
  EXPECT_EQ(received.bytes().data(), as_bytes(constant).data());
}

TEST(Pipe, MemoryOfTheApplicationTravelsItselfHoweverSmall) {
  static std::uint8_t bytes[3] = {'a', 'b', 'c'};
  Bench bench;
  bench.adopt();
  for (const std::size_t size : {std::size_t{0}, sizeof bytes}) {
    int freed = 0;
    Message received;
    {
      Message sent;
      Body* body = make_user_body(
          bytes, [](void*, void* hint) { ++*static_cast<int*>(hint); }, &freed);
      sent.adopt_user_data(body, bytes, size);
      ASSERT_TRUE(bench.near.end().write({sent.bytes(), false, &sent}));
      bench.near.end().publish();
    }
    ASSERT_EQ(bench.far.end().read(received), PipeEnd::Read::got);
    EXPECT_EQ(received.data(), bytes);
    EXPECT_EQ(received.size(), size);
    EXPECT_EQ(freed, 0);
    received = Message();
    EXPECT_EQ(freed, 1);
  }
}

TEST(Pipe, EverySizeArrivesUnchanged) {
  Bench bench;
  bench.adopt();
  for (std::size_t size :
       {0u, 1u, 48u, 49u, 255u, 256u, 512u, 513u, 1024u, 4096u, 4097u, 100000u}) {
    const std::string text(size, 's');
    bench.near.send(text);
    EXPECT_EQ(bench.far.read(), text);
  }
}

TEST(Pipe, AMessageThatIsASliceOutlivesThePipe) {
  Message kept;
  {
    Bench bench;
    bench.adopt();
    bench.near.send(std::string(800, 'k'));
    ASSERT_EQ(bench.far.end().read(kept), PipeEnd::Read::got);
    bench.near.send(std::string(800, 'l'));
  }
  EXPECT_EQ(as_text(kept.bytes()), std::string(800, 'k'));
}

TEST(Pipe, AMessageThatIsReadIntoLosesWhatItHeld) {
  Bench bench;
  bench.adopt();
  Witness witness;
  Message message = witness.message();
  message.set_more(true);
  bench.near.send("x");
  ASSERT_EQ(bench.far.end().read(message), PipeEnd::Read::got);
  EXPECT_EQ(witness.freed, 1);
  EXPECT_FALSE(message.has_more());
}

TEST(Pipe, CopiesWhatItIsToldToCopy) {
  Bench bench;
  bench.adopt();
  std::string bytes(30000, 'b');
  ASSERT_TRUE(bench.near.end().write_copy(as_bytes("head"), true));
  ASSERT_TRUE(bench.near.end().write_copy(as_bytes(bytes), false));
  bench.near.end().publish();
  bytes.assign(30000, '-');
  EXPECT_EQ(bench.far.read(), "head+");
  EXPECT_EQ(bench.far.read(), std::string(30000, 'b'));
}

TEST(Pipe, SubscriptionsAreReadAsMessagesWithARole) {
  Bench bench;
  bench.adopt();
  const std::string long_topic(kLarge, 't');
  ASSERT_TRUE(bench.near.end().write_subscription(true, as_bytes("a")));
  ASSERT_TRUE(bench.near.end().write_subscription(false, as_bytes(long_topic)));
  bench.near.end().publish();
  Message message;
  ASSERT_EQ(bench.far.end().read(message), PipeEnd::Read::got);
  EXPECT_EQ(message.role(), Message::Role::subscribe);
  EXPECT_EQ(as_text(message.bytes()), "a");
  ASSERT_EQ(bench.far.end().read(message), PipeEnd::Read::got);
  EXPECT_EQ(message.role(), Message::Role::cancel);
  EXPECT_EQ(as_text(message.bytes()), long_topic);
  bench.near.send("data");
  ASSERT_EQ(bench.far.end().read(message), PipeEnd::Read::got);
  EXPECT_EQ(message.role(), Message::Role::data);
}

// ---- peers

TEST(Pipe, MessagesCarryTheLatestPeer) {
  Bench bench;
  bench.adopt();
  ASSERT_TRUE(bench.near.end().write_peer(new PeerInfo("one", {{"Identity", "one"}}, -1)));
  bench.near.send("a");
  ASSERT_TRUE(bench.near.end().write_peer(new PeerInfo("two", {}, -1)));
  bench.near.send("b");
  Message message;
  EXPECT_EQ(bench.far.end().peer_info(), nullptr);
  ASSERT_EQ(bench.far.end().read(message), PipeEnd::Read::got);
  ASSERT_NE(message.peer(), nullptr);
  EXPECT_EQ(message.peer(), bench.far.end().peer_info());
  Message first = std::move(message);
  ASSERT_EQ(bench.far.end().read(message), PipeEnd::Read::got);
  EXPECT_EQ(bench.far.end().peer_info()->identity(), "two");
  EXPECT_EQ(message.peer(), nullptr) << "a peer without properties has nothing to tell";
  EXPECT_EQ(first.peer()->identity(), "one");
}

TEST(Pipe, LookingTakesInWhoThePeerIs) {
  Bench bench;
  bench.adopt();
  ASSERT_TRUE(bench.near.end().write_peer(new PeerInfo("one", {}, -1)));
  ASSERT_TRUE(bench.near.end().write_restart());
  bench.near.end().publish();
  EXPECT_FALSE(bench.far.end().can_read());
  ASSERT_NE(bench.far.end().peer_info(), nullptr);
  EXPECT_EQ(bench.far.end().peer_info()->identity(), "one");
  bench.far.end().set_peer_info(new PeerInfo("other", {}, -1));
  EXPECT_EQ(bench.far.end().peer_info()->identity(), "other");
}

// ---- telling each other

TEST(Pipe, AReaderIsToldOnceAfterItFoundNothing) {
  Bench bench;
  bench.adopt();
  bench.near.send("a");
  EXPECT_EQ(bench.far.news(), Texts()) << "it has not looked yet";
  EXPECT_EQ(bench.far.read(), "a");
  EXPECT_EQ(bench.far.read(), "-");
  bench.near.send("b");
  bench.near.send("c");
  EXPECT_EQ(bench.far.news(), Texts({"readable"}));
  EXPECT_TRUE(bench.far.end().can_read());
  EXPECT_EQ(bench.far.read(), "b");
  EXPECT_EQ(bench.far.read(), "c");
  EXPECT_FALSE(bench.far.end().can_read());
  bench.near.send("d");
  EXPECT_EQ(bench.far.news(), Texts({"readable"}));
}

TEST(Pipe, AWriterIsToldWhenThereIsRoom) {
  Bench bench;
  bench.adopt();
  bench.near.end().set_out_limit(4);
  for (int i = 0; i < 4; ++i) {
    ASSERT_TRUE(bench.near.end().can_write());
    bench.near.send("x");
  }
  EXPECT_FALSE(bench.near.end().would_write());
  EXPECT_FALSE(bench.near.end().can_write());
  EXPECT_EQ(bench.far.read(), "x");
  EXPECT_EQ(bench.near.news(), Texts());
  EXPECT_EQ(bench.far.read(), "x");
  EXPECT_EQ(bench.near.news(), Texts({"writable"}));
  EXPECT_TRUE(bench.near.end().would_write());
  EXPECT_TRUE(bench.near.end().can_write());
}

TEST(Pipe, AReaderGivesAllCreditBeforeItSleeps) {
  Bench bench;
  bench.adopt();
  bench.far.end().set_in_limit(10);
  bench.near.send("x");
  EXPECT_EQ(bench.far.read(), "x");
  EXPECT_EQ(bench.far.read(), "-");
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(bench.near.end().can_write()) << i;
    bench.near.send("y");
  }
  EXPECT_FALSE(bench.near.end().can_write());
}

TEST(Pipe, AWriterHearsOfALimitThatWasRaised) {
  Bench bench;
  bench.adopt();
  bench.far.end().set_in_limit(1);
  bench.near.send("x");
  ASSERT_FALSE(bench.near.end().can_write());
  bench.far.end().raise_in_limit(2);
  EXPECT_EQ(bench.near.news(), Texts({"writable"}));
  EXPECT_TRUE(bench.near.end().can_write());
}

TEST(Pipe, ARestartIsAnnouncedToThePeersOwner) {
  Bench bench;
  bench.adopt();
  bench.far.end().announce_restart();
  EXPECT_EQ(bench.near.news(), Texts({"restarted"}));
}

// ---- a reader that comes round by itself

struct AwakeReader : testing::Test {
  AwakeReader() {
    bench.adopt();
    bench.near.end().set_out_limit(4);
    while (bench.near.end().can_write()) bench.near.send("x");
  }
  Bench bench;
};

TEST_F(AwakeReader, IsToldOnceThatTheWriterIsOutOfRoom) {
  Bench other;
  other.adopt();
  other.near.end().set_out_limit(1);
  other.near.tells_when_full = true;
  other.near.send("x");
  EXPECT_EQ(other.far.news(), Texts{});
  EXPECT_FALSE(other.near.end().can_write());
  EXPECT_EQ(other.far.news(), Texts{"readable"});
  EXPECT_FALSE(other.near.end().can_write());
  EXPECT_EQ(other.far.news(), Texts{});
  EXPECT_EQ(other.far.read(), "x");
  EXPECT_TRUE(other.near.end().can_write());
  other.near.send("y");
  EXPECT_FALSE(other.near.end().can_write());
  EXPECT_EQ(other.far.news(), Texts{"readable"}) << "it was full anew";
}

TEST_F(AwakeReader, IsNotToldByAnOwnerThatMakesRoomItself) {
  EXPECT_EQ(bench.far.news(), Texts{});
}

// ---- messages that are wanted for a moment only

TEST(MomentaryMessage, RefersToThePipeUntilItHasToLast) {
  const std::string text(300, 'm');
  Bench bench;
  bench.adopt();
  bench.near.send(text);
  bench.near.send("next");
  Message message;
  message.set_momentary();
  ASSERT_EQ(bench.far.end().read(message), PipeEnd::Read::got);
  EXPECT_EQ(as_text(message.bytes()), text);
  EXPECT_EQ(message.body(), nullptr) << "no memory of its own";
  const std::uint8_t* moment = message.data();
  ASSERT_TRUE(message.outlast_moment());
  EXPECT_NE(message.data(), moment);
  EXPECT_EQ(as_text(message.bytes()), text);
  ASSERT_EQ(bench.far.end().read(message), PipeEnd::Read::got);
  EXPECT_EQ(as_text(message.bytes()), "next");
}

TEST(MomentaryMessage, ComesWholeAcrossChunks) {
  Bench bench;
  bench.adopt();
  for (int i = 0; i < 2000; ++i) bench.near.send(std::string(static_cast<std::size_t>(i), 'm'));
  for (int i = 0; i < 2000; ++i) {
    Message message;
    message.set_momentary();
    ASSERT_EQ(bench.far.end().read(message), PipeEnd::Read::got);
    ASSERT_EQ(as_text(message.bytes()), std::string(static_cast<std::size_t>(i), 'm'));
  }
}

TEST(MomentaryMessage, OutlastsWhatHasAnOwnerAnyway) {
  Witness witness;
  Bench bench;
  bench.adopt();
  witness.send_through(bench.near);
  Message message;
  message.set_momentary();
  ASSERT_EQ(bench.far.end().read(message), PipeEnd::Read::got);
  EXPECT_TRUE(message.outlast_moment());
  EXPECT_EQ(witness.freed, 0);
  message = Message();
  EXPECT_EQ(witness.freed, 1);
}

}  // namespace
}  // namespace zmqng
