#include "pipe/chunk.h"

#include <sys/mman.h>

#include <cstdlib>
#include <new>

namespace zmqng {
namespace {

// From this size on chunks are mapped, so that a drained burst goes back to the system at once
// instead of staying in the heap below the last chunk.
constexpr std::uint32_t kMappedFrom = 32 * 1024;

}  // namespace

Chunk* Chunk::make(std::uint32_t bytes) {
  const std::uint32_t capacity = bytes - static_cast<std::uint32_t>(sizeof(Chunk));
  if (bytes >= kMappedFrom) {
    void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return nullptr;
    return new (memory) Chunk(destroy_mapped, capacity);
  }
  void* memory = std::malloc(bytes);
  if (memory == nullptr) return nullptr;
  return new (memory) Chunk(destroy_heap, capacity);
}

void Chunk::destroy_heap(Body& body) {
  auto& self = static_cast<Chunk&>(body);
  self.~Chunk();
  std::free(&self);
}

void Chunk::destroy_mapped(Body& body) {
  auto& self = static_cast<Chunk&>(body);
  const std::size_t bytes = self.capacity_ + sizeof(Chunk);
  self.~Chunk();
  munmap(&self, bytes);
}

}  // namespace zmqng
