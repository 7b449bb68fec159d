/* SPDX-License-Identifier: MPL-2.0 */
/*
 * zmq.h: the C interface of libzmq.so.5 (API version 4.3.5), as implemented by libzmq-ng.
 *
 * Words used in the comments below
 *
 *   "returns 0 or -1"  0 on success; -1 on failure, with errno set (see zmq_errno).
 *   Errors:            the errno values that the call can report beside those listed here. Every
 *                      call on a socket may report ENOTSOCK (not a socket, or closed) and ETERM
 *                      (its context was shut down).
 *   "a signal came"    EINTR: while a call waited, a signal was handled. Not reported where all
 *                      handlers of the process were installed with SA_RESTART.
 *   Times              are in milliseconds, -1 means "no limit", unless stated otherwise.
 *   Sizes              are in bytes.
 *
 * Threads
 *
 *   A context may be used by any number of threads at once. A socket, a message, a timer set and a
 *   draft poller belong to one thread at a time: hand them over with anything that is a full memory
 *   barrier (a mutex, a join, a queue). Functions that take no handle may be called from anywhere.
 *   Where a function differs from this, its comment says so.
 *
 * Sources
 *
 *   The behaviour follows the ZeroMQ RFCs (https://rfc.zeromq.org), named by number below, and the
 *   manual pages of libzmq 4.3. Deliberate differences are listed in docs/differences.md.
 */
/* The guard's name is the one that every zmq.h has: where a binding's header finds another copy
   next to itself, the copy that came first counts and the other stays silent. */
#ifndef __ZMQ_H_INCLUDED__
#define __ZMQ_H_INCLUDED__

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#if defined(ZMQ_BUILD_DRAFT_API) && !defined(_WIN32)
#include <signal.h>
#include <sys/select.h> /* sigset_t also in strict C99 */
#endif

#define ZMQ_VERSION_MAJOR 4
#define ZMQ_VERSION_MINOR 3
#define ZMQ_VERSION_PATCH 5

/* Versions as one comparable number: major * 10000 + minor * 100 + patch. */
#define ZMQ_MAKE_VERSION(major, minor, patch) ((major)*10000 + (minor)*100 + (patch))
#define ZMQ_VERSION ZMQ_MAKE_VERSION(ZMQ_VERSION_MAJOR, ZMQ_VERSION_MINOR, ZMQ_VERSION_PATCH)

/* Old programs ask with this whether <stdint.h> types are available here. */
#define ZMQ_DEFINED_STDINT 1

/* ZMQ_EXPORT marks what the shared library offers; everything else in it is hidden.
   A consumer may define ZMQ_STATIC (static library on Windows) or ZMQ_NO_EXPORT. */
#if defined(ZMQ_NO_EXPORT)
#define ZMQ_EXPORT
#elif defined(_WIN32)
#if defined(ZMQ_STATIC)
#define ZMQ_EXPORT
#elif defined(DLL_EXPORT)
#define ZMQ_EXPORT __declspec(dllexport)
#else
#define ZMQ_EXPORT __declspec(dllimport)
#endif
#elif defined(__GNUC__)
#define ZMQ_EXPORT __attribute__((visibility("default")))
#else
#define ZMQ_EXPORT
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---------------------------------------------------------------------------------------------- */
/* Errors                                                                                         */
/* ---------------------------------------------------------------------------------------------- */

/* A number that no operating system uses for its own errors; ours are counted from here. */
#define ZMQ_HAUSNUMERO 156384712

/* POSIX errors that some C libraries lack. */
#ifndef ENOTSUP
#define ENOTSUP (ZMQ_HAUSNUMERO + 1)
#endif
#ifndef EPROTONOSUPPORT
#define EPROTONOSUPPORT (ZMQ_HAUSNUMERO + 2)
#endif
#ifndef ENOBUFS
#define ENOBUFS (ZMQ_HAUSNUMERO + 3)
#endif
#ifndef ENETDOWN
#define ENETDOWN (ZMQ_HAUSNUMERO + 4)
#endif
#ifndef EADDRINUSE
#define EADDRINUSE (ZMQ_HAUSNUMERO + 5)
#endif
#ifndef EADDRNOTAVAIL
#define EADDRNOTAVAIL (ZMQ_HAUSNUMERO + 6)
#endif
#ifndef ECONNREFUSED
#define ECONNREFUSED (ZMQ_HAUSNUMERO + 7)
#endif
#ifndef EINPROGRESS
#define EINPROGRESS (ZMQ_HAUSNUMERO + 8)
#endif
#ifndef ENOTSOCK
#define ENOTSOCK (ZMQ_HAUSNUMERO + 9)
#endif
#ifndef EMSGSIZE
#define EMSGSIZE (ZMQ_HAUSNUMERO + 10)
#endif
#ifndef EAFNOSUPPORT
#define EAFNOSUPPORT (ZMQ_HAUSNUMERO + 11)
#endif
#ifndef ENETUNREACH
#define ENETUNREACH (ZMQ_HAUSNUMERO + 12)
#endif
#ifndef ECONNABORTED
#define ECONNABORTED (ZMQ_HAUSNUMERO + 13)
#endif
#ifndef ECONNRESET
#define ECONNRESET (ZMQ_HAUSNUMERO + 14)
#endif
#ifndef ENOTCONN
#define ENOTCONN (ZMQ_HAUSNUMERO + 15)
#endif
#ifndef ETIMEDOUT
#define ETIMEDOUT (ZMQ_HAUSNUMERO + 16)
#endif
#ifndef EHOSTUNREACH
#define EHOSTUNREACH (ZMQ_HAUSNUMERO + 17)
#endif
#ifndef ENETRESET
#define ENETRESET (ZMQ_HAUSNUMERO + 18)
#endif

/* Errors of our own. */
#define EFSM (ZMQ_HAUSNUMERO + 51)           /* not allowed in the socket's present state */
#define ENOCOMPATPROTO (ZMQ_HAUSNUMERO + 52) /* this transport does not fit this socket type */
#define ETERM (ZMQ_HAUSNUMERO + 53)          /* the context was shut down */
#define EMTHREAD (ZMQ_HAUSNUMERO + 54)       /* the context has no I/O thread */

/* Returns the errno of the calling thread, as this library sees it. Needed only where a program and
   the library use different C runtimes (Windows). man zmq_errno */
ZMQ_EXPORT int zmq_errno(void);

/* Returns an English text for an error number, ours or the system's; never NULL. The text is static
   or lives until the thread's next call. man zmq_strerror */
ZMQ_EXPORT const char* zmq_strerror(int errnum);

/* Stores the version of the library that is loaded (the ZMQ_VERSION_* macros tell the header's).
   NULL pointers are skipped. man zmq_version */
ZMQ_EXPORT void zmq_version(int* major, int* minor, int* patch);

/* ---------------------------------------------------------------------------------------------- */
/* Contexts                                                                                       */
/* ---------------------------------------------------------------------------------------------- */

