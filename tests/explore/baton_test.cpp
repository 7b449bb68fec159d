// Every interleaving of threads that want the same Baton.

#include "sync/baton.h"

#include <gtest/gtest.h>

#include <memory>

#include "explore/explorer.h"

namespace zmqng {
namespace {

using explore::Program;
using explore::require;

struct Scene {
  Baton baton;
  Atomic<bool> is_wanted[3];
  bool is_done[3] = {};
  bool is_inside = false;
};

// The thing behind the baton: does what is wanted.
void work(Scene& scene) {
  require(!scene.is_inside, "two hold the baton");
  scene.is_inside = true;
  for (int i = 0; i < 3; ++i) {
    if (scene.is_wanted[i].load(std::memory_order_relaxed)) scene.is_done[i] = true;
  }
  scene.is_inside = false;
}

void want(Scene& scene, int index) {
  scene.is_wanted[index].store(true, std::memory_order_relaxed);
  if (!scene.baton.take_or_note()) return;
  do {
    work(scene);
  } while (!scene.baton.put_down());
}

Program program(int threads) {
  auto scene = std::make_shared<Scene>();
  Program made;
  for (int i = 0; i < threads; ++i) {
    made.threads.push_back([=] { want(*scene, i); });
  }
  made.at_end = [=] {
    for (int i = 0; i < threads; ++i) require(scene->is_done[i], "a note was not served");
    require(scene->baton.take_or_note(), "the baton was not put down");
  };
  return made;
}

TEST(BatonExplored, WhatTwoThreadsWantIsDoneByOneOfThem) {
  const auto outcome = explore::explore([] { return program(2); }, {.preemptions = 5});
  EXPECT_EQ(outcome.failure, "");
  EXPECT_GT(outcome.schedules, 20);
}

TEST(BatonExplored, WhatThreeThreadsWantIsDoneByOneOfThem) {
  const auto outcome = explore::explore([] { return program(3); }, {.preemptions = 3});
  EXPECT_EQ(outcome.failure, "");
  EXPECT_GT(outcome.schedules, 20);
}

}  // namespace
}  // namespace zmqng
