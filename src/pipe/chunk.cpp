#include "pipe/chunk.h"

#include <cstdlib>
#include <new>

#include "message/block_cache.h"

namespace zmqng {

Chunk* Chunk::make(std::uint32_t bytes) {
  const std::uint32_t capacity = bytes - static_cast<std::uint32_t>(sizeof(Chunk));
  const bool is_block = bytes >= BlockCache::kSmallest;
  void* memory = is_block ? BlockCache::shared().take(bytes) : std::malloc(bytes);
  if (memory == nullptr) return nullptr;
  return new (memory) Chunk(is_block ? destroy_block : destroy_heap, capacity);
}

void Chunk::destroy_heap(Body& body) {
  auto& self = static_cast<Chunk&>(body);
  self.~Chunk();
  std::free(&self);
}

void Chunk::destroy_block(Body& body) {
  auto& self = static_cast<Chunk&>(body);
  const std::size_t bytes = self.capacity_ + sizeof(Chunk);
  self.~Chunk();
  BlockCache::shared().give(&self, bytes);
}

}  // namespace zmqng
