#include "zmtp/peer.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "script.h"

namespace zmqng {
namespace {

using Status = Peer::Status;
using Kind = CommandResult::Kind;

constexpr Version kVersions[] = {Version::v1_0, Version::v1_0_versioned, Version::v2_0,
                                 Version::v3_0, Version::v3_1};

SocketType type_at(int i) {
  return static_cast<SocketType>(i);
}

std::string output_of(Peer& peer) {
  return std::string{as_text(peer.take_output())};
}

// A peer name that `own` accepts, for any type that speaks ZMTP.
SocketType partner_of(SocketType own) {
  for (int i = 0; i < kSocketTypeCount; ++i) {
    if (is_compatible(own, wire_name(type_at(i)))) return type_at(i);
  }
  return own;
}

TEST(Peer, SpeaksFirst) {
  Peer peer{options_of(SocketType::dealer, "me")};
  EXPECT_EQ(output_of(peer), "\xff\0\0\0\0\0\0\0\3\x7f"s);
  EXPECT_EQ(output_of(peer), "");
}

// Moves output between two peers in pieces until neither says anything.
void converse(Peer& a, Peer& b, std::size_t piece) {
  std::string to_a, to_b;
  for (bool is_idle = false; !is_idle;) {
    to_b += output_of(a);
    to_a += output_of(b);
    is_idle = to_a.empty() && to_b.empty();
    to_a.erase(0, feed_in_pieces(a, to_a, piece));
    to_b.erase(0, feed_in_pieces(b, to_b, piece));
    is_idle |= a.status() != Status::need_more && b.status() != Status::need_more;
  }
}

TEST(Peer, AgreesWithItsLikeExactlyIfTheTypesFit) {
  for (int i = 0; i < kSocketTypeCount; ++i) {
    for (int j = 0; j < kSocketTypeCount; ++j) {
      for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{4096}}) {
        Peer a{options_of(type_at(i), "left")}, b{options_of(type_at(j))};
        converse(a, b, piece);
        const bool fits = is_compatible(type_at(i), wire_name(type_at(j)));
        ASSERT_EQ(a.status(), fits ? Status::ready : Status::failed);
        ASSERT_EQ(b.status(), a.status());
        if (!fits) continue;
        EXPECT_EQ(a.version(), Version::v3_1);
        EXPECT_EQ(as_text(a.peer_properties().find("Socket-Type").value()), wire_name(type_at(j)));
        EXPECT_EQ(as_text(b.peer_routing_id()), sends_identity(type_at(i)) ? "left" : "");
      }
    }
  }
}

TEST(Peer, UnderstandsEveryVersionWithEverySocketTypeWhereverItIsCut) {
  for (const Version version : kVersions) {
    for (int i = 0; i < kSocketTypeCount; ++i) {
      if (type_at(i) == SocketType::stream) continue;
      for (const std::string identity : {"", "you"}) {
        const SocketType other = partner_of(type_at(i));
        const std::string handshake = handshake_of(version, other, identity);
        for_each_split(handshake + "next", [&](std::string_view head, std::string_view tail) {
          Peer peer{options_of(type_at(i))};
          std::size_t consumed = feed_in_pieces(peer, head, head.size());
          if (consumed == head.size()) consumed += feed_in_pieces(peer, tail, tail.size());
          ASSERT_EQ(peer.status(), Status::ready);
          ASSERT_EQ(consumed, handshake.size());
          ASSERT_EQ(peer.version(), version);
          ASSERT_EQ(as_text(peer.peer_routing_id()), identity);
        });
      }
    }
  }
}

TEST(Peer, UnderstandsSingleOctets) {
  for (const Version version : kVersions) {
    const std::string handshake = handshake_of(version, SocketType::router, "you");
    Peer peer{options_of(SocketType::dealer)};
    EXPECT_EQ(feed_in_pieces(peer, handshake + "next", 1), handshake.size());
    EXPECT_EQ(peer.status(), Status::ready);
  }
}

TEST(Peer, SendsItsRoutingIdTheWayTheVersionAsks) {
  const auto said_to = [](Version version, SocketType own, std::string_view routing_id) {
    Peer peer{options_of(own, routing_id)};
    feed_in_pieces(peer, handshake_of(version, partner_of(own), ""), 4096);
    return output_of(peer).substr(kSignature.size());
  };
  EXPECT_EQ(said_to(Version::v1_0, SocketType::dealer, "me"), "me");
  EXPECT_EQ(said_to(Version::v1_0, SocketType::dealer, ""), "");
  EXPECT_EQ(said_to(Version::v1_0_versioned, SocketType::sub, "me"), "\3\2\3\0me"s);
  EXPECT_EQ(said_to(Version::v2_0, SocketType::sub, "me"), "\3\2\0\2me"s);
  EXPECT_EQ(said_to(Version::v2_0, SocketType::pub, ""), "\3\1\0\0"s);
  EXPECT_EQ(said_to(Version::v3_0, SocketType::dealer, "me"),
            greeting_v3(1).substr(10) + ready("DEALER", "me"));
}

