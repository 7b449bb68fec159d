// World: one simulation: a clock, a network, a reactor and the sockets on it.
//
// Whatever a test leaves is closed at the end; then every link, pipe and connection must be gone.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "reactor/reactor.h"
#include "sim/sim_clock.h"
#include "sim/sim_network.h"
#include "sim/sim_poller.h"
#include "sim/sim_socket.h"

namespace zmqng {

class World {
 public:
  explicit World(std::uint64_t seed = 1, Resolver::Lookup lookup = resolve_name);
  World(const World&) = delete;
  World& operator=(const World&) = delete;
  ~World();

  SimSocket& socket(SocketType type);
  // Lets things happen until there is nothing to do at this instant.
  void settle();
  void run_for(Millis duration);
  // False: it did not come true in time.
  bool run_until(const std::function<bool()>& condition, Millis limit = 60'000);
  // Everything there is, whenever it happens. False: still something after `limit`.
  bool run_until_done(SimSocket& socket, Millis limit = 60'000);

  SimNetwork::Rng rng;
  SimNetwork network;
  Resolver resolver;
  SimPoller& poller() { return *poller_; }
  Reactor& reactor() { return *reactor_; }

 private:
  bool turn(Millis wait_max);

  SimPoller* poller_ = nullptr;
  std::unique_ptr<Reactor> reactor_;
  std::vector<std::unique_ptr<SimSocket>> sockets_;
};

}  // namespace zmqng
