// SocketOptions: everything a program can configure on one socket, and the two functions behind
// zmq_setsockopt and zmq_getsockopt.
//
// Owner:    the Socket has one and gives every endpoint it creates a copy, as it was at that
// moment. Threads:  a value; whoever holds a copy. Holds:    every field is inside the range that
// its row in option_table.cpp names.
//
// How the Socket uses it:
//   zmq_setsockopt  set_option() checks and stores; then the Socket acts on what is immediate:
//   sndhwm
//                   and rcvhwm (existing pipes, too), and subscribe and unsubscribe, which
//                   set_option only checks (socket type, XPUB_MANUAL, NULL) and never stores.
//   zmq_getsockopt  is_live() options (RCVMORE, FD, EVENTS, LAST_ENDPOINT) are answered by the
//   Socket
//                   with put_live_int() or put_text(); get_option() answers the rest.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "options/address_filter.h"

namespace zmqng {

// The value of the MECHANISM option.
enum class MechanismKind : int { null = 0, plain = 1, curve = 2, gssapi = 3 };

using CurveKey = std::array<std::uint8_t, 32>;

// What the security mechanisms and ZAP need.
struct SecurityOptions {
  MechanismKind mechanism = MechanismKind::null;  // set by every option of a mechanism
  bool as_server = false;                         // only meaningful together with `mechanism`
  std::string plain_username;
  std::string plain_password;
  CurveKey curve_public_key{};
  CurveKey curve_secret_key{};
  CurveKey curve_server_key{};
  std::string gssapi_principal;
  std::string gssapi_service_principal;
  int gssapi_principal_nametype = 0;
  int gssapi_service_principal_nametype = 0;
  bool gssapi_plaintext = false;
  std::string zap_domain;
  bool zap_enforce_domain = false;
};

// What only some socket types accept; read by src/pattern.
struct PatternOptions {
  bool router_mandatory = false;
  bool router_handover = false;
  bool router_raw = false;
  int router_notify = 0;  // bit 0: report connects, bit 1: report disconnects
  bool probe_router = false;
  bool req_correlate = false;
  bool req_relaxed = false;
  bool xpub_verbose = false;   // report every subscription; excludes xpub_verboser
  bool xpub_verboser = false;  // report every subscription and every cancellation
  bool xpub_nodrop = false;
  bool xpub_manual = false;
  bool xpub_manual_last_value = false;  // together with xpub_manual
  bool only_first_subscribe = false;
  bool stream_notify = true;
  bool invert_matching = false;
  bool conflate = false;
  std::string xpub_welcome_msg;    // empty: none
  std::string connect_routing_id;  // for the next connect, which empties it; empty: none
};

struct SocketOptions {
  // Read on the way of every message.
  int sndhwm = 1000;  // messages, 0 unlimited
  int rcvhwm = 1000;
  int sndtimeo = -1;  // ms, -1 for ever
  int rcvtimeo = -1;
  int linger = -1;  // ms, -1 for ever; read at close and disconnect
  std::int64_t maxmsgsize = -1;

  std::string routing_id;
  std::uint64_t affinity = 0;  // bit mask of I/O threads, 0 any
  bool immediate = false;

  // Connecting and staying connected. All times in ms.
  int backlog = 100;
  int reconnect_ivl = 100;  // -1 and 0: no reconnection
  int reconnect_ivl_max = 0;
  int reconnect_stop = 0;  // flags
  int connect_timeout = 0;
  int handshake_ivl = 30000;
  int heartbeat_ivl = 0;
  int heartbeat_ttl = 0;       // a multiple of 100
  int heartbeat_timeout = -1;  // -1: as heartbeat_ivl

  // Descriptors and addresses.
  bool ipv6 = false;
  int sndbuf = -1;  // octets, -1 leaves the system's default
  int rcvbuf = -1;
  int tcp_keepalive = -1;  // -1 leaves the system's default, as for the next three
  int tcp_keepalive_cnt = -1;
  int tcp_keepalive_idle = -1;
  int tcp_keepalive_intvl = -1;
  int tcp_maxrt = 0;
  int tos = 0;
  int priority = 0;
  int use_fd = -1;
  std::string bindtodevice;
  std::string socks_proxy;
  std::string socks_username;
  std::string socks_password;
  std::vector<AddressFilter> tcp_accept_filters;  // empty: accept everybody
  std::vector<pid_t> ipc_filter_pids;             // the three are one list: one match is enough
  std::vector<uid_t> ipc_filter_uids;
  std::vector<gid_t> ipc_filter_gids;
  std::vector<std::pair<std::string, std::string>> metadata;  // names start with "X-", in order

  // Stored and read back for transports we do not have.
  int rate = 100;
  int recovery_ivl = 10000;
  int multicast_hops = 1;
  int multicast_maxtpdu = 1500;
  bool multicast_loop = true;
  bool loopback_fastpath = false;

  SecurityOptions security;
  PatternOptions pattern;
};

// The options of a new socket of this type in a context with these settings.
SocketOptions default_socket_options(int socket_type, bool context_ipv6, bool context_blocky);

// Answers EINVAL for an unknown number, a type that does not know the option, a wrong length, a
// value out of range and NULL where the reference would crash; ENOMEM for lengths no program means.
Error set_option(SocketOptions& options, int socket_type, int number, const void* value,
                 std::size_t length);

// `*length` is the room in `value` before and the octets of the answer after; on an error both are
// left alone. Room that the answer does not use is zeroed.
Error get_option(const SocketOptions& options, int socket_type, int number, void* value,
                 std::size_t* length);

// Options that only a live socket can answer.
bool is_live(int number);

// For the answers to live options. Integers of this kind take any room of 4 octets or more.
Error put_live_int(int answer, void* value, std::size_t* length);
Error put_text(std::string_view answer, void* value, std::size_t* length);  // adds a NUL

}  // namespace zmqng
