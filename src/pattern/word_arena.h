// WordArena: blocks of 32-bit words, named by the place of their first word; freed blocks are used
// again for blocks of about that size. Places take half the room of pointers, have no allocator's
// header in front, and stay valid when the arena grows, which for a large one moves pages, not
// bytes.
//
// Owner:   the container built on it. Threads: one at a time.
// Holds:   a block never moves, and its place is only ever the place of blocks of the same class.
#pragma once

#include <bit>
#include <cstdint>
#include <cstdlib>

#include "pattern/pool.h"

namespace zmqng {

class WordArena {
 public:
  // A block is never larger.
  static constexpr std::uint32_t kWordsMax = 1u << 27;

  WordArena() = default;
  WordArena(const WordArena&) = delete;
  WordArena& operator=(const WordArena&) = delete;
  ~WordArena() { std::free(words_); }

  // kNoCell: no memory. Pointers into the arena die.
  [[nodiscard]] std::uint32_t take(std::uint32_t words) {
    if (words > kWordsMax) return kNoCell;
    const Class size = class_of(words);
    if (words_ != nullptr && words_[size.number] != kNoCell) {
      const std::uint32_t at = words_[size.number];
      words_[size.number] = words_[at];
      return at;
    }
    if (!has_room(size.words)) return kNoCell;
    const std::uint32_t at = used_;
    used_ += size.words;
    return at;
  }
  void put_back(std::uint32_t at, std::uint32_t words) {
    std::uint32_t& first_free = words_[class_of(words).number];
    words_[at] = first_free;
    first_free = at;
  }
  // Gives all memory back.
  void clear() {
    std::free(words_);
    words_ = nullptr;
    used_ = capacity_ = 0;
  }

  std::uint32_t* at(std::uint32_t place) { return words_ + place; }
  const std::uint32_t* at(std::uint32_t place) const { return words_ + place; }

 private:
  // Up to 32 words every even size is a class, above that there are two for each doubling.
  struct Class {
    std::uint32_t words;
    std::uint32_t number;
  };
  static Class class_of(std::uint32_t words) {
    if (words <= 32) return {(words + 1) & ~1u, (words - 1) / 2};
    const auto shift = static_cast<std::uint32_t>(std::bit_width(words - 1)) - 2;
    const std::uint32_t half = (words - 1) >> shift;  // 2 or 3 of these, one more is enough
    return {(half + 1) << shift, 16 + (shift - 4) * 2 + (half - 2)};
  }
  static constexpr std::uint32_t kClasses = 64;  // their first free blocks are the first words
  static constexpr std::uint32_t kFirstWords = 128;
  static constexpr std::uint32_t kCapacityMax = 1u << 31;

  bool has_room(std::uint32_t words) {
    if (capacity_ - used_ >= words) return true;
    std::uint64_t capacity = capacity_ == 0 ? kFirstWords : std::uint64_t{capacity_} * 2;
    while (capacity < std::uint64_t{used_} + words + kClasses) capacity *= 2;
    if (capacity > kCapacityMax) return false;
    auto* grown = static_cast<std::uint32_t*>(std::realloc(words_, capacity * sizeof *words_));
    if (grown == nullptr) return false;
    words_ = grown;
    capacity_ = static_cast<std::uint32_t>(capacity);
    if (used_ == 0) {
      for (; used_ < kClasses; ++used_) words_[used_] = kNoCell;
    }
    return true;
  }

  std::uint32_t* words_ = nullptr;
  std::uint32_t used_ = 0;
  std::uint32_t capacity_ = 0;
};

}  // namespace zmqng
