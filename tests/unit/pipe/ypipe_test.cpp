#include "pipe/ypipe.h"

#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace zmqng {
namespace {

void count_up(void*, void* hint) { ++*static_cast<int*>(hint); }

// A YPipe with both of its sides in the test. Records read as "frame abc", "more abc", "end", ...
class Bench {
 public:
  void frame(std::string_view body, bool more = false) {
    ASSERT_TRUE(pipe.append_frame(as_bytes(body), more));
  }
  // The body is counted in `freed` once it is freed.
  void referenced(std::string_view body, bool more = false) {
    const Bytes bytes = as_bytes(body);
    Body* owner = make_user_body(nullptr, count_up, &freed);
    ASSERT_TRUE(pipe.append_referenced({bytes.data(), bytes.size(), owner}, more));
  }
  void subscription(bool subscribe, std::string_view topic) {
    ASSERT_TRUE(pipe.append_subscription(subscribe, as_bytes(topic)));
  }
  void send(std::string_view body) {
    frame(body);
    (void)pipe.publish();
  }

  // Takes the next record. Nothing: none is there.
  std::optional<std::string> next() {
    Record record;
    if (!pipe.front(record)) return std::nullopt;
    std::string text = describe(record);
    YPipe::release(record);
    writer_is_told = pipe.pop(record);
    return text;
  }
  std::vector<std::string> all() {
    std::vector<std::string> texts;
    while (auto text = next()) texts.push_back(*text);
    return texts;
  }

  static std::string describe(const Record& record) {
    const std::string payload(as_text(record.payload));
    switch (record.kind) {
      case Record::Kind::frame:
        return (record.has_more ? "more " : "frame ") + payload;
      case Record::Kind::referenced:
        return (record.has_more ? "more by reference " : "by reference ") + payload;
      case Record::Kind::subscribe:
        return "subscribe " + payload;
      case Record::Kind::cancel:
        return "cancel " + payload;
      case Record::Kind::peer:
        return "peer " + record.peer->identity();
      case Record::Kind::restart:
        return "restart";
      case Record::Kind::end:
        return "end";
    }
    return "?";
  }

  YPipe pipe;
  bool writer_is_told = false;
  int freed = 0;
};

using Texts = std::vector<std::string>;

TEST(YPipe, IsEmptyAtFirst) {
  Bench bench;
  EXPECT_EQ(bench.all(), Texts());
  EXPECT_FALSE(bench.pipe.has_unpublished());
  EXPECT_FALSE(bench.pipe.publish());
  EXPECT_EQ(bench.all(), Texts());
}

TEST(YPipe, NothingIsVisibleBeforeItIsPublished) {
  Bench bench;
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
  Bench bench;
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
            Texts({"peer alice", "frame ", "more by reference large", "by reference ",
                   "subscribe ", "subscribe topic", "cancel " + longest_inline,
                   "subscribe " + long_topic, "cancel " + long_topic, "restart", "end"}));
  EXPECT_EQ(bench.freed, 2);
}

