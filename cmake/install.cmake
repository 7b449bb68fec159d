# Install rules: headers, libraries, libzmq.pc and the CMake package ZeroMQ.
# Everything installed finds the rest relative to itself, so a prefix can be moved.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(ZEROMQ_CMAKECONFIG_INSTALL_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/ZeroMQ CACHE STRING
  "Where the CMake package goes, relative to the prefix")

install(TARGETS ${ZMQNG_LIBRARIES} EXPORT ZeroMQ-targets
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
  RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES include/zmq.h include/zmq_utils.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})

# libzmq.pc
if(IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}" OR IS_ABSOLUTE "${CMAKE_INSTALL_INCLUDEDIR}")
  set(PC_PREFIX ${CMAKE_INSTALL_PREFIX})
  set(PC_LIBDIR ${CMAKE_INSTALL_FULL_LIBDIR})
  set(PC_INCLUDEDIR ${CMAKE_INSTALL_FULL_INCLUDEDIR})
else()
  file(RELATIVE_PATH up "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
  string(REGEX REPLACE "/$" "" up "${up}")
  set(PC_PREFIX "\${pcfiledir}/${up}")
  set(PC_LIBDIR "\${exec_prefix}/${CMAKE_INSTALL_LIBDIR}")
  set(PC_INCLUDEDIR "\${prefix}/${CMAKE_INSTALL_INCLUDEDIR}")
endif()
configure_file(cmake/libzmq.pc.in libzmq.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/libzmq.pc
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

# find_package(ZeroMQ)
configure_package_config_file(cmake/ZeroMQConfig.cmake.in ZeroMQConfig.cmake
  INSTALL_DESTINATION ${ZEROMQ_CMAKECONFIG_INSTALL_DIR})
write_basic_package_version_file(ZeroMQConfigVersion.cmake COMPATIBILITY AnyNewerVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/ZeroMQConfig.cmake
  ${CMAKE_CURRENT_BINARY_DIR}/ZeroMQConfigVersion.cmake
  DESTINATION ${ZEROMQ_CMAKECONFIG_INSTALL_DIR})
install(EXPORT ZeroMQ-targets FILE ZeroMQTargets.cmake
  DESTINATION ${ZEROMQ_CMAKECONFIG_INSTALL_DIR})
