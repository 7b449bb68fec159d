// Pool: numbered cells of one type that never move, in blocks that double in size; freed cells are
// used again. Numbers take half the room of pointers, and blocks grow without copying.
//
// Owner: the container built on it. Threads: one at a time.
#pragma once

#include <bit>
#include <cstdint>
#include <cstdlib>
#include <type_traits>

namespace zmqng {

inline constexpr std::uint32_t kNoCell = UINT32_MAX;

// `Cell` has a member `next`, which chains the free cells.
template <typename Cell>
class Pool {
  static_assert(std::is_trivially_copyable_v<Cell>);

 public:
  Pool() = default;
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  ~Pool() {
    for (Cell* block : blocks_) std::free(block);
  }

  // kNoCell: no memory, or more cells than a topic set may have.
  [[nodiscard]] std::uint32_t take() {
    if (free_ != kNoCell) {
      const std::uint32_t cell = free_;
      free_ = (*this)[cell].next;
      return cell;
    }
    const unsigned block = block_of(used_);
    if (block >= kBlocks) return kNoCell;
    if (blocks_[block] == nullptr) {
      blocks_[block] = static_cast<Cell*>(std::malloc(sizeof(Cell) << (block + kFirstBits)));
      if (blocks_[block] == nullptr) return kNoCell;
    }
    return used_++;
  }
  void put_back(std::uint32_t cell) {
    (*this)[cell].next = free_;
    free_ = cell;
  }

  Cell& operator[](std::uint32_t cell) {
    const unsigned block = block_of(cell);
    return blocks_[block][cell + kFirst - (kFirst << block)];
  }
  const Cell& operator[](std::uint32_t cell) const { return const_cast<Pool&>(*this)[cell]; }

 private:
  static constexpr unsigned kFirstBits = 3;
  static constexpr std::uint32_t kFirst = 1u << kFirstBits;
  static constexpr unsigned kBlocks = 24;

  // Block n holds the cells from kFirst * (2^n - 1) on.
  static unsigned block_of(std::uint32_t cell) {
    return static_cast<unsigned>(std::bit_width(cell + kFirst)) - 1 - kFirstBits;
  }

  Cell* blocks_[kBlocks] = {};
  std::uint32_t used_ = 0;
  std::uint32_t free_ = kNoCell;
};

}  // namespace zmqng
