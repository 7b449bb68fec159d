// Every interleaving of one writer and one reader of a ConflatingSlot.

#include "pipe/conflating_slot.h"

#include <gtest/gtest.h>

#include <memory>
#include <utility>

#include "explore/explorer.h"

namespace zmqng {
namespace {

using explore::Event;
using explore::Program;
using explore::require;

struct Scene {
  ConflatingSlot slot;
  Event reader_told;
  int latest = 0;
  bool has_ended = false;
};

void put(Scene& scene, std::uint8_t value) {
  Message message;
  require(message.assign({&value, 1}), "no memory");
  require(scene.slot.put(std::move(message)), "no memory");
  if (scene.slot.publish()) scene.reader_told.set();
}

void write(Scene& scene, int count) {
  for (int i = 1; i <= count; ++i) put(scene, static_cast<std::uint8_t>(i));
}

void write_and_end(Scene& scene) {
  write(scene, 2);
  scene.slot.end();
  if (scene.slot.publish()) scene.reader_told.set();
}

void take(Scene& scene) {
  Message message;
  if (!scene.slot.take(message)) return;
  const int value = message.bytes()[0];
  require(value > scene.latest, "a message came twice or out of order");
  scene.latest = value;
}

void sleep(Scene& scene) {
  if (!scene.slot.go_dormant()) return;
  scene.reader_told.wait();
  scene.reader_told.clear();
}

TEST(ConflatingSlotExplored, TheLatestMessageIsHeardOf) {
  for (const bool has_membarrier : {true, false}) {
    const auto outcome = explore::explore(
        [] {
          auto scene = std::make_shared<Scene>();
          return Program{{[=] { write(*scene, 3); },
                          [=] {
                            while (scene->latest < 3) {
                              take(*scene);
                              if (scene->latest < 3) sleep(*scene);
                            }
                          }},
                         {}};
        },
        {.preemptions = 5, .has_membarrier = has_membarrier});
    EXPECT_EQ(outcome.failure, "");
    EXPECT_GT(outcome.schedules, 20);
  }
}

TEST(ConflatingSlotExplored, TheEndIsHeardOfAfterTheLastMessage) {
  const auto outcome = explore::explore(
      [] {
        auto scene = std::make_shared<Scene>();
        return Program{{[=] { write_and_end(*scene); },
                        [=] {
                          for (;;) {
                            take(*scene);
                            if (scene->slot.has_ended() && scene->slot.is_empty()) return;
                            sleep(*scene);
                          }
                        }},
                       [=] { require(scene->latest == 2, "the last message is lost"); }};
      },
      {.preemptions = 4});
  EXPECT_EQ(outcome.failure, "");
  EXPECT_GT(outcome.schedules, 20);
}

}  // namespace
}  // namespace zmqng