/* Options of zmq_ctx_set and zmq_ctx_get. Those of the threads count until the first socket. */
#define ZMQ_IO_THREADS 1                 /* number of I/O threads; 0 serves inproc only */
#define ZMQ_MAX_SOCKETS 2                /* most sockets open at a time */
#define ZMQ_SOCKET_LIMIT 3               /* get: largest value for ZMQ_MAX_SOCKETS */
#define ZMQ_THREAD_PRIORITY 3            /* set: scheduling priority of the I/O threads */
#define ZMQ_THREAD_SCHED_POLICY 4        /* scheduling policy of the I/O threads, SCHED_* */
#define ZMQ_MAX_MSGSZ 5                  /* largest message, bytes */
#define ZMQ_MSG_T_SIZE 6                 /* get: sizeof(zmq_msg_t) in the library */
#define ZMQ_THREAD_AFFINITY_CPU_ADD 7    /* set: let I/O threads run on this CPU */
#define ZMQ_THREAD_AFFINITY_CPU_REMOVE 8 /* set: take a CPU out again */
#define ZMQ_THREAD_NAME_PREFIX 9         /* number put before the names of I/O threads */
#define ZMQ_BLOCKY 70                    /* 1: sockets linger for ever by default; 0: not at all */

/* Their defaults. */
#define ZMQ_IO_THREADS_DFLT 1
#define ZMQ_MAX_SOCKETS_DFLT 1023
#define ZMQ_THREAD_PRIORITY_DFLT (-1)
#define ZMQ_THREAD_SCHED_POLICY_DFLT (-1)

/* Makes a context: the home of sockets, of inproc names and of the I/O threads, which start with
   the first socket. Returns NULL on failure. Errors: EMFILE, ENOMEM. man zmq_ctx_new */
ZMQ_EXPORT void* zmq_ctx_new(void);

/* Ends a context: all blocking calls on its sockets return ETERM; then waits until every socket has
   been closed and has sent what its ZMQ_LINGER allows; then frees the context. Returns 0 or -1.
   Errors: EFAULT (no context), EINTR (a signal came; call again). man zmq_ctx_term */
ZMQ_EXPORT int zmq_ctx_term(void* ctx);

/* The first half of zmq_ctx_term: calls on its sockets return ETERM from now on. Frees nothing and
   never waits. Returns 0 or -1. Errors: EFAULT. man zmq_ctx_shutdown */
ZMQ_EXPORT int zmq_ctx_shutdown(void* ctx);

/* Sets a context option. Returns 0 or -1. Errors: EFAULT, EINVAL. man zmq_ctx_set */
ZMQ_EXPORT int zmq_ctx_set(void* ctx, int option, int value);

/* Returns the value of a context option, or -1. As -1 is also the value of some options, set errno
   to 0 before the call to tell. Errors: EFAULT, EINVAL. man zmq_ctx_get */
ZMQ_EXPORT int zmq_ctx_get(void* ctx, int option);

/* Deprecated: zmq_ctx_new and the ZMQ_IO_THREADS option in one. Errors: EINVAL. man zmq_init */
ZMQ_EXPORT void* zmq_init(int io_threads);

/* Deprecated names of zmq_ctx_term. */
ZMQ_EXPORT int zmq_term(void* ctx);
ZMQ_EXPORT int zmq_ctx_destroy(void* ctx);

/* ---------------------------------------------------------------------------------------------- */
/* Messages                                                                                       */
/* ---------------------------------------------------------------------------------------------- */

/* One message part. Opaque: use the functions below only, never assignment or memcpy. Its 64 bytes
   are part of the binary interface; small bodies live inside them. */
#if defined(_MSC_VER)
typedef struct zmq_msg_t {
  __declspec(align(8)) unsigned char _[64];
} zmq_msg_t;
#elif defined(__GNUC__)
typedef struct zmq_msg_t {
  unsigned char _[64] __attribute__((aligned(sizeof(void*))));
} zmq_msg_t;
#else
typedef struct zmq_msg_t {
  unsigned char _[64];
} zmq_msg_t;
#endif

/* Called once to free the memory given to zmq_msg_init_data, by any thread. It must not call into
   this library. */
typedef void(zmq_free_fn)(void* data, void* hint);

/* Properties for zmq_msg_get. */
#define ZMQ_MORE 1   /* 1: another part of the same message follows */
#define ZMQ_SRCFD 2  /* deprecated: the descriptor that the message came from */
#define ZMQ_SHARED 3 /* 1: the body is shared with a copy, or constant */

/* Makes an empty message. Returns 0. man zmq_msg_init */
ZMQ_EXPORT int zmq_msg_init(zmq_msg_t* msg);

/* Makes a message with a body of `size` bytes of undefined content. Returns 0 or -1.
   Errors: ENOMEM. man zmq_msg_init_size */
ZMQ_EXPORT int zmq_msg_init_size(zmq_msg_t* msg, size_t size);

/* Makes a message around the caller's bytes without copying them. `free_fn` (may be NULL: never) is
   called with `data` and `hint` when nobody needs them any more. Returns 0 or -1, and after -1 the
   bytes still belong to the caller. Errors: ENOMEM. man zmq_msg_init_data */
ZMQ_EXPORT int zmq_msg_init_data(zmq_msg_t* msg, void* data, size_t size, zmq_free_fn* free_fn,
                                 void* hint);

/* Sends a message part; see zmq_send for flags, errors and blocking. Returns its size or -1. On
   success the message is empty afterwards and need not be closed; on failure it is unchanged.
   More errors: EFAULT (no message). man zmq_msg_send */
ZMQ_EXPORT int zmq_msg_send(zmq_msg_t* msg, void* socket, int flags);

/* Receives a message part; what `msg` held is released first. See zmq_recv for flags, errors and
   blocking. Returns the size or -1. More errors: EFAULT (no message). man zmq_msg_recv */
ZMQ_EXPORT int zmq_msg_recv(zmq_msg_t* msg, void* socket, int flags);

/* Releases what a message holds. Every initialised message needs it, unless zmq_msg_send succeeded.
   Returns 0 or -1. Errors: EFAULT (not an initialised message). man zmq_msg_close */
ZMQ_EXPORT int zmq_msg_close(zmq_msg_t* msg);

/* Moves a message: `dest` is released and takes over the body, `src` becomes empty. Returns 0 or
   -1. Errors: EFAULT. man zmq_msg_move */
ZMQ_EXPORT int zmq_msg_move(zmq_msg_t* dest, zmq_msg_t* src);

/* Makes `dest` another handle of the body of `src`; large bodies are shared, so do not change them
   afterwards. Returns 0 or -1. Errors: EFAULT. man zmq_msg_copy */
ZMQ_EXPORT int zmq_msg_copy(zmq_msg_t* dest, zmq_msg_t* src);

/* Returns the address of the body; valid until the message is sent, moved, closed or received into.
   man zmq_msg_data */
ZMQ_EXPORT void* zmq_msg_data(zmq_msg_t* msg);

/* Returns the size of the body. man zmq_msg_size */
ZMQ_EXPORT size_t zmq_msg_size(const zmq_msg_t* msg);

