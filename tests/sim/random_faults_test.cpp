// Links that exchange numbered messages while everything that can go wrong does, from a seed.
//
// ZMQNG_SIM_SEED=n runs that seed alone; ZMQNG_SIM_SEEDS=n runs 1..n.
#include <gtest/gtest.h>

#include <cstdlib>
#include <set>

#include "sim/world.h"

namespace zmqng {
namespace {

constexpr std::uint16_t kPort = 7000;
constexpr int kClients = 4;
constexpr int kSteps = 60;

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

// Client, number, and a body that both determine: a message put together from two shows.
Frames numbered(int client, int number) {
  const int seed = client * 7'919 + number * 31;
  Frames frames{std::to_string(client), std::to_string(number)};
  for (int i = 0; i < seed % 4; ++i) {
    const int size = seed % 17 == 0 ? 20'000 : seed % 300;
    frames.emplace_back(static_cast<std::size_t>(size), static_cast<char>('a' + seed % 26));
  }
  return frames;
}

class Storm {
 public:
  explicit Storm(std::uint64_t seed)
      : world_(seed), has_faults_(seed % 4 != 0), always_reads_(seed % 3 == 0) {
    NetworkSettings& network = world_.network.settings;
    network.buffer_bytes = 200 + one_of(5'000);
    network.delay_min = static_cast<Millis>(one_of(5));
    network.delay_max = network.delay_min + static_cast<Millis>(one_of(10));
    network.short_io_percent = static_cast<int>(one_of(60));
    network.connects_at_once = one_of(2) == 0;
    // Messages go one way only where every one of them is to be accounted for.
    server_ = &world_.socket(SocketType::dealer);
    server_->options.rcvhwm = static_cast<int>(1 + one_of(20));
    server_->options.sndhwm = static_cast<int>(1 + one_of(20));
    set_heartbeat(*server_);
    server_->bind(kPort);
    for (Client& client : clients_) {
      client.socket = &world_.socket(SocketType::dealer);
      SocketOptions& options = client.socket->options;
      options.sndhwm = static_cast<int>(1 + one_of(20));
      options.rcvhwm = static_cast<int>(1 + one_of(20));
      options.reconnect_ivl = static_cast<int>(1 + one_of(20));
      options.handshake_ivl = 200;
      options.immediate = has_faults_ && one_of(4) == 0;
      set_heartbeat(*client.socket);
      client.socket->connect(std::to_string(kPort));
    }
  }

  void run() {
    for (int i = 0; i < kSteps; ++i) {
      step();
      world_.run_for(static_cast<Millis>(one_of(20)));
    }
    server_->sleeps = false;
    server_->set_reads(true);
    for (int i = 0; i < kClients; ++i) close(i);
    for (int i = 0; i < kClients; ++i) {
      EXPECT_TRUE(world_.run_until_done(*clients_[i].socket, 600'000)) << "client " << i;
    }
    world_.run_for(1'000);
    check_server();
    check_clients();
  }

 private:
  struct Client {
    SimSocket* socket = nullptr;
    int sent = 0;
    int linger = -1;
  };

  std::uint64_t one_of(std::uint64_t count) { return world_.rng() % count; }

  void set_heartbeat(SimSocket& socket) {
    // A silent network is noticed by nothing else.
    socket.options.heartbeat_ivl = 50;
    socket.options.heartbeat_timeout = 100;
    if (!has_faults_) socket.options.heartbeat_ivl = 0;
  }

  void step() {
    for (int i = 0; i < kClients; ++i) {
      Client& client = clients_[i];
      const int burst = static_cast<int>(one_of(6));
      for (int k = 0; k < burst && !client.socket->is_closed(); ++k) {
        if (!client.socket->send(numbered(i, client.sent))) break;
        ++client.sent;
      }
    }
    if (one_of(2) == 0 && server_->send(numbered(kClients, server_sent_))) ++server_sent_;
    if (!always_reads_ && one_of(4) == 0) server_->set_reads(one_of(2) == 0);
    if (!always_reads_ && one_of(8) == 0) server_->sleeps = one_of(2) == 0;
    if (one_of(10) == 0) clients_[one_of(kClients)].socket->set_reads(one_of(2) == 0);
    if (one_of(30) == 0) close(static_cast<int>(one_of(kClients)));
    if (has_faults_ && one_of(5) == 0) hurt_network();
  }

  void hurt_network() {
    const auto& wires = world_.network.wires();
    if (wires.empty()) return;
    SimNetwork::Wire& wire = *wires[one_of(wires.size())];
    if (one_of(3) == 0) {
      wire.is_silent = true;
    } else {
      world_.network.reset(wire);
    }
  }

  void close(int index) {
    Client& client = clients_[index];
    if (client.socket->is_closed()) return;
    // A network that fails silently keeps its secret until the connection ends by itself.
    client.linger = !has_faults_ ? -1 : static_cast<int>(one_of(3)) * 300;
    client.socket->close(client.linger);
    if (client.linger < 0) return;
    EXPECT_TRUE(world_.run_until_done(*client.socket, client.linger)) << "linger of " << index;
  }

  void check_server() {
    std::map<std::pair<int, int>, int> latest;
    std::map<int, int> latest_of_all;
    std::map<int, std::set<int>> seen;
    ASSERT_EQ(server_->inbox.size(), server_->origins.size());
    for (std::size_t i = 0; i < server_->inbox.size(); ++i) {
      const Frames& message = server_->inbox[i];
      ASSERT_GE(message.size(), 2u);
      const int client = std::stoi(message[0]);
      const int number = std::stoi(message[1]);
      EXPECT_EQ(message, numbered(client, number));
      EXPECT_TRUE(seen[client].insert(number).second) << "twice: " << client << " " << number;
      // Of two connections of one client, both with unread input, either may come first.
      const auto [entry, is_first] = latest.insert({{client, server_->origins[i]}, number});
      EXPECT_TRUE(is_first || entry->second < number) << "order: " << client << " " << number;
      entry->second = number;
      if (!always_reads_) continue;
      const auto [total, is_new] = latest_of_all.insert({client, number});
      EXPECT_TRUE(is_new || total->second < number) << "order: " << client << " " << number;
      total->second = number;
    }
    if (has_faults_) return;
    for (int i = 0; i < kClients; ++i) {
      EXPECT_EQ(seen[i].size(), static_cast<std::size_t>(clients_[i].sent)) << "lost, of " << i;
    }
  }

  void check_clients() {
    for (const Client& client : clients_) {
      int previous = -1;
      for (const Frames& message : client.socket->inbox) {
        const int number = std::stoi(message.at(1));
        EXPECT_EQ(message, numbered(kClients, number));
        if (client.socket->options.immediate) continue;  // several pipes
        EXPECT_GT(number, previous);
        previous = number;
      }
    }
  }

  World world_;
  const bool has_faults_;
  const bool always_reads_;
  SimSocket* server_ = nullptr;
  Client clients_[kClients];
  int server_sent_ = 0;
};

TEST(RandomFaults, LoseNoOrderAndNoHalfMessagesAndEverythingEnds) {
  const std::uint64_t only = from_environment("ZMQNG_SIM_SEED", 0);
  const std::uint64_t last = only != 0 ? only : from_environment("ZMQNG_SIM_SEEDS", 200);
  for (std::uint64_t seed = only != 0 ? only : 1; seed <= last; ++seed) {
    SCOPED_TRACE("ZMQNG_SIM_SEED=" + std::to_string(seed));
    Storm(seed).run();
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace zmqng
