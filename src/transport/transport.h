// Transport: what one scheme (tcp, ipc, ...) can do with descriptors: parse, listen, accept,
// connect. Stateless, so it may be used from any thread; an interface, so that a simulated network
// can stand in. Nothing here blocks, except a name given to `listen`.
//
// The way of one attempt to connect, as the Dialer drives it (every step may fail; then the next
// target is tried, and after the last one the attempt has failed):
//
//   check_connect (once, in zmq_connect)
//   plan -+- name set: Resolver::resolve(name) -- targets: plan.source + each address --+
//         +- targets known at once -----------------------------------------------------+
//   connect(target) -- in_progress: wait until writable, then finish_connect -- connected
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <string_view>

#include "base/fd.h"
#include "base/result.h"
#include "transport/address.h"
#include "transport/options.h"
#include "transport/resolver.h"
#include "transport/stream.h"

namespace zmqng {

// A file made by a listener. It is removed only while it is still the one that was made.
struct OwnedPath {
  std::string path;       // absolute; empty: nothing to remove
  std::string directory;  // made for the wildcard; removed after the file; empty: none
  dev_t device = 0;
  ino_t inode = 0;
};

struct Listening {
  Fd fd;
  std::string endpoint;  // ZMQ_LAST_ENDPOINT: resolved, with the real port
  OwnedPath owned;
};

struct ListenOutcome {
  int error = 0;       // 0: `listening` is valid
  int failed_fd = -1;  // number of the descriptor that was closed again (event CLOSED); -1: none
  std::string failed_endpoint;  // the address text of that event
  Listening listening;

  bool ok() const { return error == 0; }
};

struct AcceptOutcome {
  enum class Status {
    accepted,
    try_later,  // nobody is waiting: back to the poller
    transient,  // this one connection failed (reset, firewall, network): report, try again at
                // once, but pause when it keeps happening
    exhausted,  // no descriptors or memory: report, pause the listener for a while
    refused,    // the filter said no; closed already
    broken,     // the listening descriptor itself is unusable: report, pause as well
  };
  Status status = Status::try_later;
  int error = 0;  // for ACCEPT_FAILED
  std::unique_ptr<Stream> stream;
};

struct Target {
  SocketAddress remote;
  SocketAddress source;  // empty: the system chooses
};

struct ConnectPlan {
  bool needs_name = false;
  NameQuery name;       // valid if needs_name
  AddressList remotes;  // otherwise: at least one
  SocketAddress source;
};

struct ConnectOutcome {
  int error = 0;       // 0: `stream` is valid
  int failed_fd = -1;  // as in ListenOutcome
  bool in_progress = false;
  bool was_delayed = false;  // it was in progress, but is done by now
  std::unique_ptr<Stream> stream;

  bool ok() const { return error == 0; }
};

class Transport {
 public:
  virtual const char* scheme() const = 0;

  // The synchronous part of zmq_connect: syntax only. EINVAL, ENAMETOOLONG.
  virtual Result<void> check_connect(std::string_view address) const = 0;
  // Whether a connect that is under way deserves CONNECT_DELAYED (tcp: always; ipc: never).
  virtual bool reports_delay() const = 0;

  virtual ListenOutcome listen(std::string_view address, const TransportOptions& options) const = 0;
  // Closes and removes what `owned` names. The errno of a failed removal, for CLOSE_FAILED.
  virtual Error close_listening(Listening& listening) const = 0;
  virtual AcceptOutcome accept(const Listening& listening,
                               const TransportOptions& options) const = 0;
  // What a bind to `address` would be registered as if it is numeric; for zmq_unbind, which
  // accepts any spelling of an address. Empty if it is not that easy.
  virtual std::string normalized(std::string_view address, bool ipv6) const = 0;

  virtual Result<ConnectPlan> plan(std::string_view address,
                                   const TransportOptions& options) const = 0;
  virtual ConnectOutcome connect(const Target& target, const TransportOptions& options) const = 0;
  // Once the descriptor of a pending connect is writable: how it went. A tcp socket that has
  // connected to itself counts as refused.
  virtual Error finish_connect(Stream& stream) const = 0;

 protected:
  ~Transport() = default;
};

// nullptr: unknown scheme, EPROTONOSUPPORT. Lives as long as the program.
const Transport* find_transport(std::string_view scheme);

// A loopback client that was given the very port it dials talks to itself.
bool is_self_connected(int fd);

}  // namespace zmqng
