// Body: refcounted owner of a block of bytes that messages point into.
//
// Owner:   every Message (or pipe record) that holds one count. Refcounted because copies of a
// message,
//          and messages cut from one received block, share bytes between threads.
// Threads: any; only `refs` is written after construction, and the bytes only while one count
// exists.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace zmqng {

class Body {
 public:
  // Runs once, on the thread that drops the last count. Frees the Body and what it owns.
  using Destroy = void (*)(Body&);

  explicit Body(Destroy destroy) : destroy_(destroy) {}
  Body(const Body&) = delete;
  Body& operator=(const Body&) = delete;

  void add_ref(std::uint32_t count = 1) { refs_.fetch_add(count, std::memory_order_relaxed); }

  void drop() {
    // A sole owner needs no read-modify-write: nobody else can add a count.
    // The acquire pairs with the release of the decrement by a former co-owner.
    if (refs_.load(std::memory_order_acquire) == 1 ||
        refs_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      destroy_(*this);
    }
  }

  bool is_shared() const { return refs_.load(std::memory_order_acquire) > 1; }

 private:
  std::atomic<std::uint32_t> refs_{1};
  Destroy destroy_;
};

// A Body with `size` bytes behind it; nullptr when there is no memory.
Body* make_heap_body(std::size_t size, std::uint8_t** data);

// A Body over memory of the application; `free_fn(data, hint)` runs when the last count goes.
Body* make_user_body(void* data, void (*free_fn)(void* data, void* hint), void* hint);

}  // namespace zmqng
