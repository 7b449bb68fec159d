// Connection: one byte stream from open to close: handshake, traffic, heartbeats, drain.
//
// Owner:   Link. Threads: whoever holds the Link's Baton.
// Holds:   a peer's bytes that arrived are never thrown away because writing failed or the pipe is
//          full: the end of the stream is acted upon only when it is read.
//
//   expect_handshake --ready--> streaming --drain()--> draining --all sent--> expect_end --> closed
//          any       --end of stream, bad bytes, time-out--> closed(reason)
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "link/input_buffer.h"
#include "link/link_host.h"
#include "link/receiver.h"
#include "link/sender.h"
#include "reactor/reactor.h"
#include "transport/stream.h"
#include "zmtp/heartbeat.h"
#include "zmtp/peer.h"

namespace zmqng {

// How a connection ended, for the monitor and for whoever may dial again.
struct ConnectionEnd {
  Failure failure;          // the event that stands before DISCONNECTED
  bool may_retry = true;    // false: the peer broke the protocol, do not come back
  bool is_drained = false;  // we closed it ourselves, after the last byte
};

// Ended by us, with nothing more to say.
inline constexpr ConnectionEnd kDrained{{}, false, true};
// The peer broke the protocol, or its socket is gone: nobody comes back.
inline constexpr ConnectionEnd kBroken{{}, false, false};

// Called by a Connection; must not destroy it inside the call (see Link::bury).
class ConnectionOwner {
 public:
  struct Attachment {
    PipeEnd* far = nullptr;         // the pipe to serve; nullptr: the socket is gone
    bool skips_to_restart = false;  // see Sender::attach
    bool drains = false;            // the socket has left: send what is there, then close
  };

  // The handshake is over. `peer` is null for a raw stream.
  virtual Attachment connection_ready(const Peer* peer) = 0;
  virtual void connection_ended(const ConnectionEnd& end) = 0;
  // The descriptor is ready; comes back through Connection::serve.
  virtual void connection_fd_ready(std::uint32_t ready) = 0;
  // We do not read for now, and the peer has said its last.
  virtual void connection_peer_done() = 0;
  // Much is sent: wants to be looked at in the reactor's next round, as if the pipe had told.
  virtual void connection_is_busy() = 0;
  // Deadlines may have changed.
  virtual void connection_deadline_changed() = 0;

 protected:
  ~ConnectionOwner() = default;
};

class Connection final : private FdHandler, private CommandSink {
 public:
  Connection(ConnectionOwner& owner, Reactor& reactor, const LinkSettings& settings,
             std::unique_ptr<Stream> stream);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Begins with the handshake; may end at once (the owner is told). `is_dialed`: by us; else the
  // peer's greeting is likely to be there already.
  void start(bool is_dialed);

  void serve(std::uint32_t ready);
  // The socket has written something.
  void pipe_readable();
  // The socket has read something: reading may go on.
  void pipe_writable();
  // The socket has left: send what is there, then close. What comes in is discarded.
  void drain();
  // The socket has left and wants nothing more sent.
  void close_now();

  void timer_expired(Millis now);
  Millis next_deadline() const;

  // --- for a thread of the application, see Carrier (connection_borrowed.cpp)
  [[nodiscard]] bool send_now();
  Carrier::Borrowed borrow_input();
  Carrier::Input read_input(bool& must_tell);
  [[nodiscard]] bool return_input(bool comes_back);
  // For the reactor: goes on where the borrower could not.
  void take_over();

  bool is_streaming() const { return state_ >= State::streaming && state_ < State::closed; }
  bool is_closed() const { return state_ == State::closed; }
  Stream& stream() { return *stream_; }

 private:
  enum class State : std::uint8_t { expect_handshake, streaming, draining, expect_end, closed };

  // How long a drained connection waits for the peer to have received the last bytes, if the peer
  // only listens, or if it may say something (which after a close would lose them); how often it
  // looks.
  static constexpr Millis kEndWaitMs = 1000;
  static constexpr Millis kEndWaitForTalkerMs = 30'000;
  static constexpr Millis kEndCheckMs = 10;
  static constexpr Millis kEndCheckMaxMs = 200;
  // How long a peer that takes nothing any more may go on sending.
  static constexpr Millis kDeadWaitMs = 1000;
  static constexpr int kReadsPerTurn = 16;
  static constexpr std::uint64_t kMessagesBeforeLending = 2;
  // How long input may stay with a borrower that does not come back.
  static constexpr Millis kLeaseMs = 10;

  void fd_ready(std::uint32_t ready) override { owner_.connection_fd_ready(ready); }
  bool command_received(Bytes body) override;
  bool needs_room(Bytes body) const override;
  [[nodiscard]] bool take_subscription(bool subscribe, Bytes topic);

  void receive();
  void stage_answers();
  void send_answers();
  void end_if_dead();
  // False: stop reading for now.
  bool read_once();
  bool read_large();
  bool take_input();
  bool take_handshake();
  bool take_traffic();
  void stream_ended(const IoResult& result);
  void become_ready(const Peer* peer);
  void send();
  void after_send(Sender::Outcome outcome);
  void output_lost();
  bool has_nothing_to_wait_for();
  bool is_peer_silent() const;
  bool is_peer_a_talker() const;
  void begin_end_wait();
  void check_end_wait(Millis now);
  void run_heartbeat(Millis now);
  void pause();
  void end_pause();
  void update_watch();
  Error watch();
  std::uint32_t interest() const;
  void close(const ConnectionEnd& end);
  ConnectionEnd lost_end(int error) const;
  bool has_heartbeat() const { return heartbeat_.has_value(); }
  bool take_borrowed();
  void read_borrowed();
  void hand_over();
  bool has_untaken() const;
  bool may_lend();
  void go_on_reading();
  void look_after_lent(bool is_asked);
  void check_lease(Millis now);

  ConnectionOwner& owner_;
  Reactor& reactor_;
  const LinkSettings& settings_;
  std::unique_ptr<Stream> stream_;
  Watch watch_;
  std::unique_ptr<Peer> peer_;
  Sender sender_;
  std::unique_ptr<Receiver> receiver_;
  std::optional<Heartbeat> heartbeat_;
  PipeEnd* far_ = nullptr;
  int output_error_ = 0;
  InputBuffer input_;
  std::uint64_t ping_frame_ = 0;  // number of the last PING among the frames; 0: none lately
  Millis handshake_deadline_ = kNever;
  Millis end_wait_since_ = kNever;
  Millis end_check_ = kNever;
  Millis end_check_wait_ = kEndCheckMs;
  Millis dead_deadline_ = kNever;  // see kDeadWaitMs
  // Lent input: while a borrower keeps it between two waits the reactor looks after it from time to
  // time.
  Millis lease_check_ = kNever;
  std::uint32_t lease_uses_ = 0;
  std::uint32_t lease_uses_seen_ = 0;
  IoResult borrowed_end_;  // the end of the stream, found by a borrower
  State state_ = State::expect_handshake;
  bool is_lent_ = false;
  bool must_take_over_ = false;    // see take_over()
  bool has_met_nonsense_ = false;  // the borrower: the peer broke the protocol
  bool is_paused_ = false;
  bool must_write_ = false;  // the kernel had no room
  bool is_output_dead_ = false;
  bool is_receiving_ = false;
  bool is_input_empty_ = false;  // the last read found nothing
  bool is_ping_staged_ = false;
  bool has_peer_pinged_ = false;
  bool has_hung_up_ = false;  // while paused: no use watching
  bool is_old_peer_ = false;  // 1.0, 2.0, raw: there was no handshake to succeed
};

}  // namespace zmqng
