#include "pattern/routing_table.h"

#include <algorithm>
#include <utility>

#include "pattern/small_duties.h"

namespace zmqng {
namespace {

std::uint64_t mix(std::uint64_t hash, std::uint64_t value) {
  hash = (hash ^ value) * 0x9fb21c651e98df25u;
  return hash ^ (hash >> 32);
}

}  // namespace

std::size_t RoutingTable::Hash::operator()(Bytes id) const {
  std::uint64_t hash = mix(seed, id.size());
  std::size_t at = 0;
  for (; at + 8 <= id.size(); at += 8) hash = mix(hash, load_be64(id.data() + at));
  std::uint64_t tail = 0;
  for (; at < id.size(); ++at) tail = tail << 8 | id[at];
  return mix(mix(hash, tail), seed);
}

RoutingTable::RoutingTable(PatternHost& host)
    : host_(host),
      by_id_(1, Hash{&routes_, std::uint64_t{host.random()} << 32 | host.random()},
             Equal{&routes_}),
      counter_(host.random()) {}

PipeEnd* RoutingTable::look_up(Bytes id) {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return nullptr;
  last_ = *found;
  return routes_[last_].end;
}

bool RoutingTable::is_free(Bytes id) const {
  const auto holder = by_id_.find(id);
  return holder == by_id_.end() || routes_[*holder].end->is_peer_closing();
}

std::string RoutingTable::new_id() {
  std::uint8_t id[5] = {};
  do {
    store_be32(id + 1, counter_++);
  } while (!is_free(id));
  return std::string(as_text(id));
}

RoutingTable::News RoutingTable::attach(PipeEnd& end, Peers peers) {
  pipes_.add(end);
  if (end.tag >= routes_.size()) routes_.resize(end.tag + 1);
  routes_[end.tag] = {};
  routes_[end.tag].end = &end;
  if (!next_id_.empty()) return name(end, std::exchange(next_id_, {}));
  if (peers == Peers::raw) return name(end, new_id());
  return readable(end);
}

RoutingTable::News RoutingTable::readable(PipeEnd& end) {
  Route& route = routes_[end.tag];
  if (route.state == State::deaf_leaving) discard_input(end, host_);
  if (route.state != State::unknown) return {};
  // Taking a look makes the pipe learn who its peer is. Data from nobody in particular is taken,
  // too.
  const bool has_data = end.can_read();
  if (!has_data && end.has_ended()) {
    host_.pipe_ended(end);
    return {};
  }
  if (!has_data && end.peer_info() == nullptr) return {};
  const PeerInfo* peer = end.peer_info();
  return name(end, peer != nullptr && !peer->identity().empty() ? peer->identity() : new_id());
}

RoutingTable::News RoutingTable::name(PipeEnd& end, std::string id) {
  News news;
  Route& route = routes_[end.tag];
  auto holder = by_id_.find(as_bytes(id));
  if (holder != by_id_.end() && routes_[*holder].end->is_peer_closing()) {
    // The former peer has gone, we just have not been told yet: its news may stand behind this one.
    leave(routes_[*holder]);
    holder = by_id_.find(as_bytes(id));
  }
  if (holder != by_id_.end()) {
    if (!host_.options().pattern.router_handover) {
      route.state = State::deaf;
      route.id = std::move(id);
      route.waits = true;
      ++waiting_;
      return news;
    }
    Route& former = routes_[*holder];
    news.displaced = former.end;
    release_id(former);
    former.state = State::deaf;
  }
  route.state = State::known;
  route.id = std::move(id);
  by_id_.insert(end.tag);
  news.is_known_now = true;
  return news;
}

void RoutingTable::release_id(Route& route) {
  if (route.state != State::known) return;
  by_id_.erase(route.end->tag);
  if (last_ == route.end->tag) last_ = kNone;
}

void RoutingTable::leave(Route& route) {
  release_id(route);
  if (std::exchange(route.waits, false)) --waiting_;
  if (route.state == State::known) {
    route.state = State::leaving;
  } else if (route.state == State::deaf) {
    route.state = State::deaf_leaving;
    discard_input(*route.end, host_);
  }
}

// A client that was killed and comes back may be here before its end is.
PipeEnd* RoutingTable::heir_of(const std::string& id) {
  if (waiting_ == 0 || by_id_.contains(as_bytes(id))) return nullptr;
  const auto heir = std::find_if(routes_.begin(), routes_.end(),
                                 [&id](const Route& r) { return r.waits && r.id == id; });
  if (heir == routes_.end()) return nullptr;
  heir->waits = false;
  --waiting_;
  heir->state = State::known;
  by_id_.insert(heir->end->tag);
  return heir->end;
}

PipeEnd* RoutingTable::closing(PipeEnd& end) {
  Route& route = routes_[end.tag];
  leave(route);
  return heir_of(route.id);
}

PipeEnd* RoutingTable::detach(PipeEnd& end) {
  Route& route = routes_[end.tag];
  release_id(route);
  if (route.waits) --waiting_;
  const std::string id = std::exchange(route, {}).id;
  pipes_.remove(end);
  return heir_of(id);
}

}  // namespace zmqng
