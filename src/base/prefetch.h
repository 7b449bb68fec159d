// Asks for a cache line that will be needed soon. Harmless for any address.
#pragma once

namespace zmqng {

inline void prefetch_to_read(const void* address) {
  __builtin_prefetch(address);
}

// To write: as our own at once, also if another core has it.
inline void prefetch_to_write(const void* address) {
#if defined(__x86_64__)
  // Compilers use it for newer processors only; the older ones of this kind take it for nothing.
  asm volatile("prefetchw %0" : : "m"(*static_cast<const char*>(address)));
#else
  __builtin_prefetch(address, 1);
#endif
}

}  // namespace zmqng
