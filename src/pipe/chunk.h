// Chunk: a block of a YPipe's bytes. A Body, so that received messages can be slices of it.
//
// Owner:   the YPipe; once unlinked, the messages that point into it.
// Threads: filled by the pipe's writer, read by its reader; freed by whoever drops the last count.
#pragma once

#include <cstdint>

#include "message/body.h"

namespace zmqng {

class Chunk : public Body {
 public:
  static constexpr std::uint32_t kSmallest = 512;
  static constexpr std::uint32_t kLargest = 64 * 1024;

  // A chunk of `bytes` in all, its own header included; nullptr when there is no memory.
  static Chunk* make(std::uint32_t bytes);

  std::uint8_t* data() { return reinterpret_cast<std::uint8_t*>(this + 1); }
  std::uint32_t capacity() const { return capacity_; }

  // The chunk that follows; written before the record that says so is published.
  Chunk* next = nullptr;

 private:
  Chunk(Destroy destroy, std::uint32_t capacity) : Body(destroy), capacity_(capacity) {}
  static void destroy_heap(Body& body);
  static void destroy_block(Body& body);

  std::uint32_t capacity_;
};

}  // namespace zmqng
