#include "sim/world.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace zmqng {

// More turns than this without time passing: a busy loop, or a test that asks too much.
constexpr int kTurnsPerInstantMax = 20'000;

World::World(std::uint64_t seed, Resolver::Lookup lookup)
    : rng(seed), network(rng), resolver(std::move(lookup)) {
  SimClock::set(1'000);
  auto poller = std::make_unique<SimPoller>(network, rng);
  poller_ = poller.get();
  reactor_ = Reactor::make(std::move(poller), SimClock::now).take();
}

World::~World() {
  for (auto& socket : sockets_) {
    socket->sleeps = false;
    if (!socket->is_closed()) socket->close(0);
  }
  for (auto& socket : sockets_) {
    EXPECT_TRUE(run_until([&] { return socket->is_done(); })) << "a link never ended";
  }
  settle();
  EXPECT_EQ(poller_->watches(), 0u);
  EXPECT_EQ(reactor_->timers().next_deadline(), kNever) << "a timer outlived its owner";
  EXPECT_EQ(reactor_->load(), 0);
  EXPECT_EQ(network.open_wires(), 0u) << "a connection was left open";
}

SimSocket& World::socket(SocketType type) {
  sockets_.push_back(std::make_unique<SimSocket>(*this, type));
  return *sockets_.back();
}

// False: nothing can happen any more, or the loop is stuck.
bool World::turn(Millis wait_max) {
  const Millis before = SimClock::now();
  reactor_->run_once(wait_max);
  for (auto& socket : sockets_) socket->serve();
  if (poller_->turns_at_this_instant() > kTurnsPerInstantMax) {
    ADD_FAILURE() << "busy loop at " << SimClock::now();
    return false;
  }
  return wait_max != kNever || SimClock::now() > before;
}

void World::settle() {
  // A quiet turn, and one more for what the sockets did in it.
  for (int quiet = 0; quiet < 3;) {
    const int before = poller_->events_seen();
    if (!turn(0)) return;
    quiet = poller_->events_seen() == before && reactor_->mailbox().is_empty() ? quiet + 1 : 0;
  }
}

void World::run_for(Millis duration) {
  const Millis until = SimClock::now() + duration;
  while (SimClock::now() < until) {
    if (!turn(until - SimClock::now())) return;
  }
  settle();
}

bool World::run_until(const std::function<bool()>& condition, Millis limit) {
  const Millis until = SimClock::now() + limit;
  settle();
  while (!condition()) {
    if (SimClock::now() >= until || !turn(until - SimClock::now())) return condition();
  }
  return true;
}

bool World::run_until_done(SimSocket& socket, Millis limit) {
  return run_until([&] { return socket.is_done(); }, limit);
}

}  // namespace zmqng
