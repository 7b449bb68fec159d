// PrefixTree: an ordered set of byte strings, made to find all members that a given string starts
// with.
//
// Owner:    Subscriptions, SubscribedTopics. Threads: one at a time.
// Shape:    a crit-bit tree: a branch names the first position at which the strings below it
// differ, so
//           that n strings take n-1 branches of 12 bytes however long they are, and no walk is
//           longer than what is stored. A position is (byte << 4 | bit). Bit 0 asks whether the
//           string has that byte at all, 1 to 8 are its bits from the top, so that order is
//           lexicographic:
//
//               "a" "ab" "ac":   (1,0) --no--> "a"
//                                      --yes-> (1,8) --0--> "ab"
//                                                    --1--> "ac"
//
//           Where a string ends (bit 0) all strings on the other side are continuations of it: a
//           walk along a message meets all its prefixes, shortest first.
// Holds:    no recursion; each operation is linear in the length of the string, plus one step per
// branch.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "pattern/pool.h"

namespace zmqng {

class PrefixTree {
 public:
  // Longer strings are not taken.
  static constexpr std::size_t kLengthMax = (1u << 27) - 1;

  PrefixTree() = default;
  PrefixTree(const PrefixTree&) = delete;
  PrefixTree& operator=(const PrefixTree&) = delete;
  ~PrefixTree();

  // Each member has a number, which stays the same, and a value, which is the user's and starts as
  // 0. kNoCell: not a member.
  std::uint32_t find(Bytes text) const;
  // kNoCell: no memory, or too long.
  [[nodiscard]] std::uint32_t insert(Bytes text);
  void erase(std::uint32_t leaf);
  Bytes text(std::uint32_t leaf) const {
    const Text& text = *leaves_[leaf].text;
    return {text.bytes(), text.size};
  }
  std::uint32_t& value(std::uint32_t leaf) { return leaves_[leaf].text->value; }
  std::uint32_t value(std::uint32_t leaf) const { return leaves_[leaf].text->value; }

  std::uint32_t size() const { return size_; }

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
  void for_each(Visit visit) const {
    std::vector<std::uint32_t> waiting;
    if (root_ != kNoCell) waiting.push_back(root_);
    while (!waiting.empty()) {
      std::uint32_t at = waiting.back();
      waiting.pop_back();
      for (; !is_leaf(at); at = branches_[at].child[0]) waiting.push_back(branches_[at].child[1]);
      visit(at & ~kLeaf);
    }
  }

 private:
  static constexpr std::uint32_t kLeaf = 1u << 31;

  struct Text {
    std::uint32_t size;
    std::uint32_t value;
    const std::uint8_t* bytes() const { return reinterpret_cast<const std::uint8_t*>(this + 1); }
  };
  union Leaf {
    Text* text;
    std::uint32_t next;
  };
  struct Branch {
    std::uint32_t position;
    union {
      std::uint32_t child[2];  // a branch, or a leaf if kLeaf is set
      std::uint32_t next;
    };
  };
  static_assert(sizeof(Branch) == 12);

  static bool is_leaf(std::uint32_t at) { return (at & kLeaf) != 0; }
  static std::uint32_t side(Bytes text, std::uint32_t position) {
    const std::uint32_t byte = position >> 4;
    const std::uint32_t bit = position & 15;
    if (byte >= text.size()) return 0;
    return bit == 0 ? 1 : (text[byte] >> (8 - bit)) & 1u;
  }
  // Where two different strings first differ.
  static std::uint32_t difference(Bytes a, Bytes b);
  // The member that agrees with the text at every branch on the way to it. The tree isn't empty.
  std::uint32_t closest(Bytes text) const;

  template <typename Accept>
  bool match_until(Bytes message, Accept accept) const;

  Pool<Branch> branches_;
  Pool<Leaf> leaves_;
  std::uint32_t root_ = kNoCell;
  std::uint32_t size_ = 0;
};

template <typename Accept>
bool PrefixTree::match_until(Bytes message, Accept accept) const {
  if (root_ == kNoCell) return false;
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
  std::uint32_t at = root_;
  while (!is_leaf(at)) {
    const Branch& branch = branches_[at];
    const std::uint32_t byte = branch.position >> 4;
    if ((branch.position & 15) == 0) {
      // One member ends here, and all others are longer and start with it.
      const std::uint32_t leaf = branch.child[0] & ~kLeaf;
      if (!starts_with(leaf)) return false;
      if (accept(leaf)) return true;
      at = branch.child[1];
    } else {
      at = branch.child[side(message, branch.position)];
    }
    if (byte >= message.size()) return false;  // everything below is longer than the message
  }
  return starts_with(at & ~kLeaf) && accept(at & ~kLeaf);
}

}  // namespace zmqng
