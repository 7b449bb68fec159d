// SocketLinks: the part of a socket that other threads use, and that outlives it: where links offer
// pipes and report events, and the list of the links that work for this socket.
//
// Owner:   refcounted by the Socket, its Listeners and Links. Threads: any, under its mutex.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "link/link.h"
#include "link/link_host.h"
#include "socket/socket_host.h"
#include "sync/mailbox.h"

namespace zmqng {

class Monitor;

class SocketLinks final : public LinkHost, private Attention {
 public:
  // Called on the socket's thread when something was offered or an endpoint is gone.
  class Client {
   public:
    virtual void links_changed() = 0;

   protected:
    ~Client() = default;
  };

  SocketLinks(SocketHost& host, Client& client);
  SocketLinks(const SocketLinks&) = delete;
  SocketLinks& operator=(const SocketLinks&) = delete;

  // --- for the Socket

  // The ends offered since the last call, as a list over next_attached, oldest first.
  PipeEnd* take_offered();
  // Endpoints whose link has given up since the last call.
  std::vector<std::uint64_t> take_gone_endpoints();
  // Asks the links of one endpoint (0: all) that have no pipe to end.
  void stop_links(std::uint64_t endpoint_id, int linger_ms);
  // The application has ended an endpoint; `reconnect_stop`: what ZMQ_RECONNECT_STOP says about it.
  void application_disconnects(int reconnect_stop) {
    if ((reconnect_stop & kStopAfterDisconnect) != 0) has_stopped_reconnecting_ = true;
  }
  // No more offers. What was offered and not taken is returned.
  PipeEnd* close();
  // Replaces the monitor; the old one, to be stopped by the caller, is returned.
  Monitor* exchange_monitor(Monitor* monitor);
  // Also for the Socket's own events.
  void emit(MonitorEventKind kind, std::uint64_t value, const std::string& address) override;

  // --- LinkHost
  void add_ref() override { refs_.fetch_add(1, std::memory_order_relaxed); }
  void drop() override;
  Mailbox& mailbox() override { return *mailbox_; }
  bool offer(PipeEnd& near) override;
  bool take_back(PipeEnd& near) override;
  void endpoint_gone(std::uint64_t endpoint_id) override;
  bool has_stopped_reconnecting() const override {
    return has_stopped_reconnecting_.load(std::memory_order_relaxed);
  }
  void link_started(Link& link) override;
  void link_finished(Link& link) override;
  void listener_started() override { host_.work_started(); }
  void listener_finished() override { host_.work_finished(); }
  Reactor& choose_reactor(std::uint64_t affinity) override;
  Resolver& resolver() override { return host_.resolver(); }
  std::uint32_t random() override { return host_.random(); }

 private:
  ~SocketLinks();
  static void serve(Attention& attention, std::uint32_t reasons);
  static void departed(Attention&) {}

  SocketHost& host_;
  Client* client_;
  Mailbox* mailbox_;
  std::atomic<unsigned> refs_{1};
  std::atomic<bool> has_stopped_reconnecting_{false};

  std::mutex mutex_;  // guards the rest
  PipeEnd* offered_first_ = nullptr;
  PipeEnd* offered_last_ = nullptr;
  Link* links_ = nullptr;
  std::vector<std::uint64_t> gone_endpoints_;
  bool is_closed_ = false;

  std::mutex monitor_mutex_;
  Monitor* monitor_ = nullptr;
};

}  // namespace zmqng
