# ZMQNG_SANITIZE: a list for -fsanitize= ("address,undefined", "thread"), for all that follows.
# ZMQNG_FUZZ: libFuzzer's coverage hooks in the library, for programs that link libzmq.a and
# libFuzzer (clang only). This project has no fuzzers of its own.

set(ZMQNG_SANITIZE "" CACHE STRING "Sanitizers to build everything with, as for -fsanitize=")
option(ZMQNG_FUZZ "Build the library for fuzzers to link (needs clang)" OFF)

set(instrumentation "")
if(ZMQNG_SANITIZE)
  list(APPEND instrumentation -fsanitize=${ZMQNG_SANITIZE})
endif()
if(ZMQNG_SANITIZE MATCHES undefined)
  # The core has no RTTI, so that check has nothing to go by.
  list(APPEND instrumentation -fno-sanitize=vptr)
endif()
if(ZMQNG_FUZZ)
  list(APPEND instrumentation -fsanitize=fuzzer-no-link)
endif()

if(instrumentation)
  add_compile_options(${instrumentation} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(${instrumentation})
  if(ZMQNG_SANITIZE MATCHES thread AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # g++ says for each fence that ThreadSanitizer does not model it; we know (src/sync).
    add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-Wno-tsan>)
  endif()
endif()
