// Stream: one connected byte stream, as a Connection sees it; an interface, so that a simulated
// network can stand in for sockets (socket_stream.h).
//
// Owner:   the Connection (before that the Dialer, while the connection is being made).
// Threads: one at a time: whoever holds the Baton of the link.
// Holds:   no call blocks; no errno ever aborts. Every failure that is not "try later" means that
//          the connection is lost, and `error` says why.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/fd.h"

namespace zmqng {

struct IoResult {
  enum class Status {
    done,       // `bytes` were moved (at least one, unless nothing was asked for)
    try_later,  // the kernel has nothing, or no room: wait for readiness
    closed,     // reading only: the peer has ended its side in an orderly way
    lost,       // the connection failed; `error` is the errno
  };
  Status status = Status::done;
  std::size_t bytes = 0;
  int error = 0;

  bool is_done() const { return status == Status::done; }
  bool is_end() const { return status == Status::closed || status == Status::lost; }
  // The errno the monitor reports for the end of a connection; an orderly end counts as EPIPE.
  int end_error() const;

  static IoResult moved(std::size_t bytes) { return {Status::done, bytes, 0}; }
  static IoResult later() { return {Status::try_later, 0, 0}; }
  static IoResult ended() { return {Status::closed, 0, 0}; }
  static IoResult failed(int error) { return {Status::lost, 0, error}; }
};

class Stream {
 public:
  virtual ~Stream() = default;

  virtual IoResult read(MutableBytes into) = 0;
  virtual IoResult write(const iovec* parts, int count) = 0;  // at most kWritePartsMax parts count
  IoResult write(Bytes bytes);

  // What a poller watches.
  virtual int fd() const = 0;
  // Ends our side: the peer reads everything written so far, then the end.
  virtual void shutdown_write() = 0;
  // Before it is closed while another thread may poll the descriptor: ends both sides, which the
  // poll tells.
  virtual void end_polling() {}
  // Bytes written that the peer's kernel has not acknowledged (tcp) or the peer has not read
  // (ipc); 0 when unknown.
  virtual std::size_t pending_output() const = 0;

  virtual std::string peer_address() const = 0;  // the Peer-Address property

  static constexpr int kWritePartsMax = 1024;  // IOV_MAX on Linux
};

}  // namespace zmqng