TEST(Peer, SendsMetadataOfTheApplicationBehindItsOwn) {
  PeerOptions options = options_of(SocketType::push);
  options.metadata.add("X-alpha", as_bytes("1"));
  options.metadata.add("X-zulu", as_bytes("2"));
  Peer peer{std::move(options)};
  feed_in_pieces(peer, greeting_v3(1), 64);
  const std::string expected =
      "\5READY\x0bSocket-Type\0\0\0\4PUSH\7X-alpha\0\0\0\1"
      "1\6X-zulu\0\0\0\1"
      "2"s;
  EXPECT_EQ(output_of(peer).substr(64), frame(expected, kFrameCommand));
}

TEST(Peer, KeepsAllPropertiesUntilTheHandshakeIsForgotten) {
  Properties sent;
  sent.add("Socket-Type", as_bytes("PUSH"));
  sent.add("X-mine", as_bytes("hello"));
  sent.add("socket-type", as_bytes("PUB"));
  Peer peer{options_of(SocketType::pull)};
  feed_in_pieces(peer, greeting_v3(1) + command("READY", as_text(sent.wire())), 4096);
  ASSERT_EQ(peer.status(), Status::ready);
  EXPECT_TRUE(equal(peer.peer_properties().wire(), sent.wire()));
  EXPECT_TRUE(peer.peer_routing_id().empty());
  peer.forget_handshake();
  EXPECT_EQ(peer.version(), Version::v3_1);
  EXPECT_EQ(peer.on_command(as_bytes("\4PONG")).kind, Kind::pong);
}

TEST(Peer, IsSmall) {
  EXPECT_LE(sizeof(Peer), 48u);
}

TEST(Peer, RefusesOldPeersIfTold) {
  for (const Version version : kVersions) {
    PeerOptions options = options_of(SocketType::dealer);
    options.allows_old_peers = false;
    Peer peer{std::move(options)};
    feed_in_pieces(peer, handshake_of(version, SocketType::router, ""), 1);
    EXPECT_EQ(peer.status() == Status::failed, version < Version::v3_0);
    EXPECT_EQ(peer.failure(), Failure::silent());
  }
}

TEST(Peer, RefusesA2_0PeerWhoseTypeDoesNotFitOrExist) {
  for (int type = 0; type < 256; ++type) {
    Peer peer{options_of(SocketType::pull)};
    feed_in_pieces(peer, kSignature + "\1"s + static_cast<char>(type) + frame(""), 4096);
    EXPECT_EQ(peer.status(), type == 8 ? Status::ready : Status::failed) << type;
    EXPECT_EQ(peer.failure(), type == 8 ? Failure::silent()
                                        : Failure::protocol(ProtocolError::zmtp_invalid_metadata));
  }
}

TEST(Peer, RefusesAnotherMechanismWithItsEvent) {
  Peer peer{options_of(SocketType::dealer)};
  feed_in_pieces(peer, greeting_v3(1, "CURVE"), 64);
  EXPECT_EQ(peer.status(), Status::failed);
  EXPECT_EQ(peer.failure(), Failure::protocol(ProtocolError::zmtp_mechanism_mismatch));
}

// Status after a handshake whose last frame has a body of `body_bytes`.
Status with_frame_of(Version version, std::int64_t max_message_bytes, std::size_t body_bytes) {
  PeerOptions options = options_of(SocketType::router);
  options.max_message_bytes = max_message_bytes;
  Peer peer{std::move(options)};
  std::string script;
  if (version == Version::v3_1) {
    const std::size_t overhead = 6 + 1 + 4;
    Properties properties;
    properties.add("", as_bytes(std::string(body_bytes - overhead, 'v')));
    script = greeting_v3(1) + command("READY", as_text(properties.wire()));
  } else {
    script = handshake_of(version, SocketType::dealer, std::string(body_bytes, 'i'));
  }
  const std::size_t before_body = script.size() - body_bytes;
  feed_in_pieces(peer, script.substr(0, before_body), 4096);
  if (peer.status() != Status::need_more) return peer.status();
  feed_in_pieces(peer, script.substr(before_body), 4096);
  EXPECT_NE(peer.status(), Status::failed) << "but not at the header";
  return peer.status();
}

TEST(Peer, RefusesHandshakeFramesOverTheLimitAtTheirHeader) {
  for (const Version version : {Version::v1_0, Version::v2_0, Version::v3_1}) {
    EXPECT_EQ(with_frame_of(version, 20, 20), Status::ready);
    EXPECT_EQ(with_frame_of(version, 20, 21), Status::failed);
    EXPECT_EQ(with_frame_of(version, -1, 65536), Status::ready);
    EXPECT_EQ(with_frame_of(version, -1, 65537), Status::failed);
    EXPECT_EQ(with_frame_of(version, 1 << 30, 65537), Status::failed);
  }
}

