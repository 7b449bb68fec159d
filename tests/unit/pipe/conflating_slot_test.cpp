#include "pipe/conflating_slot.h"

#include <gtest/gtest.h>

#include <utility>

namespace zmqng {
namespace {

void count_up(void*, void* hint) {
  ++*static_cast<int*>(hint);
}

Message counted(int* freed) {
  Message message;
  message.adopt(make_user_body(nullptr, count_up, freed), nullptr, 0);
  return message;
}

TEST(ConflatingSlot, HoldsTheLatestMessageOnly) {
  int first_freed = 0;
  int second_freed = 0;
  Message taken;
  {
    ConflatingSlot slot;
    EXPECT_TRUE(slot.is_empty());
    EXPECT_FALSE(slot.take(taken));
    ASSERT_TRUE(slot.put(counted(&first_freed)));
    ASSERT_TRUE(slot.put(counted(&second_freed)));
    EXPECT_EQ(first_freed, 1);
    EXPECT_FALSE(slot.is_empty());
    ASSERT_TRUE(slot.take(taken));
    EXPECT_TRUE(slot.is_empty());
    EXPECT_FALSE(slot.take(taken));
  }
  EXPECT_EQ(second_freed, 0);
  taken = Message();
  EXPECT_EQ(second_freed, 1);
}

TEST(ConflatingSlot, FreesWhatNobodyTook) {
  int freed = 0;
  {
    ConflatingSlot slot;
    ASSERT_TRUE(slot.put(counted(&freed)));
  }
  EXPECT_EQ(freed, 1);
}

TEST(ConflatingSlot, OnlyASleepingReaderMustBeTold) {
  ConflatingSlot slot;
  ASSERT_TRUE(slot.put(Message()));
  EXPECT_FALSE(slot.publish());
  EXPECT_FALSE(slot.go_dormant()) << "something is there";
  Message message;
  ASSERT_TRUE(slot.take(message));
  ASSERT_TRUE(slot.go_dormant());
  ASSERT_TRUE(slot.put(Message()));
  EXPECT_TRUE(slot.publish());
  EXPECT_FALSE(slot.publish()) << "told once";
}

TEST(ConflatingSlot, TheEndIsSomethingToWakeFor) {
  ConflatingSlot slot;
  ASSERT_TRUE(slot.go_dormant());
  EXPECT_FALSE(slot.has_ended());
  slot.end();
  EXPECT_TRUE(slot.publish());
  EXPECT_TRUE(slot.has_ended());
  EXPECT_FALSE(slot.go_dormant());
}

}  // namespace
}  // namespace zmqng
