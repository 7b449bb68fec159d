# What all our targets share, and the link-time shape of libzmq.so.

set(ZMQNG_WARNINGS -Wall -Wextra -Wpedantic -Wshadow)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 sees overlaps where optimised code joins strings (GCC bug 105651).
  list(APPEND ZMQNG_WARNINGS -Wno-restrict)
  if(ZMQNG_SANITIZE)
    # Instrumentation hides from it what has been initialised (GCC's manual warns of that).
    list(APPEND ZMQNG_WARNINGS -Wno-maybe-uninitialized)
  endif()
endif()
if(ZMQNG_WERROR)
  list(APPEND ZMQNG_WARNINGS -Werror)
endif()

# Writes a linker script from the list of exported names. Its node has no name: the symbols carry
# no version, as the programs out there expect. Everything not listed is local.
function(zmqng_export_exactly target names_file)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${names_file})
  file(STRINGS ${names_file} names REGEX "^zmq_")
  list(JOIN names ";\n    " names)
  set(script ${CMAKE_CURRENT_BINARY_DIR}/${target}.map)
  file(WRITE ${script}.new "{\n  global:\n    ${names};\n  local:\n    *;\n};\n")
  configure_file(${script}.new ${script} COPYONLY)
  target_link_options(${target} PRIVATE LINKER:--version-script=${script})
  set_property(TARGET ${target} APPEND PROPERTY LINK_DEPENDS ${script})
endfunction()
