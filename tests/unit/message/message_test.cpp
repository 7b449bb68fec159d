#include "message/message.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace zmqng {
namespace {

// Counts how often a body of the application was freed.
class Freed {
 public:
  Body* make(void* data) { return make_user_body(data, count, this); }
  int times = 0;

 private:
  static void count(void*, void* hint) { ++static_cast<Freed*>(hint)->times; }
};

std::string text(const Message& message) {
  return std::string(as_text(message.bytes()));
}

Message of(std::string_view content) {
  Message message;
  EXPECT_TRUE(message.assign(as_bytes(content)));
  return message;
}

const std::string kLong(100, 'x');

TEST(Message, IsBornEmpty) {
  Message message;
  EXPECT_TRUE(message.is_valid());
  EXPECT_TRUE(message.is_inline());
  EXPECT_EQ(message.size(), 0u);
  EXPECT_FALSE(message.has_more());
  EXPECT_FALSE(message.is_shared_copy());
  EXPECT_EQ(message.role(), Message::Role::data);
  EXPECT_EQ(message.peer(), nullptr);
  EXPECT_EQ(message.body(), nullptr);
}

TEST(Message, KeepsUpTo48BytesInline) {
  for (std::size_t size : {0u, 1u, 47u, 48u, 49u, 1000u}) {
    const std::string content(size, 'c');
    Message message = of(content);
    EXPECT_EQ(text(message), content);
    EXPECT_EQ(message.is_inline(), size <= 48) << size;
    EXPECT_EQ(message.body() != nullptr, size > 48) << size;
    EXPECT_EQ(message.data(), message.bytes().data());
  }
}

TEST(Message, ResizingReplacesTheContent) {
  Message message = of(kLong);
  ASSERT_TRUE(message.resize(3));
  EXPECT_TRUE(message.is_inline());
  EXPECT_EQ(message.size(), 3u);
  ASSERT_TRUE(message.resize(200));
  EXPECT_EQ(message.size(), 200u);
  EXPECT_FALSE(message.resize(SIZE_MAX));
  EXPECT_EQ(message.size(), 0u);
  EXPECT_TRUE(message.is_valid());
}

TEST(Message, MovingLeavesAnEmptyMessage) {
  for (const std::string& content : {std::string("short"), kLong}) {
    Message source = of(content);
    source.set_more(true);
    source.set_role(Message::Role::cancel);
    Message moved(std::move(source));
    EXPECT_EQ(text(moved), content);
    EXPECT_TRUE(moved.has_more());
    EXPECT_EQ(moved.role(), Message::Role::cancel);
    EXPECT_TRUE(source.is_valid());
    EXPECT_EQ(source.size(), 0u);
    EXPECT_FALSE(source.has_more());
    EXPECT_EQ(source.role(), Message::Role::data);
  }
}

TEST(Message, MoveAssignmentFreesWhatWasThere) {
  Freed freed;
  Message target;
  target.adopt(freed.make(nullptr), nullptr, 0);
  target = of("new");
  EXPECT_EQ(freed.times, 1);
  EXPECT_EQ(text(target), "new");
  Message& same = target;
  target = std::move(same);
  EXPECT_EQ(text(target), "new");
}

TEST(Message, AdoptsASliceAndFreesTheBodyAtItsEnd) {
  Freed freed;
  std::uint8_t block[4] = {'a', 'b', 'c', 'd'};
  {
    Message message;
    message.adopt(freed.make(block), block + 1, 2);
    EXPECT_EQ(text(message), "bc");
    EXPECT_FALSE(message.is_inline());
    EXPECT_FALSE(message.is_constant());
    EXPECT_NE(message.body(), nullptr);
  }
  EXPECT_EQ(freed.times, 1);
}

TEST(Message, MemoryOfTheApplicationIsNotToBeCopiedUntilItIsReplaced) {
  Freed freed;
  std::uint8_t block[1] = {'u'};
  Message message;
  EXPECT_FALSE(message.must_not_be_copied());
  message.adopt_user_data(freed.make(block), block, 1);
  EXPECT_TRUE(message.must_not_be_copied());
  Message copy;
  copy.share(message);
  EXPECT_TRUE(copy.must_not_be_copied());
  Message moved(std::move(copy));
  EXPECT_TRUE(moved.must_not_be_copied());
  EXPECT_FALSE(copy.must_not_be_copied());
  ASSERT_TRUE(moved.assign(as_bytes("own")));
  EXPECT_FALSE(moved.must_not_be_copied());
  Body* body = message.release_body();
  EXPECT_FALSE(message.must_not_be_copied());
  body->drop();
  EXPECT_EQ(freed.times, 1);
}

TEST(Message, RefersToAConstantAndNeverFreesIt) {
  static const char constant[] = "constant";
  Message message;
  message.refer_to_constant(constant, 8);
  EXPECT_TRUE(message.is_constant());
  EXPECT_TRUE(message.is_valid());
  EXPECT_EQ(text(message), "constant");
  EXPECT_EQ(static_cast<void*>(message.data()), constant);
  Message copy;
  copy.share(message);
  EXPECT_TRUE(copy.is_constant());
  EXPECT_FALSE(copy.is_shared_copy());
  EXPECT_EQ(copy.data(), message.data());
}

TEST(Message, SharingABodyMarksBothAndFreesItOnce) {
  Freed freed;
  std::uint8_t block[1] = {'z'};
  {
    Message source;
    source.adopt(freed.make(block), block, 1);
    source.set_more(true);
    {
      Message copy = of("old");
      copy.share(source);
      EXPECT_EQ(copy.data(), source.data());
      EXPECT_TRUE(copy.is_shared_copy());
      EXPECT_TRUE(source.is_shared_copy());
      EXPECT_TRUE(copy.has_more());
      EXPECT_TRUE(source.body()->is_shared());
    }
    EXPECT_EQ(freed.times, 0);
    EXPECT_FALSE(source.body()->is_shared());
  }
  EXPECT_EQ(freed.times, 1);
}

TEST(Message, SharingInlineBytesCopiesThem) {
  Message source = of("short");
  Message copy;
  copy.share(source);
  EXPECT_EQ(text(copy), "short");
  EXPECT_FALSE(copy.is_shared_copy());
  EXPECT_NE(copy.data(), source.data());
}

TEST(Message, SharingItselfChangesNothing) {
  Message message = of(kLong);
  message.share(message);
  EXPECT_EQ(text(message), kLong);
  EXPECT_FALSE(message.body()->is_shared());
}

TEST(Message, NewContentIsNoSharedCopy) {
  Message source = of(kLong);
  Message copy;
  copy.share(source);
  ASSERT_TRUE(copy.resize(4));
  EXPECT_FALSE(copy.is_shared_copy());
}

TEST(Message, ClosedItIsNotValidUntilItIsMadeAnew) {
  Freed freed;
  Message message;
  message.adopt(freed.make(nullptr), nullptr, 0);
  message.set_more(true);
  message.close();
  EXPECT_EQ(freed.times, 1);
  EXPECT_FALSE(message.is_valid());
  EXPECT_FALSE(message.has_more());
  message.close();
  EXPECT_EQ(freed.times, 1);
  new (&message) Message;
  EXPECT_TRUE(message.is_valid());
}

TEST(Message, MemoryOfZeroesIsNotAValidMessage) {
  alignas(Message) unsigned char zeroes[sizeof(Message)] = {};
  EXPECT_FALSE(reinterpret_cast<Message*>(zeroes)->is_valid());
}

TEST(Message, GivesItsBodyAway) {
  Freed freed;
  Message message;
  message.adopt(freed.make(nullptr), nullptr, 0);
  message.set_more(true);
  Body* body = message.release_body();
  EXPECT_EQ(message.size(), 0u);
  EXPECT_TRUE(message.is_inline());
  EXPECT_TRUE(message.has_more());
  EXPECT_EQ(freed.times, 0);
  body->drop();
  EXPECT_EQ(freed.times, 1);
}

TEST(Message, MoreCanBeSetAndTakenBack) {
  Message message;
  message.set_more(true);
  EXPECT_TRUE(message.has_more());
  message.set_more(false);
  EXPECT_FALSE(message.has_more());
}

TEST(Message, HoldsItsPeerForAsLongAsItLives) {
  auto* peer = new PeerInfo("id", {{"Identity", "id"}}, 3);
  Message message = of("hello");
  message.set_peer(peer);
  peer->drop();
  message.set_peer(peer);  // again: still one count, and the only one
  Message copy;
  copy.share(message);
  message.set_peer(nullptr);
  EXPECT_EQ(message.peer(), nullptr);
  ASSERT_EQ(copy.peer(), peer);
  Message moved(std::move(copy));
  EXPECT_EQ(copy.peer(), nullptr);
  EXPECT_STREQ(moved.peer()->find("Identity"), "id");
  moved.close();
  EXPECT_EQ(moved.peer(), nullptr);
}

}  // namespace
}  // namespace zmqng
