// Rounds: while much is sent, the reactor comes round to the pipes of busy streams by itself every
// few dozen microseconds, so that their writers need not wake it: they just write on, and what has
// gathered is sent in one piece.
//
// Owner: Reactor. Threads: the reactor's.
// Holds: a visit is made once; whoever is visited asks for the next one, as long as it is worth it.
#pragma once

#include <cstdint>
#include <vector>

#include "base/clock.h"

namespace zmqng {

class Rounds;

class Visited {
 public:
  Visited() = default;
  Visited(const Visited&) = delete;
  Visited& operator=(const Visited&) = delete;

  // Not called from within Rounds::add or remove.
  virtual void visit() = 0;

 protected:
  ~Visited() = default;

 private:
  friend class Rounds;
  std::vector<Visited*>* list_ = nullptr;  // the one that this stands in, and where
  std::size_t place_ = 0;
};

class Rounds {
 public:
  // Between two rounds: long enough for a fast writer's messages to make a large piece, short for
  // the last ones of a burst, which wait for it.
  static constexpr Micros kEveryUs = 50;

  // `is_possible`: the system can wait for so short a time.
  explicit Rounds(bool is_possible) : is_possible_(is_possible) {}
  Rounds(const Rounds&) = delete;
  Rounds& operator=(const Rounds&) = delete;

  // Asks for one visit in the next round. May be asked again at any time.
  void add(Visited& visited);
  // No more visits.
  void remove(Visited& visited);
  bool is_empty() const { return waiting_.empty(); }

  // So many messages were found in a pipe.
  void count(std::uint64_t messages) { found_ += messages; }
  // Whether so many messages come that rounds pay.
  bool is_worth_it() const {
    return is_possible_ && (found_ >= kBusyFrom || found_before_ >= kBusyFrom);
  }

  // A turn of the reactor begins. `is_quiet`: it was not woken before the time of the next round.
  void begin_turn(bool is_quiet);
  // Visits everybody if it is time to.
  void make();

 private:
  // Messages in a turn.
  static constexpr std::uint64_t kBusyFrom = 64;
  // A round is due after so many turns, whatever wakes the reactor.
  static constexpr int kTurnsBetween = 3;

  bool is_possible_;
  std::vector<Visited*> waiting_;
  std::vector<Visited*> visiting_;  // this round's; null: removed
  int turns_ = 0;
  bool is_due_ = false;
  std::uint64_t found_ = 0;
  std::uint64_t found_before_ = 0;  // in the last turn that found something
};

}  // namespace zmqng
