// What Debian's libzmq 4.3.4 does with socket options, measured: which types accept and answer
// each, with which default, and which of the probed values and lengths it takes. Options that a
// live socket answers and those that are more than one field have tests of their own.
#pragma once

#include <climits>
#include <cstdint>

namespace measured {

inline constexpr std::uint32_t all = 0x1fffff;  // bit n: socket type n
inline constexpr std::uint32_t none = 0;

// The values tried on every option of every type.
inline constexpr int kProbedNumbers[] = {INT_MIN, -1000, -101,  -100,    -99,     -3,     -2,  -1,
                                         0,       1,     2,     3,       4,       5,      7,   10,
                                         99,      100,   127,   254,     255,     256,    257, 1000,
                                         8192,    65535, 65536, 6553599, 6553600, INT_MAX};

inline constexpr int kProbedLengths[] = {0,   1,   2,   3,   4,   5,   7,    8,    9,  15,
                                         16,  17,  31,  32,  33,  39,  40,   41,   42, 64,
                                         128, 253, 254, 255, 256, 257, 1000, 70000};

enum class Readback { same, zero_or_one, hundreds };

// Options of 4 octets.
struct Number {
  int number;
  const char* name;
  std::uint32_t set_types;
  std::uint32_t get_types;
  int default_value;
  int min;
  int max;
  Readback readback;
};

inline constexpr Number kNumbers[] = {
    {8, "RATE", all, all, 100, 1, INT_MAX, Readback::same},
    {9, "RECOVERY_IVL", all, all, 10000, 0, INT_MAX, Readback::same},
    {11, "SNDBUF", all, all, -1, -1, INT_MAX, Readback::same},
    {12, "RCVBUF", all, all, -1, -1, INT_MAX, Readback::same},
    {17, "LINGER", all, all, -1, -1, INT_MAX, Readback::same},
    {18, "RECONNECT_IVL", all, all, 100, -1, INT_MAX, Readback::same},
    {19, "BACKLOG", all, all, 100, 0, INT_MAX, Readback::same},
    {21, "RECONNECT_IVL_MAX", all, all, 0, 0, INT_MAX, Readback::same},
    {23, "SNDHWM", all, all, 1000, 0, INT_MAX, Readback::same},
    {24, "RCVHWM", all, all, 1000, 0, INT_MAX, Readback::same},
    {25, "MULTICAST_HOPS", all, all, 1, 1, INT_MAX, Readback::same},
    {27, "RCVTIMEO", all, all, -1, -1, INT_MAX, Readback::same},
    {28, "SNDTIMEO", all, all, -1, -1, INT_MAX, Readback::same},
    {31, "IPV4ONLY", all, all, 1, 0, 1, Readback::same},
    {33, "ROUTER_MANDATORY", 0x50, none, 0, 0, INT_MAX, Readback::same},
    {34, "TCP_KEEPALIVE", all, all, -1, -1, 1, Readback::same},
    {35, "TCP_KEEPALIVE_CNT", all, all, -1, -1, INT_MAX, Readback::same},
    {36, "TCP_KEEPALIVE_IDLE", all, all, -1, -1, INT_MAX, Readback::same},
    {37, "TCP_KEEPALIVE_INTVL", all, all, -1, -1, INT_MAX, Readback::same},
    {39, "IMMEDIATE", all, all, 0, 0, 1, Readback::same},
    {40, "XPUB_VERBOSE", 0x202, none, 0, 0, INT_MAX, Readback::same},
    {41, "ROUTER_RAW", 0x50, none, 0, 0, INT_MAX, Readback::same},
    {42, "IPV6", all, all, 0, 0, 1, Readback::same},
    {44, "PLAIN_SERVER", all, all, 0, 0, 1, Readback::same},
    {47, "CURVE_SERVER", all, all, 0, 0, 1, Readback::same},
    {51, "PROBE_ROUTER", 0x78, none, 0, 0, INT_MAX, Readback::same},
    {52, "REQ_CORRELATE", 0x8, none, 0, 0, INT_MAX, Readback::same},
    {53, "REQ_RELAXED", 0x8, none, 0, 0, INT_MAX, Readback::same},
    {54, "CONFLATE", all, all, 0, 0, 1, Readback::same},
    {56, "ROUTER_HANDOVER", 0x50, none, 0, 0, INT_MAX, Readback::same},
    {57, "TOS", all, all, 0, 0, INT_MAX, Readback::same},
    {58, "IPC_FILTER_PID", all, none, 0, INT_MIN, INT_MAX, Readback::same},
    {59, "IPC_FILTER_UID", all, none, 0, INT_MIN, INT_MAX, Readback::same},
    {60, "IPC_FILTER_GID", all, none, 0, INT_MIN, INT_MAX, Readback::same},
    {62, "GSSAPI_SERVER", all, all, 0, 0, 1, Readback::same},
    {65, "GSSAPI_PLAINTEXT", all, all, 0, 0, 1, Readback::same},
    {66, "HANDSHAKE_IVL", all, all, 30000, 0, INT_MAX, Readback::same},
    {69, "XPUB_NODROP", 0x4202, none, 0, 0, INT_MAX, Readback::same},
    {71, "XPUB_MANUAL", 0x202, none, 0, 0, INT_MAX, Readback::same},
    {73, "STREAM_NOTIFY", 0x800, none, 0, 0, 1, Readback::same},
    {74, "INVERT_MATCHING", all, all, 0, INT_MIN, INT_MAX, Readback::zero_or_one},
    {75, "HEARTBEAT_IVL", all, all, 0, 0, INT_MAX, Readback::same},
    {76, "HEARTBEAT_TTL", all, all, 0, -99, 6553599, Readback::hundreds},
    {77, "HEARTBEAT_TIMEOUT", all, all, -1, 0, INT_MAX, Readback::same},
    {78, "XPUB_VERBOSER", 0x202, none, 0, 0, INT_MAX, Readback::same},
    {79, "CONNECT_TIMEOUT", all, all, 0, 0, INT_MAX, Readback::same},
    {80, "TCP_MAXRT", all, all, 0, 0, INT_MAX, Readback::same},
    {84, "MULTICAST_MAXTPDU", all, all, 1500, 1, INT_MAX, Readback::same},
    {89, "USE_FD", all, all, -1, -1, INT_MAX, Readback::same},
    {90, "GSSAPI_PRINCIPAL_NAMETYPE", all, all, 0, 0, 2, Readback::same},
    {91, "GSSAPI_SERVICE_PRINCIPAL_NAMETYPE", all, all, 0, 0, 2, Readback::same},
    {93, "ZAP_ENFORCE_DOMAIN", all, all, 0, INT_MIN, INT_MAX, Readback::zero_or_one},
    {94, "LOOPBACK_FASTPATH", all, all, 0, INT_MIN, INT_MAX, Readback::zero_or_one},
    {96, "MULTICAST_LOOP", all, all, 1, INT_MIN, INT_MAX, Readback::zero_or_one},
    {98, "XPUB_MANUAL_LAST_VALUE", 0x202, none, 0, 0, INT_MAX, Readback::same},
    {108, "ONLY_FIRST_SUBSCRIBE", 0x602, none, 0, 0, INT_MAX, Readback::same},
    {109, "RECONNECT_STOP", all, all, 0, INT_MIN, INT_MAX, Readback::same},
};

// Options of octets; `has_nul`: the answer has a NUL more than what was set.
struct Octets {
  int number;
  const char* name;
  std::uint32_t set_types;
  std::uint32_t get_types;
  int length_min;
  int length_max;
  bool has_nul;
};

inline constexpr Octets kOctets[] = {
    {5, "ROUTING_ID", all, all, 1, 255, false},
    {45, "PLAIN_USERNAME", all, all, 1, 255, true},
    {46, "PLAIN_PASSWORD", all, all, 1, 255, true},
    {55, "ZAP_DOMAIN", all, all, 1, 255, true},
    {61, "CONNECT_ROUTING_ID", 0x850, none, 1, 70000, false},
    {63, "GSSAPI_PRINCIPAL", all, all, 1, 255, true},
    {64, "GSSAPI_SERVICE_PRINCIPAL", all, all, 1, 255, true},
    {68, "SOCKS_PROXY", all, all, 1, 70000, true},
    {72, "XPUB_WELCOME_MSG", 0x202, none, 0, 70000, false},
    {92, "BINDTODEVICE", all, all, 1, 16, true},
    {99, "SOCKS_USERNAME", all, all, 0, 255, true},
    {100, "SOCKS_PASSWORD", all, all, 0, 255, true},
};

// No type accepts or answers these.
inline constexpr int kUnknown[] = {-1,  0,   1,   2,   3,   10,   20,      26,     29,  30,
                                   67,  70,  82,  83,  85,  86,   87,      88,     101, 102,
                                   103, 104, 105, 106, 107, 110,  111,     113,    114, 115,
                                   116, 117, 124, 125, 130, 1000, 1000000, INT_MAX};

}  // namespace measured
