// Resolver: looks names up (getaddrinfo) on threads of its own, so that a slow name server delays
// neither a reactor nor another name.
//
// Owner:   the Context.
// Threads: any may call; the client is called from a resolver thread, without a lock held.
// Holds:   threads start when they are needed, at most kThreadsMax. Requests for a name that is
//          being looked up already join that look-up, so one dead name occupies one thread.
//          Destruction joins idle threads and leaves those stuck in getaddrinfo behind: what they
//          touch afterwards (State) is counted and freed by the last one, and no client is called.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "transport/address.h"

namespace zmqng {

// A name to look up. `ipv6`: as ZMQ_IPV6 says, IPv6 addresses first and IPv4 ones mapped into IPv6.
struct NameQuery {
  std::string host;
  std::uint16_t port = 0;
  bool ipv6 = false;

  friend bool operator==(const NameQuery&, const NameQuery&) = default;
};

using AddressList = std::vector<SocketAddress>;

// Blocking. In the order in which the system prefers them, never empty.
// Errors: ENODEV (no such name), EAGAIN (the server did not answer), ENOMEM, or the system's errno.
Result<AddressList> resolve_name(const NameQuery& query);

using ResolveToken = std::uint64_t;  // 0 is none

class ResolveClient {
 public:
  // Called once per request, from a resolver thread. Must only hand the answer over.
  virtual void name_resolved(ResolveToken token, Result<AddressList> answer) = 0;

 protected:
  ~ResolveClient() = default;
};

class Resolver {
 public:
  using Lookup = std::function<Result<AddressList>(const NameQuery&)>;
  static constexpr int kThreadsMax = 8;

  explicit Resolver(Lookup lookup = resolve_name);  // tests pass a slow one
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  // Fails (EAGAIN, ENOMEM) only if not even one thread could be started; then there is no call.
  Result<ResolveToken> resolve(const NameQuery& query, ResolveClient& client);
  // After this returns the client is not called for `token`; waits for a call in progress, unless
  // that call is what cancels.
  void cancel(ResolveToken token);

  struct State;  // shared with the threads; defined in resolver.cpp

 private:
  State* state_;
};

}  // namespace zmqng
