// Pool: numbered cells of one type; freed cells are used again. Numbers take half the room of
// pointers and stay valid when the block of cells grows, which for a large block moves pages, not
// bytes.
//
// Owner: the container built on it. Threads: one at a time.
#pragma once

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
  ~Pool() { std::free(cells_); }

  // kNoCell: no memory, or more cells than anybody can want. References to cells die.
  [[nodiscard]] std::uint32_t take() {
    if (free_ != kNoCell) {
      const std::uint32_t cell = free_;
      free_ = cells_[cell].next;
      return cell;
    }
    if (used_ == capacity_ && !grow()) return kNoCell;
    return used_++;
  }
  void put_back(std::uint32_t cell) {
    cells_[cell].next = free_;
    free_ = cell;
  }

  Cell& operator[](std::uint32_t cell) { return cells_[cell]; }
  const Cell& operator[](std::uint32_t cell) const { return cells_[cell]; }

 private:
  static constexpr std::uint32_t kCellsMax = 1u << 30;

  bool grow() {
    const std::uint32_t capacity = capacity_ == 0 ? 8 : 2 * capacity_;
    if (capacity > kCellsMax) return false;
    auto* cells = static_cast<Cell*>(std::realloc(cells_, capacity * sizeof(Cell)));
    if (cells == nullptr) return false;
    cells_ = cells;
    capacity_ = capacity;
    return true;
  }

  Cell* cells_ = nullptr;
  std::uint32_t used_ = 0;
  std::uint32_t capacity_ = 0;
  std::uint32_t free_ = kNoCell;
};

}  // namespace zmqng
