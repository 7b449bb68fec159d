// RawPeer: the other side of a connection, played by the test: it shakes hands like a ZMTP 3.1 peer
// and then sends and reads frames, or does not.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/world.h"
#include "zmtp/command.h"
#include "zmtp/frame.h"
#include "zmtp/peer.h"

namespace zmqng {

class RawPeer {
 public:
  RawPeer(SocketType type, std::unique_ptr<Stream> stream) : stream_(std::move(stream)) {
    PeerOptions peer_options;
    peer_options.type = type;
    peer_ = std::make_unique<Peer>(std::move(peer_options));
  }

  // True once the handshake is over; call it again otherwise.
  bool shake_hands() {
    flush();
    fill();
    if (peer_->status() == Peer::Status::need_more) {
      const Peer::Fed fed = peer_->feed(input_);
      input_.erase(input_.begin(),
                   input_.begin() + static_cast<std::ptrdiff_t>(fed.consumed_bytes));
      flush();
    }
    return peer_->status() == Peer::Status::ready;
  }

  void write(Bytes bytes) {
    while (!bytes.empty()) {
      const IoResult result = stream_->write(bytes);
      ASSERT_TRUE(result.is_done());
      bytes = bytes.subspan(result.bytes);
    }
  }
  void write(std::string_view text) { write(as_bytes(text)); }
  void send(std::string_view body, bool more = false) {
    Octets frame;
    append_frame(frame, more ? kFrameMore : 0, as_bytes(body));
    write(frame);
  }
  void ping(Millis ttl) {
    Octets frame;
    append_ping(frame, ttl);
    write(frame);
  }
  void pong() {
    Octets frame;
    append_pong(frame, {});
    write(frame);
  }

  // The frames that came since the last call; commands read as "[NAME]".
  std::vector<std::string> frames() {
    fill();
    std::vector<std::string> found;
    for (;;) {
      const FrameHeader header = decode_frame_header(input_);
      if (!header.is_complete()) return found;
      const std::size_t whole = header.header_bytes + header.body_bytes;
      if (input_.size() < whole) return found;
      const auto body = as_text(Bytes(input_).subspan(header.header_bytes, header.body_bytes));
      if (header.is_command()) {
        found.push_back("[" + std::string(body.substr(1, static_cast<std::size_t>(body[0]))) + "]");
      } else {
        found.emplace_back(body);
      }
      input_.erase(input_.begin(), input_.begin() + static_cast<std::ptrdiff_t>(whole));
    }
  }

  // What came since the last call, whatever it is.
  Octets take_input() {
    fill();
    return std::exchange(input_, Octets{});
  }

  bool has_ended() {
    fill();
    return has_ended_;
  }
  Stream& stream() { return *stream_; }

 private:
  void fill() {
    std::uint8_t buffer[4096];
    for (;;) {
      const IoResult result = stream_->read(buffer);
      has_ended_ = has_ended_ || result.is_end();
      if (!result.is_done()) return;
      append(input_, {buffer, result.bytes});
    }
  }
  void flush() {
    const Octets output = peer_->take_output();
    if (!output.empty()) write(output);
  }

  std::unique_ptr<Stream> stream_;
  std::unique_ptr<Peer> peer_;
  Octets input_;
  bool has_ended_ = false;
};

// Everything such a peer sends up to its first message.
inline Octets handshake_of(SocketType type) {
  PeerOptions ours;
  PeerOptions theirs;
  ours.type = type;
  theirs.type = type;
  Peer peer(std::move(ours));
  Peer other(std::move(theirs));
  Octets all;
  while (peer.status() == Peer::Status::need_more) {
    const Octets output = peer.take_output();
    append(all, output);
    if (other.status() == Peer::Status::need_more) (void)other.feed(output);
    (void)peer.feed(other.take_output());
  }
  append(all, peer.take_output());
  return all;
}

// A port where the test answers by hand.
class RawListener {
 public:
  RawListener(World& world, std::uint16_t port)
      : world_(world), listening_(world.network.listen_raw(port)) {}
  ~RawListener() { (void)world_.network.close_listening(listening_); }
  RawListener(const RawListener&) = delete;
  RawListener& operator=(const RawListener&) = delete;

  // The next visitor; nullptr if none comes within a minute.
  std::unique_ptr<RawPeer> accept(SocketType type) {
    std::unique_ptr<Stream> stream;
    world_.run_until([&] { return (stream = world_.network.accept_raw(listening_)) != nullptr; });
    return stream ? std::make_unique<RawPeer>(type, std::move(stream)) : nullptr;
  }
  // The same after the handshake.
  std::unique_ptr<RawPeer> meet(SocketType type) {
    auto peer = accept(type);
    if (peer == nullptr || !world_.run_until([&] { return peer->shake_hands(); })) return nullptr;
    world_.settle();
    return peer;
  }

 private:
  World& world_;
  Listening listening_;
};

inline std::unique_ptr<RawPeer> dial(World& world, std::uint16_t port, SocketType type) {
  return std::make_unique<RawPeer>(type, world.network.dial_raw(port));
}

inline std::unique_ptr<RawPeer> meet(World& world, std::uint16_t port, SocketType type) {
  auto peer = dial(world, port, type);
  EXPECT_TRUE(world.run_until([&] { return peer->shake_hands(); }));
  world.settle();
  return peer;
}

}  // namespace zmqng
