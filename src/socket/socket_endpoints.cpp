// bind, connect, unbind, disconnect and the monitor of a Socket.

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/errors.h"
#include "link/link.h"
#include "socket/monitor.h"
#include "socket/socket.h"

namespace zmqng {
namespace {

constexpr std::string_view kInproc = "inproc";
constexpr std::string_view kTcp = "tcp";

}  // namespace

int Socket::parse(const char* uri, Endpoint* endpoint) const {
  if (uri == nullptr) return EINVAL;
  Result<Endpoint> parsed = parse_endpoint(uri);
  if (!parsed.ok()) return parsed.error();
  *endpoint = parsed.take();
  return 0;
}

// A socket that asks for protection this library cannot give must not talk to anybody.
int Socket::check_protection() const {
  const SecurityOptions& security = options_.security;
  const bool is_plain = security.mechanism == MechanismKind::null && security.zap_domain.empty();
  return is_plain ? 0 : ENOTSUP;
}

TransportOptions Socket::transport_options() const {
  TransportOptions result;
  result.sndbuf = options_.sndbuf;
  result.rcvbuf = options_.rcvbuf;
  result.tos = options_.tos;
  result.priority = options_.priority;
  result.backlog = options_.backlog;
  result.keepalive = options_.tcp_keepalive;
  result.keepalive_cnt = options_.tcp_keepalive_cnt;
  result.keepalive_idle = options_.tcp_keepalive_idle;
  result.keepalive_intvl = options_.tcp_keepalive_intvl;
  result.max_rt_ms = options_.tcp_maxrt;
  result.ipv6 = options_.ipv6;
  result.use_fd = options_.use_fd;
  result.bind_to_device = options_.bindtodevice;
  result.ipc_uids = options_.ipc_filter_uids;
  result.ipc_gids = options_.ipc_filter_gids;
  result.ipc_pids = options_.ipc_filter_pids;
  if (!options_.tcp_accept_filters.empty()) {
    result.admits_tcp_peer = [filters = options_.tcp_accept_filters](const sockaddr* peer) {
      return std::any_of(filters.begin(), filters.end(),
                         [peer](const AddressFilter& filter) { return filter.matches(peer); });
    };
  }
  return result;
}

// The links will have copies of the options as they are from now on.
void Socket::forget_link_options() {
  if (link_options_ != nullptr) std::exchange(link_options_, nullptr)->drop();
}

LinkSettings* Socket::make_settings(const Transport* transport, const Endpoint& endpoint,
                                    std::uint64_t id) {
  if (link_options_ == nullptr) link_options_ = new LinkOptions(options_, transport_options());
  auto* settings = new LinkSettings(link_options_->add_ref());
  settings->type = static_cast<SocketType>(type_);
  settings->transport = transport;
  settings->address = endpoint.address;
  settings->endpoint = endpoint.text();
  settings->endpoint_id = id;
  return settings;
}

InprocSide Socket::inproc_side() {
  return {links_, options_.routing_id, options_.sndhwm, options_.rcvhwm};
}

// ---- bind

int Socket::bind(const char* uri) {
  if (int error = enter()) return error;
  Endpoint endpoint;
  if (int error = parse(uri, &endpoint)) return error;
  if (endpoint.scheme == kInproc) return bind_inproc(endpoint);
  const Transport* transport = find_transport(endpoint.scheme);
  if (transport == nullptr) return EPROTONOSUPPORT;
  if (int error = check_protection()) return error;
  return bind_wire(endpoint, *transport);
}

int Socket::bind_inproc(const Endpoint& endpoint) {
  const std::string uri = endpoint.text();
  if (Error error = host_.bind_inproc(uri, inproc_side())) return error.code;
  endpoints_.push_back({uri, EndpointEntry::Kind::bound_inproc, next_endpoint_id_++});
  last_endpoint_ = uri;
  return 0;
}

int Socket::bind_wire(const Endpoint& endpoint, const Transport& transport) {
  Reactor* reactor = host_.choose_reactor(options_.affinity);
  if (reactor == nullptr) return kEmthread;
  ListenOutcome outcome = transport.listen(endpoint.address, transport_options());
  if (!outcome.ok()) {
    if (outcome.failed_fd >= 0) {
      links_->emit(MonitorEventKind::closed, static_cast<std::uint64_t>(outcome.failed_fd),
                   outcome.failed_endpoint);
    }
    links_->emit(MonitorEventKind::bind_failed, static_cast<std::uint64_t>(outcome.error),
                 endpoint.address);
    return outcome.error;
  }
  const std::uint64_t id = next_endpoint_id_++;
  LinkSettings* settings = make_settings(&transport, endpoint, id);
  settings->endpoint = outcome.listening.endpoint;
  const int number = outcome.listening.fd.get();
  last_endpoint_ = outcome.listening.endpoint;
  Listener* listener = Listener::make(*links_, *reactor, settings, std::move(outcome.listening));
  if (listener == nullptr) {
    settings->drop();
    return ENOMEM;
  }
  endpoints_.push_back({last_endpoint_, EndpointEntry::Kind::listener, id, listener});
  links_->emit(MonitorEventKind::listening, static_cast<std::uint64_t>(number), last_endpoint_);
  listener->start();
  return 0;
}

// ---- connect

bool Socket::ignores_second_connect() const {
  const auto type = static_cast<SocketType>(type_);
  return type == SocketType::dealer || type == SocketType::sub || type == SocketType::pub ||
         type == SocketType::req;
}

bool Socket::is_connected_to(const std::string& uri) const {
  return std::any_of(endpoints_.begin(), endpoints_.end(), [&](const EndpointEntry& entry) {
    return entry.uri == uri &&
           (entry.kind == EndpointEntry::Kind::link || entry.kind == EndpointEntry::Kind::inproc);
  });
}

// Neither a connection nor one that is still to come has that name.
bool Socket::is_routing_id_free(const std::string& id) const {
  return pattern_->is_routing_id_free(as_bytes(id)) &&
         std::none_of(endpoints_.begin(), endpoints_.end(),
                      [&id](const EndpointEntry& entry) { return entry.routing_id == id; });
}

int Socket::connect(const char* uri) {
  if (int error = enter()) return error;
  Endpoint endpoint;
  if (int error = parse(uri, &endpoint)) return error;
  const bool is_inproc = endpoint.scheme == kInproc;
  const Transport* transport = is_inproc ? nullptr : find_transport(endpoint.scheme);
  if (!is_inproc) {
    if (transport == nullptr) return EPROTONOSUPPORT;
    if (int error = check_protection()) return error;
    if (endpoint.scheme == kTcp && !options_.socks_proxy.empty()) return ENOTSUP;
  }
  if (ignores_second_connect() && is_connected_to(endpoint.text())) return 0;
  std::string& next_id = options_.pattern.connect_routing_id;
  if (!next_id.empty() && !is_routing_id_free(next_id)) return EINVAL;
  const int error = is_inproc ? connect_inproc(endpoint) : connect_wire(endpoint, *transport);
  if (error == 0 && !next_id.empty()) {
    next_id.clear();
    forget_link_options();
  }
  return error;
}

int Socket::connect_inproc(const Endpoint& endpoint) {
  const bool conflates = takes_conflate(static_cast<SocketType>(type_), options_);
  Pipe* pipe = Pipe::make(conflates, conflates);
  if (pipe == nullptr) return ENOMEM;
  const std::string uri = endpoint.text();
  PipeEnd& near = pipe->a();
  near.set_mailbox(*mailbox_);
  near.is_local = true;
  pipe->b().is_local = true;
  near.is_dialed = true;
  near.endpoint_id = next_endpoint_id_++;
  near.joined_sndhwm = options_.sndhwm;
  near.joined_rcvhwm = options_.rcvhwm;
  near.set_out_limit(static_cast<std::uint32_t>(options_.sndhwm));
  auto* self = new PeerInfo(options_.routing_id, {}, -1);
  if (!near.write_peer(self)) {
    self->drop();
    Pipe::discard(pipe);
    return ENOMEM;
  }
  near.publish();
  endpoints_.push_back({uri, EndpointEntry::Kind::inproc, near.endpoint_id});
  last_endpoint_ = uri;
  host_.connect_inproc(uri, pipe->b(), inproc_side());
  pattern_->set_next_routing_id(options_.pattern.connect_routing_id);
  adopt(near);
  settle();
  return 0;
}

int Socket::connect_wire(const Endpoint& endpoint, const Transport& transport) {
  if (Result<void> checked = transport.check_connect(endpoint.address); !checked.ok()) {
    return checked.error();
  }
  Reactor* reactor = host_.choose_reactor(options_.affinity);
  if (reactor == nullptr) return kEmthread;
  const std::uint64_t id = next_endpoint_id_++;
  LinkSettings* settings = make_settings(&transport, endpoint, id);
  Pipe* pipe = nullptr;
  if (!options_.immediate) {
    pipe = Pipe::make(settings->conflates(), settings->conflates());
    if (pipe == nullptr) {
      settings->drop();
      return ENOMEM;
    }
  }
  Link* link =
      Link::make_dialed(*links_, *reactor, settings, pipe != nullptr ? &pipe->b() : nullptr);
  if (link == nullptr) {
    settings->drop();
    if (pipe != nullptr) Pipe::discard(pipe);
    return ENOMEM;
  }
  endpoints_.push_back({endpoint.text(), EndpointEntry::Kind::link, id});
  if (pipe == nullptr) endpoints_.back().routing_id = options_.pattern.connect_routing_id;
  last_endpoint_ = endpoint.text();
  if (pipe != nullptr) {
    PipeEnd& near = pipe->a();
    near.set_mailbox(*mailbox_);
    near.endpoint_id = id;
    near.is_dialed = true;
    near.set_out_limit(static_cast<std::uint32_t>(options_.sndhwm));
    near.set_in_limit(static_cast<std::uint32_t>(options_.rcvhwm));
    pattern_->set_next_routing_id(options_.pattern.connect_routing_id);
    adopt(near);
  }
  link->start();
  settle();
  return 0;
}

// ---- unbind, disconnect

int Socket::unbind(const char* uri) {
  return detach(uri);
}

int Socket::disconnect(const char* uri) {
  return detach(uri);
}

// Ends everything that is registered under that string; a tcp address may be spelled differently.
int Socket::detach(const char* uri) {
  if (has_told_end_) return kEterm;
  if (uri == nullptr) return EINVAL;
  if (int error = enter()) return error;
  Endpoint endpoint;
  if (int error = parse(uri, &endpoint)) return error;
  const Transport* transport = find_transport(endpoint.scheme);
  if (transport == nullptr && endpoint.scheme != kInproc) return EPROTONOSUPPORT;
  if (detach_all(endpoint.text())) return 0;
  if (transport != nullptr) {
    const std::string normal = transport->normalized(endpoint.address, options_.ipv6);
    if (!normal.empty() && detach_all(normal)) return 0;
  }
  return ENOENT;
}

bool Socket::detach_all(const std::string& uri) {
  std::vector<EndpointEntry> found;
  std::erase_if(endpoints_, [&](EndpointEntry& entry) {
    if (entry.uri != uri) return false;
    found.push_back(entry);
    return true;
  });
  for (EndpointEntry& entry : found) {
    if (entry.kind == EndpointEntry::Kind::link)
      links_->application_disconnects(options_.reconnect_stop);
    detach_entry(entry);
  }
  settle();
  return !found.empty();
}

void Socket::detach_entry(const EndpointEntry& entry) {
  switch (entry.kind) {
    case EndpointEntry::Kind::bound_inproc:
      (void)host_.unbind_inproc(entry.uri, *links_);
      break;  // existing pipes survive
    case EndpointEntry::Kind::listener:
      entry.listener->stop();
      entry.listener->drop();
      end_pipes(entry.id, true);
      links_->stop_links(entry.id, options_.linger);
      break;
    case EndpointEntry::Kind::inproc:
      for (PipeEnd* end : pipes_) {
        if (end->endpoint_id == entry.id) withdraw(*end, &entry);
      }
      end_pipes(entry.id, false);
      break;
    case EndpointEntry::Kind::link:
      end_pipes(entry.id, false);
      links_->stop_links(entry.id, options_.linger);
      break;
  }
}

// `reads_on`: what was received is still delivered, only sending ends.
void Socket::end_pipes(std::uint64_t endpoint_id, bool reads_on) {
  std::vector<PipeEnd*> ends;
  for (PipeEnd* end : pipes_) {
    if (end->endpoint_id == endpoint_id && !end->is_settling) ends.push_back(end);
  }
  for (PipeEnd* end : ends) {
    if (reads_on) {
      pattern_->closing(*end);
      end->shut_write(options_.linger);
    } else {
      let_go(*end, options_.linger);
    }
  }
}

// ---- monitor

int Socket::start_monitor(const char* address, std::uint64_t events) {
  if (int error = enter()) return error;
  Endpoint endpoint;
  if (int error = parse(address, &endpoint)) return error;
  if (endpoint.scheme != kInproc) return EPROTONOSUPPORT;
  end_monitor();
  Result<Monitor*> monitor = Monitor::make(host_, endpoint.text(), events);
  if (!monitor.ok()) return monitor.error();
  (void)links_->exchange_monitor(monitor.value());
  return 0;
}

int Socket::stop_monitor() {
  if (has_told_end_) return kEterm;
  end_monitor();
  return 0;
}

void Socket::end_monitor() {
  if (Monitor* monitor = links_->exchange_monitor(nullptr)) monitor->stop();
}

}  // namespace zmqng
