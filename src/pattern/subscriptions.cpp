#include "pattern/subscriptions.h"

namespace zmqng {

std::uint32_t Subscriptions::find(std::uint32_t leaf, std::uint32_t pipe) {
  std::uint32_t link = head(leaf);
  while (link != kNoCell && links_[link].pipe != pipe) link = links_[link].next;
  return link;
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
  links_[link] = {first, leaf, pipe, next_of_pipe, kNoCell};
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
  std::uint32_t before = head(gone.leaf);
  if (before == link) {
    tree_.value(gone.leaf) = gone.next + 1;
  } else {
    while (links_[before].next != link) before = links_[before].next;
    links_[before].next = gone.next;
  }
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
