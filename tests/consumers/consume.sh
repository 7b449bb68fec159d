#!/bin/bash
# consume.sh BUILD_DIR SOURCE_DIR WORK_DIR CASE: one way in which a program finds, links and runs
# the library.
set -eu
build=$1 source=$2 work=$3 case=$4
here=$source/tests/consumers
stage=$work/stage            # DESTDIR of the installation
prefix=$stage/usr/local      # where it lies
moved=$work/moved            # the same, moved elsewhere

run() { # run PROGRAM [LIBDIR]: it works, on the library of LIBDIR or on none
  local mapped
  LD_LIBRARY_PATH=${2:-} "$1"
  mapped=$(LD_LIBRARY_PATH=${2:-} ldd "$1" | awk '/libzmq/ { print $3 }')
  if [[ $mapped != "${2:+$2/libzmq.so.5}" ]]; then
    echo "FAILED: runs on '$mapped'"
    exit 1
  fi
}

# The settings of whoever runs this must not leak in.
unset PKG_CONFIG_PATH CMAKE_PREFIX_PATH LD_PRELOAD
libdir() { dirname "$(find "$1" -name libzmq.so.5)"; }
pkgconfig() { # pkgconfig ROOT ARGS...
  local root=$1
  shift
  PKG_CONFIG_PATH=$(libdir "$root")/pkgconfig pkg-config "$@" libzmq
}

with_pkgconfig() { # with_pkgconfig ROOT NAME
  [[ $(pkgconfig "$1" --modversion) == 4.3.5 ]]
  # shellcheck disable=SC2046
  cc -Wall -Wextra -Wpedantic -Werror -o "$work/$2" "$here/consumer.c" \
    $(pkgconfig "$1" --cflags --libs)
  run "$work/$2" "$(libdir "$1")"
}

with_cmake_package() { # with_cmake_package ROOT NAME
  local tree=$work/$2
  rm -rf "$tree"
  cmake -S "$here/cmake-package" -B "$tree" -DCMAKE_BUILD_TYPE=Debug -G Ninja \
    -DCMAKE_PREFIX_PATH="$1" -DEXPECTED_PREFIX="$1" >"$tree.log" || { cat "$tree.log"; exit 1; }
  cmake --build "$tree" >>"$tree.log" || { cat "$tree.log"; exit 1; }
  run "$tree/consumer-libzmq" "$(libdir "$1")"
  run "$tree/consumer-ZeroMQlibzmq" "$(libdir "$1")"
  run "$tree/consumer-libzmq-static"
  run "$tree/consumer-ZeroMQlibzmq-static"
}

case $case in
  install)
    rm -rf "$work"
    mkdir -p "$work"
    DESTDIR=$stage cmake --install "$build" --prefix /usr/local >/dev/null
    cp -a "$prefix" "$moved"
    found=$(cd "$prefix" && find . -type f -o -type l |
      sed 's,^\./lib/[^/]*-linux-gnu,./lib,' | LC_ALL=C sort)
    if grep -rlF -e "$source" -e "$build" "$prefix" --include='*.cmake' --include='*.pc'; then
      echo "FAILED: an installed file names this machine's folders"
      exit 1
    fi
    config=$(sed -n 's/^CMAKE_BUILD_TYPE:.*=//p' "$build/CMakeCache.txt" | tr A-Z a-z)
    diff - <(echo "$found") <<EOT
./include/zmq.h
./include/zmq_utils.h
./lib/cmake/ZeroMQ/ZeroMQConfig.cmake
./lib/cmake/ZeroMQ/ZeroMQConfigVersion.cmake
./lib/cmake/ZeroMQ/ZeroMQTargets-$config.cmake
./lib/cmake/ZeroMQ/ZeroMQTargets.cmake
./lib/libzmq.a
./lib/libzmq.so
./lib/libzmq.so.5
./lib/libzmq.so.5.2.5
./lib/pkgconfig/libzmq.pc
EOT
    ;;
  pkgconfig_shared) with_pkgconfig "$prefix" with_pkgconfig ;;
  moved_pkgconfig) with_pkgconfig "$moved" with_moved_pkgconfig ;;
  cmake_package) with_cmake_package "$prefix" with_cmake_package ;;
  moved_cmake_package) with_cmake_package "$moved" with_moved_cmake_package ;;
  pkgconfig_static)
    # As a user does who wants one file to ship: everything but the C library inside.
    # shellcheck disable=SC2046
    cc -o "$work/with_static" "$here/consumer.c" $(pkgconfig "$prefix" --cflags) \
      -Wl,-Bstatic $(pkgconfig "$prefix" --static --libs) -Wl,-Bdynamic
    run "$work/with_static"
    ;;
  subdirectory)
    tree=$work/with_subdirectory
    # All of it is compiled again: without optimisation, for that it links is what matters here.
    export CCACHE_NOHASHDIR=1
    { cmake -S "$here/subdirectory" -B "$tree" -G Ninja -DCMAKE_BUILD_TYPE=None \
        -DCMAKE_CXX_COMPILER_LAUNCHER="$(command -v ccache || true)" \
        -DZMQ_SOURCE_DIR="$source" -DCMAKE_PREFIX_PATH="$prefix" &&
      cmake --build "$tree"; } >"$tree.log" || { cat "$tree.log"; exit 1; }
    run "$tree/consumer-libzmq" "$tree/libzmq"
    run "$tree/consumer-libzmq-static"
    ;;
  *) echo "unknown case $case"; exit 2 ;;
esac
