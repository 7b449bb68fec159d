// Subscriptions: what a publisher knows: which pipe wants which prefixes.
//
// Owner:    Publisher. Threads: the one that uses the socket.
// Holds:    each (prefix, pipe) counts once. The value of a prefix that one pipe wants is that
//           pipe, which lists the prefix among its own. Once another pipe wants it, too, it has a
//           list of links instead, and each link stands in that list and in that of its pipe: a
//           pipe that goes finds all it had.
//           What a pipe has cancelled stays among its own for a while: an entry counts only if the
//           value of the prefix is this pipe.
//
// Pipes are named by small numbers, which the owner gives out.
#pragma once

#include <cstdint>
#include <vector>

#include "pattern/pool.h"
#include "pattern/prefix_tree.h"

namespace zmqng {

class Subscriptions {
 public:
  enum class Added : std::uint8_t { first_of_prefix, another_pipe, known_already, no_memory };
  enum class Removed : std::uint8_t { last_of_prefix, others_remain, unknown };

  Subscriptions() = default;
  Subscriptions(const Subscriptions&) = delete;
  Subscriptions& operator=(const Subscriptions&) = delete;

  Added add(Bytes prefix, std::uint32_t pipe);
  Removed remove(Bytes prefix, std::uint32_t pipe);

  // Forgets all that the pipe wanted; `visit(prefix, is_last)` is called for each before it goes.
  template <typename Visit>
  void remove_pipe(std::uint32_t pipe, Visit visit) {
    if (pipe >= pipes_.size()) return;
    while (pipes_[pipe].first_link != kNoCell) {
      const std::uint32_t link = pipes_[pipe].first_link;
      const std::uint32_t leaf = links_[link].leaf;
      unlink(link);
      const bool is_last = tree_.value(leaf) == 0;
      visit(tree_.text(leaf), is_last);
      if (is_last) tree_.erase(leaf);
    }
    for (const std::uint32_t leaf : pipes_[pipe].own) {
      if (tree_.value(leaf) != (kAlone | pipe)) continue;
      visit(tree_.text(leaf), true);
      tree_.erase(leaf);
    }
    pipes_[pipe] = {};
    if (tree_.size() == 0) release_memory();
  }

  // Calls `visit(pipe)` for each pipe that wants the message, perhaps more than once.
  template <typename Visit>
  void match(Bytes message, Visit visit) {
    tree_.match(message, [&](std::uint32_t leaf) {
      if (is_alone(leaf)) {
        visit(tree_.value(leaf) & ~kAlone);
        return;
      }
      for (std::uint32_t link = head(leaf); link != kNoCell; link = links_[link].next) {
        visit(links_[link].pipe);
      }
    });
  }

  // How many different prefixes there are.
  std::uint32_t size() const { return tree_.size(); }

 private:
  struct Link {
    std::uint32_t next;  // of the same prefix
    std::uint32_t previous;
    std::uint32_t leaf;
    std::uint32_t pipe;
    std::uint32_t next_of_pipe;
    std::uint32_t previous_of_pipe;
  };

  struct PipeEntry {
    std::vector<std::uint32_t> own;  // leaves that only this pipe wants, and former ones
    std::uint32_t own_count = 0;     // without the former ones
    std::uint32_t first_link = kNoCell;
  };

  // A leaf's value is its only pipe with this bit, or its first link plus one; 0 is none.
  static constexpr std::uint32_t kAlone = PrefixTree::kValueOfNobody;
  bool is_alone(std::uint32_t leaf) const { return (tree_.value(leaf) & kAlone) != 0; }
  std::uint32_t head(std::uint32_t leaf) const { return tree_.value(leaf) - 1; }
  std::uint32_t find(std::uint32_t leaf, std::uint32_t pipe) const;
  void own(std::uint32_t leaf, std::uint32_t pipe);
  void disown(std::uint32_t pipe);
  bool share(std::uint32_t leaf);
  bool add_link(std::uint32_t leaf, std::uint32_t first, std::uint32_t pipe);
  void unlink(std::uint32_t link);
  void release_memory();

  PrefixTree tree_;
  Pool<Link> links_;
  std::vector<PipeEntry> pipes_;
};

// SubscribedTopics: what a subscriber wants, each prefix with the number of times it was asked for.
class SubscribedTopics {
 public:
  // False: no memory, or a topic of an absurd length.
  [[nodiscard]] bool add(Bytes prefix);
  enum class Removed : std::uint8_t { last, others_remain, unknown };
  Removed remove(Bytes prefix);
  bool matches(Bytes message) const { return tree_.matches(message); }
  std::uint32_t size() const { return tree_.size(); }
  // `visit(prefix)` for each prefix, in order.
  template <typename Visit>
  void for_each(Visit visit) const {
    tree_.for_each([&](std::uint32_t leaf) { visit(tree_.text(leaf)); });
  }

 private:
  PrefixTree tree_;
};

}  // namespace zmqng
