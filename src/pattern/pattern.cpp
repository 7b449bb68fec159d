#include "pattern/pattern.h"

#include <new>

#include "pattern/dealer.h"
#include "pattern/pair.h"
#include "pattern/pub.h"
#include "pattern/pull.h"
#include "pattern/push.h"
#include "pattern/rep.h"
#include "pattern/req.h"
#include "pattern/router.h"
#include "pattern/stream.h"
#include "pattern/sub.h"
#include "pattern/xpub.h"
#include "pattern/xsub.h"

namespace zmqng {
namespace {

template <typename Type>
Pattern* make(PatternHost& host) {
  return new (std::nothrow) Type(host);
}

// By socket type.
constexpr Pattern* (*kMakers[])(PatternHost&) = {
    make<Pair>,           // 0
    make<Pub>,            // 1
    make<Sub>,            // 2
    make<Req>,            // 3
    make<Rep>,            // 4
    make<Dealer>,         // 5
    make<Router>,         // 6
    make<Pull>,           // 7
    make<Push>,           // 8
    make<Xpub>,           // 9
    make<Xsub>,           // 10
    make<StreamPattern>,  // 11
};

}  // namespace

std::unique_ptr<Pattern> make_pattern(int socket_type, PatternHost& host) {
  if (socket_type < 0 || socket_type >= static_cast<int>(std::size(kMakers))) return nullptr;
  return std::unique_ptr<Pattern>(kMakers[socket_type](host));
}

}  // namespace zmqng
