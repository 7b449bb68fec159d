// What a blocking call does when a signal handler has run.
#pragma once

namespace zmqng {

// True if the call must return EINTR: some handler of this process was installed without
// SA_RESTART, so the program may want its blocking calls interrupted. If every handler asks for
// restarts (a Go program's, for example), the call goes on waiting for the rest of its time.
bool interruption_is_wanted();

}  // namespace zmqng
