// BlockCache: memory of large messages and chunks that was freed and will be wanted again. Getting
// it from the system each time means a page fault for every 4 KiB, which costs more than to copy
// them.
//
// Owner:   nobody: one per process, since a message may outlive its context.
// Threads: any. Each size has a lock that is only ever tried: whoever finds it taken goes to the
//          system. Only the janitor's lock is waited for, once a second at most.
// Holds:   at most kBytesMax; nothing unless there is a Janitor, who frees what was of no use for a
//          second.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace zmqng {

class BlockCache {
 public:
  // Something that calls trim() about once a second while wants_trim().
  class Janitor {
   public:
    // From now on it does. Any thread.
    virtual void cache_filled() = 0;

   protected:
    ~Janitor() = default;
    Janitor() = default;

   private:
    friend class BlockCache;
    Janitor* next_ = nullptr;
  };

  // Blocks below this size are malloc's business.
  static constexpr std::size_t kSmallest = 8 * 1024;
  static constexpr std::size_t kBytesMax = 32 * 1024 * 1024;

  BlockCache() = default;
  BlockCache(const BlockCache&) = delete;
  BlockCache& operator=(const BlockCache&) = delete;

  // The one of this process.
  static BlockCache& shared();

  // At least `bytes`, which is at least kSmallest; nullptr: no memory.
  void* take(std::size_t bytes);
  // What take(bytes) gave.
  void give(void* memory, std::size_t bytes);

  bool is_empty() const { return cached_bytes_.load(std::memory_order_relaxed) == 0; }
  std::size_t cached_bytes() const { return cached_bytes_.load(std::memory_order_relaxed); }
  // Frees what was never needed since the last call.
  void trim();
  // Something was kept since the cache was last found empty by trim(). It says so even while all
  // of that is in use: one message after the other would wake the janitor each time otherwise.
  bool wants_trim() const { return wants_trim_.load(std::memory_order_seq_cst); }

  void add(Janitor& janitor);
  // The last one to go empties the cache.
  void remove(Janitor& janitor);
  // In a child of fork: what other threads were doing here will never be finished.
  void forget_everything();

 private:
  struct Block {
    Block* next;
  };
  // Blocks of one size. `fewest`: how many lay idle ever since the last trim.
  struct Shelf {
    std::atomic<bool> is_locked{false};
    Block* first = nullptr;
    std::uint32_t count = 0;
    std::uint32_t fewest = 0;

    bool try_lock() { return !is_locked.exchange(true, std::memory_order_acquire); }
    void lock();
    void unlock() { is_locked.store(false, std::memory_order_release); }
  };
  static constexpr unsigned kShelves = 8;  // 8 KiB to 1 MiB, each and a little more

  static unsigned shelf_of(std::size_t bytes);
  static std::size_t shelf_bytes(unsigned shelf);
  static void* from_system(unsigned shelf);
  static void to_system(void* memory, unsigned shelf);
  void put_on(Shelf& shelf, Block* block);
  void free_some(unsigned shelf, bool all);
  void tell_janitor();
  void put_in_charge(Janitor& janitor);

  Shelf shelves_[kShelves];
  std::atomic<std::size_t> cached_bytes_{0};
  // Sequentially consistent: trim() clears it and then loads `cached_bytes_`, give() adds to that
  // and then loads this; one of them sees the other.
  std::atomic<bool> wants_trim_{false};
  std::atomic<bool> has_janitor_{false};
  std::atomic<bool> janitors_locked_{false};
  Janitor* janitors_ = nullptr;
};

}  // namespace zmqng
