#include "pattern/subscriptions.h"

#include <algorithm>

namespace zmqng {
namespace {

// So many former entries a pipe may have anyway.
constexpr std::size_t kFormerMin = 32;

}  // namespace

// Walks both lists that the link would be in, and is done with the shorter: ten thousand pipes may
// want one prefix, or one pipe a million prefixes.
std::uint32_t Subscriptions::find(std::uint32_t leaf, std::uint32_t pipe) const {
  std::uint32_t of_prefix = head(leaf);
  std::uint32_t of_pipe = pipe < pipes_.size() ? pipes_[pipe].first_link : kNoCell;
  while (of_prefix != kNoCell && of_pipe != kNoCell) {
    if (links_[of_prefix].pipe == pipe) return of_prefix;
    if (links_[of_pipe].leaf == leaf) return of_pipe;
    of_prefix = links_[of_prefix].next;
    of_pipe = links_[of_pipe].next_of_pipe;
  }
  return kNoCell;
}

void Subscriptions::own(std::uint32_t leaf, std::uint32_t pipe) {
  tree_.value(leaf) = kAlone | pipe;
  PipeEntry& entry = pipes_[pipe];
  entry.own.push_back(leaf);
  ++entry.own_count;
}

// One leaf of the pipe's own has got another value. The list must not grow for ever.
void Subscriptions::disown(std::uint32_t pipe) {
  PipeEntry& entry = pipes_[pipe];
  --entry.own_count;
  if (entry.own.size() < 2 * std::size_t{entry.own_count} + kFormerMin) return;
  std::erase_if(entry.own,
                [&](std::uint32_t leaf) { return tree_.value(leaf) != (kAlone | pipe); });
  std::sort(entry.own.begin(), entry.own.end());
  entry.own.erase(std::unique(entry.own.begin(), entry.own.end()), entry.own.end());
  entry.own.shrink_to_fit();
}

// Another pipe is about to want what only one does. False: no memory.
bool Subscriptions::share(std::uint32_t leaf) {
  const std::uint32_t pipe = tree_.value(leaf) & ~kAlone;
  if (!add_link(leaf, kNoCell, pipe)) return false;
  disown(pipe);
  return true;
}

bool Subscriptions::add_link(std::uint32_t leaf, std::uint32_t first, std::uint32_t pipe) {
  const std::uint32_t link = links_.take();
  if (link == kNoCell) return false;
  const std::uint32_t next_of_pipe = pipes_[pipe].first_link;
  links_[link] = {first, kNoCell, leaf, pipe, next_of_pipe, kNoCell};
  if (first != kNoCell) links_[first].previous = link;
  if (next_of_pipe != kNoCell) links_[next_of_pipe].previous_of_pipe = link;
  pipes_[pipe].first_link = link;
  tree_.value(leaf) = link + 1;
  return true;
}

Subscriptions::Added Subscriptions::add(Bytes prefix, std::uint32_t pipe) {
  const std::uint32_t leaf = tree_.insert(prefix);
  if (leaf == kNoCell) return Added::no_memory;
  if (pipe >= pipes_.size()) pipes_.resize(pipe + 1);
  if (tree_.value(leaf) == 0) {
    own(leaf, pipe);
    return Added::first_of_prefix;
  }
  if (tree_.value(leaf) == (kAlone | pipe)) return Added::known_already;
  if (is_alone(leaf)) {
    if (!share(leaf)) return Added::no_memory;
  } else if (find(leaf, pipe) != kNoCell) {
    return Added::known_already;
  }
  return add_link(leaf, head(leaf), pipe) ? Added::another_pipe : Added::no_memory;
}

void Subscriptions::unlink(std::uint32_t link) {
  const Link& gone = links_[link];
  if (gone.previous_of_pipe != kNoCell) {
    links_[gone.previous_of_pipe].next_of_pipe = gone.next_of_pipe;
  } else {
    pipes_[gone.pipe].first_link = gone.next_of_pipe;
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
  if (is_alone(leaf)) {
    if (tree_.value(leaf) != (kAlone | pipe)) return Removed::unknown;
    tree_.erase(leaf);
    disown(pipe);
    return Removed::last_of_prefix;
  }
  const std::uint32_t link = find(leaf, pipe);
  if (link == kNoCell) return Removed::unknown;
  unlink(link);
  if (tree_.value(leaf) != 0) return Removed::others_remain;
  tree_.erase(leaf);
  return Removed::last_of_prefix;
}

// Nobody wants anything: what is left are former entries.
void Subscriptions::release_memory() {
  for (PipeEntry& entry : pipes_) entry = {};
  tree_.release_memory();
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
  if (tree_.size() == 0) tree_.release_memory();
  return Removed::last;
}

}  // namespace zmqng