/* Returns 1 where this part is followed by another one of the same message, else 0.
   man zmq_msg_more */
ZMQ_EXPORT int zmq_msg_more(const zmq_msg_t* msg);

/* Returns a property (ZMQ_MORE, ZMQ_SRCFD, ZMQ_SHARED), or -1. Errors: EINVAL. man zmq_msg_get */
ZMQ_EXPORT int zmq_msg_get(const zmq_msg_t* msg, int property);

/* Sets a property. No property can be set so far, so it always returns -1. Errors: EINVAL.
   man zmq_msg_set */
ZMQ_EXPORT int zmq_msg_set(zmq_msg_t* msg, int property, int value);

/* Returns the text of a metadata property of a received message ("Socket-Type", "Routing-Id",
   "Peer-Address", "User-Id", what ZAP (RFC 27) or the peer's handshake (RFC 37) added), or NULL.
   The text lives as long as the message. Errors: EINVAL (no such property). man zmq_msg_gets */
ZMQ_EXPORT const char* zmq_msg_gets(const zmq_msg_t* msg, const char* name);

/* ---------------------------------------------------------------------------------------------- */
/* Sockets                                                                                        */
/* ---------------------------------------------------------------------------------------------- */

/* Socket types. Rules: RFC 28 (REQ REP DEALER ROUTER), 29 (PUB SUB XPUB XSUB), 30 (PUSH PULL),
   31 (PAIR). STREAM exchanges raw bytes with TCP peers that do not speak ZMTP. */
#define ZMQ_PAIR 0
#define ZMQ_PUB 1
#define ZMQ_SUB 2
#define ZMQ_REQ 3
#define ZMQ_REP 4
#define ZMQ_DEALER 5
#define ZMQ_ROUTER 6
#define ZMQ_PULL 7
#define ZMQ_PUSH 8
#define ZMQ_XPUB 9
#define ZMQ_XSUB 10
#define ZMQ_STREAM 11

/* Deprecated names. */
#define ZMQ_XREQ ZMQ_DEALER
#define ZMQ_XREP ZMQ_ROUTER

/* Socket options: what they mean, type and unit of the value. `int` and `bool` (an int) are 4
   bytes; "get" and "set" mark those that only go one way. Most count for the next bind or connect.
 */
#define ZMQ_AFFINITY 4             /* uint64_t: bit mask of I/O threads to use; 0: any */
#define ZMQ_ROUTING_ID 5           /* 1 to 255 bytes: the name that we give to ROUTER peers */
#define ZMQ_SUBSCRIBE 6            /* set, bytes: a prefix to receive; empty: everything */
#define ZMQ_UNSUBSCRIBE 7          /* set, bytes: undoes one ZMQ_SUBSCRIBE */
#define ZMQ_RATE 8                 /* int: multicast rate, kbit/s */
#define ZMQ_RECOVERY_IVL 9         /* int: multicast recovery window, ms */
#define ZMQ_SNDBUF 11              /* int: kernel send buffer, bytes; -1: system default */
#define ZMQ_RCVBUF 12              /* int: kernel receive buffer, bytes; -1: system default */
#define ZMQ_RCVMORE 13             /* get, bool: the part received last has a successor */
#define ZMQ_FD 14                  /* get, descriptor: readable when ZMQ_EVENTS may have changed */
#define ZMQ_EVENTS 15              /* get, int: ZMQ_POLLIN, ZMQ_POLLOUT as true just now */
#define ZMQ_TYPE 16                /* get, int: the socket's type */
#define ZMQ_LINGER 17              /* int: how long unsent messages survive a close, ms */
#define ZMQ_RECONNECT_IVL 18       /* int: first pause before reconnecting, ms; -1: never */
#define ZMQ_BACKLOG 19             /* int: connections waiting to be accepted */
#define ZMQ_RECONNECT_IVL_MAX 21   /* int: pauses double up to this, ms; 0: they do not grow */
#define ZMQ_MAXMSGSIZE 22          /* int64_t: largest part to receive, bytes; -1: any */
#define ZMQ_SNDHWM 23              /* int: messages queued per peer, sending; 0: no limit */
#define ZMQ_RCVHWM 24              /* int: messages queued per peer, receiving; 0: no limit */
#define ZMQ_MULTICAST_HOPS 25      /* int: multicast time to live, hops */
#define ZMQ_RCVTIMEO 27            /* int: longest wait of a receive, ms */
#define ZMQ_SNDTIMEO 28            /* int: longest wait of a send, ms */
#define ZMQ_LAST_ENDPOINT 32       /* get, text: what the last bind or connect came to */
#define ZMQ_ROUTER_MANDATORY 33    /* set, bool: ROUTER reports EHOSTUNREACH, does not drop */
#define ZMQ_TCP_KEEPALIVE 34       /* int: SO_KEEPALIVE 0 or 1; -1: system default */
#define ZMQ_TCP_KEEPALIVE_CNT 35   /* int: TCP_KEEPCNT; -1: system default */
#define ZMQ_TCP_KEEPALIVE_IDLE 36  /* int: TCP_KEEPIDLE, seconds; -1: system default */
#define ZMQ_TCP_KEEPALIVE_INTVL 37 /* int: TCP_KEEPINTVL, seconds; -1: system default */
#define ZMQ_IMMEDIATE 39           /* bool: queue for completed connections only */
#define ZMQ_XPUB_VERBOSE 40        /* set, bool: XPUB passes repeated subscriptions on */
#define ZMQ_ROUTER_RAW 41          /* set, bool: ROUTER talks raw TCP, as STREAM does */
#define ZMQ_IPV6 42                /* bool: use IPv6, and IPv4 beside it */
#define ZMQ_MECHANISM 43           /* get, int: ZMQ_NULL, ZMQ_PLAIN, ... */
#define ZMQ_PLAIN_SERVER 44        /* bool: server side of PLAIN (RFC 24) */
#define ZMQ_PLAIN_USERNAME 45      /* text: makes this a PLAIN client; NULL: back to ZMQ_NULL */
#define ZMQ_PLAIN_PASSWORD 46      /* text: makes this a PLAIN client; NULL: back to ZMQ_NULL */
#define ZMQ_CURVE_SERVER 47        /* bool: server side of CURVE (RFC 25, 26) */
#define ZMQ_CURVE_PUBLICKEY 48     /* key: 32 bytes, or 40 characters of Z85 */
#define ZMQ_CURVE_SECRETKEY 49     /* key: 32 bytes, or 40 characters of Z85 */
#define ZMQ_CURVE_SERVERKEY 50     /* key of the server: makes this a CURVE client */
#define ZMQ_PROBE_ROUTER 51        /* set, bool: send an empty message on each new connection */
#define ZMQ_REQ_CORRELATE 52       /* set, bool: REQ numbers requests, drops other replies */
#define ZMQ_REQ_RELAXED 53         /* set, bool: REQ may send again without a reply */
#define ZMQ_CONFLATE 54            /* bool: keep the newest message only, single part */
#define ZMQ_ZAP_DOMAIN 55          /* text: domain told to the ZAP handler (RFC 27) */
#define ZMQ_ROUTER_HANDOVER 56     /* set, bool: a new peer takes over a known routing id */
#define ZMQ_TOS 57                 /* int: type-of-service byte of IP packets */
#define ZMQ_CONNECT_ROUTING_ID 61  /* set, bytes: routing id of the peer connected to next */
#define ZMQ_GSSAPI_SERVER 62       /* bool: server side of GSSAPI (RFC 38) */
#define ZMQ_GSSAPI_PRINCIPAL 63    /* text: our name */
#define ZMQ_GSSAPI_SERVICE_PRINCIPAL 64  /* text: the server's name */
#define ZMQ_GSSAPI_PLAINTEXT 65          /* bool: authenticate, but do not encrypt */
#define ZMQ_HANDSHAKE_IVL 66             /* int: longest handshake, ms; 0: no limit */
#define ZMQ_SOCKS_PROXY 68               /* text: host:port of a SOCKS5 proxy; NULL: none */
#define ZMQ_XPUB_NODROP 69               /* set, bool: publishing blocks at the high-water mark */
#define ZMQ_XPUB_MANUAL 71               /* set, bool: XPUB's application decides subscriptions */
#define ZMQ_XPUB_WELCOME_MSG 72          /* set, bytes: first message to each new subscriber */
#define ZMQ_STREAM_NOTIFY 73             /* set, bool: STREAM reports coming and going peers */
#define ZMQ_INVERT_MATCHING 74           /* bool: filters pass what does not match */
#define ZMQ_HEARTBEAT_IVL 75             /* int: a PING after this much silence, ms; 0: none */
#define ZMQ_HEARTBEAT_TTL 76             /* int: silence after which the peer gives us up, ms */
#define ZMQ_HEARTBEAT_TIMEOUT 77         /* int: silence after a PING that ends a connection, ms */
#define ZMQ_XPUB_VERBOSER 78             /* set, bool: as VERBOSE, and unsubscriptions too */
#define ZMQ_CONNECT_TIMEOUT 79           /* int: longest TCP connect, ms; 0: system default */
#define ZMQ_TCP_MAXRT 80                 /* int: TCP_USER_TIMEOUT, ms; 0: system default */
#define ZMQ_THREAD_SAFE 81               /* get, bool: threads may share this socket */
#define ZMQ_MULTICAST_MAXTPDU 84         /* int: largest multicast packet, bytes */
#define ZMQ_VMCI_BUFFER_SIZE 85          /* uint64_t: VMCI buffer, bytes */
#define ZMQ_VMCI_BUFFER_MIN_SIZE 86      /* uint64_t: VMCI buffer, bytes */
#define ZMQ_VMCI_BUFFER_MAX_SIZE 87      /* uint64_t: VMCI buffer, bytes */
#define ZMQ_VMCI_CONNECT_TIMEOUT 88      /* int: longest VMCI connect, ms */
#define ZMQ_USE_FD 89                    /* int: listen on this descriptor; -1: make one */
#define ZMQ_GSSAPI_PRINCIPAL_NAMETYPE 90 /* int: ZMQ_GSSAPI_NT_* of our name */
#define ZMQ_GSSAPI_SERVICE_PRINCIPAL_NAMETYPE 91 /* int: ZMQ_GSSAPI_NT_* of the server's name */
#define ZMQ_BINDTODEVICE 92                      /* text: network interface to use */

