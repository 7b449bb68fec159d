// Pattern: the rules of one socket type over a set of PipeEnds.
//
// Owner:    Socket. Threads: the one that uses the socket.
// Calls:    the Socket loops, blocks, checks contexts and options; a Pattern answers at once.
// Anything
//           that fails says so with an errno: 0 done, EAGAIN not now (the Socket may wait and ask
//           again), kAgainAtOnce, others as the socket type defines them.
//
//   attach(end) --> readable / writable / closing / restarted (end) ... --> detach(end)
//
// A Pattern never ends the life of a PipeEnd itself: it asks PatternHost, which detaches it after
// the current call and then lets it go.
#pragma once

#include <cerrno>
#include <cstdint>
#include <memory>
#include <string>

#include "options/socket_options.h"
#include "pipe/pipe.h"

namespace zmqng {

// What Pattern::send answers besides errnos: the rest of a message that was begun is lost, since
// its pipe has gone. A call that must not block fails with EAGAIN; any other one asks again at once
// (no waiting), and from then on the parts up to the last are swallowed with success.
inline constexpr int kAgainAtOnce = -1;

class PatternHost {
 public:
  // The options of the socket as they are now.
  virtual const SocketOptions& options() const = 0;
  // The peer has left and all it wrote has been read (Read::ended): detach and let go, later.
  virtual void pipe_ended(PipeEnd& end) = 0;
  // This peer is to be cut off: detach and close its connection, later; what was written is still
  // sent.
  virtual void drop_pipe(PipeEnd& end) = 0;
  // A number nobody can guess is not needed here; one that differs between processes is.
  virtual std::uint32_t random() = 0;

 protected:
  ~PatternHost() = default;
};

class Pattern {
 public:
  virtual ~Pattern() = default;

  // A new pipe. Its peer_info() may still be unknown (a dialed connection that isn't up); it may
  // already hold messages, so take a first look at it.
  virtual void attach(PipeEnd& end) = 0;
  // There may be something to read, or the end.
  virtual void readable(PipeEnd& end) = 0;
  // Room again after a can_write that was false.
  virtual void writable(PipeEnd& end) = 0;
  // Writing is useless from now on; read on until the end.
  virtual void closing(PipeEnd& end) = 0;
  // A new connection stands behind the same pipe: say again what the peer has to know.
  virtual void restarted(PipeEnd&) {}
  // The end goes away now: forget it, with anything half read or half written.
  virtual void detach(PipeEnd& end) = 0;

  // One frame. On success the bytes are copied or shared; the frame's message is left as it is.
  virtual int send(const OutFrame& frame) = 0;
  // One frame; has_more() of the message says whether more follow.
  virtual int recv(Message& message) = 0;
  // For ZMQ_EVENTS. can_recv may read ahead.
  virtual bool can_send() = 0;
  virtual bool can_recv() = 0;

  // The id by which the next pipe to be attached is to be known (ZMQ_CONNECT_ROUTING_ID); the
  // Socket says so right before the attach. An id that is in use is for the Socket to refuse
  // (EINVAL).
  virtual void set_next_routing_id(const std::string&) {}
  virtual bool is_routing_id_free(Bytes) const { return true; }

  // ZMQ_SUBSCRIBE and ZMQ_UNSUBSCRIBE where the type has them (checked by set_option before).
  virtual int subscribe(Bytes) { return EINVAL; }
  virtual int unsubscribe(Bytes) { return EINVAL; }
  // For ZMQ_ROUTING_ID of a STREAM: the id of the latest connection made by this socket; empty:
  // none.
  virtual Bytes latest_routing_id() const { return {}; }
};

// The pattern of a stable socket type (0..11); nullptr for any other number, or without memory.
std::unique_ptr<Pattern> make_pattern(int socket_type, PatternHost& host);

}  // namespace zmqng
