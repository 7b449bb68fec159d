// SimNetwork: a Transport whose connections are byte queues in memory, with the faults of a real
// network under the test's control. It keeps what a kernel promises and nothing more:
//
//   - bytes written wait in the network (delay), then with the receiver until they are read; both
//     together are at most `buffer_bytes`;
//   - an end that closes with unread input, or gets input after it has closed, resets the other
//   one;
//   - a reset drops what is on its way in both directions; what has arrived can still be read.
//
// An address is a list of ports: "7001,7002" are two addresses of one host. "name:x" has to be
// resolved.
//
// Owner: World. Threads: the test's.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "reactor/poller.h"
#include "security/octets.h"
#include "sim/sim_clock.h"
#include "transport/transport.h"

namespace zmqng {

struct NetworkSettings {
  std::size_t buffer_bytes = 64 * 1024;
  Millis delay_min = 0;
  Millis delay_max = 0;
  int short_io_percent = 0;  // so many reads and writes move fewer bytes than they could
  bool connects_at_once = false;
};

class SimNetwork final : public Transport {
 public:
  using Rng = std::mt19937_64;

  // One end of a connection. `coming` and `arrived` are what the other end sent.
  struct End {
    struct Segment {
      Millis at;
      Octets bytes;
    };
    std::deque<Segment> coming;
    Octets arrived;
    Millis end_at = kNever;  // the other end's last byte is at this end
    Millis reset_at = kNever;
    Millis connected_at = 0;  // kNever: nobody ever answers
    int connect_error = 0;
    int error = 0;  // what a reset has left behind
    int fd = -1;
    int writes = 0;  // by this end
    bool has_ended = false;
    bool has_shut = false;
    bool is_closed = false;
  };
  struct Wire {
    End ends[2];  // 0: the dialing one
    std::uint16_t port = 0;
    bool is_silent = false;  // nothing gets through any more
  };

  NetworkSettings settings;
  // What a dialer meets at a port nobody listens on: kNever: nothing, ever.
  Millis refusal_delay = 0;
  std::set<std::uint16_t> black_holes;
  int dials = 0;

  explicit SimNetwork(Rng& rng) : rng_(rng) {}
  SimNetwork(const SimNetwork&) = delete;
  SimNetwork& operator=(const SimNetwork&) = delete;
  ~SimNetwork();

  // --- for tests

  std::size_t open_wires() const { return wires_.size(); }
  // The youngest connection to the port; nullptr: none.
  Wire* wire_to(std::uint16_t port);
  const std::vector<std::unique_ptr<Wire>>& wires() const { return wires_; }
  // Both ends lose it; what is on its way is dropped.
  void reset(Wire& wire);
  // A listener that the test serves by hand.
  Listening listen_raw(std::uint16_t port);
  // The next dialer that waits at a listener of the test's; nullptr: none yet.
  std::unique_ptr<Stream> accept_raw(const Listening& listening);
  // A connection made by the test's hand.
  std::unique_ptr<Stream> dial_raw(std::uint16_t port);

  // --- for the poller

  bool is_open(int fd) const { return fds_.count(fd) != 0; }
  std::uint32_t ready(int fd);
  // When something will happen by itself; kNever: nothing will.
  Millis next_event() const;
  // Moves what is due.
  void advance();

  // --- Transport

  const char* scheme() const override { return "sim"; }
  Result<void> check_connect(std::string_view) const override { return {}; }
  bool reports_delay() const override { return true; }
  ListenOutcome listen(std::string_view address, const TransportOptions&) const override;
  Error close_listening(Listening& listening) const override;
  AcceptOutcome accept(const Listening& listening, const TransportOptions&) const override;
  std::string normalized(std::string_view, bool) const override { return {}; }
  Result<ConnectPlan> plan(std::string_view address, const TransportOptions&) const override;
  ConnectOutcome connect(const Target& target, const TransportOptions&) const override;
  Error finish_connect(Stream& stream) const override;

  static SocketAddress address_of(std::uint16_t port) { return SocketAddress::any(AF_INET, port); }

 private:
  friend class SimStream;
  struct Host {
    std::uint16_t port;
    std::deque<Wire*> waiting;
  };

  // Transport is const, for the real ones have no state; this one does.
  SimNetwork& self() const { return const_cast<SimNetwork&>(*this); }
  int take_fd();
  Host* host_of(std::uint16_t port);
  Wire& add_wire(std::uint16_t port);
  std::unique_ptr<Stream> dial(std::uint16_t port, int* error);
  std::unique_ptr<Stream> take_waiting(int fd);
  IoResult read(Wire& wire, int side, MutableBytes into);
  IoResult write(Wire& wire, int side, const iovec* parts, int count);
  void shut(Wire& wire, int side);
  void close(Wire& wire, int side);
  void send_reset(Wire& wire, int to);
  void forget_if_closed(Wire& wire);
  std::size_t room(const Wire& wire, int side) const;
  std::size_t limit_io(std::size_t bytes);
  Millis arrival(const End& to);
  void advance_end(Wire& wire, int side);

  Rng& rng_;
  std::vector<std::unique_ptr<Wire>> wires_;
  std::map<int, Host> hosts_;
  std::set<int> fds_;
};

}  // namespace zmqng
