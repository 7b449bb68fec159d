// Outcome: what a call of the API answered, success or an errno; prints itself by name.
#pragma once

#include <zmq.h>

#include <cerrno>
#include <ostream>

namespace api_test {

struct Outcome {
  int error = 0;  // 0: success

  friend bool operator==(const Outcome&, const Outcome&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Outcome& outcome) {
    if (outcome.error == 0) return out << "ok";
    return out << "errno " << outcome.error << " (" << zmq_strerror(outcome.error) << ")";
  }
};

inline constexpr Outcome ok{};
inline constexpr Outcome eagain{EAGAIN};

constexpr Outcome fails_with(int error) {
  return Outcome{error};
}

// For calls that return -1 and set errno: outcome_of(zmq_bind(...)).
inline Outcome outcome_of(int rc) {
  return rc == -1 ? Outcome{zmq_errno()} : ok;
}

}  // namespace api_test
