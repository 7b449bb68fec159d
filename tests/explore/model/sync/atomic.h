// The Atomic of the interleaving tests: stands in for src/sync/atomic.h. Every access is a point at
// which the explorer may let another thread go on, and a store may stay invisible for a while.
#pragma once

#include <atomic>
#include <cstring>

#include "explore/explorer.h"

namespace zmqng {

template <typename T>
class Atomic : private explore::Cell {
 public:
  Atomic() : Atomic(T{}) {}
  Atomic(T value) : Cell(to_bits(value)) {}  // NOLINT: as std::atomic
  Atomic(const Atomic&) = delete;
  Atomic& operator=(const Atomic&) = delete;

  T load(std::memory_order = std::memory_order_seq_cst) const { return from_bits(read()); }
  void store(T value, std::memory_order order = std::memory_order_seq_cst) {
    write(to_bits(value), order);
  }
  T exchange(T value, std::memory_order = std::memory_order_seq_cst) {
    return change([&](T) { return value; });
  }
  T fetch_add(T more, std::memory_order = std::memory_order_seq_cst) {
    return change([&](T old) { return static_cast<T>(old + more); });
  }
  T fetch_sub(T less, std::memory_order = std::memory_order_seq_cst) {
    return change([&](T old) { return static_cast<T>(old - less); });
  }
  T fetch_or(T bits, std::memory_order = std::memory_order_seq_cst) {
    return change([&](T old) { return static_cast<T>(old | bits); });
  }

  // A weak one that never fails for no reason: a retry would only add schedules.
  bool compare_exchange_weak(T& expected, T wanted, std::memory_order, std::memory_order) {
    return compare_exchange_strong(expected, wanted, {}, {});
  }
  bool compare_exchange_strong(T& expected, T wanted, std::memory_order, std::memory_order) {
    const T found = from_bits(begin_change());
    if (found != expected) {
      expected = found;
      return false;
    }
    end_change(to_bits(wanted));
    return true;
  }

 private:
  static_assert(sizeof(T) <= sizeof(std::uint64_t));

  template <typename Change>
  T change(Change changed) {
    const T old = from_bits(begin_change());
    end_change(to_bits(changed(old)));
    return old;
  }
  static std::uint64_t to_bits(T value) {
    std::uint64_t bits = 0;
    std::memcpy(&bits, &value, sizeof value);
    return bits;
  }
  static T from_bits(std::uint64_t bits) {
    T value;
    std::memcpy(&value, &bits, sizeof value);
    return value;
  }
};

}  // namespace zmqng
