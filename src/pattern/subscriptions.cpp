#include "pattern/subscriptions.h"

namespace zmqng {

// Walks both lists that the link would be in, and is done with the shorter: ten thousand pipes may
// want one prefix, or one pipe a million prefixes.
std::uint32_t Subscriptions::find(std::uint32_t leaf, std::uint32_t pipe) const {
  std::uint32_t of_prefix = head(leaf);
  std::uint32_t of_pipe = first_of(pipe);
  while (of_prefix != kNoCell && of_pipe != kNoCell) {
    if (links_[of_prefix].pipe == pipe) return of_prefix;
    if (links_[of_pipe].leaf == leaf) return of_pipe;
    of_prefix = links_[of_prefix].next;
    of_pipe = links_[of_pipe].next_of_pipe;
  }
  return kNoCell;
}

Subscriptions::Added Subscriptions::add(Bytes prefix, std::uint32_t pipe) {
  const std::uint32_t leaf = tree_.insert(prefix);
  if (leaf == kNoCell) return Added::no_memory;
  const std::uint32_t first = head(leaf);
  if (find(leaf, pipe) != kNoCell) return Added::known_already;
  const std::uint32_t link = links_.take();
  if (link == kNoCell) {
    if (first == kNoCell) tree_.erase(leaf);
    return Added::no_memory;
  }
  if (pipe >= first_of_pipe_.size()) first_of_pipe_.resize(pipe + 1, kNoCell);
  const std::uint32_t next_of_pipe = first_of_pipe_[pipe];
  links_[link] = {first, kNoCell, leaf, pipe, next_of_pipe, kNoCell};
  if (first != kNoCell) links_[first].previous = link;
  if (next_of_pipe != kNoCell) links_[next_of_pipe].previous_of_pipe = link;
  first_of_pipe_[pipe] = link;
  tree_.value(leaf) = link + 1;
  return first == kNoCell ? Added::first_of_prefix : Added::another_pipe;
}

void Subscriptions::unlink(std::uint32_t link) {
  const Link& gone = links_[link];
  if (gone.previous_of_pipe != kNoCell) {
    links_[gone.previous_of_pipe].next_of_pipe = gone.next_of_pipe;
  } else {
    first_of_pipe_[gone.pipe] = gone.next_of_pipe;
  }
  if (gone.next_of_pipe != kNoCell) {
    links_[gone.next_of_pipe].previous_of_pipe = gone.previous_of_pipe;
  }
  if (gone.previous != kNoCell) {
    links_[gone.previous].next = gone.next;
  } else {
    tree_.value(gone.leaf) = gone.next + 1;
  }
  if (gone.next != kNoCell) links_[gone.next].previous = gone.previous;
  links_.put_back(link);
}

Subscriptions::Removed Subscriptions::remove(Bytes prefix, std::uint32_t pipe) {
  const std::uint32_t leaf = tree_.find(prefix);
  if (leaf == kNoCell) return Removed::unknown;
  const std::uint32_t link = find(leaf, pipe);
  if (link == kNoCell) return Removed::unknown;
  unlink(link);
  if (tree_.value(leaf) != 0) return Removed::others_remain;
  tree_.erase(leaf);
  return Removed::last_of_prefix;
}

bool SubscribedTopics::add(Bytes prefix) {
  const std::uint32_t leaf = tree_.insert(prefix);
  if (leaf == kNoCell) return false;
  ++tree_.value(leaf);
  return true;
}

SubscribedTopics::Removed SubscribedTopics::remove(Bytes prefix) {
  const std::uint32_t leaf = tree_.find(prefix);
  if (leaf == kNoCell) return Removed::unknown;
  if (--tree_.value(leaf) != 0) return Removed::others_remain;
  tree_.erase(leaf);
  return Removed::last;
}

}  // namespace zmqng
