#include "message/body.h"

#include <cstdlib>
#include <new>

#include "message/block_cache.h"

namespace zmqng {
namespace {

void destroy_heap(Body& body) {
  body.~Body();
  std::free(&body);
}

// A large one, whose memory is kept for the next.
class alignas(64) BlockBody : public Body {
 public:
  explicit BlockBody(std::size_t bytes) : Body(destroy), bytes_(bytes) {}

 private:
  static void destroy(Body& body) {
    auto& self = static_cast<BlockBody&>(body);
    const std::size_t bytes = self.bytes_;
    self.~BlockBody();
    BlockCache::shared().give(&self, bytes);
  }

  std::size_t bytes_;
};

class UserBody : public Body {
 public:
  UserBody(void* data, void (*free_fn)(void*, void*), void* hint)
      : Body(destroy), data_(data), free_fn_(free_fn), hint_(hint) {}

 private:
  static void destroy(Body& body) {
    auto& self = static_cast<UserBody&>(body);
    void* data = self.data_;
    void* hint = self.hint_;
    auto free_fn = self.free_fn_;
    delete &self;
    free_fn(data, hint);
  }

  void* data_;
  void (*free_fn_)(void*, void*);
  void* hint_;
};

Body* make_block_body(std::size_t size, std::uint8_t** data) {
  if (size > SIZE_MAX - sizeof(BlockBody)) return nullptr;
  void* memory = BlockCache::shared().take(sizeof(BlockBody) + size);
  if (memory == nullptr) return nullptr;
  auto* body = new (memory) BlockBody(sizeof(BlockBody) + size);
  *data = static_cast<std::uint8_t*>(memory) + sizeof(BlockBody);
  return body;
}

}  // namespace

Body* make_heap_body(std::size_t size, std::uint8_t** data) {
  if (size >= BlockCache::kSmallest) return make_block_body(size, data);
  void* memory = std::malloc(sizeof(Body) + size);
  if (memory == nullptr) return nullptr;
  auto* body = new (memory) Body(destroy_heap);
  *data = static_cast<std::uint8_t*>(memory) + sizeof(Body);
  return body;
}

Body* make_user_body(void* data, void (*free_fn)(void* data, void* hint), void* hint) {
  return new (std::nothrow) UserBody(data, free_fn, hint);
}

}  // namespace zmqng
