// Socket: the application's side of everything: send and receive loops, blocking, options,
// endpoints.
//
// Owner:   the application, from zmq_socket to zmq_close. Threads: one at a time; it may migrate,
// since
//          all state is plain memory. `stop` (context termination) comes from any thread.
// Errors:  0 or an errno, as the C API documents them.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "link/listener.h"
#include "options/socket_options.h"
#include "pattern/pattern.h"
#include "socket/borrowed_input.h"
#include "socket/socket_host.h"
#include "socket/socket_links.h"
#include "socket/spin_budget.h"
#include "transport/endpoint.h"

namespace zmqng {

// What zmq_poll and ZMQ_EVENTS speak of.
inline constexpr int kPollIn = 1;
inline constexpr int kPollOut = 2;

class Socket final : private PipeOwner, private PatternHost, private SocketLinks::Client {
 public:
  // Errors: EINVAL (no such type), EMFILE, ENFILE, ENOMEM: the descriptor that blocking calls wait
  // on is opened here, so that none of them fails for the lack of one.
  static Result<Socket*> make(SocketHost& host, int type, const SocketOptions& options,
                              unsigned fork_generation);

  // Memory that is no socket, or one that was closed. Best effort, as any check of a stale pointer.
  bool is_valid() const { return tag_ == kTag; }
  unsigned fork_generation() const { return fork_generation_; }
  int type() const { return type_; }

  // ETERM for every call from now on. Any thread.
  void stop();

  int send(const OutFrame& frame, bool dont_wait) {
    if (int error = enter()) return error;
    const int result = try_send(frame);
    return __builtin_expect(result == 0, 1) ? 0 : send_soon(frame, dont_wait, result);
  }
  int recv(Message& message, bool dont_wait) {
    if (int error = enter()) return error;
    const int result = try_recv(message);
    return __builtin_expect(result == 0, 1) ? 0 : recv_soon(message, dont_wait, result);
  }

  int set(int number, const void* value, std::size_t length);
  int get(int number, void* value, std::size_t* length);

  int bind(const char* uri);
  int connect(const char* uri);
  int unbind(const char* uri);
  int disconnect(const char* uri);
  int start_monitor(const char* address, std::uint64_t events);
  int stop_monitor();
  // Ends the life of the Socket; it may still have work to do through its links.
  void close();

  // --- for zmq_poll
  // Takes in what has happened; 0 or ETERM.
  int serve();
  // Those of the events that are ready: kPollIn, kPollOut.
  int ready_events(int wanted = kPollIn | kPollOut);
  // Both, in a few ns if nothing is ready or has happened since.
  int look(int wanted, int* ready) {
    const bool is_unchanged = is_known_unreadable_ && mailbox_->is_empty() &&
                              !is_stopped_.load(std::memory_order_relaxed);
    if (is_unchanged && (wanted & kPollOut) == 0) {
      *ready = 0;
      return 0;
    }
    if (int error = serve()) return error;
    *ready = ready_events(wanted);
    return 0;
  }
  void prefetch() const { __builtin_prefetch(mailbox_, 1); }
  // The descriptor that tells of posts to an armed mailbox.
  int wake_fd();
  // Somebody outside watches it, too.
  bool is_wake_fd_exported() const { return is_fd_exported_; }
  // False: something has happened already.
  bool arm(Mailbox::Wake by = Mailbox::Wake::fd) { return may_sleep(mailbox_->arm(by)); }
  // The same, but it is the other socket's descriptor that tells.
  bool arm_for(Socket& waker) { return may_sleep(mailbox_->arm_for(*waker.mailbox_)); }
  void disarm();
  void clear_wake_fd();
  // The call is over: whoever watches ZMQ_FD gets the signal that woke it.
  void give_back_signal();

 private:
  static constexpr std::uint32_t kTag = 0x5a4d514e;
  static constexpr std::uint32_t kDeadTag = 0xdeaddead;

  struct EndpointEntry {
    enum class Kind : std::uint8_t { bound_inproc, listener, inproc, link };
    std::string uri;
    Kind kind;
    std::uint64_t id;
    Listener* listener = nullptr;
    std::string routing_id = {};  // ZMQ_CONNECT_ROUTING_ID, for pipes yet to come
  };

  Socket(SocketHost& host, int type, const SocketOptions& options, unsigned fork_generation);
  ~Socket();
  friend std::default_delete<Socket>;

  // PipeOwner
  void pipe_readable(PipeEnd& end) override;
  void pipe_writable(PipeEnd& end) override;
  void pipe_closing(PipeEnd& end) override;
  void pipe_restarted(PipeEnd& end) override;
  bool pipe_published_to_sleeper(PipeEnd& end) override;
  bool pipe_full(PipeEnd& end) override;
  // PatternHost
  const SocketOptions& options() const override { return options_; }
  void pipe_ended(PipeEnd& end) override;
  void drop_pipe(PipeEnd& end) override;
  std::uint32_t random() override { return host_.random(); }
  // SocketLinks::Client
  void links_changed() override;

