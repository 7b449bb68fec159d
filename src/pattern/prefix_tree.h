// PrefixTree: an ordered set of byte strings, made to find all members that a given string starts
// with.
//
// Owner:    Subscriptions, SubscribedTopics. Threads: one at a time.
// Shape:    a radix tree that skips what all strings below have in common: a branch names the first
//           byte at which they differ (or one of them ends), and has a child for each byte that
//           stands there. A leaf is a whole string, so what was skipped is compared in the end:
//
//               "a" "abc" "abd":   (1) --ends--> "a"
//                                      --'b'---> (2) --'c'--> "abc"
//                                                    --'d'--> "abd"
//
//           A walk along a message meets all its prefixes, shortest first. Millions of strings make
//           a tree a few branches deep, and a branch mostly lies in one line of the cache.
//           Strings tend to come in order, or nearly so: the way to the last one is kept, and the
//           next one starts where it leaves that.
// Holds:    no recursion; each operation is linear in the length of the string. Leaves and branches
//           are blocks of one arena:
//
//               leaf    size, value, bytes
//               branch  position, children | room for them, the leaf that ends here or none,
//                       their bytes in order, their places
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

#include "base/bytes.h"
#include "pattern/word_arena.h"

namespace zmqng {

class PrefixTree {
 public:
  // Longer strings are not taken.
  static constexpr std::size_t kLengthMax = (1u << 27) - 1;

  PrefixTree() = default;
  PrefixTree(const PrefixTree&) = delete;
  PrefixTree& operator=(const PrefixTree&) = delete;

  // Each member has a number, which stays the same, and a value, which is the user's and starts as
  // 0. kNoCell: not a member.
  std::uint32_t find(Bytes text);
  // kNoCell: no memory, or too long.
  [[nodiscard]] std::uint32_t insert(Bytes text);
  void erase(std::uint32_t leaf);
  Bytes text(std::uint32_t leaf) const {
    const std::uint32_t* block = arena_.at(leaf);
    return {reinterpret_cast<const std::uint8_t*>(block + kTextAt), block[0]};
  }
  // Of a number that is no member's any more this is the value of another member, or less than
  // kValueOfNobody.
  static constexpr std::uint32_t kValueOfNobody = 1u << 31;
  std::uint32_t& value(std::uint32_t leaf) { return arena_.at(leaf)[kValueAt]; }
  std::uint32_t value(std::uint32_t leaf) const { return arena_.at(leaf)[kValueAt]; }

  std::uint32_t size() const { return size_; }

  // Gives back the memory of a tree that has no members; numbers of former ones die.
  void release_memory() {
    arena_.clear();
    forget_way();
    way_ = std::vector<Step>();
  }

  // Calls `visit(leaf)` for each member that `message` starts with.
  template <typename Visit>
  void match(Bytes message, Visit visit) const {
    match_until(message, [&](std::uint32_t leaf) {
      visit(leaf);
      return false;
    });
  }
  // Whether any member is a prefix of the message.
  bool matches(Bytes message) const {
    return match_until(message, [](std::uint32_t) { return true; });
  }

  // Calls `visit(leaf)` for each member in order. The tree must not change meanwhile.
  template <typename Visit>
  void for_each(Visit visit) const;

 private:
  // A node is the place of a branch, or that of a leaf with this bit; kNoCell: none.
  static constexpr std::uint32_t kLeaf = 1u << 31;
  static bool is_leaf(std::uint32_t node) { return (node & kLeaf) != 0; }

  static constexpr std::uint32_t kValueAt = 1;
  static constexpr std::uint32_t kTextAt = 2;
  static std::uint32_t leaf_words(std::size_t size) {
    return kTextAt + static_cast<std::uint32_t>((size + 3) / 4);
  }

  // A branch as it stands in the arena: a view, which dies when the arena grows.
  struct Branch {
    static constexpr std::uint32_t kEndAt = 2;
    static constexpr std::uint32_t kBytesAt = 3;

    static std::uint32_t words(std::uint32_t room) { return kBytesAt + (room + 3) / 4 + room; }

