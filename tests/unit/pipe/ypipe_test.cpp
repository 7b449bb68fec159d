#include "pipe/ypipe.h"

#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "unit/pipe/ypipe_bench.h"

namespace zmqng {
namespace {

TEST(YPipe, IsEmptyAtFirst) {
  YPipeBench bench;
  EXPECT_EQ(bench.all(), Texts());
  EXPECT_FALSE(bench.pipe.has_unpublished());
  EXPECT_FALSE(bench.pipe.publish());
  EXPECT_EQ(bench.all(), Texts());
}

TEST(YPipe, NothingIsVisibleBeforeItIsPublished) {
  YPipeBench bench;
  bench.frame("a", true);
  bench.frame("b");
  EXPECT_TRUE(bench.pipe.has_unpublished());
  EXPECT_EQ(bench.pipe.messages_written(), 0u);
  EXPECT_EQ(bench.all(), Texts());
  (void)bench.pipe.publish();
  EXPECT_FALSE(bench.pipe.has_unpublished());
  EXPECT_EQ(bench.pipe.messages_written(), 1u);
  EXPECT_EQ(bench.all(), Texts({"more a", "frame b"}));
}

TEST(YPipe, EveryKindOfRecordComesOutAsItWentIn) {
  static const std::string long_topic(YPipe::kCopyMax + 1, 't');
  static const std::string longest_inline(YPipe::kCopyMax, 'i');
  YPipeBench bench;
  ASSERT_TRUE(bench.pipe.append_peer(new PeerInfo("alice", {}, -1)));
  bench.frame("");
  bench.referenced("large", true);
  bench.referenced("", false);
  bench.subscription(true, "");
  bench.subscription(true, "topic");
  bench.subscription(false, longest_inline);
  bench.subscription(true, long_topic);
  bench.subscription(false, long_topic);
  ASSERT_TRUE(bench.pipe.append_restart());
  ASSERT_TRUE(bench.pipe.append_end());
  (void)bench.pipe.publish();
  EXPECT_EQ(bench.all(),
            Texts({"peer alice", "frame ", "more by reference large", "by reference ", "subscribe ",
                   "subscribe topic", "cancel " + longest_inline, "subscribe " + long_topic,
                   "cancel " + long_topic, "restart", "end"}));
  EXPECT_EQ(bench.freed, 2);
}

TEST(YPipe, FramesAreKeptAsTheyTravel) {
  YPipeBench bench;
  const std::string longer(300, 'x');
  bench.frame("abc", true);
  bench.frame(longer);
  (void)bench.pipe.publish();
  Record record;
  ASSERT_TRUE(bench.pipe.front(record));
  EXPECT_EQ(as_text(record.wire), std::string("\1\3abc", 5));
  EXPECT_EQ(record.length, 5u);
  (void)bench.pipe.pop(record);
  ASSERT_TRUE(bench.pipe.front(record));
  EXPECT_EQ(as_text(record.wire), std::string("\2\0\0\0\0\0\0\1\54", 9) + longer);
}

TEST(YPipe, SubscriptionsAreKeptAsCommands) {
  YPipeBench bench;
  const std::string longer(250, 'x');
  bench.subscription(true, "abc");
  bench.subscription(false, "");
  bench.subscription(true, longer);
  (void)bench.pipe.publish();
  Texts wire;
  for (Record record; bench.pipe.front(record); (void)bench.pipe.pop(record)) {
    EXPECT_TRUE(record.is_subscription());
    EXPECT_EQ(record.wire.size(), record.length);
    wire.push_back(std::string(as_text(record.wire)));
  }
  EXPECT_EQ(wire, Texts({"\4\15\11SUBSCRIBEabc", std::string("\4\7\6CANCEL", 9),
                         std::string("\6\0\0\0\0\0\0\1\4", 9) + "\11SUBSCRIBE" + longer}));
}

TEST(YPipe, ASubscriptionReadToItsRoomStaysThere) {
  YPipeBench bench;
  const std::string command = "\4\12\11SUBSCRIBE";
  for (int i = 0; i < 3; ++i) {
    const MutableBytes room = bench.pipe.room({}, command.size(), 4096);
    std::memcpy(room.data(), command.data(), command.size());
    const Bytes topic = Bytes(room).subspan(command.size(), 0);
    ASSERT_TRUE(bench.pipe.append_subscription(true, topic));
    (void)bench.pipe.publish();
    Record record;
    ASSERT_TRUE(bench.pipe.front(record));
    EXPECT_EQ(record.wire.data(), room.data());
    EXPECT_EQ(as_text(record.wire), command);
    (void)bench.pipe.pop(record);
  }
}

TEST(YPipe, AReferencedFrameCarriesItsHeaderOnly) {
  YPipeBench bench;
  const std::string body(2000, 'x');
  bench.referenced(body);
  (void)bench.pipe.publish();
  Record record;
  ASSERT_TRUE(bench.pipe.front(record));
  EXPECT_TRUE(record.is_by_reference);
  EXPECT_NE(record.body, nullptr);
  EXPECT_EQ(as_text(record.wire), std::string("\2\0\0\0\0\0\0\7\xd0", 9));
  EXPECT_EQ(record.payload.data(), as_bytes(body).data());
}

TEST(YPipe, AConstantNeedsNoBody) {
  static const std::string constant(3000, 'c');
  YPipeBench bench;
  ASSERT_TRUE(
      bench.pipe.append_referenced({as_bytes(constant).data(), constant.size(), nullptr}, false));
  (void)bench.pipe.publish();
  EXPECT_EQ(bench.all(), Texts({"by reference " + constant}));
}

// ---- taking back

TEST(YPipe, RollbackHidesEveryPartOfTheMessage) {
  YPipeBench bench;
  bench.send("kept");
  bench.frame("a", true);
  bench.referenced("b", true);
  bench.pipe.rollback();
  EXPECT_EQ(bench.freed, 1);
  EXPECT_FALSE(bench.pipe.has_unpublished());
  bench.send("next");
  EXPECT_EQ(bench.all(), Texts({"frame kept", "frame next"}));
  EXPECT_EQ(bench.pipe.messages_written(), 2u);
}

TEST(YPipe, RollbackGoesBackAcrossChunks) {
  YPipeBench bench;
  const std::string large(1000, 'l');
  for (int published = 0; published < 3; ++published) {
    for (int i = 0; i < 100; ++i) {
      bench.frame(large, true);
      bench.referenced("r", true);
    }
    bench.pipe.rollback();
    EXPECT_EQ(bench.freed, 100 * (published + 1));
    bench.send("kept");
  }
  EXPECT_EQ(bench.all(), Texts({"frame kept", "frame kept", "frame kept"}));
}

TEST(YPipe, RollbackDropsPeersAndLongTopics) {
  YPipeBench bench;
  auto* peer = new PeerInfo("p", {}, -1);
  ASSERT_TRUE(bench.pipe.append_peer(peer->add_ref()));
  bench.subscription(true, std::string(YPipe::kCopyMax + 1, 't'));
  bench.pipe.rollback();
  bench.pipe.rollback();
  EXPECT_EQ(peer->identity(), "p");
  peer->drop();  // the last count: the leak checker watches
  EXPECT_EQ(bench.all(), Texts());
}

TEST(YPipe, FreesWhatWasNeitherReadNorPublished) {
  int freed = 0;
  {
    YPipeBench bench;
    for (int i = 0; i < 300; ++i) bench.referenced("read");
    (void)bench.pipe.publish();
    for (int i = 0; i < 100; ++i) (void)bench.next();
    ASSERT_TRUE(bench.pipe.append_peer(new PeerInfo("unpublished", {}, -1)));
    bench.referenced("unpublished");
    bench.pipe.rollback();
    EXPECT_EQ(bench.freed, 101);
    bench.freed = 0;
    for (int i = 0; i < 50; ++i) bench.frame(std::string(500, 'x'));
    bench.referenced("unpublished");
    ASSERT_TRUE(bench.pipe.append_peer(new PeerInfo("unpublished", {}, -1)));
    // Counts into what outlives the bench.
    Body* body = make_user_body(nullptr, count_up, &freed);
    ASSERT_TRUE(bench.pipe.append_referenced({nullptr, 0, body}, false));
  }
  EXPECT_EQ(freed, 1);
}

// ---- chunks

TEST(YPipe, ChunksGrowWhileTheReaderIsBehind) {
  YPipeBench bench;
  const std::string body(100, 'x');
  for (int i = 0; i < 4000; ++i) bench.send(body);
  std::vector<std::uint32_t> sizes;
  Record record;
  while (bench.pipe.front(record)) {
    const auto size = bench.pipe.front_chunk().capacity() + std::uint32_t{sizeof(Chunk)};
    if (sizes.empty() || sizes.back() != size) sizes.push_back(size);
    (void)bench.pipe.pop(record);
  }
  EXPECT_EQ(sizes, std::vector<std::uint32_t>({512, 4096, 8192, 16384, 32768, 65536}));
}

TEST(YPipe, AReaderThatKeepsUpNeedsFewChunks) {
  YPipeBench bench;
  std::set<const Chunk*> chunks;
  const std::string body(1000, 'x');
  for (int i = 0; i < 2000; ++i) {
    bench.send(body);
    Record record;
    ASSERT_TRUE(bench.pipe.front(record));
    chunks.insert(&bench.pipe.front_chunk());
    EXPECT_LE(bench.pipe.front_chunk().capacity(), 4096u);
    (void)bench.pipe.pop(record);
  }
  EXPECT_LE(chunks.size(), 4u) << "what was read is used again";
}

TEST(YPipe, ASliceKeepsItsChunkWhateverHappensToThePipe) {
  auto bench = std::make_unique<YPipeBench>();
  std::vector<std::pair<Chunk*, Bytes>> kept;
  for (int i = 0; i < 50; ++i) {
    bench->send(std::string(700, static_cast<char>('a' + i % 26)));
    Record record;
    ASSERT_TRUE(bench->pipe.front(record));
    bench->pipe.front_chunk().add_ref();
    kept.push_back({&bench->pipe.front_chunk(), record.payload});
    (void)bench->pipe.pop(record);
  }
  bench.reset();
  for (std::size_t i = 0; i < kept.size(); ++i) {
    EXPECT_EQ(as_text(kept[i].second), std::string(700, static_cast<char>('a' + i % 26)));
    kept[i].first->drop();
  }
}

TEST(YPipe, TakesAnythingUpToHalfAChunk) {
  YPipeBench bench;
  const std::string half(Chunk::kLargest / 2, 'h');
  bench.send("first");
  bench.send(half);
  bench.send(half);
  EXPECT_EQ(bench.all(), Texts({"frame first", "frame " + half, "frame " + half}));
}

// ---- looking ahead

TEST(YPipe, LookingAheadTakesNothing) {
  YPipeBench bench;
  for (int i = 0; i < 100; ++i) bench.send(std::to_string(i) + std::string(100, '.'));
  YPipe::Cursor cursor = bench.pipe.read_cursor();
  Record record;
  int seen = 0;
  while (bench.pipe.peek(cursor, record)) {
    EXPECT_EQ(as_text(record.payload), std::to_string(seen++) + std::string(100, '.'));
    YPipe::step(cursor, record);
  }
  EXPECT_EQ(seen, 100);
  bench.send("late");
  ASSERT_TRUE(bench.pipe.peek(cursor, record)) << "it sees what comes later, too";
  EXPECT_EQ(as_text(record.payload), "late");
  EXPECT_EQ(bench.all().size(), 101u);
}

// ---- sleeping

TEST(YPipe, OnlyASleepingReaderMustBeToldAndOnlyOnce) {
  YPipeBench bench;
  bench.frame("a");
  EXPECT_FALSE(bench.pipe.publish()) << "a reader is born awake";
  EXPECT_FALSE(bench.pipe.go_dormant()) << "there is something to read";
  EXPECT_EQ(bench.all().size(), 1u);
  ASSERT_TRUE(bench.pipe.go_dormant());
  bench.frame("b");
  EXPECT_TRUE(bench.pipe.publish());
  bench.frame("c");
  EXPECT_FALSE(bench.pipe.publish());
  EXPECT_EQ(bench.all().size(), 2u);
}

// ---- against a model

// Random appends of every kind, publishes, rollbacks and reads, against two plain queues.
TEST(YPipe, BehavesLikeAQueue) {
  for (unsigned seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    static const std::string filler(Chunk::kLargest, '#');
    YPipeBench bench;
    std::deque<std::string> visible;
    std::vector<std::string> pending;
    int number = 0;
    const std::size_t sizes[] = {10, 300, 1000, Chunk::kLargest / 2 - 20};
    const auto content = [&] {
      const std::size_t size = random() % sizes[random() % 4];
      return std::to_string(number++) + filler.substr(0, size);
    };
    for (int step = 0; step < 3000; ++step) {
      const std::string body = content();
      const bool more = random() % 3 == 0;
      switch (random() % 12) {
        case 0:
        case 1:
        case 2:
          bench.frame(body, more);
          pending.push_back((more ? "more " : "frame ") + body);
          break;
        case 3:
          bench.referenced(std::string_view(filler).substr(0, 2000 + random() % 3000), more);
          pending.push_back("by reference");
          break;
        case 4:
          bench.subscription(more, body);
          pending.push_back((more ? "subscribe " : "cancel ") + body);
          break;
        case 5:
          ASSERT_TRUE(bench.pipe.append_peer(new PeerInfo(body, {}, -1)));
          pending.push_back("peer " + body);
          break;
        case 6:
          ASSERT_TRUE(bench.pipe.append_restart());
          pending.push_back("restart");
          break;
        case 7:
          bench.pipe.rollback();
          pending.clear();
          break;
        case 8:
        case 9:
          (void)bench.pipe.publish();
          visible.insert(visible.end(), pending.begin(), pending.end());
          pending.clear();
          break;
        default:
          for (auto reads = random() % 6; reads > 0; --reads) {
            const auto text = bench.next();
            ASSERT_EQ(text.has_value(), !visible.empty());
            if (!text) break;
            if (visible.front() == "by reference") {
              ASSERT_NE(text->find("by reference"), std::string::npos);
            } else {
              ASSERT_EQ(*text, visible.front());
            }
            visible.pop_front();
          }
      }
    }
  }
}

}  // namespace
}  // namespace zmqng