TEST(YPipe, FramesAreKeptAsTheyTravel) {
  Bench bench;
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

TEST(YPipe, AReferencedFrameCarriesItsHeaderOnly) {
  Bench bench;
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
  Bench bench;
  ASSERT_TRUE(bench.pipe.append_referenced(
      {as_bytes(constant).data(), constant.size(), nullptr}, false));
  (void)bench.pipe.publish();
  EXPECT_EQ(bench.all(), Texts({"by reference " + constant}));
}

// ---- taking back

TEST(YPipe, RollbackHidesEveryPartOfTheMessage) {
  Bench bench;
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
  Bench bench;
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
  Bench bench;
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
    Bench bench;
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
  Bench bench;
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
  Bench bench;
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
  auto bench = std::make_unique<Bench>();
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
  Bench bench;
  const std::string half(Chunk::kLargest / 2, 'h');
  bench.send("first");
  bench.send(half);
  bench.send(half);
  EXPECT_EQ(bench.all(), Texts({"frame first", "frame " + half, "frame " + half}));
}

// ---- looking ahead

TEST(YPipe, LookingAheadTakesNothing) {
  Bench bench;
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
  Bench bench;
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

// ---- limits

TEST(YPipe, WithoutALimitThereIsAlwaysRoom) {
  Bench bench;
  for (int i = 0; i < 1000; ++i) {
    ASSERT_TRUE(bench.pipe.has_credit());
    bench.send("x");
  }
  EXPECT_TRUE(bench.pipe.would_have_credit());
}

TEST(YPipe, TheLimitCountsMessagesNotFrames) {
  Bench bench;
  bench.pipe.set_limit(2);
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(bench.pipe.has_credit());
    bench.frame("a", true);
    bench.frame("b", true);
    EXPECT_TRUE(bench.pipe.has_credit()) << "a message that was begun can be finished";
    bench.send("c");
  }
  EXPECT_FALSE(bench.pipe.has_credit());
}

// As libzmq: the writer hears of room when (limit + 1) / 2 messages have been taken since last time.
TEST(YPipe, AWaitingWriterIsToldAtHalfTheLimit) {
  for (std::uint32_t limit = 1; limit <= 11; ++limit) {
    SCOPED_TRACE(limit);
    Bench bench;
    bench.pipe.set_limit(limit);
    for (std::uint32_t i = 0; i < limit; ++i) {
      ASSERT_TRUE(bench.pipe.would_have_credit());
      ASSERT_TRUE(bench.pipe.has_credit());
      bench.send("x");
    }
    ASSERT_FALSE(bench.pipe.would_have_credit());
    ASSERT_FALSE(bench.pipe.has_credit());
    const std::uint32_t half = (limit + 1) / 2;
    for (std::uint32_t taken = 1; taken <= half; ++taken) {
      ASSERT_FALSE(bench.pipe.has_credit());
      (void)bench.next();
      EXPECT_EQ(bench.writer_is_told, taken == half) << taken;
    }
    for (std::uint32_t i = 0; i < half; ++i) {
      ASSERT_TRUE(bench.pipe.has_credit());
      bench.send("y");
    }
    EXPECT_FALSE(bench.pipe.has_credit());
  }
}

TEST(YPipe, AWriterThatOnlyLookedIsNotTold) {
  Bench bench;
  bench.pipe.set_limit(1);
  bench.send("x");
  EXPECT_FALSE(bench.pipe.would_have_credit());
  (void)bench.next();
  EXPECT_FALSE(bench.writer_is_told);
  EXPECT_TRUE(bench.pipe.would_have_credit());
}

TEST(YPipe, AWriterIsToldOnce) {
  Bench bench;
  bench.pipe.set_limit(2);
  bench.send("a");
  bench.send("b");
  ASSERT_FALSE(bench.pipe.has_credit());
  (void)bench.next();
  EXPECT_TRUE(bench.writer_is_told);
  (void)bench.next();
  EXPECT_FALSE(bench.writer_is_told);
}

TEST(YPipe, PeersRestartsAndEndsAreNoMessages) {
  Bench bench;
  bench.pipe.set_limit(1);
  ASSERT_TRUE(bench.pipe.append_peer(new PeerInfo("p", {}, -1)));
  ASSERT_TRUE(bench.pipe.append_restart());
  ASSERT_TRUE(bench.pipe.append_end());
  (void)bench.pipe.publish();
  EXPECT_EQ(bench.pipe.messages_written(), 0u);
  EXPECT_TRUE(bench.pipe.has_credit());
  while (bench.next()) EXPECT_FALSE(bench.writer_is_told);
}

TEST(YPipe, AReaderCanGiveCreditEarly) {
  Bench bench;
  bench.pipe.set_limit(10);
  for (int i = 0; i < 10; ++i) bench.send("x");
  (void)bench.next();
  EXPECT_FALSE(bench.pipe.would_have_credit());
  EXPECT_FALSE(bench.pipe.give_credit()) << "nobody waits";
  EXPECT_TRUE(bench.pipe.would_have_credit());
  bench.send("x");
  ASSERT_FALSE(bench.pipe.has_credit());
  (void)bench.next();
  EXPECT_TRUE(bench.pipe.give_credit());
  EXPECT_FALSE(bench.pipe.give_credit());
  EXPECT_TRUE(bench.pipe.has_credit());
}

TEST(YPipe, ALimitThatComesLateCountsWhatIsThere) {
  Bench bench;
  for (int i = 0; i < 20; ++i) bench.send("x");
  for (int i = 0; i < 15; ++i) (void)bench.next();
  (void)bench.pipe.give_credit();
  bench.pipe.set_limit(5);
  EXPECT_FALSE(bench.pipe.has_credit());
  for (int i = 0; i < 3; ++i) (void)bench.next();
  EXPECT_TRUE(bench.writer_is_told);
  EXPECT_TRUE(bench.pipe.has_credit());
}

// ---- against a model

// Random appends of every kind, publishes, rollbacks and reads, against two plain queues.
TEST(YPipe, BehavesLikeAQueue) {
  for (unsigned seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    static const std::string filler(Chunk::kLargest, '#');
    Bench bench;
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