/* Deprecated options, and deprecated names of options. */
#define ZMQ_IPV4ONLY 31          /* bool: the opposite of ZMQ_IPV6 */
#define ZMQ_TCP_ACCEPT_FILTER 38 /* set, text: address[/bits] to accept from; NULL: forget all */
#define ZMQ_IPC_FILTER_PID 58    /* set, pid_t: process to accept from; NULL: forget all */
#define ZMQ_IPC_FILTER_UID 59    /* set, uid_t: user to accept from; NULL: forget all */
#define ZMQ_IPC_FILTER_GID 60    /* set, gid_t: group to accept from; NULL: forget all */
#define ZMQ_IDENTITY ZMQ_ROUTING_ID
#define ZMQ_CONNECT_RID ZMQ_CONNECT_ROUTING_ID
#define ZMQ_DELAY_ATTACH_ON_CONNECT ZMQ_IMMEDIATE
#define ZMQ_FAIL_UNROUTABLE ZMQ_ROUTER_MANDATORY
#define ZMQ_ROUTER_BEHAVIOR ZMQ_ROUTER_MANDATORY

/* Flags of send and receive. */
#define ZMQ_DONTWAIT 1 /* report EAGAIN instead of waiting */
#define ZMQ_SNDMORE 2  /* another part of this message follows */
#define ZMQ_NOBLOCK ZMQ_DONTWAIT

/* Values of ZMQ_MECHANISM: RFC 37 (NULL), 24 (PLAIN), 25 and 26 (CURVE), 38 (GSSAPI). */
#define ZMQ_NULL 0
#define ZMQ_PLAIN 1
#define ZMQ_CURVE 2
#define ZMQ_GSSAPI 3

/* Values of the ZMQ_GSSAPI_*_NAMETYPE options. */
#define ZMQ_GSSAPI_NT_HOSTBASED 0
#define ZMQ_GSSAPI_NT_USER_NAME 1
#define ZMQ_GSSAPI_NT_KRB5_PRINCIPAL 2

/* Longest name of a RADIO/DISH group (RFC 48), bytes. */
#define ZMQ_GROUP_MAX_LENGTH 255

/* Makes a socket of a type in a context, not yet connected to anything. Returns NULL on failure.
   Threads: any. Errors: EFAULT (no context), EINVAL (type), EMFILE (ZMQ_MAX_SOCKETS, or the
   system's descriptors), ETERM. man zmq_socket */
ZMQ_EXPORT void* zmq_socket(void* ctx, int type);

/* Closes a socket. Messages not yet sent leave in the background for as long as ZMQ_LINGER allows;
   those received but not yet taken are dropped. Never waits. Returns 0 or -1. man zmq_close */
ZMQ_EXPORT int zmq_close(void* socket);

/* Sets a socket option from `size` bytes at `value`. Returns 0 or -1. Errors: EINVAL (option, size
   or value). man zmq_setsockopt */
ZMQ_EXPORT int zmq_setsockopt(void* socket, int option, const void* value, size_t size);

/* Reads a socket option into `value`; `*size` is its room before and the length used after the call
   (texts count their NUL). Returns 0 or -1. Errors: EINVAL (option, or not enough room).
   man zmq_getsockopt */
ZMQ_EXPORT int zmq_getsockopt(void* socket, int option, void* value, size_t* size);

/* Listens on an endpoint: tcp://interface:port, ipc://path, inproc://name; "*" where the system is
   to choose, ZMQ_LAST_ENDPOINT then tells. A socket may bind many. Returns 0 or -1.
   Errors: EINVAL (malformed), EPROTONOSUPPORT (unknown transport), ENOCOMPATPROTO, EADDRINUSE,
   EADDRNOTAVAIL, ENODEV (no such interface), EMTHREAD, ENAMETOOLONG, EOPNOTSUPP (the security that
   the options ask for is not built in), and for ipc what the file system reports.
   man zmq_bind, zmq_tcp, zmq_ipc, zmq_inproc */
