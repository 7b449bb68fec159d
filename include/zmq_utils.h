/* SPDX-License-Identifier: MPL-2.0 */
/* zmq_utils.h: kept for old programs. Everything that was declared here is in zmq.h today. */
#ifndef ZMQ_UTILS_H_INCLUDED
#define ZMQ_UTILS_H_INCLUDED

#include "zmq.h"

#endif /* ZMQ_UTILS_H_INCLUDED */
