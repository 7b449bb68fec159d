#include "pattern/prefix_tree.h"

#include <algorithm>
#include <iterator>

#include "base/check.h"

namespace zmqng {
namespace {

// Room for children grows in these steps.
constexpr std::uint16_t kRooms[] = {2, 4, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256};

std::uint32_t next_room(std::uint32_t room) {
  const auto* next = std::upper_bound(std::begin(kRooms), std::end(kRooms), room);
  CHECK(next != std::end(kRooms));  // a byte has no more values
  return *next;
}

// The first byte at which two strings differ, or one of them ends.
std::size_t difference(Bytes a, Bytes b) {
  const std::size_t common = std::min(a.size(), b.size());
  std::size_t at = 0;
  while (at + 64 <= common && std::memcmp(&a[at], &b[at], 64) == 0) at += 64;
  while (at < common && a[at] == b[at]) ++at;
  return at;
}

}  // namespace

// A member that has as much in common with the text as any. The tree isn't empty.
std::uint32_t PrefixTree::closest(Bytes text) const {
  std::uint32_t node = root_;
  while (!is_leaf(node)) {
    const Branch here = branch(node);
    const std::uint32_t position = here.position();
    std::uint32_t next = here.end();
    if (position < text.size()) {
      const std::uint32_t index = here.index_of(text[position]);
      if (index != kNoCell) next = here.children()[index];
    }
    node = next != kNoCell ? next : here.children()[0];
  }
  return node & ~kLeaf;
}

std::uint32_t PrefixTree::find(Bytes text) const {
  if (root_ == kNoCell) return kNoCell;
  const std::uint32_t leaf = closest(text);
  return equal(this->text(leaf), text) ? leaf : kNoCell;
}

std::uint32_t PrefixTree::make_leaf(Bytes text) {
  const std::uint32_t leaf = arena_.take(leaf_words(text.size()));
  if (leaf == kNoCell) return kNoCell;
  std::uint32_t* block = arena_.at(leaf);
  block[0] = static_cast<std::uint32_t>(text.size());
  block[kValueAt] = 0;
  if (!text.empty()) std::memcpy(block + kTextAt, text.data(), text.size());
  return leaf;
}

std::uint32_t PrefixTree::make_branch(std::uint32_t position, std::uint32_t room) {
  const std::uint32_t node = arena_.take(Branch::words(room));
  if (node == kNoCell) return kNoCell;
  std::uint32_t* block = arena_.at(node);
  block[0] = position;
  block[1] = room << 16;
  block[Branch::kEndAt] = kNoCell;
  return node;
}

// Where the parent (none: the tree) names what is below it on the way to the text. It does so.
std::uint32_t& PrefixTree::link(std::uint32_t parent, Bytes text) {
  if (parent == kNoCell) return root_;
  const Branch here = branch(parent);
  std::uint32_t* block = arena_.at(parent);
  if (here.position() == text.size()) return block[Branch::kEndAt];
  const std::uint32_t index = here.index_of(text[here.position()]);
  CHECK(index != kNoCell);
  return block[here.children() - here.block + index];
}

// There is room for it.
void PrefixTree::put_below(std::uint32_t node, Bytes text, std::uint32_t child) {
  const Branch here = branch(node);
  std::uint32_t* block = arena_.at(node);
  if (here.position() == text.size()) {
    block[Branch::kEndAt] = child;
    return;
  }
  auto* bytes = reinterpret_cast<std::uint8_t*>(block + Branch::kBytesAt);
  std::uint32_t* children = block + (here.children() - here.block);
  const std::uint8_t byte = text[here.position()];
  const std::uint32_t count = here.count();
  const auto at = std::lower_bound(bytes, bytes + count, byte) - bytes;
  std::copy_backward(bytes + at, bytes + count, bytes + count + 1);
  std::copy_backward(children + at, children + count, children + count + 1);
  bytes[at] = byte;
  children[at] = child;
  ++block[1];
}

void PrefixTree::take_below(std::uint32_t node, Bytes text) {
  const Branch here = branch(node);
  std::uint32_t* block = arena_.at(node);
  if (here.position() == text.size()) {
    block[Branch::kEndAt] = kNoCell;
    return;
  }
  auto* bytes = reinterpret_cast<std::uint8_t*>(block + Branch::kBytesAt);
  std::uint32_t* children = block + (here.children() - here.block);
  const std::uint32_t count = here.count();
  const std::uint32_t at = here.index_of(text[here.position()]);
  std::copy(bytes + at + 1, bytes + count, bytes + at);
  std::copy(children + at + 1, children + count, children + at);
  --block[1];
}

// Puts the leaf below a branch that is there. False: no memory.
bool PrefixTree::join(std::uint32_t parent, std::uint32_t node, Bytes text, std::uint32_t leaf) {
  const std::uint32_t count = branch(node).count();
  const std::uint32_t room = branch(node).room();
  if (count == room && branch(node).position() < text.size()) {
    const std::uint32_t larger = make_branch(branch(node).position(), next_room(room));
    if (larger == kNoCell) return false;
    const Branch before = branch(node);
    const Branch after = branch(larger);
    std::uint32_t* block = arena_.at(larger);
    block[1] += count;
    block[Branch::kEndAt] = before.end();
    std::copy_n(before.bytes(), count, reinterpret_cast<std::uint8_t*>(block + Branch::kBytesAt));
    std::copy_n(before.children(), count, block + (after.children() - after.block));
    arena_.put_back(node, Branch::words(room));
    link(parent, text) = larger;
    node = larger;
  }
  put_below(node, text, leaf | kLeaf);
  return true;
}

// Puts a new branch above the node, with the leaf beside it; `neighbour` is a leaf of the node's,
// from which the text differs at the position. False: no memory.
bool PrefixTree::branch_off(std::uint32_t parent, std::uint32_t node, Bytes text,
                            std::uint32_t leaf, std::uint32_t neighbour, std::uint32_t position) {
  const std::uint32_t fresh = make_branch(position, kRooms[0]);
  if (fresh == kNoCell) return false;
  put_below(fresh, this->text(neighbour), node);
  put_below(fresh, text, leaf | kLeaf);
  link(parent, text) = fresh;
  return true;
}

std::uint32_t PrefixTree::insert(Bytes text) {
  if (text.size() > kLengthMax) return kNoCell;
  const std::uint32_t neighbour = root_ != kNoCell ? closest(text) : kNoCell;
  if (neighbour != kNoCell && equal(this->text(neighbour), text)) return neighbour;
  const std::uint32_t leaf = make_leaf(text);
  if (leaf == kNoCell) return kNoCell;
  if (neighbour == kNoCell) {
    root_ = leaf | kLeaf;
  } else {
    const auto position = static_cast<std::uint32_t>(difference(this->text(neighbour), text));
    std::uint32_t parent = kNoCell;
    std::uint32_t node = root_;
    while (!is_leaf(node) && branch(node).position() < position) {
      parent = node;
      node = link(node, text);
    }
    const bool joins = !is_leaf(node) && branch(node).position() == position;
    if (!(joins ? join(parent, node, text, leaf)
                : branch_off(parent, node, text, leaf, neighbour, position))) {
      arena_.put_back(leaf, leaf_words(text.size()));
      return kNoCell;
    }
  }
  ++size_;
  return leaf;
}

void PrefixTree::erase(std::uint32_t leaf) {
  const Bytes text = this->text(leaf);
  std::uint32_t above = kNoCell;
  std::uint32_t parent = kNoCell;
  std::uint32_t node = root_;
  while (!is_leaf(node)) {
    above = parent;
    parent = node;
    node = link(node, text);
  }
  CHECK((node & ~kLeaf) == leaf);
  if (parent == kNoCell) {
    root_ = kNoCell;
  } else {
    take_below(parent, text);
    const Branch here = branch(parent);
    const std::uint32_t others = here.count() + (here.end() != kNoCell ? 1 : 0);
    if (others == 1) {
      const std::uint32_t last = here.end() != kNoCell ? here.end() : here.children()[0];
      const std::uint32_t room = here.room();
      link(above, text) = last;
      arena_.put_back(parent, Branch::words(room));
    }
  }
  value(leaf) = 0;
  arena_.put_back(leaf, leaf_words(text.size()));
  --size_;
}

}  // namespace zmqng
