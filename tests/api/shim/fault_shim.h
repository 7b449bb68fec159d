// The fault shim: system calls that fail on request.
//
// What:     a small shared library linked in front of libzmq. It defines accept, send, recv and
//           friends, passes them on, and lets a test decide that some of them fail with an errno.
// Threads:  all functions may be called from any thread; a fault applies to the whole process.
// Holds:    nothing fails until a test asks for it. Calls made by `::syscall`
//           never pass here: that is how a test keeps its own peers healthy.
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

enum fault_call {
  FAULT_ACCEPT,      // accept, accept4
  FAULT_SEND,        // send, sendto, sendmsg, write, writev on stream sockets
  FAULT_RECV,        // recv, recvfrom, recvmsg, read, readv on stream sockets
  FAULT_SO_ERROR,    // getsockopt(SOL_SOCKET, SO_ERROR)
  FAULT_SETSOCKOPT,  // setsockopt
  FAULT_EPOLL_ADD,   // epoll_ctl(EPOLL_CTL_ADD)
  FAULT_CALLS
};

// The next `count` calls fail with `error`; a negative count means until fault_shim_clear().
void fault_shim_fail(enum fault_call call, int error, int count);
void fault_shim_clear(void);
// How many calls have been failed since the last fault_shim_fail() for that call.
int fault_shim_hits(enum fault_call call);

// getaddrinfo of `name` blocks until fault_shim_release_name() and then answers with the numeric
// address `answer`; every other name is passed on. One name at a time.
void fault_shim_hold_name(const char* name, const char* answer);
void fault_shim_release_name(void);
// Number of getaddrinfo calls for the held name that have started.
int fault_shim_name_lookups(void);
// getaddrinfo of `name` answers EAI_NONAME at once: no test waits for a real name server. One name
// at a time; an empty one is none.
void fault_shim_unknown_name(const char* name);

#ifdef __cplusplus
}
#endif
