#include "zmtp/peer.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/check.h"
#include "security/command.h"
#include "security/null_mechanism.h"
#include "zmtp/command.h"
#include "zmtp/frame.h"
#include "zmtp/greeting.h"

namespace zmqng {
namespace {

// Ours, libzmq has none: nobody needs more for a handshake command or an identity, and a stranger
// shall not make us reserve more before it is known.
constexpr std::uint64_t kHandshakeFrameMax = 64 * 1024;

constexpr std::size_t kGroupMax = 255;

std::unique_ptr<Mechanism> mechanism_of(PeerOptions& options) {
  if (options.mechanism) return std::move(options.mechanism);
  return std::make_unique<NullMechanism>();
}

}  // namespace

struct Peer::Handshake {
  Handshake(PeerOptions given, Octets& output)
      : options(std::move(given)),
        mechanism(mechanism_of(options)),
        greeting(options.type, options.routing_id.size(), mechanism->name(), output) {}

  PeerOptions options;
  std::unique_ptr<Mechanism> mechanism;
  GreetingExchange greeting;
  Octets frame;       // what has come of the frame that is being received, header included
  Octets routing_id;  // of a peer before 3.x

  FrameHeader decode_header(Version version) const {
    return uses_v1_frames(version) ? decode_frame_header_v1(frame) : decode_frame_header(frame);
  }