ZMQ_EXPORT int zmq_bind(void* socket, const char* endpoint);

/* Connects to an endpoint, in the background: the peer need not be there yet, and the connection is
   made again whenever it breaks. Returns 0 or -1. Errors: EINVAL (malformed), EPROTONOSUPPORT
   (unknown transport), ENOCOMPATPROTO, EMTHREAD, ENODEV, ENAMETOOLONG, EOPNOTSUPP (as zmq_bind).
   man zmq_connect */
ZMQ_EXPORT int zmq_connect(void* socket, const char* endpoint);

/* Stops listening on an endpoint given to zmq_bind (or told by ZMQ_LAST_ENDPOINT). Returns 0 or -1.
   Errors: EINVAL, ENOENT (not bound), EPROTONOSUPPORT, ENOCOMPATPROTO. man zmq_unbind */
ZMQ_EXPORT int zmq_unbind(void* socket, const char* endpoint);

/* Undoes one zmq_connect; messages queued for that peer still leave within ZMQ_LINGER. Returns 0 or
   -1. Errors: EINVAL, ENOENT (not connected), EPROTONOSUPPORT, ENOCOMPATPROTO. man zmq_disconnect
 */
ZMQ_EXPORT int zmq_disconnect(void* socket, const char* endpoint);

/* Sends one message part, a copy of `size` bytes at `data`. Returns the size or -1. Waits at most
   ZMQ_SNDTIMEO where the socket type waits at its high-water mark, not at all with ZMQ_DONTWAIT.
   Parts sent with ZMQ_SNDMORE travel only together with their last one.
   Errors: EAGAIN (would wait, or timed out), EFSM, EHOSTUNREACH (ROUTER), EINTR (a signal came),
   EINVAL (parts where the type has none), ENOMEM, ENOTSUP (type cannot send). man zmq_send */
ZMQ_EXPORT int zmq_send(void* socket, const void* data, size_t size, int flags);

/* As zmq_send, without a copy: the bytes must stay as they are for the rest of the program.
   man zmq_send_const */
ZMQ_EXPORT int zmq_send_const(void* socket, const void* data, size_t size, int flags);

/* Receives one message part into `data`. Returns the size of the part, which is more than `size`
   where the end was cut off, or -1. Waits at most ZMQ_RCVTIMEO, not at all with ZMQ_DONTWAIT.
   Errors: EAGAIN (nothing there, or timed out), EFSM, EINTR (a signal came), ENOTSUP (type cannot
   receive). man zmq_recv */
ZMQ_EXPORT int zmq_recv(void* socket, void* data, size_t size, int flags);

/* Deprecated: zmq_msg_send and zmq_msg_recv with the socket first. */
ZMQ_EXPORT int zmq_sendmsg(void* socket, zmq_msg_t* msg, int flags);
ZMQ_EXPORT int zmq_recvmsg(void* socket, zmq_msg_t* msg, int flags);

/* Deprecated: `count` parts from, or at most `*count` parts into, an array. With ZMQ_SNDMORE the
   parts sent are one message, else each is one. The bytes received are allocated with malloc and
   the caller frees each; `*count` tells how many parts came. Returns the size of the last part
   (send), how many parts came (receive), or -1. Errors: as zmq_send and zmq_recv, EINVAL (no array,
   or count is 0), ENOMEM. */
struct iovec;
ZMQ_EXPORT int zmq_sendiov(void* socket, struct iovec* iov, size_t count, int flags);
ZMQ_EXPORT int zmq_recviov(void* socket, struct iovec* iov, size_t* count, int flags);

/* ---------------------------------------------------------------------------------------------- */
/* Monitoring                                                                                     */
/* ---------------------------------------------------------------------------------------------- */

/* Events of zmq_socket_monitor, one bit each; behind: what the event's value means. */
#define ZMQ_EVENT_CONNECTED 0x0001                  /* descriptor; the handshake is still to come */
#define ZMQ_EVENT_CONNECT_DELAYED 0x0002            /* nothing; a connect is on its way */
#define ZMQ_EVENT_CONNECT_RETRIED 0x0004            /* pause before the next attempt, ms */
#define ZMQ_EVENT_LISTENING 0x0008                  /* descriptor */
#define ZMQ_EVENT_BIND_FAILED 0x0010                /* errno */
#define ZMQ_EVENT_ACCEPTED 0x0020                   /* descriptor; the handshake is still to come */
#define ZMQ_EVENT_ACCEPT_FAILED 0x0040              /* errno */
#define ZMQ_EVENT_CLOSED 0x0080                     /* descriptor */
#define ZMQ_EVENT_CLOSE_FAILED 0x0100               /* errno */
#define ZMQ_EVENT_DISCONNECTED 0x0200               /* descriptor */
#define ZMQ_EVENT_MONITOR_STOPPED 0x0400            /* nothing; no event follows */
#define ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL 0x0800 /* errno */
#define ZMQ_EVENT_HANDSHAKE_SUCCEEDED 0x1000        /* nothing; messages may flow */
#define ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL 0x2000  /* a ZMQ_PROTOCOL_ERROR_* value */
#define ZMQ_EVENT_HANDSHAKE_FAILED_AUTH 0x4000      /* status of the ZAP reply: 300, 400, 500 */
#define ZMQ_EVENT_ALL 0xFFFF

/* Values of ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL. */
#define ZMQ_PROTOCOL_ERROR_ZMTP_UNSPECIFIED 0x10000000
#define ZMQ_PROTOCOL_ERROR_ZMTP_UNEXPECTED_COMMAND 0x10000001
#define ZMQ_PROTOCOL_ERROR_ZMTP_INVALID_SEQUENCE 0x10000002
#define ZMQ_PROTOCOL_ERROR_ZMTP_KEY_EXCHANGE 0x10000003
#define ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_UNSPECIFIED 0x10000011
#define ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_MESSAGE 0x10000012
#define ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_HELLO 0x10000013
#define ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_INITIATE 0x10000014
#define ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_ERROR 0x10000015
#define ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_READY 0x10000016
#define ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_WELCOME 0x10000017
#define ZMQ_PROTOCOL_ERROR_ZMTP_INVALID_METADATA 0x10000018
#define ZMQ_PROTOCOL_ERROR_ZMTP_CRYPTOGRAPHIC 0x11000001
#define ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH 0x11000002
#define ZMQ_PROTOCOL_ERROR_ZAP_UNSPECIFIED 0x20000000
#define ZMQ_PROTOCOL_ERROR_ZAP_MALFORMED_REPLY 0x20000001
#define ZMQ_PROTOCOL_ERROR_ZAP_BAD_REQUEST_ID 0x20000002
#define ZMQ_PROTOCOL_ERROR_ZAP_BAD_VERSION 0x20000003
#define ZMQ_PROTOCOL_ERROR_ZAP_INVALID_STATUS_CODE 0x20000004
#define ZMQ_PROTOCOL_ERROR_ZAP_INVALID_METADATA 0x20000005
#define ZMQ_PROTOCOL_ERROR_WS_UNSPECIFIED 0x30000000

