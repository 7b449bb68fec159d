# How the finished product looks to the programs that use it. Label: product.

set(here ${CMAKE_CURRENT_LIST_DIR})
function(zmqng_add_product_test name)
  add_test(NAME product.${name} COMMAND ${ARGN})
  set_tests_properties(product.${name} PROPERTIES
    LABELS product TIMEOUT 600 SKIP_RETURN_CODE 77)
endfunction()

zmqng_add_product_test(exports ${here}/check_exports.sh $<TARGET_FILE:libzmq>
  ${PROJECT_SOURCE_DIR}/abi/exports.txt)
foreach(standard c99 c11 c17 c++11 c++14 c++17 c++20)
  zmqng_add_product_test(header.${standard} ${here}/check_header.sh ${standard}
    ${PROJECT_SOURCE_DIR}/include)
endforeach()
foreach(header zmq.hpp zmq_addon.hpp czmq.h)
  zmqng_add_product_test(header.${header} ${here}/check_binding_header.sh ${header}
    ${PROJECT_SOURCE_DIR}/include)
endforeach()

# All of these look at one installed copy.
set(work ${CMAKE_CURRENT_BINARY_DIR}/consumers)
set(consume ${here}/consume.sh ${PROJECT_BINARY_DIR} ${PROJECT_SOURCE_DIR} ${work})
zmqng_add_product_test(install ${consume} install)
set_tests_properties(product.install PROPERTIES FIXTURES_SETUP installed_copy)
foreach(case pkgconfig_shared pkgconfig_static cmake_package moved_pkgconfig moved_cmake_package
    direct_install only_shared only_static subdirectory)
  zmqng_add_product_test(${case} ${consume} ${case})
  set_tests_properties(product.${case} PROPERTIES FIXTURES_REQUIRED installed_copy)
endforeach()
set_tests_properties(product.subdirectory PROPERTIES PROCESSORS 2)
