// The files of ipc listeners: binding over what a dead process left behind without ever stealing
// the path of a live one, the temporary directory of `ipc://*`, and cleaning up.
#pragma once

#include <string>

#include "base/result.h"
#include "transport/address.h"
#include "transport/transport.h"

namespace zmqng {

// Binds `fd` to the path. A left-over socket nobody listens on is replaced, and so is an empty file
// (mktemp makes those); everything else in the way is EADDRINUSE.
Error bind_path(int fd, const SocketAddress& address, const std::string& path);

// Makes a directory for one socket: in $TMPDIR, $TEMPDIR or $TMP, if one of them is a directory,
// else in the working directory.
Result<std::string> make_socket_directory();

// Remembers the file a listener has just made, by its inode.
OwnedPath own_path(const std::string& path);
// Removes it, unless somebody has replaced it meanwhile.
Error remove_owned(const OwnedPath& owned);

}  // namespace zmqng
