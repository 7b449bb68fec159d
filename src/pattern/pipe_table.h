// PipeTable: gives each pipe of a pattern a small number (PipeEnd::tag), used again when it has
// gone.
//
// Owner: a Pattern. Threads: the one that uses the socket.
#pragma once

#include <cstdint>
#include <vector>

#include "pipe/pipe.h"

namespace zmqng {

class PipeTable {
 public:
  // Names one pipe for ever, unlike its number.
  struct Ticket {
    std::uint32_t number = UINT32_MAX;
    std::uint32_t serial = 0;
  };

  void add(PipeEnd& end) {
    if (free_.empty()) {
      end.tag = static_cast<std::uint32_t>(entries_.size());
      entries_.push_back({});
    } else {
      end.tag = free_.back();
      free_.pop_back();
    }
    entries_[end.tag] = {&end, ++serial_};
  }
  void remove(PipeEnd& end) {
    entries_[end.tag] = {};
    free_.push_back(end.tag);
  }
  PipeEnd& operator[](std::uint32_t number) { return *entries_[number].end; }

  Ticket ticket(const PipeEnd& end) const { return {end.tag, entries_[end.tag].serial}; }
  // Null if that pipe has gone.
  PipeEnd* find(const Ticket& ticket) const {
    if (ticket.number >= entries_.size()) return nullptr;
    const Entry& entry = entries_[ticket.number];
    return entry.serial == ticket.serial ? entry.end : nullptr;
  }

 private:
  struct Entry {
    PipeEnd* end = nullptr;
    std::uint32_t serial = 0;
  };

  std::vector<Entry> entries_;
  std::vector<std::uint32_t> free_;
  std::uint32_t serial_ = 0;
};

}  // namespace zmqng
