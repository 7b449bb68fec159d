#include "pipe/chunk.h"

#include <gtest/gtest.h>

#include <cstring>

namespace zmqng {
namespace {

TEST(Chunk, HoldsAsManyBytesAsWereAskedForLessItsHeader) {
  for (std::uint32_t bytes = Chunk::kSmallest; bytes <= Chunk::kLargest; bytes *= 2) {
    Chunk* chunk = Chunk::make(bytes);
    ASSERT_NE(chunk, nullptr);
    EXPECT_EQ(chunk->capacity() + sizeof(Chunk), bytes);
    EXPECT_EQ(chunk->next, nullptr);
    std::memset(chunk->data(), 0xee, chunk->capacity());
    chunk->drop();
  }
}

TEST(Chunk, IsFreedByTheLastOfItsReaders) {
  for (const std::uint32_t bytes : {Chunk::kSmallest, Chunk::kLargest}) {
    Chunk* chunk = Chunk::make(bytes);
    chunk->add_ref();
    chunk->drop();
    chunk->data()[0] = 1;
    EXPECT_FALSE(chunk->is_shared());
    chunk->drop();
  }
}

}  // namespace
}  // namespace zmqng
