// TransportOptions: the socket options that concern file descriptors, as a plain value. The
// option table of a socket fills it in at zmq_bind and zmq_connect; transports only read it.
#pragma once

#include <sys/socket.h>
#include <sys/types.h>

#include <functional>
#include <string>
#include <vector>

namespace zmqng {

struct TransportOptions {
  int sndbuf = -1;     // ZMQ_SNDBUF; negative: the system's
  int rcvbuf = -1;     // ZMQ_RCVBUF
  int tos = 0;         // ZMQ_TOS; 0: not set
  int priority = 0;    // ZMQ_PRIORITY; 0: not set
  int backlog = 100;   // ZMQ_BACKLOG
  int keepalive = -1;  // ZMQ_TCP_KEEPALIVE and its three; -1: the system's
  int keepalive_cnt = -1;
  int keepalive_idle = -1;
  int keepalive_intvl = -1;
  int max_rt_ms = 0;  // ZMQ_TCP_MAXRT; 0: the system's
  bool ipv6 = false;  // ZMQ_IPV6
  int use_fd = -1;    // ZMQ_USE_FD: a listening descriptor to take instead of making one
  std::string bind_to_device;

  // ZMQ_TCP_ACCEPT_FILTER. The filter itself is the option table's; nullptr: everybody.
  std::function<bool(const sockaddr* peer)> admits_tcp_peer;
  std::vector<uid_t> ipc_uids;  // ZMQ_IPC_FILTER_*; all three empty: everybody,
  std::vector<gid_t> ipc_gids;  // else one match in any of them is enough
  std::vector<pid_t> ipc_pids;
};

}  // namespace zmqng
