// Checks of Debian's cppzmq (zmq.hpp, zmq_addon.hpp): one check per run.
//
// usage: cppzmq_checks --list | NAME
//
// The last line printed is "mapped PATHS": the libzmq files in this process's memory map.
// zmq::poller_t and active_poller_t need the draft interface, which Debian's headers do not offer.
#include <atomic>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>
#include <zmq_addon.hpp>

namespace {

#define NEED(condition)                                                            \
  do {                                                                             \
    if (!(condition)) {                                                            \
      std::cout << __FILE__ << ":" << __LINE__ << ": not so: " #condition << "\n"; \
      std::exit(1);                                                                \
    }                                                                              \
  } while (0)

using namespace std::chrono_literals;
constexpr auto kLimit = 10000ms;

struct Linked {
  zmq::socket_t bound;
  zmq::socket_t connected;

  Linked(zmq::context_t& context, zmq::socket_type bound_type, zmq::socket_type connected_type,
         const std::string& endpoint = "tcp://127.0.0.1:*")
      : bound(context, bound_type), connected(context, connected_type) {
    for (zmq::socket_t* socket : {&bound, &connected}) {
      socket->set(zmq::sockopt::linger, 0);
      socket->set(zmq::sockopt::rcvtimeo, static_cast<int>(kLimit.count()));
    }
    bound.bind(endpoint);
    connected.connect(bound.get(zmq::sockopt::last_endpoint));
  }
};

void request_reply() {
  zmq::context_t context;
  Linked s(context, zmq::socket_type::rep, zmq::socket_type::req);
  for (int i = 0; i < 100; ++i) {
    NEED(s.connected.send(zmq::str_buffer("question"), zmq::send_flags::none) == 8u);
    zmq::message_t message;
    NEED(s.bound.recv(message) == 8u);
    NEED(message.to_string() == "question");
    NEED(s.bound.send(zmq::message_t(std::to_string(i)), zmq::send_flags::none));
    NEED(s.connected.recv(message));
    NEED(message.to_string_view() == std::to_string(i));
  }
}

void multipart_helpers() {
  zmq::context_t context;
  Linked s(context, zmq::socket_type::router, zmq::socket_type::dealer);
  std::vector<zmq::message_t> out;
  out.emplace_back("one", 3);
  out.emplace_back();
  out.emplace_back(std::string(100000, 'x'));
  NEED(zmq::send_multipart(s.connected, out) == 3u);
  std::vector<zmq::message_t> in;
  NEED(zmq::recv_multipart(s.bound, std::back_inserter(in)) == 4u);
  NEED(in[1].to_string() == "one" && in[2].empty() && in[3].size() == 100000);
  NEED(zmq::send_multipart(s.bound, in) == 4u);
  std::vector<zmq::message_t> back;
  NEED(zmq::recv_multipart(s.connected, std::back_inserter(back)) == 3u);
  NEED(back[2].size() == 100000);
}

void multipart_class() {
  zmq::context_t context;
  Linked s(context, zmq::socket_type::pair, zmq::socket_type::pair, "inproc://multipart");
  zmq::multipart_t message("first");
  message.addtyp<int>(42);
  message.pushstr("zero");
  NEED(message.send(s.connected) && message.empty());
  zmq::multipart_t received;
  NEED(received.recv(s.bound) && received.size() == 3);
  NEED(received.popstr() == "zero" && received.popstr() == "first");
  NEED(received.poptyp<int>() == 42 && received.empty());
  zmq::multipart_t encoded("a");
  encoded.addstr("b");
  const zmq::multipart_t decoded = zmq::multipart_t::decode(encoded.encode());
  NEED(decoded.size() == 2 && decoded.equal(&encoded));
}

void poll_sockets() {
  zmq::context_t context;
  Linked s(context, zmq::socket_type::pull, zmq::socket_type::push);
  Linked quiet(context, zmq::socket_type::pull, zmq::socket_type::push, "inproc://quiet");
  std::vector<zmq::pollitem_t> items = {{s.bound.handle(), 0, ZMQ_POLLIN, 0},
                                        {quiet.bound.handle(), 0, ZMQ_POLLIN, 0}};
  NEED(zmq::poll(items, 0ms) == 0);
  s.connected.send(zmq::str_buffer("x"), zmq::send_flags::none);
  NEED(zmq::poll(items, kLimit) == 1);
  NEED(items[0].revents == ZMQ_POLLIN && items[1].revents == 0);
}

struct Recorder : zmq::monitor_t {
  std::set<std::string> seen;
  void on_event_listening(const zmq_event_t&, const char*) override { seen.insert("listening"); }
  void on_event_accepted(const zmq_event_t&, const char*) override { seen.insert("accepted"); }
  void on_event_handshake_succeeded(const zmq_event_t&, const char*) override {
    seen.insert("handshake");
  }
  void on_event_disconnected(const zmq_event_t&, const char*) override {
    seen.insert("disconnected");
  }