// Whatever arrives, feeding it must end in one of the three states and within the input.
TEST(Peer, SurvivesEveryChangeOfOneOctet) {
  for (const Version version : kVersions) {
    const std::string script = handshake_of(version, SocketType::router, "you") + frame("data");
    for (std::size_t at = 0; at < script.size(); ++at) {
      for (int value = 0; value < 256; ++value) {
        std::string changed = script;
        changed[at] = static_cast<char>(value);
        Peer peer{options_of(SocketType::dealer)};
        ASSERT_LE(feed_in_pieces(peer, changed, 4096), changed.size());
      }
    }
  }
}

// A Peer of that type in traffic, with its handshake output taken.
struct Streaming {
  Peer peer;

  explicit Streaming(SocketType own, Version version = Version::v3_1) : peer(options_of(own)) {
    feed_in_pieces(peer, handshake_of(version, partner_of(own), ""), 4096);
    EXPECT_EQ(peer.status(), Status::ready);
    peer.take_output();
    peer.forget_handshake();
  }
  CommandResult on(std::string_view body) { return peer.on_command(as_bytes(body)); }
};

TEST(PeerInTraffic, AnswersPingAndReportsItsTtl) {
  Streaming side{SocketType::dealer};
  const CommandResult result = side.on(
      "\4PING\xff\xff"
      "abc");
  EXPECT_EQ(result.kind, Kind::ping);
  EXPECT_EQ(result.ttl, 6553500);
  EXPECT_EQ(output_of(side.peer), command("PONG", "abc"));
}

TEST(PeerInTraffic, IgnoresPingWithoutAWholeTtl) {
  Streaming side{SocketType::dealer};
  EXPECT_EQ(side.on("\4PING").kind, Kind::ignore);
  EXPECT_EQ(side.on("\4PING\1").kind, Kind::ignore);
  EXPECT_EQ(output_of(side.peer), "");
}

TEST(PeerInTraffic, DoesNotHoardAnswersForAPeerThatDoesNotRead) {
  Streaming side{SocketType::dealer};
  for (int i = 0; i < 100000; ++i) EXPECT_EQ(side.on("\4PING\0\0"s).kind, Kind::ping);
  EXPECT_LT(output_of(side.peer).size(), 10000u);
}

TEST(PeerInTraffic, SubscribesAtPublishersOnly) {
  for (int i = 0; i < kSocketTypeCount; ++i) {
    if (type_at(i) == SocketType::stream) continue;
    Streaming side{type_at(i)};
    const bool publishes = type_at(i) == SocketType::pub || type_at(i) == SocketType::xpub;
    const CommandResult subscribed = side.on("\x09SUBSCRIBEtopic");
    EXPECT_EQ(subscribed.kind, publishes ? Kind::subscribe : Kind::ignore);
    EXPECT_EQ(as_text(subscribed.topic), publishes ? "topic" : "");
    const CommandResult cancelled = side.on("\6CANCEL");
    EXPECT_EQ(cancelled.kind, publishes ? Kind::cancel : Kind::ignore);
    EXPECT_TRUE(cancelled.topic.empty());
  }
}

TEST(PeerInTraffic, JoinsGroupsAtRadioOnly) {
  Streaming radio{SocketType::radio};
  EXPECT_EQ(radio.on("\4JOIN" + std::string(255, 'g')).kind, Kind::join);
  EXPECT_EQ(radio.on("\5LEAVETV").kind, Kind::leave);
  EXPECT_EQ(as_text(radio.on("\4JOINa\0b"s).topic), "a") << "cut at 00";
  EXPECT_EQ(radio.on("\4JOIN" + std::string(256, 'g')).kind, Kind::malformed);
  EXPECT_EQ(radio.on("\5LEAVE" + std::string(300, 'g')).kind, Kind::malformed);
  Streaming dealer{SocketType::dealer};
  EXPECT_EQ(dealer.on("\4JOINg").kind, Kind::ignore);
  EXPECT_EQ(dealer.on("\4JOIN" + std::string(256, 'g')).kind, Kind::ignore);
}

TEST(PeerInTraffic, IgnoresWhatItDoesNotKnow) {
  Streaming side{SocketType::dealer};
  for (const std::string_view body : {"\5HOWDYx", "", "\x20PING", "\5READY",
                                      "\5ERROR\3"
                                      "400",
                                      "\4ping", "\5"}) {
    EXPECT_EQ(side.on(body).kind, Kind::ignore) << body;
  }
  EXPECT_EQ(output_of(side.peer), "");
}

TEST(PeerInTraffic, KnowsNoCommandsBefore3_0) {
  for (const Version version : {Version::v1_0, Version::v1_0_versioned, Version::v2_0}) {
    Streaming side{SocketType::xpub, version};
    EXPECT_EQ(side.on("\x09SUBSCRIBEA").kind, Kind::ignore);
    EXPECT_EQ(side.on("\4PING\0\0"s).kind, Kind::ignore);
    EXPECT_EQ(output_of(side.peer), "");
  }
}

TEST(PeerInTraffic, TakesCommandsFrom3_0Too) {
  Streaming side{SocketType::xpub, Version::v3_0};
  EXPECT_EQ(side.on("\x09SUBSCRIBEA").kind, Kind::subscribe);
  EXPECT_EQ(side.on("\4PING\0\0"s).kind, Kind::ping);
}

}  // namespace
}  // namespace zmqng
