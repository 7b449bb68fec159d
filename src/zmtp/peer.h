// Peer: the ZMTP side of one connection: greeting and handshake, then the commands in traffic.
// Bytes in, bytes and events out; no fd, no clock.
//
// Owner:    the Connection. Threads: whoever runs that connection.
// Holds:    small once the handshake is over: what only the handshake needs is one allocation that
//           forget_handshake() gives back.
//
//   greeting --> handshake (3.x) or identity (1.0, 2.0) --> ready
//     any    --peer's octets are wrong--> failed(failure())
//
// Use: send output() whenever there is some, from the start; after a failure, too. feed()
// everything received until the status is ready; octets that it did not consume are traffic. From
// then on the Connection walks the frames itself (frame.h) and passes the body of each COMMAND
// frame to on_command().
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/clock.h"
#include "security/failure.h"
#include "security/mechanism.h"
#include "security/octets.h"
#include "security/properties.h"
#include "zmtp/socket_type.h"
#include "zmtp/version.h"

namespace zmqng {

struct PeerOptions {
  SocketType type = SocketType::pair;
  std::string routing_id;                // ZMQ_ROUTING_ID, at most 255 octets
  Properties metadata;                   // the application's X- properties, sent in this order
  std::unique_ptr<Mechanism> mechanism;  // none: NULL
  bool allows_old_peers = true;          // 1.0 and 2.0: only with NULL and no ZAP domain
  std::int64_t max_message_bytes = -1;   // per frame; -1: none
};

// What a command in traffic means for the connection.
struct CommandResult {
  enum class Kind : std::uint8_t {
    ignore,
    ping,  // PONG was added to output(); `ttl` is for the Heartbeat
    pong,
    subscribe,
    cancel,
    join,
    leave,
    malformed,  // close the connection, as for any protocol error
  };

  Kind kind = Kind::ignore;
  Millis ttl = 0;    // of a ping; 0: none
  Bytes topic = {};  // or group; a view into the command's body
};

class Peer {
 public:
  enum class Status : std::uint8_t { need_more, ready, failed };

  struct Fed {
    std::size_t consumed_bytes;  // all of it while more is needed
    Status status;
  };

  // Puts the signature into output().
  explicit Peer(PeerOptions options);
  ~Peer();
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  // Only before the status is ready or failed.
  Fed feed(Bytes input);

  Status status() const { return status_; }

  // Once failed: the event that stands before DISCONNECTED. A connecter does not dial again.
  Failure failure() const { return failure_; }

  // Octets to send, in front of anything that is not yet on its way; whole frames in traffic.
  Bytes output() const { return output_; }
  Octets take_output();

  // Once ready.
  Version version() const { return version_; }

  // Once ready and until forget_handshake(): what the peer told. Peers before 3.x have no
  // properties and no socket type.
  Bytes peer_routing_id() const;  // empty: anonymous
  const Properties& peer_properties() const;

  // Whatever peer_...() returned has been used.
  void forget_handshake();

  // The body of a COMMAND frame. Answers nothing and changes nothing if the peer is older than 3.x.
  CommandResult on_command(Bytes body);

 private:
  struct Handshake;

  // More output than this waiting means that the peer does not read: it gets no more answers.
  static constexpr std::size_t kOutputMax = 8192;

  void on_greeted();
  std::size_t feed_frames(Bytes input);
  void on_handshake_frame(Bytes body);
  bool accepts_properties() const;
  void produce_commands();
  void fail(Failure failure);

  CommandResult on_ping(Bytes data);
  CommandResult on_subscription(CommandResult::Kind kind, Bytes topic) const;
  CommandResult on_group(CommandResult::Kind kind, Bytes group) const;

  std::unique_ptr<Handshake> handshake_;
  Octets output_;
  Failure failure_;
  SocketType own_;
  Version version_ = Version::v1_0;
  Status status_ = Status::need_more;
};

}  // namespace zmqng
