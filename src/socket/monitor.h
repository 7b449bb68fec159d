// Monitor: reports the events of one socket to a PAIR socket that connects to its inproc name.
//
// Owner:   SocketLinks, between zmq_socket_monitor and its end. Threads: any, under SocketLinks'
// monitor
//          mutex or its own.
// Holds:   never blocks whoever reports: events wait in the pipe (kPipeMax) and behind it
// (kWaitingMax);
//          beyond that the oldest waiting one is dropped. What waits there goes on with the next
//          event.
#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <string>

#include "link/link_host.h"
#include "pipe/pipe.h"
#include "socket/socket_host.h"

namespace zmqng {

class Monitor final : private PipeTaker, private PipeOwner {
 public:
  // Binds `address` ("inproc://..."). `events`: mask. Errors: EADDRINUSE, EMFILE, ENOMEM.
  static Result<Monitor*> make(SocketHost& host, const std::string& address, std::uint64_t events);

  // Only with the socket's monitor mutex held or before the monitor is known.
  void emit(MonitorEventKind kind, std::uint64_t value, const std::string& address);
  // Reports MONITOR_STOPPED, frees the name and the monitor.
  void stop();

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
  Mailbox& mailbox() override { return *mailbox_; }
  bool offer(PipeEnd& near) override;
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

  std::mutex mutex_;  // guards the rest
  PipeEnd* end_ = nullptr;
  std::deque<Event> waiting_;
  bool is_reader_gone_ = false;
  bool is_stopped_ = false;
};

}  // namespace zmqng