    std::uint32_t position() const { return block[0]; }
    std::uint32_t count() const { return block[1] & 0xffff; }
    std::uint32_t room() const { return block[1] >> 16; }
    std::uint32_t end() const { return block[kEndAt]; }  // a leaf's node, or kNoCell
    const std::uint8_t* bytes() const {
      return reinterpret_cast<const std::uint8_t*>(block + kBytesAt);
    }
    const std::uint32_t* children() const { return block + kBytesAt + (room() + 3) / 4; }
    // Where the child for this byte is named; kNoCell: nowhere. As the bytes are in order, the
    // first and the last of them limit the places, to one where they are dense, as digits are.
    std::uint32_t index_of(std::uint8_t byte) const {
      const std::uint8_t* bytes = this->bytes();
      const std::uint32_t last = count() - 1;
      if (count() == 0 || byte < bytes[0] || byte > bytes[last]) return kNoCell;
      const std::uint32_t high = std::min<std::uint32_t>(last, byte - bytes[0]);
      if (bytes[high] == byte) return high;
      const std::uint32_t behind = bytes[last] - byte;
      const std::uint32_t low = last > behind ? last - behind : 0;
      if (bytes[low] == byte) return low;
      const void* found = std::memchr(bytes + low, byte, high - low);
      if (found == nullptr) return kNoCell;
      return static_cast<std::uint32_t>(static_cast<const std::uint8_t*>(found) - bytes);
    }
    // What is next on the way to the text, or kNoCell; no child if the text ends here.
    std::uint32_t next(Bytes text) const {
      if (position() == text.size()) return end();
      const std::uint32_t index = index_of(text[position()]);
      return index != kNoCell ? children()[index] : kNoCell;
    }
    // Any of those below.
    std::uint32_t any() const { return end() != kNoCell ? end() : children()[0]; }

    const std::uint32_t* block;
  };
  Branch branch(std::uint32_t node) const { return {arena_.at(node)}; }

  // One branch of the way to a string.
  struct Step {
    std::uint32_t node;
    std::uint32_t position;
  };
  // Where a text is, or would be: it has `agreed` bytes in common with all that is at and below
  // `below`, which follows the last branch of the way; kNoCell: nothing there does.
  struct Spot {
    std::size_t agreed;
    std::uint32_t below;
  };

  Spot go_to(Bytes text);
  Spot go_down_to(Bytes text, std::uint32_t node, std::size_t agreed);
  Spot back_up_to(std::size_t agreed);
  bool is_at(const Spot& spot, Bytes text) const;
  void forget_way() {
    way_.clear();
    way_end_ = kNoCell;
  }
  std::uint32_t make_leaf(Bytes text);
  std::uint32_t make_branch(std::uint32_t position, std::uint32_t room);
  bool branch_off(const Spot& spot, Bytes text, std::uint32_t leaf);
  bool join(Bytes text, std::uint32_t leaf);
  void go_beside();
  std::uint32_t& link(std::uint32_t parent, Bytes text);
  void put_below(std::uint32_t node, Bytes text, std::uint32_t child);
  void take_below(std::uint32_t node, Bytes text);

  template <typename Accept>
  bool match_until(Bytes message, Accept accept) const;

  WordArena arena_;
  std::uint32_t root_ = kNoCell;
  std::uint32_t size_ = 0;
  // The branches above the leaf `way_end_`, from the root on; kNoCell: no way is known, and `way_`
  // is empty.
  std::vector<Step> way_;
  std::uint32_t way_end_ = kNoCell;
};

template <typename Visit>
void PrefixTree::for_each(Visit visit) const {
  std::vector<std::uint32_t> waiting;
  if (root_ != kNoCell) waiting.push_back(root_);
  while (!waiting.empty()) {
    const std::uint32_t node = waiting.back();
    waiting.pop_back();
    if (is_leaf(node)) {
      visit(node & ~kLeaf);
      continue;
    }
    const Branch here = branch(node);
    for (std::uint32_t i = here.count(); i > 0; --i) waiting.push_back(here.children()[i - 1]);
    if (here.end() != kNoCell) waiting.push_back(here.end());
  }
}

template <typename Accept>
bool PrefixTree::match_until(Bytes message, Accept accept) const {
  std::size_t agreed = 0;  // so many bytes of the message have been compared with a member
  const auto starts_with = [&](std::uint32_t leaf) {
    const Bytes prefix = text(leaf);
    if (prefix.size() > message.size()) return false;
    if (prefix.size() > agreed &&
        std::memcmp(prefix.data() + agreed, message.data() + agreed, prefix.size() - agreed) != 0) {
      return false;
    }
    agreed = prefix.size();
    return true;
  };
  std::uint32_t node = root_;
  if (node == kNoCell) return false;
  while (!is_leaf(node)) {
    const Branch here = branch(node);
    const std::uint32_t position = here.position();
    if (position > message.size()) return false;  // everything below is longer than the message
    if (here.end() != kNoCell) {
      // All others below continue this one.
      const std::uint32_t leaf = here.end() & ~kLeaf;
      if (!starts_with(leaf)) return false;
      if (accept(leaf)) return true;
    }
    if (position == message.size()) return false;
    const std::uint32_t index = here.index_of(message[position]);
    if (index == kNoCell) return false;
    node = here.children()[index];
  }
  return starts_with(node & ~kLeaf) && accept(node & ~kLeaf);
}

}  // namespace zmqng
