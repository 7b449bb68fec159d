#include "message/body.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstring>
#include <thread>

namespace zmqng {
namespace {

struct Freed {
  static void free(void* data, void* hint) {
    auto& self = *static_cast<Freed*>(hint);
    self.data = data;
    ++self.times;
  }
  void* data = nullptr;
  int times = 0;
};

TEST(Body, OfTheHeapHasItsBytesBehindIt) {
  std::uint8_t* data = nullptr;
  Body* body = make_heap_body(100, &data);
  ASSERT_NE(body, nullptr);
  std::memset(data, 7, 100);
  EXPECT_FALSE(body->is_shared());
  body->drop();
}

TEST(Body, TooLargeToExistIsRefused) {
  std::uint8_t* data = nullptr;
  EXPECT_EQ(make_heap_body(SIZE_MAX, &data), nullptr);
  EXPECT_EQ(make_heap_body(SIZE_MAX - 8, &data), nullptr);
}

TEST(Body, OfTheApplicationIsFreedOnceWithItsHint) {
  Freed freed;
  int memory = 0;
  Body* body = make_user_body(&memory, Freed::free, &freed);
  ASSERT_NE(body, nullptr);
  EXPECT_EQ(freed.times, 0);
  body->drop();
  EXPECT_EQ(freed.times, 1);
  EXPECT_EQ(freed.data, &memory);
}

TEST(Body, LivesUntilTheLastCountIsDropped) {
  Freed freed;
  Body* body = make_user_body(nullptr, Freed::free, &freed);
  body->add_ref(3);
  EXPECT_TRUE(body->is_shared());
  body->drop();
  body->drop();
  EXPECT_TRUE(body->is_shared());
  body->drop();
  EXPECT_FALSE(body->is_shared());
  EXPECT_EQ(freed.times, 0);
  body->drop();
  EXPECT_EQ(freed.times, 1);
}

TEST(Body, TwoThreadsThatDropTheLastCountsFreeItOnce) {
  for (int i = 0; i < 2000; ++i) {
    std::uint8_t* data = nullptr;
    Body* body = make_heap_body(8, &data);
    body->add_ref();
    data[0] = 1;
    std::atomic<bool> is_ready{false};
    std::thread other([&] {
      while (!is_ready.load(std::memory_order_acquire)) {
      }
      EXPECT_EQ(data[0], 1);
      body->drop();
    });
    is_ready.store(true, std::memory_order_release);
    body->drop();
    other.join();
  }
}

}  // namespace
}  // namespace zmqng
