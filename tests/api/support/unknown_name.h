// UnknownName: a host name that no name server knows, without asking one.
#pragma once

#include <string>

#include "api/shim/fault_shim.h"

namespace api_test {

// One at a time.
class UnknownName {
 public:
  explicit UnknownName(std::string name = "no-such-host.invalid") : name_(std::move(name)) {
    fault_shim_unknown_name(name_.c_str());
  }
  ~UnknownName() { fault_shim_unknown_name(""); }
  UnknownName(const UnknownName&) = delete;
  UnknownName& operator=(const UnknownName&) = delete;

  const std::string& text() const { return name_; }

 private:
  std::string name_;
};

}  // namespace api_test
