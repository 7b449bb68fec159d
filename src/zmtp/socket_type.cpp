#include "zmtp/socket_type.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace zmqng {
namespace {

struct TypeFacts {
  std::string_view name;
  std::array<std::string_view, 3> accepted_peers;  // unused places are empty
};

// In the order of SocketType.
constexpr std::array<TypeFacts, kSocketTypeCount> kFacts{{
    {"PAIR", {"PAIR"}},
    {"PUB", {"SUB", "XSUB"}},
    {"SUB", {"PUB", "XPUB"}},
    {"REQ", {"REP", "ROUTER"}},
    {"REP", {"REQ", "DEALER"}},
    {"DEALER", {"REP", "DEALER", "ROUTER"}},
    {"ROUTER", {"REQ", "DEALER", "ROUTER"}},
    {"PULL", {"PUSH"}},
    {"PUSH", {"PULL"}},
    {"XPUB", {"SUB", "XSUB"}},
    {"XSUB", {"PUB", "XPUB"}},
    {"STREAM", {}},
    {"SERVER", {"CLIENT"}},
    {"CLIENT", {"SERVER"}},
    {"RADIO", {"DISH"}},
    {"DISH", {"RADIO"}},
    {"GATHER", {"SCATTER"}},
    {"SCATTER", {"GATHER"}},
    {"DGRAM", {"DGRAM"}},
    {"PEER", {"PEER"}},
    {"CHANNEL", {"CHANNEL"}},
}};
static_assert(kFacts[static_cast<std::size_t>(SocketType::channel)].name == "CHANNEL");

const TypeFacts& facts(SocketType type) {
  return kFacts[static_cast<std::size_t>(type)];
}

}  // namespace

std::string_view wire_name(SocketType type) {
  return facts(type).name;
}

bool is_compatible(SocketType own, std::string_view peer_name) {
  if (peer_name.empty()) return false;
  const auto& accepted = facts(own).accepted_peers;
  return std::find(accepted.begin(), accepted.end(), peer_name) != accepted.end();
}

bool sends_identity(SocketType type) {
  return type == SocketType::req || type == SocketType::dealer || type == SocketType::router;
}

}  // namespace zmqng
