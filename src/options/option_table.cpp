#include "options/option_table.h"

#include <array>

#include "options/option_numbers.h"
#include "options/option_special.h"
#include "options/option_values.h"

namespace zmqng {
namespace {

using S = SocketOptions;
using P = PatternOptions;
using Sec = SecurityOptions;

constexpr TypeSet types(std::initializer_list<int> numbers) {
  TypeSet set = 0;
  for (const int number : numbers) set |= TypeSet{1} << number;
  return set;
}

constexpr TypeSet kNone = 0;
constexpr TypeSet kAll = ~TypeSet{0};
constexpr TypeSet kReq = types({3});
constexpr TypeSet kSubscriber = types({1, 2, 9});  // SUB; PUB and XPUB in manual mode
constexpr TypeSet kRouter = types({4, 6});         // REP and ROUTER
constexpr TypeSet kRouterStream = types({4, 6, 11});
constexpr TypeSet kProber = types({3, 4, 5, 6});  // REQ, REP, DEALER and ROUTER
constexpr TypeSet kXpub = types({1, 9});          // PUB and XPUB
constexpr TypeSet kXpubRadio = types({1, 9, 14});
constexpr TypeSet kXpubXsub = types({1, 9, 10});
constexpr TypeSet kStream = types({11});

constexpr std::int64_t kIntMin = INT32_MIN;
constexpr std::int64_t kIntMax = INT32_MAX;
constexpr std::int64_t kAnyLength = INT64_MAX;

// 4 octets, every socket type, set and get.
template <auto... Path>
constexpr OptionRow number(int option, std::int64_t min, std::int64_t max) {
  return {option, kAll, kAll, min, max, set_int<Path...>, get_int<Path...>};
}

// 4 octets that nobody can read back.
template <auto... Path>
constexpr OptionRow pattern_number(int option, TypeSet set_types, std::int64_t max) {
  return {option, set_types, kNone, 0, max, set_int<&S::pattern, Path...>, nullptr};
}

// 8 octets.
template <auto... Path>
constexpr OptionRow wide(int option) {
  return {option, kAll, kAll, 0, 0, set_wide<Path...>, get_wide<Path...>};
}

// Octets that come back with a NUL behind them, which the length counts.
template <auto... Path>
constexpr OptionRow text(int option, std::int64_t length_max, SetFunction set) {
  return {option, kAll, kAll, 1, length_max, set, get_text<Path...>};
}

constexpr OptionRow write_only(int option, TypeSet set_types, SetFunction set) {
  return {option, set_types, kNone, 0, kAnyLength, set, nullptr};
}

constexpr OptionRow read_only(int option, GetFunction get) {
  return {option, kNone, kAll, 0, 0, nullptr, get};
}

constexpr OptionRow special(int option, SetFunction set, GetFunction get) {
  return {option, kAll, kAll, 0, kAnyLength, set, get};
}

namespace o = option;

constexpr std::array kRows = {
    wide<&S::affinity>(o::affinity),
    OptionRow{o::routing_id, kAll, kAll, 1, 255, set_octets<&S::routing_id>,
              get_octets<&S::routing_id>},
    write_only(o::subscribe, kSubscriber, check_subscription),
    write_only(o::unsubscribe, kSubscriber, check_subscription),
    number<&S::rate>(o::rate, 1, kIntMax),
    number<&S::recovery_ivl>(o::recovery_ivl, 0, kIntMax),
    number<&S::sndbuf>(o::sndbuf, -1, kIntMax),
    number<&S::rcvbuf>(o::rcvbuf, -1, kIntMax),
    read_only(o::type, get_type),
    number<&S::linger>(o::linger, -1, kIntMax),
    number<&S::reconnect_ivl>(o::reconnect_ivl, -1, kIntMax),
    number<&S::backlog>(o::backlog, 0, kIntMax),
    number<&S::reconnect_ivl_max>(o::reconnect_ivl_max, 0, kIntMax),
    wide<&S::maxmsgsize>(o::maxmsgsize),
    number<&S::sndhwm>(o::sndhwm, 0, kIntMax),
    number<&S::rcvhwm>(o::rcvhwm, 0, kIntMax),
    number<&S::multicast_hops>(o::multicast_hops, 1, kIntMax),
    number<&S::rcvtimeo>(o::rcvtimeo, -1, kIntMax),
    number<&S::sndtimeo>(o::sndtimeo, -1, kIntMax),
    special(o::ipv4only, set_ipv4only, get_ipv4only),
    pattern_number<&P::router_mandatory>(o::router_mandatory, kRouter, kIntMax),
    number<&S::tcp_keepalive>(o::tcp_keepalive, -1, 1),
    number<&S::tcp_keepalive_cnt>(o::tcp_keepalive_cnt, -1, kIntMax),
    number<&S::tcp_keepalive_idle>(o::tcp_keepalive_idle, -1, kIntMax),
    number<&S::tcp_keepalive_intvl>(o::tcp_keepalive_intvl, -1, kIntMax),
    write_only(o::tcp_accept_filter, kAll, set_tcp_accept_filter),
    number<&S::immediate>(o::immediate, 0, 1),
    write_only(o::xpub_verbose, kXpub, set_xpub_verbose),
    pattern_number<&P::router_raw>(o::router_raw, kRouter, kIntMax),
    number<&S::ipv6>(o::ipv6, 0, 1),
    read_only(o::mechanism, get_mechanism),
    special(o::plain_server, set_plain_server, get_plain_server),
    text<&S::security, &Sec::plain_username>(o::plain_username, 255, set_plain_username),
    text<&S::security, &Sec::plain_password>(o::plain_password, 255, set_plain_password),
    special(o::curve_server, set_curve_server, get_curve_server),
    special(o::curve_publickey, set_curve_publickey, get_curve_publickey),
    special(o::curve_secretkey, set_curve_secretkey, get_curve_secretkey),
    special(o::curve_serverkey, set_curve_serverkey, get_curve_serverkey),
    pattern_number<&P::probe_router>(o::probe_router, kProber, kIntMax),
    pattern_number<&P::req_correlate>(o::req_correlate, kReq, kIntMax),
    pattern_number<&P::req_relaxed>(o::req_relaxed, kReq, kIntMax),
    number<&S::pattern, &P::conflate>(o::conflate, 0, 1),
    text<&S::security, &Sec::zap_domain>(o::zap_domain, 255,
                                         set_octets<&S::security, &Sec::zap_domain>),
    pattern_number<&P::router_handover>(o::router_handover, kRouter, kIntMax),
    number<&S::tos>(o::tos, 0, kIntMax),
    write_only(o::ipc_filter_pid, kAll, set_ipc_filter_pid),
    write_only(o::ipc_filter_uid, kAll, set_ipc_filter_uid),
    write_only(o::ipc_filter_gid, kAll, set_ipc_filter_gid),
    OptionRow{o::connect_routing_id, kRouterStream, kNone, 1, kAnyLength,
              set_octets<&S::pattern, &P::connect_routing_id>, nullptr},
    special(o::gssapi_server, set_gssapi_server, get_gssapi_server),
    text<&S::security, &Sec::gssapi_principal>(o::gssapi_principal, 255, set_gssapi_principal),
    text<&S::security, &Sec::gssapi_service_principal>(o::gssapi_service_principal, 255,
                                                       set_gssapi_service_principal),
    number<&S::security, &Sec::gssapi_plaintext>(o::gssapi_plaintext, 0, 1),
    number<&S::handshake_ivl>(o::handshake_ivl, 0, kIntMax),
    text<&S::socks_proxy>(o::socks_proxy, kAnyLength, set_clearable<&S::socks_proxy>),
    pattern_number<&P::xpub_nodrop>(o::xpub_nodrop, kXpubRadio, kIntMax),
    write_only(o::xpub_manual, kXpub, set_xpub_manual),
    write_only(o::xpub_welcome_msg, kXpub, set_octets<&S::pattern, &P::xpub_welcome_msg>),
    pattern_number<&P::stream_notify>(o::stream_notify, kStream, 1),
    number<&S::pattern, &P::invert_matching>(o::invert_matching, kIntMin, kIntMax),
    number<&S::heartbeat_ivl>(o::heartbeat_ivl, 0, kIntMax),
    special(o::heartbeat_ttl, set_heartbeat_ttl, get_int<&S::heartbeat_ttl>),
    number<&S::heartbeat_timeout>(o::heartbeat_timeout, 0, kIntMax),
    write_only(o::xpub_verboser, kXpub, set_xpub_verboser),
    number<&S::connect_timeout>(o::connect_timeout, 0, kIntMax),
    number<&S::tcp_maxrt>(o::tcp_maxrt, 0, kIntMax),
    read_only(o::thread_safe, get_thread_safe),
    number<&S::multicast_maxtpdu>(o::multicast_maxtpdu, 1, kIntMax),
    number<&S::use_fd>(o::use_fd, -1, kIntMax),
    number<&S::security, &Sec::gssapi_principal_nametype>(o::gssapi_principal_nametype, 0, 2),
    number<&S::security, &Sec::gssapi_service_principal_nametype>(
        o::gssapi_service_principal_nametype, 0, 2),
    text<&S::bindtodevice>(o::bindtodevice, 16, set_clearable<&S::bindtodevice>),
    number<&S::security, &Sec::zap_enforce_domain>(o::zap_enforce_domain, kIntMin, kIntMax),
    number<&S::loopback_fastpath>(o::loopback_fastpath, kIntMin, kIntMax),
    write_only(o::metadata, kAll, set_metadata),
    number<&S::multicast_loop>(o::multicast_loop, kIntMin, kIntMax),
    OptionRow{o::router_notify, kRouter, kRouter, 0, 3, set_int<&S::pattern, &P::router_notify>,
              get_int<&S::pattern, &P::router_notify>},
    write_only(o::xpub_manual_last_value, kXpub, set_xpub_manual_last_value),
    OptionRow{o::socks_username, kAll, kAll, 0, 255, set_socks_username,
              get_text<&S::socks_username>},
    OptionRow{o::socks_password, kAll, kAll, 0, 255, set_socks_password,
              get_text<&S::socks_password>},
    pattern_number<&P::only_first_subscribe>(o::only_first_subscribe, kXpubXsub, kIntMax),
    number<&S::reconnect_stop>(o::reconnect_stop, kIntMin, kIntMax),
    number<&S::priority>(o::priority, 0, kIntMax),
};

constexpr bool rows_are_sorted() {
  for (std::size_t i = 1; i < kRows.size(); ++i) {
    if (kRows[i - 1].number >= kRows[i].number) return false;
  }
  return true;
}

static_assert(rows_are_sorted(), "the last one has the greatest number");
static_assert(kRows.size() < 255);

// For each number its row, counted from 1; 0: none. Subscribing is a matter of options, too, and
// may be done a million times.
constexpr auto kPlaces = [] {
  std::array<std::uint8_t, kRows.back().number + 1> places{};
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    places[static_cast<std::size_t>(kRows[i].number)] = static_cast<std::uint8_t>(i + 1);
  }
  return places;
}();

}  // namespace

const OptionRow* find_option_row(int number) {
  if (number < 0 || static_cast<std::size_t>(number) >= kPlaces.size()) return nullptr;
  const std::uint8_t place = kPlaces[static_cast<std::size_t>(number)];
  return place != 0 ? &kRows[place - 1u] : nullptr;
}

std::span<const OptionRow> option_rows() {
  return kRows;
}

}  // namespace zmqng
