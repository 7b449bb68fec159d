// Setters and getters of the options that are more than one field: see option_special.cpp and
// option_security.cpp.
//
// Private to src/options. Threads: pure functions.
#pragma once

#include "options/option_table.h"

namespace zmqng {

Error set_ipv4only(const SetCall& call);
Error get_ipv4only(const GetCall& call);
Error get_type(const GetCall& call);
Error get_thread_safe(const GetCall& call);
Error check_subscription(const SetCall& call);
Error set_tcp_accept_filter(const SetCall& call);
Error set_ipc_filter_pid(const SetCall& call);
Error set_ipc_filter_uid(const SetCall& call);
Error set_ipc_filter_gid(const SetCall& call);
Error set_socks_username(const SetCall& call);
Error set_socks_password(const SetCall& call);
Error set_heartbeat_ttl(const SetCall& call);
Error set_metadata(const SetCall& call);
Error set_xpub_verbose(const SetCall& call);
Error set_xpub_verboser(const SetCall& call);
Error set_xpub_manual(const SetCall& call);
Error set_xpub_manual_last_value(const SetCall& call);

Error get_mechanism(const GetCall& call);
Error set_plain_server(const SetCall& call);
Error get_plain_server(const GetCall& call);
Error set_plain_username(const SetCall& call);
Error set_plain_password(const SetCall& call);
Error set_curve_server(const SetCall& call);
Error get_curve_server(const GetCall& call);
Error set_curve_publickey(const SetCall& call);
Error get_curve_publickey(const GetCall& call);
Error set_curve_secretkey(const SetCall& call);
Error get_curve_secretkey(const GetCall& call);
Error set_curve_serverkey(const SetCall& call);
Error get_curve_serverkey(const GetCall& call);
Error set_gssapi_server(const SetCall& call);
Error get_gssapi_server(const GetCall& call);
Error set_gssapi_principal(const SetCall& call);
Error set_gssapi_service_principal(const SetCall& call);

}  // namespace zmqng
