#include "pattern/prefix_tree.h"

#include "base/check.h"

#include <bit>

namespace zmqng {

PrefixTree::~PrefixTree() {
  for_each([this](std::uint32_t leaf) { std::free(leaves_[leaf].text); });
}

std::uint32_t PrefixTree::closest(Bytes text) const {
  std::uint32_t at = root_;
  while (!is_leaf(at)) at = branches_[at].child[side(text, branches_[at].position)];
  return at & ~kLeaf;
}

std::uint32_t PrefixTree::find(Bytes text) const {
  if (root_ == kNoCell) return kNoCell;
  const std::uint32_t leaf = closest(text);
  return equal(this->text(leaf), text) ? leaf : kNoCell;
}

std::uint32_t PrefixTree::difference(Bytes a, Bytes b) {
  const std::size_t common = a.size() < b.size() ? a.size() : b.size();
  std::size_t byte = 0;
  while (byte + 64 <= common && std::memcmp(&a[byte], &b[byte], 64) == 0) byte += 64;
  while (byte < common && a[byte] == b[byte]) ++byte;
  std::uint32_t bit = 0;
  if (byte < common) {
    bit = 1 + static_cast<std::uint32_t>(
                  std::countl_zero(static_cast<std::uint8_t>(a[byte] ^ b[byte])));
  }
  return static_cast<std::uint32_t>(byte << 4) | bit;
}

std::uint32_t PrefixTree::insert(Bytes text) {
  if (text.size() > kLengthMax) return kNoCell;
  std::uint32_t position = 0;
  if (root_ != kNoCell) {
    const std::uint32_t leaf = closest(text);
    if (equal(this->text(leaf), text)) return leaf;
    position = difference(this->text(leaf), text);
  }
  const std::uint32_t leaf = leaves_.take();
  const std::uint32_t branch = root_ == kNoCell ? kNoCell : branches_.take();
  auto* copy = static_cast<Text*>(std::malloc(sizeof(Text) + text.size()));
  if (leaf == kNoCell || copy == nullptr || (branch == kNoCell && root_ != kNoCell)) {
    if (leaf != kNoCell) leaves_.put_back(leaf);
    if (branch != kNoCell) branches_.put_back(branch);
    std::free(copy);
    return kNoCell;
  }
  copy->size = static_cast<std::uint32_t>(text.size());
  copy->value = 0;
  if (!text.empty()) std::memcpy(copy + 1, text.data(), text.size());
  leaves_[leaf].text = copy;
  ++size_;
  if (branch == kNoCell) {
    root_ = leaf | kLeaf;
    return leaf;
  }
  std::uint32_t* link = &root_;
  while (!is_leaf(*link) && branches_[*link].position < position) {
    link = &branches_[*link].child[side(text, branches_[*link].position)];
  }
  const std::uint32_t own_side = side(text, position);
  branches_[branch].position = position;
  branches_[branch].child[own_side] = leaf | kLeaf;
  branches_[branch].child[1 - own_side] = *link;
  *link = branch;
  return leaf;
}

void PrefixTree::erase(std::uint32_t leaf) {
  const Bytes text = this->text(leaf);
  std::uint32_t* link = &root_;
  std::uint32_t* parent_link = nullptr;
  while (!is_leaf(*link)) {
    parent_link = link;
    link = &branches_[*link].child[side(text, branches_[*link].position)];
  }
  CHECK((*link & ~kLeaf) == leaf);
  if (parent_link == nullptr) {
    root_ = kNoCell;
  } else {
    const std::uint32_t branch = *parent_link;
    const bool was_second = link == &branches_[branch].child[1];
    *parent_link = branches_[branch].child[was_second ? 0 : 1];
    branches_.put_back(branch);
  }
  std::free(leaves_[leaf].text);
  leaves_.put_back(leaf);
  --size_;
}

}  // namespace zmqng
