#include "pattern/prefix_tree.h"

#include <algorithm>
#include <bit>
#include <iterator>

#include "base/check.h"

namespace zmqng {
namespace {

// Room for children grows in these steps.
constexpr std::uint16_t kRooms[] = {2, 6, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256};

std::uint32_t next_room(std::uint32_t room) {
  const auto* next = std::upper_bound(std::begin(kRooms), std::end(kRooms), room);
  CHECK(next != std::end(kRooms));  // a byte has no more values
  return *next;
}

// The first byte at which two strings differ, or one of them ends; the first `at` bytes are equal.
std::size_t difference(Bytes a, Bytes b, std::size_t at) {
  const std::size_t common = std::min(a.size(), b.size());
  while (at + 64 <= common && std::memcmp(&a[at], &b[at], 64) == 0) at += 64;
  for (; at + 8 <= common; at += 8) {
    const std::uint64_t differing = load_be64(&a[at]) ^ load_be64(&b[at]);
    if (differing != 0) return at + static_cast<std::size_t>(std::countl_zero(differing)) / 8;
  }
  while (at < common && a[at] == b[at]) ++at;
  return at;
}

}  // namespace

// Leads the way to the text, or as far as there is one.
PrefixTree::Spot PrefixTree::go_to(Bytes text) {
  if (root_ == kNoCell) return {0, kNoCell};
  if (way_end_ == kNoCell) return go_down_to(text, root_, 0);
  const Spot spot = back_up_to(difference(this->text(way_end_), text, 0));
  if (way_.empty() || way_.back().position < spot.agreed) return spot;
  // What is below here has more in common with the text, if there is a child for it.
  const std::uint32_t next = branch(way_.back().node).next(text);
  return next != kNoCell ? go_down_to(text, next, spot.agreed) : Spot{spot.agreed, kNoCell};
}

// Goes on from the node, all of which has so many bytes in common with the text: first to a member
// that has as much in common with it as any, then back to where the two part.
PrefixTree::Spot PrefixTree::go_down_to(Bytes text, std::uint32_t node, std::size_t agreed) {
  while (!is_leaf(node)) {
    const Branch here = branch(node);
    way_.push_back({node, here.position()});
    const std::uint32_t next = here.position() <= text.size() ? here.next(text) : kNoCell;
    node = next != kNoCell ? next : here.any();
  }
  way_end_ = node & ~kLeaf;
  return back_up_to(difference(this->text(way_end_), text, agreed));
}

PrefixTree::Spot PrefixTree::back_up_to(std::size_t agreed) {
  Spot spot{agreed, way_end_ | kLeaf};
  for (; !way_.empty() && way_.back().position > agreed; way_.pop_back()) {
    spot.below = way_.back().node;
  }
  return spot;
}

bool PrefixTree::is_at(const Spot& spot, Bytes text) const {
  return spot.below != kNoCell && is_leaf(spot.below) && spot.agreed == text.size() &&
         this->text(spot.below & ~kLeaf).size() == text.size();
}

std::uint32_t PrefixTree::find(Bytes text) {
  const Spot spot = go_to(text);
  if (is_at(spot, text)) return way_end_;
  forget_way();
  return kNoCell;
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
  std::uint32_t at = count;
  if (count > 0 && byte < bytes[count - 1]) {
    at = static_cast<std::uint32_t>(std::lower_bound(bytes, bytes + count, byte) - bytes);
    std::copy_backward(bytes + at, bytes + count, bytes + count + 1);
    std::copy_backward(children + at, children + count, children + count + 1);
  }
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

// Puts the leaf below the last branch of the way. False: no memory.
bool PrefixTree::join(Bytes text, std::uint32_t leaf) {
  const std::uint32_t node = way_.back().node;
  const std::uint32_t position = way_.back().position;
  const std::uint32_t count = branch(node).count();
  const std::uint32_t room = branch(node).room();
  if (count == room && position < text.size()) {
    const std::uint32_t larger = make_branch(position, next_room(room));
    if (larger == kNoCell) return false;
    const Branch before = branch(node);
    const Branch after = branch(larger);
    std::uint32_t* block = arena_.at(larger);
    block[1] += count;
    block[Branch::kEndAt] = before.end();
    std::copy_n(before.bytes(), count, reinterpret_cast<std::uint8_t*>(block + Branch::kBytesAt));
    std::copy_n(before.children(), count, block + (after.children() - after.block));
    arena_.put_back(node, Branch::words(room));
    link(way_.size() > 1 ? way_[way_.size() - 2].node : kNoCell, text) = larger;
    way_.back().node = larger;
  }
  put_below(way_.back().node, text, leaf | kLeaf);
  return true;
}

// Puts a new branch at the end of the way, with the leaf beside what is there. False: no memory.
bool PrefixTree::branch_off(const Spot& spot, Bytes text, std::uint32_t leaf) {
  const auto position = static_cast<std::uint32_t>(spot.agreed);
  const std::uint32_t fresh = make_branch(position, kRooms[0]);
  if (fresh == kNoCell) return false;
  put_below(fresh, this->text(way_end_), spot.below);
  put_below(fresh, text, leaf | kLeaf);
  link(way_.empty() ? kNoCell : way_.back().node, text) = fresh;
  way_.push_back({fresh, position});
  return true;
}

std::uint32_t PrefixTree::insert(Bytes text) {
  if (text.size() > kLengthMax) return kNoCell;
  const Spot spot = go_to(text);
  if (is_at(spot, text)) return way_end_;
  const std::uint32_t leaf = make_leaf(text);
  bool is_done = leaf != kNoCell;
  if (is_done && root_ == kNoCell) {
    root_ = leaf | kLeaf;
  } else if (is_done) {
    const bool joins = !way_.empty() && way_.back().position == spot.agreed;
    is_done = joins ? join(text, leaf) : branch_off(spot, text, leaf);
    if (!is_done) arena_.put_back(leaf, leaf_words(text.size()));
  }
  if (!is_done) {
    forget_way();
    return kNoCell;
  }
  way_end_ = leaf;
  ++size_;
  return leaf;
}

void PrefixTree::erase(std::uint32_t leaf) {
  const Bytes text = this->text(leaf);
  if (way_end_ != leaf) (void)go_to(text);
  CHECK(way_end_ == leaf);
  if (way_.empty()) {
    root_ = kNoCell;
  } else {
    const std::uint32_t parent = way_.back().node;
    take_below(parent, text);
    const Branch here = branch(parent);
    if (here.count() + (here.end() != kNoCell ? 1 : 0) == 1) {
      const std::uint32_t last = here.any();
      const std::uint32_t room = here.room();
      way_.pop_back();
      link(way_.empty() ? kNoCell : way_.back().node, text) = last;
      arena_.put_back(parent, Branch::words(room));
    }
  }
  go_beside();
  value(leaf) = 0;
  arena_.put_back(leaf, leaf_words(text.size()));
  --size_;
}

// The leaf at the end of the way is gone, the next to go may well be near: leads on to another one,
// if that is not far.
void PrefixTree::go_beside() {
  std::uint32_t node = way_.empty() ? root_ : branch(way_.back().node).any();
  if (node == kNoCell || !is_leaf(node)) return forget_way();
  way_end_ = node & ~kLeaf;
}

}  // namespace zmqng
