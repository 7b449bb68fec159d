#include "sim/sim_network.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

#include "base/check.h"

namespace zmqng {

// Numbers that no real descriptor has. Like the kernel's, the lowest free one is used again first.
constexpr int kFirstFd = 1'000'000;

class SimStream final : public Stream {
 public:
  SimStream(SimNetwork& network, SimNetwork::Wire& wire, int side)
      : network_(network), wire_(wire), side_(side), fd_(wire.ends[side].fd) {}
  ~SimStream() override { network_.close(wire_, side_); }

  IoResult read(MutableBytes into) override { return network_.read(wire_, side_, into); }
  IoResult write(const iovec* parts, int count) override {
    return network_.write(wire_, side_, parts, count);
  }
  int fd() const override { return fd_; }
  void shutdown_write() override { network_.shut(wire_, side_); }
  std::size_t pending_output() const override {
    const SimNetwork::End& peer = wire_.ends[1 - side_];
    std::size_t bytes = peer.end_at != kNever && !peer.has_ended ? 1 : 0;
    for (const auto& segment : peer.coming) bytes += segment.bytes.size();
    return bytes;
  }
  std::string peer_address() const override { return "sim"; }

  SimNetwork::End& end() { return wire_.ends[side_]; }

 private:
  SimNetwork& network_;
  SimNetwork::Wire& wire_;
  const int side_;
  const int fd_;
};

SimNetwork::~SimNetwork() {
  for (auto& [fd, host] : hosts_) ADD_FAILURE() << "port " << host.port << " is still open";
}

int SimNetwork::take_fd() {
  int fd = kFirstFd;
  while (fds_.count(fd) != 0) ++fd;
  fds_.insert(fd);
  return fd;
}

SimNetwork::Host* SimNetwork::host_of(std::uint16_t port) {
  for (auto& [fd, host] : hosts_) {
    if (host.port == port) return &host;
  }
  return nullptr;
}

SimNetwork::Wire* SimNetwork::wire_to(std::uint16_t port) {
  for (auto it = wires_.rbegin(); it != wires_.rend(); ++it) {
    if ((*it)->port == port) return it->get();
  }
  return nullptr;
}

SimNetwork::Wire& SimNetwork::add_wire(std::uint16_t port) {
  wires_.push_back(std::make_unique<Wire>());
  wires_.back()->port = port;
  return *wires_.back();
}

void SimNetwork::forget_if_closed(Wire& wire) {
  if (!wire.ends[0].is_closed || !wire.ends[1].is_closed) return;
  for (auto& [fd, host] : hosts_) std::erase(host.waiting, &wire);
  std::erase_if(wires_, [&](const auto& entry) { return entry.get() == &wire; });
}

// ---- bytes

std::size_t SimNetwork::room(const Wire& wire, int side) const {
  const End& peer = wire.ends[1 - side];
  std::size_t used = peer.arrived.size();
  for (const auto& segment : peer.coming) used += segment.bytes.size();
  return used < settings.buffer_bytes ? settings.buffer_bytes - used : 0;
}

std::size_t SimNetwork::limit_io(std::size_t bytes) {
  if (bytes < 2 || static_cast<int>(rng_() % 100) >= settings.short_io_percent) return bytes;
  return 1 + rng_() % bytes;
}

// Bytes stay in order.
Millis SimNetwork::arrival(const End& to) {
  const Millis span = settings.delay_max - settings.delay_min;
  Millis at = SimClock::now() + settings.delay_min;
  if (span > 0) at += static_cast<Millis>(rng_() % static_cast<std::uint64_t>(span + 1));
  return to.coming.empty() ? at : std::max(at, to.coming.back().at);
}

IoResult SimNetwork::read(Wire& wire, int side, MutableBytes into) {
  advance();
  End& end = wire.ends[side];
  if (into.empty()) return IoResult::moved(0);
  if (!end.arrived.empty()) {
    const std::size_t bytes = limit_io(std::min(into.size(), end.arrived.size()));
    std::copy_n(end.arrived.begin(), bytes, into.begin());
    end.arrived.erase(end.arrived.begin(),
                      end.arrived.begin() + static_cast<std::ptrdiff_t>(bytes));
    return IoResult::moved(bytes);
  }
  if (end.error != 0) return IoResult::failed(std::exchange(end.error, EPIPE));
  return end.has_ended ? IoResult::ended() : IoResult::later();
}

IoResult SimNetwork::write(Wire& wire, int side, const iovec* parts, int count) {
  advance();
  End& end = wire.ends[side];
  if (end.error != 0) return IoResult::failed(EPIPE);
  if (end.has_shut) {
    ADD_FAILURE() << "written to after its end";
    return IoResult::failed(EPIPE);
  }
  std::size_t asked = 0;
  for (int i = 0; i < count; ++i) asked += parts[i].iov_len;
  std::size_t left = std::min(limit_io(asked), room(wire, side));
  if (left == 0) return asked == 0 ? IoResult::moved(0) : IoResult::later();
  const std::size_t moved = left;
  ++end.writes;
  End& peer = wire.ends[1 - side];
  End::Segment segment{arrival(peer), {}};
  for (int i = 0; i < count && left > 0; ++i) {
    const auto* from = static_cast<const std::uint8_t*>(parts[i].iov_base);
    const std::size_t bytes = std::min(left, parts[i].iov_len);
    segment.bytes.insert(segment.bytes.end(), from, from + bytes);
    left -= bytes;
  }
  peer.coming.push_back(std::move(segment));
  advance();
  return IoResult::moved(moved);
}

void SimNetwork::shut(Wire& wire, int side) {
  End& end = wire.ends[side];
  if (std::exchange(end.has_shut, true) || end.error != 0) return;
  End& peer = wire.ends[1 - side];
  peer.end_at = arrival(peer);
}

void SimNetwork::close(Wire& wire, int side) {
  End& end = wire.ends[side];
  CHECK(!end.is_closed);
  const bool has_unread = !end.arrived.empty() && end.error == 0;
  if (has_unread) {
    send_reset(wire, 1 - side);
  } else {
    shut(wire, side);
  }
  end.is_closed = true;
  end.arrived.clear();
  fds_.erase(end.fd);
  end.fd = -1;
  forget_if_closed(wire);
}

// What the sender of a reset has on its way is lost with it.
void SimNetwork::send_reset(Wire& wire, int to) {
  End& end = wire.ends[to];
  end.coming.clear();
  end.end_at = kNever;
  end.reset_at = SimClock::now() + settings.delay_min;
}

void SimNetwork::reset(Wire& wire) {
  for (End& end : wire.ends) {
    end.coming.clear();
    end.error = end.has_ended ? EPIPE : ECONNRESET;
  }
}

void SimNetwork::advance_end(Wire& wire, int side) {
  End& end = wire.ends[side];
  const Millis now = SimClock::now();
  if (end.error != 0) end.coming.clear();
  while (!end.coming.empty() && end.coming.front().at <= now) {
    if (end.is_closed) {
      end.coming.clear();
      if (wire.ends[1 - side].error == 0) send_reset(wire, 1 - side);
      break;
    }
    append(end.arrived, end.coming.front().bytes);
    end.coming.pop_front();
  }
  if (end.coming.empty() && end.end_at <= now) end.has_ended = true;
  if (end.reset_at <= now && end.error == 0) {
    end.error = ECONNRESET;
    wire.ends[1 - side].coming.clear();
  }
}

void SimNetwork::advance() {
  for (auto& wire : wires_) {
    if (wire->is_silent) continue;
    advance_end(*wire, 0);
    advance_end(*wire, 1);
  }
}

Millis SimNetwork::next_event() const {
  Millis next = kNever;
  const Millis now = SimClock::now();
  const auto consider = [&](Millis at) {
    if (at > now) next = std::min(next, at);
  };
  for (const auto& wire : wires_) {
    for (const End& end : wire->ends) {
      if (!end.is_closed) consider(end.connected_at);
      if (wire->is_silent) continue;
      if (!end.coming.empty()) consider(end.coming.front().at);
      if (!end.has_ended) consider(end.end_at);
      if (end.error == 0) consider(end.reset_at);
    }
  }
  return next;
}

std::uint32_t SimNetwork::ready(int fd) {
  if (auto host = hosts_.find(fd); host != hosts_.end()) {
    const auto& waiting = host->second.waiting;
    const bool has_visitor =
        !waiting.empty() && waiting.front()->ends[0].connected_at <= SimClock::now();
    return has_visitor ? kReadyIn : 0;
  }
  for (const auto& wire : wires_) {
    for (int side : {0, 1}) {
      const End& end = wire->ends[side];
      if (end.fd != fd || end.connected_at > SimClock::now()) continue;
      if (end.connect_error != 0) return kReadyOut | kReadyHangup;
      std::uint32_t ready = 0;
      const bool is_over = end.has_ended && end.has_shut;
      if (!end.arrived.empty() || end.has_ended || end.error != 0) ready |= kReadyIn;
      if (room(*wire, side) > 0 || end.error != 0) ready |= kReadyOut;
      if (end.error != 0 || is_over) ready |= kReadyHangup;
      return ready;
    }
  }
  return 0;
}

// ---- Transport

namespace {

std::uint16_t parse_port(std::string_view text) {
  std::uint16_t port = 0;
  std::from_chars(text.data(), text.data() + text.size(), port);
  return port;
}

}  // namespace

Listening SimNetwork::listen_raw(std::uint16_t port) {
  Listening listening;
  listening.fd = Fd(take_fd());
  listening.endpoint = "sim://" + std::to_string(port);
  hosts_[listening.fd.get()] = {port, {}};
  return listening;
}

ListenOutcome SimNetwork::listen(std::string_view address, const TransportOptions&) const {
  ListenOutcome outcome;
  const std::uint16_t port = parse_port(address);
  if (self().host_of(port) != nullptr) {
    outcome.error = EADDRINUSE;
  } else {
    outcome.listening = self().listen_raw(port);
  }
  return outcome;
}

Error SimNetwork::close_listening(Listening& listening) const {
  SimNetwork& network = self();
  const int fd = listening.fd.release();
  const auto host = network.hosts_.find(fd);
  CHECK(host != network.hosts_.end());
  const std::deque<Wire*> waiting = std::move(host->second.waiting);
  network.hosts_.erase(host);
  network.fds_.erase(fd);
  for (Wire* wire : waiting) {
    wire->ends[1].is_closed = true;
    network.send_reset(*wire, 0);
    network.forget_if_closed(*wire);
  }
  return {};
}

std::unique_ptr<Stream> SimNetwork::take_waiting(int fd) {
  Host& host = hosts_.at(fd);
  if (host.waiting.empty() || host.waiting.front()->ends[0].connected_at > SimClock::now()) {
    return nullptr;
  }
  Wire& wire = *host.waiting.front();
  host.waiting.pop_front();
  wire.ends[1].fd = take_fd();
  return std::make_unique<SimStream>(*this, wire, 1);
}

std::unique_ptr<Stream> SimNetwork::accept_raw(const Listening& listening) {
  return take_waiting(listening.fd.get());
}

AcceptOutcome SimNetwork::accept(const Listening& listening, const TransportOptions&) const {
  AcceptOutcome outcome;
  outcome.stream = self().take_waiting(listening.fd.get());
  if (outcome.stream != nullptr) outcome.status = AcceptOutcome::Status::accepted;
  return outcome;
}

Result<ConnectPlan> SimNetwork::plan(std::string_view address, const TransportOptions&) const {
  ConnectPlan plan;
  if (address.starts_with("name:")) {
    plan.needs_name = true;
    plan.name.host = address.substr(5);
    return plan;
  }
  while (!address.empty()) {
    const std::size_t comma = std::min(address.find(','), address.size());
    plan.remotes.push_back(address_of(parse_port(address.substr(0, comma))));
    address.remove_prefix(std::min(comma + 1, address.size()));
  }
  return plan;
}

std::unique_ptr<Stream> SimNetwork::dial(std::uint16_t port, int* error) {
  ++dials;
  Wire& wire = add_wire(port);
  End& dialer = wire.ends[0];
  dialer.fd = take_fd();
  dialer.connected_at = arrival(dialer);
  wire.ends[1].connected_at = dialer.connected_at;
  Host* host = host_of(port);
  if (black_holes.count(port) != 0) {
    dialer.connected_at = kNever;
    wire.ends[1].is_closed = true;
  } else if (host == nullptr) {
    dialer.connected_at += refusal_delay;
    dialer.connect_error = ECONNREFUSED;
    wire.ends[1].is_closed = true;
  } else {
    host->waiting.push_back(&wire);
  }
  *error = dialer.connect_error;
  return std::make_unique<SimStream>(*this, wire, 0);
}

std::unique_ptr<Stream> SimNetwork::dial_raw(std::uint16_t port) {
  int error = 0;
  return dial(port, &error);
}

ConnectOutcome SimNetwork::connect(const Target& target, const TransportOptions&) const {
  ConnectOutcome outcome;
  int error = 0;
  outcome.stream = self().dial(target.remote.port(), &error);
  outcome.in_progress = !settings.connects_at_once;
  if (settings.connects_at_once && error != 0) {
    outcome.error = error;
    outcome.failed_fd = outcome.stream->fd();
    outcome.stream.reset();
  }
  return outcome;
}

Error SimNetwork::finish_connect(Stream& stream) const {
  return Error{static_cast<SimStream&>(stream).end().connect_error};
}

}  // namespace zmqng