/* Reports what happens to a socket's connections to a PAIR socket bound to an inproc endpoint;
   connect another PAIR to it. Each event is two parts: 6 bytes in host order, a uint16_t event and
   a uint32_t value; then the endpoint as text. `events` is a mask; a NULL endpoint stops it.
   Returns 0 or -1. Errors: EINVAL (malformed), EPROTONOSUPPORT (not inproc), EADDRINUSE.
   man zmq_socket_monitor */
ZMQ_EXPORT int zmq_socket_monitor(void* socket, const char* endpoint, int events);

/* ---------------------------------------------------------------------------------------------- */
/* Polling and proxies                                                                            */
/* ---------------------------------------------------------------------------------------------- */

/* An operating system's descriptor of a socket. */
#if defined(_WIN64)
typedef uint64_t zmq_fd_t;
#elif defined(_WIN32)
typedef unsigned int zmq_fd_t;
#else
typedef int zmq_fd_t;
#endif

/* What to wait for and what happened. */
#define ZMQ_POLLIN 1  /* a message can be received; a descriptor can be read */
#define ZMQ_POLLOUT 2 /* a message can be sent; a descriptor can be written */
#define ZMQ_POLLERR 4 /* descriptors only: an error or a hang-up */
#define ZMQ_POLLPRI 8 /* descriptors only: urgent data */

/* A hint for programs that keep small arrays of items on the stack; no limit. */
#define ZMQ_POLLITEMS_DFLT 16

/* One thing to watch: a socket, or a descriptor where `socket` is NULL. */
typedef struct zmq_pollitem_t {
  void* socket;
  zmq_fd_t fd;
  short events;  /* in: a mask of ZMQ_POLL* */
  short revents; /* out: those that are true */
} zmq_pollitem_t;

/* Waits until something happens to one of `count` items, at most `timeout` ms (0: only looks, -1:
   no limit). Returns how many items have events, 0 after the timeout, or -1. Errors: EFAULT (items
   is NULL), EINTR (a signal came), ENOTSOCK, ETERM. man zmq_poll */
ZMQ_EXPORT int zmq_poll(zmq_pollitem_t* items, int count, long timeout);

/* Passes messages between two sockets in both directions, and a copy of each to `capture` (may be
   NULL), until the context ends or a signal comes; returns -1 then. Errors: EFAULT, EINTR, ETERM.
   man zmq_proxy */
ZMQ_EXPORT int zmq_proxy(void* frontend, void* backend, void* capture);

/* As zmq_proxy, and obeys the messages PAUSE, RESUME, TERMINATE and STATISTICS that arrive on the
   socket `control` (may be NULL). Returns 0 after TERMINATE, else -1. Errors: as zmq_proxy.
   man zmq_proxy_steerable */
ZMQ_EXPORT int zmq_proxy_steerable(void* frontend, void* backend, void* capture, void* control);

/* Deprecated: zmq_proxy without capture; `type` has no effect. */
#define ZMQ_STREAMER 1
#define ZMQ_FORWARDER 2
#define ZMQ_QUEUE 3
ZMQ_EXPORT int zmq_device(int type, void* frontend, void* backend);

/* ---------------------------------------------------------------------------------------------- */
/* Capabilities, keys                                                                             */
/* ---------------------------------------------------------------------------------------------- */

/* zmq_has exists. */
#define ZMQ_HAS_CAPABILITIES 1

/* Returns 1 if the library was built with a capability ("ipc", "curve", "draft", ...), else 0.
   man zmq_has */
ZMQ_EXPORT int zmq_has(const char* capability);

/* Writes `size` bytes (a multiple of 4) as Z85 text (RFC 32), 5 characters for 4 bytes, and a NUL.
   Returns `dest`, or NULL. Errors: EINVAL. man zmq_z85_encode */
ZMQ_EXPORT char* zmq_z85_encode(char* dest, const uint8_t* data, size_t size);

/* Reads Z85 text (RFC 32), whose length is a multiple of 5, into bytes. Returns `dest`, or NULL.
   Errors: EINVAL (length, character, or a group above 2^32 - 1). man zmq_z85_decode */
ZMQ_EXPORT uint8_t* zmq_z85_decode(uint8_t* dest, const char* text);

/* Makes a pair of CURVE keys, each 40 characters of Z85 and a NUL. Returns 0 or -1.
   Errors: ENOTSUP (built without CURVE). man zmq_curve_keypair */
ZMQ_EXPORT int zmq_curve_keypair(char* public_z85, char* secret_z85);

/* Computes the public key of a secret one, both in Z85. Returns 0 or -1. Errors: EINVAL (not a
   key), ENOTSUP (built without CURVE). man zmq_curve_public */
ZMQ_EXPORT int zmq_curve_public(char* public_z85, const char* secret_z85);

/* ---------------------------------------------------------------------------------------------- */
/* Counters, timers, time, threads: helpers for programs and bindings                             */
/* ---------------------------------------------------------------------------------------------- */

/* An int that threads may share, 0 at first. Every change is atomic and ordered; set is for the
   time before sharing. `inc` returns the value before; `dec` returns 1 while the new value is not
   0, else 0. Threads: any, but for new and destroy, which sets the pointer to NULL. man
   zmq_atomic_counter_new and others */
ZMQ_EXPORT void* zmq_atomic_counter_new(void);
ZMQ_EXPORT void zmq_atomic_counter_set(void* counter, int value);
ZMQ_EXPORT int zmq_atomic_counter_inc(void* counter);
ZMQ_EXPORT int zmq_atomic_counter_dec(void* counter);
ZMQ_EXPORT int zmq_atomic_counter_value(void* counter);
ZMQ_EXPORT void zmq_atomic_counter_destroy(void** counter_p);

/* Timers exist here. */
#define ZMQ_HAVE_TIMERS

/* Called by zmq_timers_execute when a timer is due. */
typedef void(zmq_timer_fn)(int timer_id, void* arg);

/* Makes a set of timers, which the caller runs. Returns NULL on failure. Errors: ENOMEM.
   man zmq_timers */
ZMQ_EXPORT void* zmq_timers_new(void);

/* Frees a set of timers and sets the pointer to NULL. Returns 0 or -1. Errors: EFAULT. */
ZMQ_EXPORT int zmq_timers_destroy(void** timers_p);

/* Adds a timer that is due every `interval` ms. Returns its id or -1. Errors: EFAULT. */
ZMQ_EXPORT int zmq_timers_add(void* timers, size_t interval, zmq_timer_fn handler, void* arg);

/* Removes a timer. Returns 0 or -1. Errors: EFAULT, EINVAL (no such timer). */
ZMQ_EXPORT int zmq_timers_cancel(void* timers, int timer_id);

