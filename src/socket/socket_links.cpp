#include "socket/socket_links.h"

#include <utility>

#include "socket/monitor.h"

namespace zmqng {

SocketLinks::SocketLinks(SocketHost& host, Client& client)
    : Attention(serve, departed), host_(host), client_(&client), mailbox_(new Mailbox) {}

SocketLinks::~SocketLinks() {
  mailbox_->drop();
}

void SocketLinks::drop() {
  if (refs_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
}

void SocketLinks::serve(Attention& attention, std::uint32_t) {
  static_cast<SocketLinks&>(attention).client_->links_changed();
}

bool SocketLinks::offer(PipeEnd& near) {
  {
    std::lock_guard lock(mutex_);
    if (is_closed_) return false;
    near.next_attached = nullptr;
    if (offered_last_ != nullptr) {
      offered_last_->next_attached = &near;
    } else {
      offered_first_ = &near;
    }
    offered_last_ = &near;
  }
  post(*mailbox_, 1);
  return true;
}

bool SocketLinks::take_back(PipeEnd& near) {
  std::lock_guard lock(mutex_);
  PipeEnd* previous = nullptr;
  for (PipeEnd* end = offered_first_; end != nullptr; previous = end, end = end->next_attached) {
    if (end != &near) continue;
    (previous != nullptr ? previous->next_attached : offered_first_) = near.next_attached;
    if (offered_last_ == &near) offered_last_ = previous;
    return true;
  }
  return false;
}

PipeEnd* SocketLinks::take_offered() {
  std::lock_guard lock(mutex_);
  offered_last_ = nullptr;
  return std::exchange(offered_first_, nullptr);
}

PipeEnd* SocketLinks::close() {
  std::lock_guard lock(mutex_);
  is_closed_ = true;
  offered_last_ = nullptr;
  return std::exchange(offered_first_, nullptr);
}

void SocketLinks::endpoint_gone(std::uint64_t endpoint_id) {
  {
    std::lock_guard lock(mutex_);
    if (is_closed_) return;
    gone_endpoints_.push_back(endpoint_id);
  }
  post(*mailbox_, 1);
}

std::vector<std::uint64_t> SocketLinks::take_gone_endpoints() {
  std::lock_guard lock(mutex_);
  return std::exchange(gone_endpoints_, {});
}

void SocketLinks::link_started(Link& link) {
  host_.work_started();
  std::lock_guard lock(mutex_);
  link.list_next = links_;
  if (links_ != nullptr) links_->list_previous = &link;
  links_ = &link;
  // The socket was closed while the link was being made.
  if (is_closed_) link.post_stop(0);
}

void SocketLinks::link_finished(Link& link) {
  {
    std::lock_guard lock(mutex_);
    (link.list_previous != nullptr ? link.list_previous->list_next : links_) = link.list_next;
    if (link.list_next != nullptr) link.list_next->list_previous = link.list_previous;
  }
  host_.work_finished();
}

void SocketLinks::stop_links(std::uint64_t endpoint_id, int linger_ms) {
  std::lock_guard lock(mutex_);
  for (Link* link = links_; link != nullptr; link = link->list_next) {
    if (endpoint_id == 0 || link->endpoint_id() == endpoint_id) link->post_stop(linger_ms);
  }
}

Reactor& SocketLinks::choose_reactor(std::uint64_t affinity) {
  Reactor* reactor = host_.choose_reactor(affinity);
  CHECK(reactor != nullptr);  // a listener runs on one
  return *reactor;
}

Monitor* SocketLinks::exchange_monitor(Monitor* monitor) {
  std::lock_guard lock(monitor_mutex_);
  return std::exchange(monitor_, monitor);
}

void SocketLinks::emit(MonitorEventKind kind, std::uint64_t value, const std::string& address) {
  std::lock_guard lock(monitor_mutex_);
  if (monitor_ != nullptr) monitor_->emit(kind, value, address);
}

}  // namespace zmqng
