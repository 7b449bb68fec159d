// Link: one conversation with one peer; it survives reconnects. Owns the far end of the pipe.
//
// Owner:   itself and its reactor: it ends at the end of the turn in which it has nothing left to
// do.
//          The socket reaches it through LinkHost's list, under the list's mutex, by `post_stop`.
// Threads: the reactor's. Once there is a pipe, whoever holds its baton: the reactor for everything
// it
//          does, a thread of the application for the calls of a Carrier.
//
//   dialing --connection--> up --lost--> waiting --> dialing ...         (a connecting socket)
//                           up --lost--> gone                            (an accepted connection)
//   any --the socket leaves--> draining (until all is sent, or linger is over) --> gone
#pragma once

#include <memory>

#include "link/connection.h"
#include "link/dialer.h"
#include "link/link_host.h"
#include "reactor/reactor.h"

namespace zmqng {

class Link final : private PipeOwner,
                   private Carrier,
                   private ConnectionOwner,
                   private DialerOwner,
                   private TimerHandler,
                   private Retiree,
                   private Visited,
                   private Attention {
 public:
  // A link that dials. `far` is the link's end of the pipe, or null under ZMQ_IMMEDIATE.
  // Takes over one count of `settings` and adds one to `host`.
  static Link* make_dialed(LinkHost& host, Reactor& reactor, LinkSettings* settings, PipeEnd* far);
  // A link for an accepted connection; its pipe comes after the handshake.
  static Link* make_accepted(LinkHost& host, Reactor& reactor, LinkSettings* settings,
                             std::unique_ptr<Stream> stream);

  // Hands the link to its reactor. Any thread; only `post_stop` may come before.
  void start();
  // The same for the reactor's thread, which begins at once.
  void start_here();
  // Asks the link to end, as the socket's leaving of the pipe does. Any thread, while the link is
  // in the host's list.
  void post_stop(int linger_ms);

  std::uint64_t endpoint_id() const { return settings_->endpoint_id; }

  // Places in the host's list.
  Link* list_next = nullptr;
  Link* list_previous = nullptr;

 private:
  static constexpr std::uint32_t kStart = 1;
  static constexpr std::uint32_t kStop = 2;

  // What the reactor has to do. It stays here while a thread of the application has the baton.
  enum Due : std::uint32_t {
    kDueConnected = 1,  // opened_
    kDueGivenUp = 2,
    kDueTimer = 4,
    kDueReady = 8,  // ready_
    kDueRestarted = 16,
    kDueWritable = 32,
    kDueReadable = 64,  // or the application has something for us
    kDueClosing = 128,
    kDueStop = 256,
  };

  Link(LinkHost& host, Reactor& reactor, LinkSettings* settings);
  ~Link();

  static void serve(Attention& attention, std::uint32_t reasons);
  static void departed(Attention& attention);
  void pipe_readable(PipeEnd& end) override;
  void pipe_writable(PipeEnd& end) override;
  void pipe_closing(PipeEnd& end) override;
  void pipe_restarted(PipeEnd& end) override;
  Attachment connection_ready(const Peer* peer) override;
  void connection_ended(const ConnectionEnd& end) override;
  void connection_fd_ready(std::uint32_t ready) override;
  void connection_peer_done() override;
  void connection_is_busy() override { reactor_.rounds().add(*this); }
  void visit() override { run(kDueReadable); }
  void connection_deadline_changed() override;
  void dialer_connected(std::unique_ptr<Stream> stream) override;
  void dialer_gave_up() override;
  void timer_expired(Millis now) override;
  void bury() override;
  bool send_now() override;
  Borrowed borrow_input() override;
  Input read_input(bool& must_tell) override;
  bool return_input(bool comes_back) override;

  void run(std::uint32_t due);
  void do_what_is_due();
  void serve_connection(std::uint32_t due);
  void serve_time();
  void share_pipe();
  void unshare_pipe();
  void begin();
  void stop();
  void begin_closing(int linger_ms);
  void set_timer();
  void open_connection(std::unique_ptr<Stream> stream);
  bool make_pipe();
  PeerInfo* describe(const Peer* peer);
  void announce_peer(const Peer* peer);
  void report_end(const ConnectionEnd& end);
  void after_connection(const ConnectionEnd& end);
  void skip_to_restart();
  void write_notice();
  bool is_dialed() const { return dialer_ != nullptr; }
  bool has_unsent() const;
  bool may_reconnect() const;
  void drop_pipe();
  void retire();
  void finish();

  LinkHost& host_;
  Reactor& reactor_;
  LinkSettings* settings_;
  PipeEnd* far_ = nullptr;
  std::unique_ptr<Dialer> dialer_;
  std::unique_ptr<Connection> connection_;
  std::unique_ptr<Connection> ended_connection_;  // until the end of the turn
  std::unique_ptr<Stream> opened_;                // not a connection yet
  std::uint32_t due_ = 0;
  std::uint32_t ready_ = 0;  // what the descriptor is ready for
  Timer timer_;
  Millis linger_deadline_ = kNever;
  std::atomic<int> stop_linger_ms_{0};
  int fd_number_ = -1;
  bool has_been_up_ = false;
  bool was_ready_ = false;  // this connection's handshake succeeded
  bool is_draining_ = false;
  bool is_running_ = false;
  bool is_shared_ = false;   // the pipe knows its Carrier
  bool is_offered_ = false;  // the pipe was made here and offered to the socket
  bool is_finished_ = false;
  bool is_retired_ = false;
  bool must_drop_pipe_ = false;
  bool has_begun_ = false;
  bool must_stop_ = false;
};

}  // namespace zmqng