  void wait_for(const std::string& name) {
    const auto end = std::chrono::steady_clock::now() + kLimit;
    while (seen.count(name) == 0) {
      NEED(std::chrono::steady_clock::now() < end);
      check_event(100);
    }
  }
};

void monitor() {
  zmq::context_t context;
  zmq::socket_t server(context, zmq::socket_type::rep);
  Recorder recorder;
  recorder.init(server, "inproc://monitor", ZMQ_EVENT_ALL);
  server.bind("tcp://127.0.0.1:*");
  recorder.wait_for("listening");
  {
    zmq::socket_t client(context, zmq::socket_type::req);
    client.connect(server.get(zmq::sockopt::last_endpoint));
    recorder.wait_for("accepted");
    recorder.wait_for("handshake");
  }
  recorder.wait_for("disconnected");
}

void zero_copy() {
  static std::atomic<int> freed{0};
  {
    zmq::context_t context;
    Linked s(context, zmq::socket_type::pull, zmq::socket_type::push);
    for (int i = 0; i < 10; ++i) {
      auto* data = new std::string(200000, static_cast<char>('a' + i));
      zmq::message_t message(
          data->data(), data->size(),
          [](void*, void* hint) {
            delete static_cast<std::string*>(hint);
            ++freed;
          },
          data);
      NEED(s.connected.send(std::move(message), zmq::send_flags::none));
      zmq::message_t received;
      NEED(s.bound.recv(received) == 200000u);
      NEED(received.data<char>()[199999] == 'a' + i);
    }
  }
  NEED(freed == 10);
}

void message_operations() {
  zmq::message_t first(std::string("content")), second;
  second.copy(first);
  NEED(first == second);
  zmq::message_t third(std::move(first));
  NEED(third == second && third.size() == 7);
  third.rebuild("other", 5);
  NEED(third != second);
  second.swap(third);
  NEED(second.to_string() == "other" && third.to_string() == "content");
}

void message_properties() {
  zmq::context_t context;
  Linked s(context, zmq::socket_type::pull, zmq::socket_type::push);
  s.connected.send(zmq::str_buffer("x"), zmq::send_flags::none);
  zmq::message_t message;
  NEED(s.bound.recv(message));
  NEED(std::string(message.gets("Socket-Type")) == "PUSH");
  NEED(std::string(message.gets("Peer-Address")) == "127.0.0.1");
}

void socket_options() {
  zmq::context_t context;
  zmq::socket_t socket(context, zmq::socket_type::dealer);
  socket.set(zmq::sockopt::routing_id, "name");
  NEED(socket.get(zmq::sockopt::routing_id) == "name");
  socket.set(zmq::sockopt::sndhwm, 12);
  NEED(socket.get(zmq::sockopt::sndhwm) == 12);
  socket.set(zmq::sockopt::immediate, true);
  NEED(socket.get(zmq::sockopt::immediate));
  NEED(socket.get(zmq::sockopt::socket_type) == zmq::socket_type::dealer);
  context.set(zmq::ctxopt::max_sockets, 77);
  NEED(context.get(zmq::ctxopt::max_sockets) == 77);
}

void publish_subscribe() {
  zmq::context_t context;
  Linked s(context, zmq::socket_type::xpub, zmq::socket_type::sub);
  s.connected.set(zmq::sockopt::subscribe, "topic");
  zmq::message_t message;
  NEED(s.bound.recv(message) && message.size() == 6);
  s.bound.send(zmq::str_buffer("other"), zmq::send_flags::none);
  s.bound.send(zmq::str_buffer("topic news"), zmq::send_flags::none);
  NEED(s.connected.recv(message) && message.to_string() == "topic news");
}

void steerable_proxy() {
  zmq::context_t context;
  Linked front(context, zmq::socket_type::pull, zmq::socket_type::push, "inproc://front");
  Linked back(context, zmq::socket_type::push, zmq::socket_type::pull, "inproc://back");
  Linked control(context, zmq::socket_type::pair, zmq::socket_type::pair, "inproc://control");
  std::thread thread(
      [&] { zmq::proxy_steerable(front.bound, back.bound, zmq::socket_ref(), control.bound); });
  front.connected.send(zmq::str_buffer("through"), zmq::send_flags::none);
  zmq::message_t message;
  NEED(back.connected.recv(message) && message.to_string() == "through");
  control.connected.send(zmq::str_buffer("TERMINATE"), zmq::send_flags::none);
  thread.join();
}

void shutdown_wakes_receiver() {
  zmq::context_t context;
  zmq::socket_t pull(context, zmq::socket_type::pull);
  pull.bind("inproc://blocked");
  bool terminated = false;
  std::thread thread([&] {
    zmq::message_t message;
    try {
      (void)pull.recv(message);
    } catch (const zmq::error_t& error) {
      terminated = error.num() == ETERM;
    }
    pull.close();
  });
  context.shutdown();
  thread.join();
  NEED(terminated);
}

void errors_are_exceptions() {
  zmq::context_t context;
  zmq::socket_t socket(context, zmq::socket_type::pull);
  zmq::message_t message;
  NEED(!socket.recv(message, zmq::recv_flags::dontwait));  // EAGAIN is no exception
  try {
    socket.bind("nosuch://x");
  } catch (const zmq::error_t& error) {
    NEED(error.num() == EPROTONOSUPPORT);
    return;
  }
  NEED(!"an exception");
}

const std::map<std::string, void (*)()> kChecks = {
    {"request_reply", request_reply},
    {"multipart_helpers", multipart_helpers},
    {"multipart_class", multipart_class},
    {"poll_sockets", poll_sockets},
    {"monitor", monitor},
    {"zero_copy", zero_copy},
    {"message_operations", message_operations},
    {"message_properties", message_properties},
    {"socket_options", socket_options},
    {"publish_subscribe", publish_subscribe},
    {"steerable_proxy", steerable_proxy},
    {"shutdown_wakes_receiver", shutdown_wakes_receiver},
    {"errors_are_exceptions", errors_are_exceptions},
};

void print_mapped() {
  std::ifstream maps("/proc/self/maps");
  std::set<std::string> paths;
  for (std::string line; std::getline(maps, line);) {
    const size_t slash = line.find('/');
    if (slash != std::string::npos && line.find("/libzmq", slash) != std::string::npos)
      paths.insert(line.substr(slash));
  }
  std::cout << "mapped";
  for (const std::string& path : paths) std::cout << " " << path;
  std::cout << std::endl;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string name = argc == 2 ? argv[1] : "";
  if (name == "--list") {
    for (const auto& [check, function] : kChecks) std::cout << check << "\n";
    return 0;
  }
  const auto found = kChecks.find(name);
  if (found == kChecks.end()) return 2;
  try {
    found->second();
  } catch (const std::exception& problem) {
    std::cout << "exception: " << problem.what() << std::endl;
    return 1;
  }
  print_mapped();
  return 0;
}
