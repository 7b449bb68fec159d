// SocketHost: what a socket sees of its context. Threads: any.
#pragma once

#include <cstdint>
#include <string>

#include "link/link_host.h"
#include "pipe/pipe.h"
#include "reactor/reactor.h"
#include "socket/recent_sockets.h"
#include "transport/resolver.h"

namespace zmqng {

class Socket;

// One side of an inproc connection, as the directory has to know it.
struct InprocSide {
  PipeTaker* taker = nullptr;
  std::string routing_id;
  int sndhwm = 0;
  int rcvhwm = 0;
};

class SocketHost {
 public:
  // The least loaded reactor that `affinity` allows; nullptr: the context has none.
  virtual Reactor* choose_reactor(std::uint64_t affinity) = 0;
  virtual Resolver& resolver() = 0;
  virtual std::uint32_t random() = 0;
  virtual RecentSockets& recent_sockets() = 0;

  // Counts what zmq_ctx_term waits for.
  virtual void work_started() = 0;
  virtual void work_finished() = 0;
  // The last thing a socket does.
  virtual void socket_closed(Socket& socket) = 0;
  // A place among MAX_SOCKETS, for a monitor. False: all taken (EMFILE).
  [[nodiscard]] virtual bool take_socket_slot() = 0;
  virtual void return_socket_slot() = 0;

  // inproc names. EADDRINUSE.
  virtual Error bind_inproc(const std::string& name, const InprocSide& side) = 0;
  // ENOENT if `taker` has not bound it.
  virtual Error unbind_inproc(const std::string& name, const PipeTaker& taker) = 0;
  // Gives `far` to whoever has bound the name, or keeps it until somebody does.
  virtual void connect_inproc(const std::string& name, PipeEnd& far, const InprocSide& side) = 0;
  // Frees the far end of a connection that is given up, if it still waits for its name.
  virtual void withdraw_inproc(const std::string& name, PipeEnd& far) = 0;

 protected:
  ~SocketHost() = default;
};

}  // namespace zmqng