/* Gives a timer a new interval, counted from now. Returns 0 or -1. Errors: EFAULT, EINVAL. */
ZMQ_EXPORT int zmq_timers_set_interval(void* timers, int timer_id, size_t interval);

/* Starts a timer's interval anew. Returns 0 or -1. Errors: EFAULT, EINVAL. */
ZMQ_EXPORT int zmq_timers_reset(void* timers, int timer_id);

/* Returns the ms until the next timer is due, or -1: no timer is left, or EFAULT. */
ZMQ_EXPORT long zmq_timers_timeout(void* timers);

/* Calls the handlers of all timers that are due. Returns 0 or -1. Errors: EFAULT. */
ZMQ_EXPORT int zmq_timers_execute(void* timers);

/* A stopwatch: start makes one, intermediate returns the microseconds since, stop does the same and
   frees it. */
ZMQ_EXPORT void* zmq_stopwatch_start(void);
ZMQ_EXPORT unsigned long zmq_stopwatch_intermediate(void* watch);
ZMQ_EXPORT unsigned long zmq_stopwatch_stop(void* watch);

/* Sleeps for a number of seconds. */
ZMQ_EXPORT void zmq_sleep(int seconds);

/* The body of a thread. */
typedef void(zmq_thread_fn)(void* arg);

/* Starts a thread that runs `func(arg)`. Returns its handle, or NULL. Errors: EAGAIN, ENOMEM. */
ZMQ_EXPORT void* zmq_threadstart(zmq_thread_fn* func, void* arg);

/* Waits for the end of a thread of zmq_threadstart and frees its handle. */
ZMQ_EXPORT void zmq_threadclose(void* thread);

/* ---------------------------------------------------------------------------------------------- */
/* Drafts: may change; the library may lack them (zmq_has("draft") tells)                         */
/* ---------------------------------------------------------------------------------------------- */

#if defined(ZMQ_BUILD_DRAFT_API)

/* Socket types: RFC 41 (CLIENT SERVER), 48 (RADIO DISH), 49 (SCATTER GATHER), 51 (PEER), 52
   (CHANNEL). Threads may share these, but for DGRAM, which sends and receives UDP packets. */
#define ZMQ_SERVER 12
#define ZMQ_CLIENT 13
#define ZMQ_RADIO 14
#define ZMQ_DISH 15
#define ZMQ_GATHER 16
#define ZMQ_SCATTER 17
#define ZMQ_DGRAM 18
#define ZMQ_PEER 19
#define ZMQ_CHANNEL 20

/* Socket options. */
#define ZMQ_ZAP_ENFORCE_DOMAIN 93        /* bool: no ZMQ_ZAP_DOMAIN, no authentication (RFC 27) */
#define ZMQ_LOOPBACK_FASTPATH 94         /* bool: a faster loopback, Windows only */
#define ZMQ_METADATA 95                  /* set, text: "X-name:value" for the handshake (RFC 37) */
#define ZMQ_MULTICAST_LOOP 96            /* bool: receive our own multicast packets */
#define ZMQ_ROUTER_NOTIFY 97             /* int: ZMQ_NOTIFY_* to receive as empty messages */
#define ZMQ_XPUB_MANUAL_LAST_VALUE 98    /* set, bool: the next message goes to the newest peer */
#define ZMQ_SOCKS_USERNAME 99            /* text: user at the SOCKS5 proxy; NULL: none */
#define ZMQ_SOCKS_PASSWORD 100           /* text: password at the SOCKS5 proxy; NULL: none */
#define ZMQ_IN_BATCH_SIZE 101            /* int: most to read at a time, bytes */
#define ZMQ_OUT_BATCH_SIZE 102           /* int: most to write at a time, bytes */
#define ZMQ_WSS_KEY_PEM 103              /* set, text: private key of a TLS server */
#define ZMQ_WSS_CERT_PEM 104             /* set, text: certificate of a TLS server */
#define ZMQ_WSS_TRUST_PEM 105            /* set, text: certificates that a TLS client trusts */
#define ZMQ_WSS_HOSTNAME 106             /* set, text: name that a TLS server must prove */
#define ZMQ_WSS_TRUST_SYSTEM 107         /* set, bool: a TLS client trusts what the system trusts */
#define ZMQ_ONLY_FIRST_SUBSCRIBE 108     /* set, bool: only first parts can be subscriptions */
#define ZMQ_RECONNECT_STOP 109           /* int: ZMQ_RECONNECT_STOP_* after which to give up */
#define ZMQ_HELLO_MSG 110                /* set, bytes: first message to each new peer */
#define ZMQ_DISCONNECT_MSG 111           /* set, bytes: received when a peer has gone */
#define ZMQ_PRIORITY 112                 /* int: SO_PRIORITY */
#define ZMQ_BUSY_POLL 113                /* set, int: SO_BUSY_POLL, microseconds */
#define ZMQ_HICCUP_MSG 114               /* set, bytes: received when a connection came back */
#define ZMQ_XSUB_VERBOSE_UNSUBSCRIBE 115 /* set, bool: XSUB sends every unsubscription on */
#define ZMQ_TOPICS_COUNT 116             /* get, int: distinct subscriptions */
#define ZMQ_NORM_MODE 117                /* int: ZMQ_NORM_*, congestion control of NORM */
#define ZMQ_NORM_UNICAST_NACK 118        /* bool: NORM receivers answer the sender only */
#define ZMQ_NORM_BUFFER_SIZE 119         /* int: NORM buffer, kB */
#define ZMQ_NORM_SEGMENT_SIZE 120        /* int: NORM segment, bytes */
#define ZMQ_NORM_BLOCK_SIZE 121          /* int: NORM segments in a block */
#define ZMQ_NORM_NUM_PARITY 122          /* int: NORM parity segments in a block */
#define ZMQ_NORM_NUM_AUTOPARITY 123      /* int: those sent without being asked for */
#define ZMQ_NORM_PUSH 124                /* bool: NORM overwrites old data, does not wait */

/* Context option. */
#define ZMQ_ZERO_COPY_RECV 10 /* 1: received messages point into the read buffer */

/* Values of ZMQ_ROUTER_NOTIFY, ZMQ_RECONNECT_STOP and ZMQ_NORM_MODE. */
#define ZMQ_NOTIFY_CONNECT 1
#define ZMQ_NOTIFY_DISCONNECT 2
#define ZMQ_RECONNECT_STOP_CONN_REFUSED 0x1
#define ZMQ_RECONNECT_STOP_HANDSHAKE_FAILED 0x2
#define ZMQ_RECONNECT_STOP_AFTER_DISCONNECT 0x4
#define ZMQ_NORM_FIXED 0
#define ZMQ_NORM_CC 1
#define ZMQ_NORM_CCL 2
#define ZMQ_NORM_CCE 3
#define ZMQ_NORM_CCE_ECNONLY 4