  // What every call does first.
  int enter() {
    if (__builtin_expect(is_stopped_.load(std::memory_order_relaxed), 0)) return fail_stopped();
    is_known_unreadable_ = false;
    if (__builtin_expect(!mailbox_->is_empty(), 0)) take_in_news();
    return 0;
  }
  int fail_stopped();
  int try_send(const OutFrame& frame) {
    const int result = pattern_->send(frame);
    if (__builtin_expect(!to_let_go_.empty(), 0)) settle();
    return result;
  }
  int try_recv(Message& message) {
    const int result = pattern_->recv(message);
    if (__builtin_expect(!to_let_go_.empty(), 0)) return settle_and_recv(message, result);
    if (__builtin_expect(result == 0, 1)) {
      has_more_ = message.has_more();
      received_ += has_more_ ? 0 : 1;
    }
    return result;
  }
  int settle_and_recv(Message& message, int result);
  int send_soon(const OutFrame& frame, bool dont_wait, int result);
  int recv_soon(Message& message, bool dont_wait, int result);
  template <typename Attempt>
  int go_on(int result, int timeout_ms, int wish, Attempt attempt);
  void settle();
  void let_go_later(PipeEnd& end);
  int wait(Millis deadline, int wish);
  int sleep(Millis deadline, bool borrows);
  bool may_sleep(bool is_armed);
  int poll_once(Millis left, bool borrows);
  bool spin(bool borrows);
  bool may_carry_out() const;
  bool carry_out_all();
  void carry_out_unsent();
  bool may_borrow();
  bool sends_to_many() const;
  void stay_armed();
  void adopt(PipeEnd& end);
  void name_next_pipe(const std::string& routing_id);
  void remove_pipe(PipeEnd& end);
  void let_go(PipeEnd& end, int linger_ms);

  int parse(const char* uri, Endpoint* endpoint) const;
  int check_protection() const;
  bool ignores_second_connect() const;
  LinkSettings* make_settings(const Transport* transport, const Endpoint& endpoint,
                              std::uint64_t id);
  void forget_link_options();
  TransportOptions transport_options() const;
  InprocSide inproc_side();
  int bind_inproc(const Endpoint& endpoint);
  int bind_wire(const Endpoint& endpoint, const Transport& transport);
  int connect_inproc(const Endpoint& endpoint);
  int connect_wire(const Endpoint& endpoint, const Transport& transport);
  bool is_connected_to(const std::string& uri) const;
  bool is_routing_id_free(const std::string& id) const;
  void end_pipes(std::uint64_t endpoint_id, bool reads_on);
  int detach(const char* uri);
  bool detach_all(const std::string& uri);
  void detach_entry(const EndpointEntry& entry);

  int get_live(int number, void* value, std::size_t* length);
  int events();
  void take_in_news();
  void update_limits();
  void forget_endpoint(std::uint64_t id);
  void withdraw(PipeEnd& end, const EndpointEntry* endpoint);
  const EndpointEntry* find_endpoint(std::uint64_t id) const;
  void end_monitor();

  std::uint32_t tag_ = kTag;
  int type_;
  unsigned fork_generation_;
  std::atomic<bool> is_stopped_{false};
  bool has_told_end_ = false;     // a call has failed with ETERM
  bool has_more_ = false;         // of the frame last received
  bool is_fd_exported_ = false;   // somebody watches ZMQ_FD
  bool has_waited_ = false;       // since something was last sent directly
  bool has_kept_signal_ = false;  // a signal for them was used up by a call that waited
  // Nothing can be received, and nothing was done since that could change it but posts to the
  // mailbox.
  bool is_known_unreadable_ = false;
  Mailbox* mailbox_;
  std::unique_ptr<Pattern> pattern_;
  SocketOptions options_;
  LinkOptions* link_options_ = nullptr;  // a copy of these for links; null when they have changed
  SocketHost& host_;
  SocketLinks* links_;
  std::vector<PipeEnd*> pipes_;
  std::vector<PipeEnd*> to_let_go_;
  std::vector<EndpointEntry> endpoints_;
  BorrowedInput borrowed_;
  SpinBudget spin_;
  std::uint32_t received_ = 0;       // messages since we waited last
  std::uint64_t carried_at_us_ = 0;  // when something was last sent directly
  std::string last_endpoint_;
  std::uint64_t next_endpoint_id_ = 1;

 public:
  // Places in the context's list of sockets.
  Socket* list_next = nullptr;
  Socket* list_previous = nullptr;
};

}  // namespace zmqng
