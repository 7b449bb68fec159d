// Monitor: reports the events of one socket to a PAIR socket that connects to its inproc name.
//
// Owner:   SocketLinks, between zmq_socket_monitor and its end. Threads: any, under SocketLinks'
// monitor
//          mutex or its own.
// Holds:   never blocks whoever reports: events wait in the pipe (kPipeMax) and behind it
// (kWaitingMax);
//          beyond that the oldest waiting one is dropped and counted.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>

#include "link/link_host.h"
#include "pipe/pipe.h"
#include "socket/socket_host.h"

namespace zmqng {

class Monitor final : public LinkHost, private PipeOwner {
 public:
  // Binds `address` ("inproc://..."). `events`: mask. Errors: EADDRINUSE, EMFILE, ENOMEM.
  static Result<Monitor*> make(SocketHost& host, const std::string& address, std::uint64_t events);

  // Only with the socket's monitor mutex held or before the monitor is known.
  void emit(MonitorEventKind kind, std::uint64_t value, const std::string& address) override;
  // Reports MONITOR_STOPPED, frees the name and the monitor.
  void stop();

  // --- LinkHost, as far as the inproc directory needs it
  void add_ref() override { refs_.fetch_add(1, std::memory_order_relaxed); }
  void drop() override;
  Mailbox& mailbox() override { return *mailbox_; }
  bool offer(PipeEnd& near) override;
  bool take_back(PipeEnd&) override { return false; }
  void endpoint_gone(std::uint64_t) override {}
  bool has_stopped_reconnecting() const override { return false; }
  void link_started(Link&) override {}
  void link_finished(Link&) override {}
  void listener_started() override {}
  void listener_finished() override {}
  Reactor& choose_reactor(std::uint64_t affinity) override {
    return *host_.choose_reactor(affinity);
  }
  Resolver& resolver() override { return host_.resolver(); }
  std::uint32_t random() override { return host_.random(); }

  static constexpr int kPipeMax = 65536;
  static constexpr std::size_t kWaitingMax = 8192;

 private:
  struct Event {
    MonitorEventKind kind;
    std::uint32_t value;
    std::string address;
  };

  Monitor(SocketHost& host, std::string address, std::uint64_t events);
  ~Monitor();
  void pipe_readable(PipeEnd& end) override;
  void pipe_writable(PipeEnd&) override {}
  void pipe_closing(PipeEnd&) override { is_reader_gone_ = true; }
  void pipe_restarted(PipeEnd&) override {}
  void flush();
  bool write(const Event& event);

  SocketHost& host_;
  Mailbox* mailbox_;
  std::string address_;
  std::uint64_t events_;
  std::atomic<unsigned> refs_{1};

  std::mutex mutex_;  // guards the rest
  PipeEnd* end_ = nullptr;
  std::deque<Event> waiting_;
  std::uint64_t dropped_ = 0;
  bool is_reader_gone_ = false;
  bool is_stopped_ = false;
};

}  // namespace zmqng
