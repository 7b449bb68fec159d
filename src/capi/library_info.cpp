// What the library says about itself and about errors: zmq_errno, zmq_strerror, zmq_version,
// zmq_has.
#include <cerrno>
#include <cstring>
#include <string_view>

#include "base/errors.h"
#include "zmq.h"

static_assert(EFSM == zmqng::kEfsm);
static_assert(ENOCOMPATPROTO == zmqng::kEnocompatproto);
static_assert(ETERM == zmqng::kEterm);
static_assert(EMTHREAD == zmqng::kEmthread);

namespace {

// What zmq_has answers 1 to; tcp and inproc are not capabilities, they are always there. A
// mechanism or transport adds its name here when it works.
constexpr std::string_view kCapabilities[] = {"ipc"};

}  // namespace

int zmq_errno(void) {
  return errno;
}

// The texts are part of what programs print and compare, so they are the reference's.
const char* zmq_strerror(int errnum) {
  switch (errnum) {
    case EFSM:
      return "Operation cannot be accomplished in current state";
    case ENOCOMPATPROTO:
      return "The protocol is not compatible with the socket type";
    case ETERM:
      return "Context was terminated";
    case EMTHREAD:
      return "No thread available";
    case EHOSTUNREACH:
      return "Host unreachable";
    default:
      return std::strerror(errnum);
  }
}

void zmq_version(int* major, int* minor, int* patch) {
  if (major != nullptr) *major = ZMQ_VERSION_MAJOR;
  if (minor != nullptr) *minor = ZMQ_VERSION_MINOR;
  if (patch != nullptr) *patch = ZMQ_VERSION_PATCH;
}

int zmq_has(const char* capability) {
  if (capability == nullptr) return 0;
  for (const std::string_view name : kCapabilities) {
    if (name == capability) return 1;
  }
  return 0;
}