  std::uint64_t body_bytes_max() const {
    if (options.max_message_bytes < 0) return kHandshakeFrameMax;
    return std::min<std::uint64_t>(kHandshakeFrameMax, options.max_message_bytes);
  }
};

Peer::Peer(PeerOptions options) : own_(options.type) {
  handshake_ = std::make_unique<Handshake>(std::move(options), output_);
}

Peer::~Peer() = default;

void Peer::forget_handshake() {
  handshake_.reset();
}

Octets Peer::take_output() {
  return std::exchange(output_, Octets{});
}

Peer::Fed Peer::feed(Bytes input) {
  CHECK(status_ == Status::need_more);
  GreetingExchange& greeting = handshake_->greeting;
  std::size_t consumed = 0;
  if (greeting.state() < GreetingExchange::State::complete) {
    consumed = greeting.feed(input, output_);
    if (greeting.state() == GreetingExchange::State::mechanism_mismatch) {
      fail(Failure::protocol(ProtocolError::zmtp_mechanism_mismatch));
    } else if (greeting.state() == GreetingExchange::State::complete) {
      on_greeted();
    }
  }
  if (status_ == Status::need_more) consumed += feed_frames(input.subspan(consumed));
  return {consumed, status_};
}

void Peer::on_greeted() {
  Handshake& handshake = *handshake_;
  version_ = handshake.greeting.version();
  const PeerOptions& options = handshake.options;
  if (has_commands(version_)) {
    Properties own;
    own.add("Socket-Type", as_bytes(wire_name(own_)));
    if (sends_identity(own_)) own.add("Identity", as_bytes(options.routing_id));
    for (const Property property : options.metadata) own.add(property.name, property.value);
    handshake.mechanism->start(std::move(own));
    produce_commands();
    return;
  }
  if (!options.allows_old_peers) return fail(Failure::silent());
  // libzmq reads the type of a 2.0 peer and ignores it; two sockets that cannot understand each
  // other are better told apart here than by their messages.
  if (version_ != Version::v1_0) {
    const std::uint8_t type = handshake.greeting.peer_type();
    if (type >= kSocketTypeCount ||
        !is_compatible(own_, wire_name(static_cast<SocketType>(type)))) {
      return fail(Failure::protocol(ProtocolError::zmtp_invalid_metadata));
    }
  }
  switch (version_) {
    case Version::v1_0:
      // The signature was the header of this frame already.
      append(output_, options.routing_id);
      append(handshake.frame, handshake.greeting.start_of_v1_stream());
      break;
    case Version::v1_0_versioned:
      append_frame_v1(output_, 0, as_bytes(options.routing_id));
      break;
    default:
      append_frame(output_, 0, as_bytes(options.routing_id));
  }
}

// Takes handshake frames from the front of `input` until the handshake has an end, and returns how
// many octets those had. A frame that is cut is kept.
std::size_t Peer::feed_frames(Bytes input) {
  Handshake& handshake = *handshake_;
  std::size_t consumed = 0;
  if (handshake.greeting.state() != GreetingExchange::State::complete) return 0;
  while (status_ == Status::need_more) {
    const FrameHeader header = handshake.decode_header(version_);
    if (header.state == FrameHeader::State::malformed) {
      fail(Failure::silent());
      break;
    }
    if (header.is_complete() && header.body_bytes > handshake.body_bytes_max()) {
      fail(Failure::silent());
      break;
    }
    // Headers come octet by octet: that needs no knowledge of their forms here.
    std::size_t wanted = 1;
    if (header.is_complete()) {
      wanted = header.header_bytes + static_cast<std::size_t>(header.body_bytes) -
               handshake.frame.size();
    }
    const std::size_t taken = std::min(wanted, input.size() - consumed);
    append(handshake.frame, input.subspan(consumed, taken));
    consumed += taken;
    if (taken < wanted) break;
    if (header.is_complete()) {
      on_handshake_frame(Bytes{handshake.frame}.subspan(header.header_bytes));
      handshake.frame.clear();
    }
  }
  return consumed;
}

void Peer::on_handshake_frame(Bytes body) {
  Handshake& handshake = *handshake_;
  if (!has_commands(version_)) {
    handshake.routing_id.assign(body.begin(), body.end());
    status_ = Status::ready;
    return;
  }
  // Position decides, not the flags: libzmq takes any frame for the command that is due.
  handshake.mechanism->consume(body);
  if (handshake.mechanism->status() != Mechanism::Status::failed && !accepts_properties()) {
    return fail(handshake.mechanism->properties_refused());
  }
  produce_commands();
}

// Every Socket-Type counts if there are several; a peer without one is accepted.
bool Peer::accepts_properties() const {
  for (const Property property : peer_properties()) {
    if (property.name == "Socket-Type" && !is_compatible(own_, as_text(property.value))) {
      return false;
    }
  }
  return true;
}

void Peer::produce_commands() {
  Mechanism& mechanism = *handshake_->mechanism;
  Octets body;
  while (mechanism.produce(body)) {
    append_frame(output_, kFrameCommand, body);
    body.clear();
  }
  if (mechanism.status() == Mechanism::Status::failed) fail(mechanism.failure());
  if (mechanism.status() == Mechanism::Status::ready) status_ = Status::ready;
}

void Peer::fail(Failure failure) {
  failure_ = failure;
  status_ = Status::failed;
}

Bytes Peer::peer_routing_id() const {
  CHECK(handshake_ != nullptr);
  if (!has_commands(version_)) return handshake_->routing_id;
  return peer_properties().find("Identity").value_or(Bytes{});
}

const Properties& Peer::peer_properties() const {
  CHECK(handshake_ != nullptr);
  return handshake_->mechanism->peer_properties();
}

CommandResult Peer::on_command(Bytes body) {
  using Kind = CommandResult::Kind;
  if (!has_commands(version_)) return {};
  const std::optional<Command> command = parse_command(body);
  if (!command) return {};
  if (command->name == "PING") return on_ping(command->data);
  if (command->name == "PONG") return {.kind = Kind::pong};
  if (command->name == "SUBSCRIBE") return on_subscription(Kind::subscribe, command->data);
  if (command->name == "CANCEL") return on_subscription(Kind::cancel, command->data);
  if (command->name == "JOIN") return on_group(Kind::join, command->data);
  if (command->name == "LEAVE") return on_group(Kind::leave, command->data);
  return {};  // an unknown command, or READY and ERROR, which mean nothing here
}

CommandResult Peer::on_ping(Bytes data) {
  Ping ping;
  if (!parse_ping(data, ping)) return {};
  if (output_.size() < kOutputMax) append_pong(output_, ping.context);
  return {.kind = CommandResult::Kind::ping, .ttl = ping.ttl};
}

CommandResult Peer::on_subscription(CommandResult::Kind kind, Bytes topic) const {
  // libzmq hands these to the application of any other socket type, which nobody can want.
  if (own_ != SocketType::pub && own_ != SocketType::xpub) return {};
  return {.kind = kind, .topic = topic};
}

CommandResult Peer::on_group(CommandResult::Kind kind, Bytes group) const {
  if (own_ != SocketType::radio) return {};
  if (group.size() > kGroupMax) return {.kind = CommandResult::Kind::malformed};
  // A group is a C string in the API: what follows a 00 could never be matched.
  const auto end = std::find(group.begin(), group.end(), 0);
  return {.kind = kind, .topic = group.first(static_cast<std::size_t>(end - group.begin()))};
}

}  // namespace zmqng
