// Listener: one bound endpoint; makes a Link from every descriptor it accepts.
//
// Owner:   refcounted: the Socket that bound it, and its reactor while it is open.
// Threads: the reactor's; `start` and `stop` from the socket's. A mutex guards the descriptor, so
// that
//          the address is free when zmq_unbind returns.
//
//   open --resources exhausted--> paused --after a while--> open      any --stop--> closed
#pragma once

#include <atomic>
#include <mutex>

#include "link/link_host.h"
#include "reactor/reactor.h"
#include "transport/transport.h"

namespace zmqng {

class Listener final : private FdHandler, private TimerHandler, private Retiree, private Attention {
 public:
  // Takes over one count of `settings` and adds one to `host`. The caller holds one count.
  static Listener* make(LinkHost& host, Reactor& reactor, LinkSettings* settings,
                        Listening listening);

  void start();
  // Closes the descriptor before it returns, so that the address is free again; the rest is up to
  // the reactor. Connections that were accepted go on.
  void stop();
  void drop();

  std::uint64_t endpoint_id() const { return settings_->endpoint_id; }
  const std::string& endpoint() const { return listening_.endpoint; }

 private:
  static constexpr std::uint32_t kStart = 1;
  static constexpr std::uint32_t kStop = 2;
  static constexpr int kAcceptsPerTurn = 64;
  static constexpr int kTransientMax = 8;
  static constexpr Millis kPauseMs = 100;

  Listener(LinkHost& host, Reactor& reactor, LinkSettings* settings, Listening listening);
  ~Listener();

  static void serve(Attention& attention, std::uint32_t reasons);
  static void departed(Attention& attention);
  void fd_ready(std::uint32_t ready) override;
  void timer_expired(Millis now) override;
  void bury() override;

  bool begin();
  bool accept_one();
  void take_in(std::unique_ptr<Stream> stream);
  void pause(int error);
  void report(int error);

  LinkHost& host_;
  Reactor& reactor_;
  LinkSettings* settings_;
  std::mutex mutex_;  // guards the next three
  Listening listening_;
  Watch watch_;
  bool is_closed_ = false;
  Timer timer_;
  int last_reported_error_ = 0;
  int transient_failures_ = 0;
  int accepts_ = 1;  // in one turn
  std::atomic<int> refs_{2};
};

}  // namespace zmqng
