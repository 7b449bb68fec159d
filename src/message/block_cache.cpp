#include "message/block_cache.h"

#include <sched.h>
#include <sys/mman.h>

#include <bit>
#include <cstdlib>

#include "base/fast_paths.h"

namespace zmqng {
namespace {

constexpr unsigned kSmallestLog = 13;
// A body of 64 KiB and its header should not need a block of 128.
constexpr std::size_t kSlack = 4096;
// From this size on blocks are mapped, so that freeing one gives it back to the system at once.
constexpr std::size_t kMappedFrom = 32 * 1024;

void lock_patiently(std::atomic<bool>& is_locked) {
  while (is_locked.exchange(true, std::memory_order_acquire)) sched_yield();
}

}  // namespace

BlockCache& BlockCache::shared() {
  static BlockCache cache;
  return cache;
}

void BlockCache::Shelf::lock() {
  lock_patiently(is_locked);
}

// kShelves: too large for any.
unsigned BlockCache::shelf_of(std::size_t bytes) {
  if (bytes <= kSmallest + kSlack) return 0;
  return static_cast<unsigned>(std::bit_width(bytes - kSlack - 1)) - kSmallestLog;
}

std::size_t BlockCache::shelf_bytes(unsigned shelf) {
  return (kSmallest << shelf) + kSlack;
}

void* BlockCache::from_system(unsigned shelf) {
  const std::size_t bytes = shelf_bytes(shelf);
  if (bytes < kMappedFrom) return std::malloc(bytes);
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return memory == MAP_FAILED ? nullptr : memory;
}

void BlockCache::to_system(void* memory, unsigned shelf) {
  if (shelf_bytes(shelf) < kMappedFrom) {
    std::free(memory);
  } else {
    munmap(memory, shelf_bytes(shelf));
  }
}

void* BlockCache::take(std::size_t bytes) {
  const unsigned number = shelf_of(bytes);
  if (number >= kShelves) return std::malloc(bytes);
  Shelf& shelf = shelves_[number];
  Block* block = nullptr;
  if (!is_empty() && shelf.try_lock()) {
    block = shelf.first;
    if (block != nullptr) {
      shelf.first = block->next;
      if (--shelf.count < shelf.fewest) shelf.fewest = shelf.count;
    }
    shelf.unlock();
  }
  if (block == nullptr) return from_system(number);
  cached_bytes_.fetch_sub(shelf_bytes(number), std::memory_order_relaxed);
  return block;
}

void BlockCache::give(void* memory, std::size_t bytes) {
  const unsigned number = shelf_of(bytes);
  if (number >= kShelves) return std::free(memory);
  const bool may_keep = fast_paths().recycles_blocks &&
                        has_janitor_.load(std::memory_order_relaxed) &&
                        cached_bytes() + shelf_bytes(number) <= kBytesMax;
  if (!may_keep || !shelves_[number].try_lock()) return to_system(memory, number);
  put_on(shelves_[number], static_cast<Block*>(memory));
  // Counted before anybody can take it out again.
  cached_bytes_.fetch_add(shelf_bytes(number), std::memory_order_seq_cst);
  shelves_[number].unlock();
  if (!wants_trim()) tell_janitor();
}

void BlockCache::put_on(Shelf& shelf, Block* block) {
  block->next = shelf.first;
  shelf.first = block;
  ++shelf.count;
}

void BlockCache::trim() {
  wants_trim_.store(false, std::memory_order_seq_cst);
  for (unsigned number = 0; number < kShelves; ++number) free_some(number, false);
  if (cached_bytes_.load(std::memory_order_seq_cst) != 0) {
    wants_trim_.store(true, std::memory_order_seq_cst);
  }
}

void BlockCache::free_some(unsigned number, bool all) {
  Shelf& shelf = shelves_[number];
  shelf.lock();
  Block* unwanted = nullptr;
  for (std::uint32_t left = all ? shelf.count : shelf.fewest; left > 0; --left) {
    Block* block = shelf.first;
    shelf.first = block->next;
    --shelf.count;
    block->next = unwanted;
    unwanted = block;
  }
  shelf.fewest = shelf.count;
  shelf.unlock();
  while (unwanted != nullptr) {
    Block* block = unwanted;
    unwanted = block->next;
    to_system(block, number);
    cached_bytes_.fetch_sub(shelf_bytes(number), std::memory_order_relaxed);
  }
}

void BlockCache::put_in_charge(Janitor& janitor) {
  wants_trim_.store(true, std::memory_order_seq_cst);
  janitor.cache_filled();
}

void BlockCache::tell_janitor() {
  lock_patiently(janitors_locked_);
  if (janitors_ != nullptr && !wants_trim()) put_in_charge(*janitors_);
  janitors_locked_.store(false, std::memory_order_release);
}

void BlockCache::add(Janitor& janitor) {
  lock_patiently(janitors_locked_);
  janitor.next_ = janitors_;
  janitors_ = &janitor;
  if (!is_empty() || wants_trim()) put_in_charge(janitor);
  has_janitor_.store(true, std::memory_order_relaxed);
  janitors_locked_.store(false, std::memory_order_release);
}

void BlockCache::remove(Janitor& janitor) {
  lock_patiently(janitors_locked_);
  for (Janitor** at = &janitors_; *at != nullptr; at = &(*at)->next_) {
    if (*at == &janitor) {
      *at = janitor.next_;
      break;
    }
  }
  const bool was_last = janitors_ == nullptr;
  if (was_last) has_janitor_.store(false, std::memory_order_relaxed);
  // Another one may have to go on with what is there.
  if (janitors_ != nullptr && (!is_empty() || wants_trim())) put_in_charge(*janitors_);
  janitors_locked_.store(false, std::memory_order_release);
  if (!was_last) return;
  for (unsigned number = 0; number < kShelves; ++number) free_some(number, true);
  wants_trim_.store(false, std::memory_order_seq_cst);
}

void BlockCache::forget_everything() {
  has_janitor_.store(false, std::memory_order_relaxed);
  janitors_ = nullptr;
  janitors_locked_.store(false, std::memory_order_relaxed);
  for (Shelf& shelf : shelves_) {
    shelf.first = nullptr;
    shelf.count = shelf.fewest = 0;
    shelf.unlock();
  }
  cached_bytes_.store(0, std::memory_order_relaxed);
  wants_trim_.store(false, std::memory_order_relaxed);
}

}  // namespace zmqng
