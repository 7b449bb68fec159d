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
unset PKG_CONFIG_PATH CMAKE_PREFIX_PATH LD_PRELOAD DESTDIR
libdir() { dirname "$(dirname "$(find "$1" -name libzmq.pc)")"; }
pkgconfig() { # pkgconfig ROOT ARGS...
  local root=$1
  shift
  PKG_CONFIG_PATH=$(libdir "$root")/pkgconfig pkg-config "$@" libzmq
}

installed_files() { # installed_files ROOT: what lies there, whatever the system calls its lib
  (cd "$1" && find . -type f -o -type l | sed 's,^\./lib/[^/]*-linux-gnu,./lib,' | LC_ALL=C sort)
}

with_pkgconfig() { # with_pkgconfig ROOT NAME
  [[ $(pkgconfig "$1" --modversion) == 4.3.5 ]]
  # shellcheck disable=SC2046
  cc -Wall -Wextra -Wpedantic -Werror -o "$work/$2" "$here/consumer.c" \
    $(pkgconfig "$1" --cflags --libs)
  run "$work/$2" "$(libdir "$1")"
}

with_static_pkgconfig() { # with_static_pkgconfig ROOT NAME
  # As a user does who wants one file to ship: everything but the C library inside.
  # shellcheck disable=SC2046
  cc -o "$work/$2" "$here/consumer.c" $(pkgconfig "$1" --cflags) \
    -Wl,-Bstatic $(pkgconfig "$1" --static --libs) -Wl,-Bdynamic
  run "$work/$2"
}

with_cmake_package() { # with_cmake_package ROOT NAME [TARGETS]
  local tree=$work/$2 wanted=${3-'libzmq;libzmq-static'} target libraries
  rm -rf "$tree"
  cmake -S "$here/cmake-package" -B "$tree" -DCMAKE_BUILD_TYPE=Debug -G Ninja \
    -DCMAKE_PREFIX_PATH="$1" -DEXPECTED_PREFIX="$1" -DWANTED="$wanted" >"$tree.log" ||
    { cat "$tree.log"; exit 1; }
  cmake --build "$tree" >>"$tree.log" || { cat "$tree.log"; exit 1; }
  for target in ${wanted//;/ }; do
    libraries=''
    [[ $target == libzmq ]] && libraries=$(libdir "$1")
    run "$tree/consumer-$target" "$libraries"
    run "$tree/consumer-ZeroMQ$target" "$libraries"
  done
}

# install_only KIND ROOT: as from a build of one kind of library. Its rules and packages are what
# differs; the library itself is the one that is there already.
install_only() {
  local tree=$work/build-$1 other=STATIC library=libzmq.so.5.2.5
  [[ $1 == static ]] && other=SHARED library=libzmq.a
  rm -rf "$tree" "$2"
  cmake -S "$source" -B "$tree" -G Ninja -DCMAKE_BUILD_TYPE=Release -DZMQNG_TESTS=OFF \
    -DBUILD_$other=OFF -DCMAKE_INSTALL_PREFIX="$2" >"$tree.log" || { cat "$tree.log"; exit 1; }
  cp "$build/$library" "$tree"
  if [[ $1 == shared ]]; then
    ln -s $library "$tree/libzmq.so.5"
    ln -s libzmq.so.5 "$tree/libzmq.so"
  fi
  cmake --install "$tree" >>"$tree.log" || { cat "$tree.log"; exit 1; }
}

case $case in
  install)
    rm -rf "$work"
    mkdir -p "$work"
    DESTDIR=$stage cmake --install "$build" --prefix /usr/local >/dev/null
    cp -a "$prefix" "$moved"
    if grep -rlF -e "$source" -e "$build" "$prefix" --include='*.cmake' --include='*.pc'; then
      echo "FAILED: an installed file names this machine's folders"
      exit 1
    fi
    config=$(sed -n 's/^CMAKE_BUILD_TYPE:.*=//p' "$build/CMakeCache.txt" | tr A-Z a-z)
    diff - <(installed_files "$prefix") <<EOT
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
  pkgconfig_static) with_static_pkgconfig "$prefix" with_static ;;
  direct_install)
    rm -rf "$work/direct"
    cmake --install "$build" --prefix "$work/direct" >/dev/null
    diff <(installed_files "$prefix") <(installed_files "$work/direct")
    with_pkgconfig "$work/direct" with_direct_pkgconfig
    ;;
  only_shared)
    install_only shared "$work/shared"
    installed_files "$work/shared" | grep -F libzmq.a && exit 1
    with_pkgconfig "$work/shared" with_only_shared
    with_cmake_package "$work/shared" with_only_shared_package libzmq
    ;;
  only_static)
    install_only static "$work/static"
    installed_files "$work/static" | grep -F libzmq.so && exit 1
    with_static_pkgconfig "$work/static" with_only_static
    with_cmake_package "$work/static" with_only_static_package libzmq-static
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
