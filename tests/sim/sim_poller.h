// SimPoller: the Poller over a SimNetwork. Sleeping moves the SimClock to the next thing that
// happens.
//
// Owner: Reactor. Threads: the test's.
#pragma once

#include <random>
#include <vector>

#include "reactor/poller.h"
#include "sim/sim_network.h"

namespace zmqng {

class SimPoller final : public Poller {
 public:
  SimPoller(SimNetwork& network, SimNetwork::Rng& rng) : network_(network), rng_(rng) {}
  ~SimPoller() override;

  Error watch(Watch& watch, int fd, std::uint32_t interest) override;
  void unwatch(Watch& watch) override;
  int wait(Millis timeout, ReadyEvent* events, int events_max) override;

  // While another thread (a resolver's) has something to say, a sleep is a real one.
  void set_waits_for_threads(bool waits) { waits_for_threads_ = waits; }
  std::size_t watches() const { return watches_.size(); }
  int events_seen() const { return events_seen_; }
  // So many turns found something to do at the same instant: more means a busy loop.
  int turns_at_this_instant() const { return turns_at_this_instant_; }

 private:
  int collect(ReadyEvent* events, int events_max);

  SimNetwork& network_;
  SimNetwork::Rng& rng_;
  std::vector<Watch*> watches_;
  int real_fd_ = -1;  // the mailbox's
  Watch* real_watch_ = nullptr;
  bool waits_for_threads_ = false;
  Millis last_instant_ = -1;
  int turns_at_this_instant_ = 0;
  int events_seen_ = 0;
};

}  // namespace zmqng
