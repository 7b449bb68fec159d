// Result<T>: a value or an errno. What every operation returns that the outside world can make
// fail.
#pragma once

#include <utility>

#include "base/check.h"

namespace zmqng {

// An errno value (system or ZeroMQ's own, see base/errors.h). 0 is "no error".
struct [[nodiscard]] Error {
  int code = 0;
  explicit operator bool() const { return code != 0; }
};

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}  // NOLINT: implicit on purpose
  Result(Error error) : error_(error.code) { CHECK(error.code != 0); }  // NOLINT

  bool ok() const { return error_ == 0; }
  int error() const { return error_; }
  T& value() {
    CHECK(ok());
    return value_;
  }
  const T& value() const {
    CHECK(ok());
    return value_;
  }
  T take() {
    CHECK(ok());
    return std::move(value_);
  }

 private:
  T value_{};
  int error_ = 0;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(error.code) {}  // NOLINT

  bool ok() const { return error_ == 0; }
  int error() const { return error_; }

 private:
  int error_ = 0;
};

}  // namespace zmqng
