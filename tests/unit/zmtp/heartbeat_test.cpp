#include "zmtp/heartbeat.h"

#include <gtest/gtest.h>

namespace zmqng {
namespace {

using Action = Heartbeat::Action;

constexpr Millis kStart = 1000000;

// A Heartbeat right after the handshake, on a clock that a test moves.
struct Timeline {
  Heartbeat heartbeat;
  Millis now = kStart;

  explicit Timeline(HeartbeatOptions options = {}) : heartbeat(options) {
    heartbeat.on_handshake_done(now);
  }
  Action poll_after(Millis passed) {
    now += passed;
    return heartbeat.poll(now);
  }
  void sent() { heartbeat.on_ping_sent_to_kernel(now); }
  void peer_pings(Millis ttl) {
    heartbeat.on_received();
    heartbeat.on_peer_ping(ttl, now);
  }
  // Passes the time octet by octet, so to say, and counts what is asked for.
  int count(Action action, Millis passed) {
    int seen = 0;
    for (const Millis end = now + passed; now < end;) {
      const Action asked = poll_after(1);
      seen += asked == action ? 1 : 0;
      if (asked == Action::send_ping) sent();
    }
    return seen;
  }
};

TEST(Heartbeat, DoesNothingUnlessAsked) {
  Timeline line;
  EXPECT_EQ(line.heartbeat.next_deadline(), kNever);
  EXPECT_EQ(line.poll_after(1000000000), Action::none);
}

TEST(Heartbeat, PingsOncePerInterval) {
  Timeline line{{.interval = 100, .timeout = 0}};
  EXPECT_EQ(line.heartbeat.next_deadline(), kStart + 100);
  EXPECT_EQ(line.poll_after(99), Action::none);
  EXPECT_EQ(line.poll_after(1), Action::send_ping);
  EXPECT_EQ(line.heartbeat.poll(line.now), Action::none);
  line.sent();
  EXPECT_EQ(line.count(Action::send_ping, 1000), 10);
}

TEST(Heartbeat, GivesASilentPeerUpAfterTheTimeOut) {
  Timeline line{{.interval = 100, .timeout = 30}};
  EXPECT_EQ(line.poll_after(100), Action::send_ping);
  line.sent();
  EXPECT_EQ(line.heartbeat.next_deadline(), line.now + 30);
  EXPECT_EQ(line.poll_after(29), Action::none);
  EXPECT_EQ(line.poll_after(1), Action::expired);
}

TEST(Heartbeat, TimeOutIsTheIntervalUnlessSet) {
  Timeline line{{.interval = 100}};
  EXPECT_EQ(line.poll_after(100), Action::send_ping);
  line.sent();
  EXPECT_EQ(line.poll_after(99), Action::none);
  EXPECT_EQ(line.poll_after(1), Action::expired);
}

TEST(Heartbeat, LaterPingsDoNotProlongTheTimeOut) {
  Timeline line{{.interval = 100, .timeout = 250}};
  EXPECT_EQ(line.poll_after(100), Action::send_ping);
  line.sent();
  EXPECT_EQ(line.poll_after(100), Action::send_ping);
  line.sent();
  EXPECT_EQ(line.poll_after(100), Action::send_ping);
  line.sent();
  EXPECT_EQ(line.poll_after(50), Action::expired);
}

TEST(Heartbeat, TimeOutStartsOnlyWhenThePingHasReachedTheKernel) {
  Timeline line{{.interval = 100, .timeout = 30}};
  EXPECT_EQ(line.poll_after(100), Action::send_ping);
  EXPECT_EQ(line.poll_after(10000), Action::none) << "nor is a second one queued behind it";
  line.sent();
  EXPECT_EQ(line.poll_after(29), Action::none);
  EXPECT_EQ(line.poll_after(1), Action::expired);
}

TEST(Heartbeat, AnythingReceivedEndsTheTimeOut) {
  Timeline line{{.interval = 100, .timeout = 99}};
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(line.poll_after(i == 0 ? 100 : 50), Action::send_ping);
    line.sent();
    EXPECT_EQ(line.poll_after(50), Action::none);
    line.heartbeat.on_received();
  }
}

TEST(Heartbeat, PeersTtlIsAPromiseToSpeakAgain) {
  Timeline line;
  line.peer_pings(500);
  EXPECT_EQ(line.heartbeat.next_deadline(), kStart + 500);
  EXPECT_EQ(line.poll_after(499), Action::none);
  line.peer_pings(500);
  EXPECT_EQ(line.poll_after(499), Action::none);
  EXPECT_EQ(line.poll_after(1), Action::expired);
}

TEST(Heartbeat, PeersTtlEndsWithAnythingReceivedAndNoneSetsNone) {
  Timeline line;
  line.peer_pings(500);
  line.heartbeat.on_received();
  EXPECT_EQ(line.poll_after(10000), Action::none);
  line.peer_pings(0);
  EXPECT_EQ(line.poll_after(10000), Action::none);
}

TEST(Heartbeat, LongTtlDoesNotWrap) {
  for (const Millis ttl : {65600, 70000, 6553500}) {
    Timeline line;
    line.peer_pings(ttl);
    EXPECT_EQ(line.poll_after(ttl - 1), Action::none);
    EXPECT_EQ(line.poll_after(1), Action::expired);
  }
}

TEST(Heartbeat, NothingTimesOutWhileWeDoNotRead) {
  Timeline line{{.interval = 100, .timeout = 30}};
  line.peer_pings(50);
  EXPECT_EQ(line.poll_after(40), Action::none);
  line.heartbeat.pause(line.now);
  EXPECT_EQ(line.count(Action::expired, 5000), 0);
}

TEST(Heartbeat, PingsGoOnWhileWeDoNotRead) {
  Timeline line{{.interval = 100, .timeout = 30}};
  line.heartbeat.pause(line.now);
  EXPECT_EQ(line.count(Action::send_ping, 1000), 10);
}

TEST(Heartbeat, TimeOutsStartOverInFullWhenWeReadAgain) {
  Timeline line{{.interval = 100, .timeout = 80}};
  EXPECT_EQ(line.poll_after(100), Action::send_ping);
  line.sent();
  EXPECT_EQ(line.poll_after(79), Action::none);
  line.heartbeat.pause(line.now);
  EXPECT_EQ(line.count(Action::expired, 1000), 0);
  line.heartbeat.resume(line.now);
  EXPECT_EQ(line.count(Action::expired, 79), 0);
  EXPECT_EQ(line.poll_after(1), Action::expired);
}

TEST(Heartbeat, PeersTtlStartsOverInFullWhenWeReadAgain) {
  Timeline line;
  line.peer_pings(300);
  EXPECT_EQ(line.poll_after(299), Action::none);
  line.heartbeat.pause(line.now);
  EXPECT_EQ(line.poll_after(10000), Action::send_pong);
  line.heartbeat.resume(line.now);
  EXPECT_EQ(line.poll_after(299), Action::none);
  EXPECT_EQ(line.poll_after(1), Action::expired);
}

TEST(Heartbeat, PausedPeerThatPingsHearsAPongInEveryIntervalOfIts) {
  Timeline line;
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(line.poll_after(200), Action::none);
    line.peer_pings(0);
  }
  line.heartbeat.pause(line.now);
  for (int i = 0; i < 10; ++i) EXPECT_GE(line.count(Action::send_pong, 200), 1) << i;
  line.heartbeat.resume(line.now);
  EXPECT_EQ(line.count(Action::send_pong, 2000), 0);
}

TEST(Heartbeat, PausedPeerThatNeverPingedIsLeftAlone) {
  Timeline line;
  line.heartbeat.pause(line.now);
  EXPECT_EQ(line.heartbeat.next_deadline(), kNever);
  EXPECT_EQ(line.count(Action::send_pong, 5000), 0);
}

TEST(Heartbeat, PingFoundAfterThePauseBeganStartsThePongs) {
  Timeline line;
  line.heartbeat.pause(line.now);
  line.now += 10;
  line.peer_pings(0);
  EXPECT_GE(line.count(Action::send_pong, 1000), 1);
}

TEST(Heartbeat, PingsReadInOneGoDoNotSpoilTheMeasuredInterval) {
  Timeline line;
  for (int i = 0; i < 3; ++i) {
    line.now += 200;
    line.peer_pings(0);
  }
  line.heartbeat.pause(line.now);
  line.now += 5000;
  line.heartbeat.resume(line.now);
  for (int i = 0; i < 25; ++i) line.peer_pings(0);
  line.heartbeat.pause(line.now);
  const int pongs = line.count(Action::send_pong, 2000);
  EXPECT_GE(pongs, 10);
  EXPECT_LE(pongs, 21);
}

}  // namespace
}  // namespace zmqng
