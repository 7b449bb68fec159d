// LinkHost: what links and listeners see of the socket they work for. It outlives the Socket: links
// that still have something to send go on after zmq_close.
//
// Owner:   refcounted by the Socket, its Listeners and its Links. Threads: any.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <utility>

#include "options/socket_options.h"
#include "pipe/pipe.h"
#include "reactor/reactor.h"
#include "transport/resolver.h"
#include "transport/transport.h"
#include "zmtp/socket_type.h"

namespace zmqng {

class Link;

// Flags of ZMQ_RECONNECT_STOP.
inline constexpr int kStopWhenRefused = 1;
inline constexpr int kStopWhenHandshakeFails = 2;
inline constexpr int kStopAfterDisconnect = 4;

// Events of the socket monitor, with the values of the C API.
enum class MonitorEventKind : std::uint16_t {
  connected = 0x0001,
  connect_delayed = 0x0002,
  connect_retried = 0x0004,
  listening = 0x0008,
  bind_failed = 0x0010,
  accepted = 0x0020,
  accept_failed = 0x0040,
  closed = 0x0080,
  close_failed = 0x0100,
  disconnected = 0x0200,
  monitor_stopped = 0x0400,
  handshake_failed_no_detail = 0x0800,
  handshake_succeeded = 0x1000,
  handshake_failed_protocol = 0x2000,
  handshake_failed_auth = 0x4000,
};

// Who can be given pipes.
class PipeTaker {
 public:
  // Where new pipes post to.
  virtual Mailbox& mailbox() = 0;
  // Hands over an end of a new pipe. False: the taker is closed, nothing happened.
  [[nodiscard]] virtual bool offer(PipeEnd& near) = 0;

 protected:
  ~PipeTaker() = default;
};

class LinkHost : public PipeTaker {
 public:
  virtual void add_ref() = 0;
  virtual void drop() = 0;

  // Takes an offered end back if the socket has not adopted it yet.
  [[nodiscard]] virtual bool take_back(PipeEnd& near) = 0;
  // The link made by this connect has given up for good.
  virtual void endpoint_gone(std::uint64_t endpoint_id) = 0;
  // ZMQ_RECONNECT_STOP_AFTER_DISCONNECT has come into force.
  virtual bool has_stopped_reconnecting() const = 0;
  virtual void emit(MonitorEventKind kind, std::uint64_t value, const std::string& address) = 0;

  virtual void link_started(Link& link) = 0;
  // The last thing a link does, before it is freed.
  virtual void link_finished(Link& link) = 0;
  virtual void listener_started() = 0;
  virtual void listener_finished() = 0;

  virtual Reactor& choose_reactor(std::uint64_t affinity) = 0;
  virtual Resolver& resolver() = 0;
  virtual std::uint32_t random() = 0;

 protected:
  ~LinkHost() = default;
};

// Whether ZMQ_CONFLATE is set and means something for this type.
bool takes_conflate(SocketType type, const SocketOptions& options);

// A socket's options as they were at some zmq_bind or zmq_connect; they take more than a kilobyte,
// and thousands of links may have the same. Refcounted for that reason; immutable, so any thread.
class LinkOptions {
 public:
  LinkOptions(const SocketOptions& of_socket, TransportOptions of_transport)
      : socket(of_socket), transport(std::move(of_transport)) {}
  LinkOptions(const LinkOptions&) = delete;
  LinkOptions& operator=(const LinkOptions&) = delete;

  LinkOptions* add_ref() {
    refs_.fetch_add(1, std::memory_order_relaxed);
    return this;
  }
  void drop() {
    if (refs_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

  const SocketOptions socket;
  const TransportOptions transport;

 private:
  ~LinkOptions() = default;
  std::atomic<unsigned> refs_{1};
};

// What was fixed by one zmq_bind or zmq_connect; shared by the Listener, its Links, or the one
// Link. Refcounted for that reason; immutable, so any thread.
class LinkSettings {
 public:
  // Takes over one count.
  explicit LinkSettings(LinkOptions* shared)
      : options(shared->socket), transport_options(shared->transport), shared_(shared) {}
  LinkSettings(const LinkSettings&) = delete;
  LinkSettings& operator=(const LinkSettings&) = delete;

  LinkSettings* add_ref() {
    refs_.fetch_add(1, std::memory_order_relaxed);
    return this;
  }
  void drop() {
    if (refs_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

  bool is_raw() const {
    return type == SocketType::stream || (options.pattern.router_raw && keeps_routing_ids());
  }
  bool keeps_routing_ids() const { return type == SocketType::router || type == SocketType::rep; }
  bool is_publisher() const { return type == SocketType::pub || type == SocketType::xpub; }
  bool is_subscriber() const { return type == SocketType::sub || type == SocketType::xsub; }
  // The application never sees what a peer sends.
  bool discards_input() const { return type == SocketType::pub || type == SocketType::push; }
  bool reports_connects() const;
  bool reports_disconnects() const;
  bool conflates() const { return takes_conflate(type, options); }

  SocketType type = SocketType::pair;
  const SocketOptions& options;
  const TransportOptions& transport_options;
  const Transport* transport = nullptr;
  std::string address;   // without the scheme
  std::string endpoint;  // as the monitor shows it
  std::uint64_t endpoint_id = 0;

 private:
  ~LinkSettings() { shared_->drop(); }

  LinkOptions* shared_;
  std::atomic<unsigned> refs_{1};
};

}  // namespace zmqng
