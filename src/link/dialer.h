// Dialer: makes connections for one Link: resolves, connects, waits between attempts.
//
// Owner:   Link. Threads: the reactor's; the resolver's thread only hands over its answer.
//
//   idle --dial--> resolving --addresses--> connecting --established--> idle (the Link has the
//   stream)
//                      |                        |
//                      +------- failed ---------+--> waiting --interval over--> resolving ...
#pragma once

#include <memory>
#include <mutex>

#include "link/backoff.h"
#include "link/link_host.h"
#include "reactor/reactor.h"
#include "transport/transport.h"

namespace zmqng {

class DialerOwner {
 public:
  virtual void dialer_connected(std::unique_ptr<Stream> stream) = 0;
  // Reconnecting is switched off and the attempt failed.
  virtual void dialer_gave_up() = 0;

 protected:
  ~DialerOwner() = default;
};

class Dialer final : private FdHandler,
                     private TimerHandler,
                     private ResolveClient,
                     private Attention {
 public:
  Dialer(DialerOwner& owner, Reactor& reactor, LinkHost& host, const LinkSettings& settings);
  Dialer(const Dialer&) = delete;
  Dialer& operator=(const Dialer&) = delete;

  // Starts an attempt now.
  void dial();
  // A connection ended: waits the interval, then dials.
  void redial();
  bool may_redial() const { return backoff_.is_enabled(); }
  // Stops whatever is going on.
  void stop();
  // Stops it for good. The Dialer frees itself when nothing refers to it any more.
  static void dismiss(std::unique_ptr<Dialer> dialer);

 private:
  enum class State : std::uint8_t { idle, resolving, connecting, waiting };

  ~Dialer();
  friend std::default_delete<Dialer>;

  void fd_ready(std::uint32_t ready) override;
  void timer_expired(Millis now) override;
  void name_resolved(ResolveToken token, Result<AddressList> answer) override;
  static void serve_answer(Attention& attention, std::uint32_t reasons);
  static void free_self(Attention& attention);

  void take_answer();
  void try_next();
  void close_pending();
  void established(std::unique_ptr<Stream> stream);
  void attempt_failed();
  void report(MonitorEventKind kind, std::uint64_t value);

  DialerOwner& owner_;
  Reactor& reactor_;
  LinkHost& host_;
  const LinkSettings& settings_;
  Backoff backoff_;
  Watch watch_;
  Timer timer_;
  State state_ = State::idle;
  SocketAddress source_;
  AddressList remotes_;
  std::size_t next_remote_ = 0;
  std::unique_ptr<Stream> pending_;
  ResolveToken token_ = 0;
  bool was_refused_ = false;  // the last address of this attempt

  std::mutex answer_mutex_;  // guards the two below, which the resolver's thread writes
  ResolveToken answer_token_ = 0;
  Result<AddressList> answer_{AddressList{}};
};

}  // namespace zmqng
