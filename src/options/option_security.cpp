// Options of the security mechanisms. Whichever of them is set last decides the mechanism of the
// socket and, for some, whether it is the server; measured on the reference, see the tests.
#include <algorithm>
#include <cerrno>

#include "base/z85.h"
#include "options/option_special.h"
#include "options/option_values.h"

namespace zmqng {
namespace {

constexpr std::size_t kKeySize = 32;
constexpr std::size_t kKeyTextSize = 40;

// A server flag picks its mechanism; taking it back leaves the socket without one.
Error set_server(const SetCall& call, MechanismKind kind, MechanismKind kind_if_not) {
  int flag = 0;
  if (!read_number(call, flag) || flag < 0 || flag > 1) return {EINVAL};
  call.options.security.as_server = flag == 1;
  call.options.security.mechanism = flag == 1 ? kind : kind_if_not;
  return {};
}

Error get_server(const GetCall& call, MechanismKind kind) {
  const SecurityOptions& security = call.options.security;
  const bool is_server = security.as_server && security.mechanism == kind;
  return put_number(is_server ? 1 : 0, call.value, call.length);
}

// (NULL, 0) ends PLAIN and keeps the text; the row's minimum refuses an empty text.
Error set_plain_credential(const SetCall& call, std::string& target) {
  SecurityOptions& security = call.options.security;
  if (call.value == nullptr && call.length == 0) {
    security.mechanism = MechanismKind::null;
    return {};
  }
  if (const Error error = read_octets(call, target)) return error;
  security.mechanism = MechanismKind::plain;
  security.as_server = false;
  return {};
}

// 32 octets as they are; 40 of Z85, with or without their NUL.
Error set_curve_key(const SetCall& call, CurveKey& key) {
  if (call.value == nullptr) return {EINVAL};
  const auto* octets = static_cast<const std::uint8_t*>(call.value);
  const bool has_nul = call.length == kKeyTextSize + 1 && octets[kKeyTextSize] == 0;
  if (call.length == kKeySize) {
    std::copy_n(octets, kKeySize, key.begin());
  } else if (call.length == kKeyTextSize || has_nul) {
    CurveKey decoded;
    if (!z85_decode({reinterpret_cast<const char*>(octets), kKeyTextSize}, decoded.data())) {
      return {EINVAL};
    }
    key = decoded;
  } else {
    return {EINVAL};
  }
  call.options.security.mechanism = MechanismKind::curve;
  return {};
}

// Room for 32 gets octets, room for 41 gets Z85 and its NUL; nothing else fits.
Error get_curve_key(const GetCall& call, const CurveKey& key) {
  if (call.value == nullptr) return {EINVAL};
  if (*call.length == kKeySize) {
    std::copy_n(key.begin(), kKeySize, static_cast<std::uint8_t*>(call.value));
    return {};
  }
  if (*call.length != kKeyTextSize + 1) return {EINVAL};
  auto* text = static_cast<char*>(call.value);
  z85_encode(key, text);
  text[kKeyTextSize] = 0;
  return {};
}

Error set_gssapi_name(const SetCall& call, std::string& target) {
  if (const Error error = read_octets(call, target)) return error;
  call.options.security.mechanism = MechanismKind::gssapi;
  return {};
}

}  // namespace

Error get_mechanism(const GetCall& call) {
  return put_number(static_cast<int>(call.options.security.mechanism), call.value, call.length);
}

Error set_plain_server(const SetCall& call) {
  return set_server(call, MechanismKind::plain, MechanismKind::null);
}

Error get_plain_server(const GetCall& call) {
  return get_server(call, MechanismKind::plain);
}

Error set_plain_username(const SetCall& call) {
  return set_plain_credential(call, call.options.security.plain_username);
}

Error set_plain_password(const SetCall& call) {
  return set_plain_credential(call, call.options.security.plain_password);
}

Error set_curve_server(const SetCall& call) {
  return set_server(call, MechanismKind::curve, MechanismKind::null);
}

Error get_curve_server(const GetCall& call) {
  return get_server(call, MechanismKind::curve);
}

Error set_curve_publickey(const SetCall& call) {
  return set_curve_key(call, call.options.security.curve_public_key);
}

Error get_curve_publickey(const GetCall& call) {
  return get_curve_key(call, call.options.security.curve_public_key);
}

Error set_curve_secretkey(const SetCall& call) {
  return set_curve_key(call, call.options.security.curve_secret_key);
}

Error get_curve_secretkey(const GetCall& call) {
  return get_curve_key(call, call.options.security.curve_secret_key);
}

// Who knows a server's key is a client.
Error set_curve_serverkey(const SetCall& call) {
  if (const Error error = set_curve_key(call, call.options.security.curve_server_key)) return error;
  call.options.security.as_server = false;
  return {};
}

Error get_curve_serverkey(const GetCall& call) {
  return get_curve_key(call, call.options.security.curve_server_key);
}

// GSSAPI_SERVER 0 means a GSSAPI client, unlike its siblings.
Error set_gssapi_server(const SetCall& call) {
  return set_server(call, MechanismKind::gssapi, MechanismKind::gssapi);
}

Error get_gssapi_server(const GetCall& call) {
  return get_server(call, MechanismKind::gssapi);
}

Error set_gssapi_principal(const SetCall& call) {
  return set_gssapi_name(call, call.options.security.gssapi_principal);
}

Error set_gssapi_service_principal(const SetCall& call) {
  return set_gssapi_name(call, call.options.security.gssapi_service_principal);
}

}  // namespace zmqng
