// RoutingTable: which pipe is known by which routing id.
//
// Owner:    Router, Rep, StreamPattern. Threads: the one that uses the socket.
// Holds:    an id names at most one pipe, and one that can still be written to.
//
//   attach -> unknown --its peer is known--> known --the peer leaves--> leaving
//                     --and has a taken id-> deaf
//             known --another takes its id (HANDOVER)--> deaf
//             deaf, for its id was taken --the id is free--> known
//
// A deaf pipe stays connected but is neither read nor written. A leaving one is still read, under
// the id that it had, while a newcomer may have that id already.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_set>
#include <vector>

#include "pattern/pipe_table.h"

namespace zmqng {

class PatternHost;

class RoutingTable {
 public:
  // raw: the peers have no ids of their own.
  enum class Peers : std::uint8_t { zmtp, raw };

  explicit RoutingTable(PatternHost& host);
  RoutingTable(const RoutingTable&) = delete;
  RoutingTable& operator=(const RoutingTable&) = delete;

  struct News {
    bool is_known_now = false;     // the pipe has just got its id
    PipeEnd* displaced = nullptr;  // this pipe has just lost it, and is deaf
  };
  News attach(PipeEnd& end, Peers peers);
  // Something has come in, perhaps who the peer is.
  News readable(PipeEnd& end);
  // These return the pipe that was deaf and has the id now, or null.
  [[nodiscard]] PipeEnd* closing(PipeEnd& end);
  [[nodiscard]] PipeEnd* detach(PipeEnd& end);

  // The pipe to be written to for this id, or null.
  PipeEnd* find(Bytes id) {
    if (last_ != kNone && equal(as_bytes(routes_[last_].id), id)) return routes_[last_].end;
    return look_up(id);
  }
  // The id by which the application knows, or knew, the pipe.
  Bytes id_of(const PipeEnd& end) const { return as_bytes(routes_[end.tag].id); }

  // Whether nobody has the id, or only a pipe whose peer is about to be gone.
  bool is_free(Bytes id) const;
  void set_next_id(const std::string& id) { next_id_ = id; }

  // Calls `visit(end)` for the pipes that can be written to until it returns true; whether it did.
  template <typename Visit>
  bool any(Visit visit) {
    for (std::uint32_t number : by_id_) {
      if (visit(*routes_[number].end)) return true;
    }
    return false;
  }

 private:
  static constexpr std::uint32_t kNone = UINT32_MAX;
  enum class State : std::uint8_t { unknown, known, leaving, deaf, deaf_leaving };

  struct Route {
    PipeEnd* end = nullptr;
    State state = State::unknown;
    std::string id;
    bool waits = false;  // deaf until the id is free
  };

  // by_id_ holds numbers of routes and is searched by their ids. Peers choose these, so that the
  // hash must not be one for which they can prepare collisions.
  struct Hash {
    using is_transparent = void;
    const std::vector<Route>* routes;
    std::uint64_t seed;
    std::size_t operator()(Bytes id) const;
    std::size_t operator()(std::uint32_t number) const {
      return (*this)(as_bytes((*routes)[number].id));
    }
  };
  struct Equal {
    using is_transparent = void;
    const std::vector<Route>* routes;
    bool operator()(std::uint32_t a, std::uint32_t b) const { return a == b; }
    bool operator()(Bytes id, std::uint32_t number) const {
      return equal(id, as_bytes((*routes)[number].id));
    }
    bool operator()(std::uint32_t number, Bytes id) const { return (*this)(id, number); }
  };

  PipeEnd* look_up(Bytes id);
  News name(PipeEnd& end, std::string id);
  std::string new_id();
  void release_id(Route& route);
  void leave(Route& route);
  PipeEnd* heir_of(const std::string& id);

  PatternHost& host_;
  PipeTable pipes_;
  std::vector<Route> routes_;  // by PipeEnd::tag
  std::unordered_set<std::uint32_t, Hash, Equal> by_id_;
  std::uint32_t last_ = kNone;  // the route found last
  std::uint32_t counter_;
  std::string next_id_;
  std::uint32_t waiting_ = 0;  // routes that wait
};

}  // namespace zmqng
