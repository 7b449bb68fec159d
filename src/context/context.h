// Context: reactors, resolver, directory and the list of sockets.
//
// Owner:   the application, from zmq_ctx_new to zmq_ctx_term. Threads: any.
//
//   new --first socket--> running --shutdown--> stopped (ETERM) --sockets and links gone--> freed
#pragma once

#include <semaphore.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "context/directory.h"
#include "options/context_options.h"
#include "reactor/reactor.h"
#include "socket/socket.h"
#include "socket/socket_host.h"
#include "transport/resolver.h"

namespace zmqng {

class Context final : private SocketHost {
 public:
  static Context* make();

  bool is_valid() const { return tag_ == kTag; }
  unsigned fork_generation() const { return fork_generation_; }

  int set(int number, int value);
  // -1 with an errno in `*error` if there is no such option.
  int get(int number, int* error);

  // nullptr with an errno.
  Socket* make_socket(int type, int* error);
  // ETERM for every blocking and later call.
  void shutdown();
  // Shuts down, waits until everything is closed and sent (EINTR: call again), frees the context.
  int terminate();

 private:
  static constexpr std::uint32_t kTag = 0x5a4d5143;

  Context();
  ~Context();

  Reactor* choose_reactor(std::uint64_t affinity) override;
  Resolver& resolver() override;
  std::uint32_t random() override;
  RecentSockets& recent_sockets() override { return recent_sockets_; }
  void work_started() override;
  void work_finished() override;
  void socket_closed(Socket& socket) override;
  bool take_socket_slot() override;
  void return_socket_slot() override;
  Error bind_inproc(const std::string& name, const InprocSide& side) override {
    return directory_.bind(name, side);
  }
  Error unbind_inproc(const std::string& name, const PipeTaker& taker) override {
    return directory_.unbind(name, taker);
  }
  void connect_inproc(const std::string& name, PipeEnd& far, const InprocSide& side) override {
    directory_.connect(name, far, side);
  }
  void withdraw_inproc(const std::string& name, PipeEnd& far) override {
    directory_.withdraw(name, far);
  }

  std::unique_lock<std::mutex> lock_unless_forked();
  Error start_reactors();
  ThreadSettings thread_settings(int index) const;
  bool is_quiet() const { return sockets_ == nullptr && work_ == 0; }
  void tell_if_quiet();
  int abandon_in_child();

  std::uint32_t tag_ = kTag;
  unsigned fork_generation_;
  Directory directory_;
  std::atomic<std::uint64_t> random_state_;
  sem_t quiet_;

  std::mutex mutex_;  // guards the rest
  ContextOptions options_;
  std::vector<std::unique_ptr<Reactor>> reactors_;
  std::unique_ptr<Resolver> resolver_;
  RecentSockets recent_sockets_;
  Socket* sockets_ = nullptr;
  int slots_taken_ = 0;
  int slots_max_ = 0;
  std::int64_t work_ = 0;
  bool is_running_ = false;
  bool is_stopped_ = false;
  bool is_terminating_ = false;
};

}  // namespace zmqng