/* Names for zmq_msg_gets. */
#define ZMQ_MSG_PROPERTY_ROUTING_ID "Routing-Id"
#define ZMQ_MSG_PROPERTY_SOCKET_TYPE "Socket-Type"
#define ZMQ_MSG_PROPERTY_USER_ID "User-Id"
#define ZMQ_MSG_PROPERTY_PEER_ADDRESS "Peer-Address"

/* As zmq_ctx_set and zmq_ctx_get, for values of any size. Return 0 or -1. Errors: EFAULT, EINVAL.
   man zmq_ctx_set_ext, zmq_ctx_get_ext */
ZMQ_EXPORT int zmq_ctx_set_ext(void* ctx, int option, const void* value, size_t size);
ZMQ_EXPORT int zmq_ctx_get_ext(void* ctx, int option, void* value, size_t* size);

/* A DISH joins and leaves groups (RFC 48), names of at most ZMQ_GROUP_MAX_LENGTH bytes. Return 0 or
   -1. Errors: EINVAL, ENOTSUP (other socket types). */
ZMQ_EXPORT int zmq_join(void* socket, const char* group);
ZMQ_EXPORT int zmq_leave(void* socket, const char* group);

/* Connects a PEER (RFC 51) and returns the routing id of the other side, or 0 on failure. Errors:
   as zmq_connect, and EFAULT, ENOTSUP (other socket types). man zmq_connect_peer */
ZMQ_EXPORT uint32_t zmq_connect_peer(void* socket, const char* endpoint);

/* Ends the connection to one peer of a SERVER or PEER. Returns 0 or -1. Errors: EHOSTUNREACH (no
   such peer), ENOTSUP (other socket types). */
ZMQ_EXPORT int zmq_disconnect_peer(void* socket, uint32_t routing_id);

/* The peer that a message of SERVER or PEER is for or from (RFC 41); 0: none. Set returns 0 or -1.
   Errors: EINVAL. man zmq_msg_routing_id, zmq_msg_set_routing_id */
ZMQ_EXPORT int zmq_msg_set_routing_id(zmq_msg_t* msg, uint32_t routing_id);
ZMQ_EXPORT uint32_t zmq_msg_routing_id(zmq_msg_t* msg);

/* The group that a message of RADIO or DISH is for or from (RFC 48). Set returns 0 or -1. Errors:
   EINVAL (name too long). The text lives as long as the message. */
ZMQ_EXPORT int zmq_msg_set_group(zmq_msg_t* msg, const char* group);
ZMQ_EXPORT const char* zmq_msg_group(zmq_msg_t* msg);

/* Makes a message with a copy of `size` bytes. Returns 0 or -1. Errors: ENOMEM.
   man zmq_msg_init_buffer */
ZMQ_EXPORT int zmq_msg_init_buffer(zmq_msg_t* msg, const void* data, size_t size);

/* A set of sockets and descriptors to wait for; unlike zmq_poll, it also takes the socket types
   that threads may share. Errors of all: EFAULT (not a poller). man zmq_poller */
#define ZMQ_HAVE_POLLER

/* What happened to one member of the set. */
typedef struct zmq_poller_event_t {
  void* socket; /* NULL: `fd` it is */
  zmq_fd_t fd;
  void* user_data; /* as given when it was added */
  short events;    /* a mask of ZMQ_POLL* */
} zmq_poller_event_t;

/* Make one (NULL on failure), free one and set the pointer to NULL, count the members. */
ZMQ_EXPORT void* zmq_poller_new(void);
ZMQ_EXPORT int zmq_poller_destroy(void** poller_p);
ZMQ_EXPORT int zmq_poller_size(void* poller);

/* Add a socket, change its events, remove it. Return 0 or -1. Errors: EINVAL (there already, or not
   there; or not events), ENOTSOCK, EMFILE, ENOMEM. */
ZMQ_EXPORT int zmq_poller_add(void* poller, void* socket, void* user_data, short events);
ZMQ_EXPORT int zmq_poller_modify(void* poller, void* socket, short events);
ZMQ_EXPORT int zmq_poller_remove(void* poller, void* socket);

/* The same for descriptors. More errors: EBADF. */
ZMQ_EXPORT int zmq_poller_add_fd(void* poller, zmq_fd_t fd, void* user_data, short events);
ZMQ_EXPORT int zmq_poller_modify_fd(void* poller, zmq_fd_t fd, short events);
ZMQ_EXPORT int zmq_poller_remove_fd(void* poller, zmq_fd_t fd);

/* Wait for one event (returns 0), or for at most `count` (returns how many came), for at most
   `timeout` ms; else -1. Errors: EAGAIN (timed out), EINTR, EINVAL, ENOMEM, ETERM. */
ZMQ_EXPORT int zmq_poller_wait(void* poller, zmq_poller_event_t* event, long timeout);
ZMQ_EXPORT int zmq_poller_wait_all(void* poller, zmq_poller_event_t* events, int count,
                                   long timeout);

/* Stores a descriptor that is readable while the set may have events; for sets of sockets that
   threads may share. Returns 0 or -1. Errors: EINVAL. */
ZMQ_EXPORT int zmq_poller_fd(void* poller, zmq_fd_t* fd);

/* Returns a mask of ZMQ_POLLIN and ZMQ_POLLOUT for one peer of a ROUTER, or -1. Errors:
   EHOSTUNREACH (no such peer), ENOTSUP (other socket types). */
ZMQ_EXPORT int zmq_socket_get_peer_state(void* socket, const void* routing_id,
                                         size_t routing_id_size);

/* As zmq_socket_monitor, with a choice of the events' format (1, or 2: event and values as uint64_t
   parts, then the local and the remote address) and of the socket type that reports them. More
   errors: EINVAL (version, type). man zmq_socket_monitor_versioned */
#define ZMQ_CURRENT_EVENT_VERSION 1
#define ZMQ_CURRENT_EVENT_VERSION_DRAFT 2
#define ZMQ_EVENT_ALL_V1 ZMQ_EVENT_ALL
#define ZMQ_EVENT_PIPES_STATS 0x10000
#define ZMQ_EVENT_ALL_V2 (ZMQ_EVENT_ALL_V1 | ZMQ_EVENT_PIPES_STATS)
ZMQ_EXPORT int zmq_socket_monitor_versioned(void* socket, const char* endpoint, uint64_t events,
                                            int event_version, int type);

/* Asks for one ZMQ_EVENT_PIPES_STATS per connection: messages queued, sending and receiving.
   Returns 0 or -1. Errors: EAGAIN (no connection), EINVAL (no monitor of format 2). */
ZMQ_EXPORT int zmq_socket_monitor_pipes_stats(void* socket);

#if !defined(_WIN32)
/* As zmq_poll, with a signal mask for the time of the wait (see man ppoll). More errors: EBADF,
   EINVAL. man zmq_ppoll */
ZMQ_EXPORT int zmq_ppoll(zmq_pollitem_t* items, int count, long timeout, const sigset_t* sigmask);
#endif

#endif /* ZMQ_BUILD_DRAFT_API */

#ifdef __cplusplus
}
#endif

#undef ZMQ_EXPORT

#endif /* __ZMQ_H_INCLUDED__ */
