// Bad and odd input: one row of malformed.json is one test. What must happen is in the row: is the
// connection closed, which events does the monitor see, what does the application receive, does a
// connecter dial again. Rows in which the reference is wrong are named here.
#include <gtest/gtest.h>
#include <zmq.h>

#include <cerrno>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "wire/library.h"
#include "wire/vectors.h"

namespace wire {
namespace {

using nlohmann::json;

// Rows whose recorded outcome is a defect that is not to be copied.
const std::set<std::string> kAnsweredWithForeignOctets = {"PING without TTL",
                                                          "PING with half a TTL"};
const std::set<std::string> kDeliveredToTheApplication = {
    "SUBSCRIBE to a DEALER", "SUBSCRIBE to a PULL", "SUBSCRIBE to a SUB"};
const std::set<std::string> kUnderstandsNobody = {"2.0: wrong socket type (PUB to PULL)"};
// Rows that hold from 4.3.5 on.
const std::set<std::string> kDroppedBefore4_3_5 = {"2.0 peer, then idle, HANDSHAKE_IVL=300",
                                                   "1.0 peer, then idle, HANDSHAKE_IVL=300"};

struct Row {
  json data;

  std::string group() const { return data["group"]; }
  std::string title() const { return data["case"]; }
  std::string socket() const {
    const std::string text = data["socket"];
    return text.substr(0, text.find(' '));
  }
  bool says(std::string_view text) const { return title().find(text) != std::string::npos; }
  bool is_dialing() const { return data["socket"].get<std::string>().ends_with("(connect)"); }
  bool is_raw() const { return group() == "greeting" || group() == "v1"; }
  bool is_reset() const { return data["closed"] == "by peer"; }
  bool is_closed() const { return is_reset() || data["closed"].get<bool>(); }
  bool is_end_of_stream() const { return says("peer closes") || says("connection cut"); }

  // What the raw side sends; rows too long for the table are made again here.
  std::string octets() const {
    if (says("Identity of 300")) {
      return zmtp_ready("DEALER", std::string(300, 'i')) + zmtp_frame(0, "m");
    }
    if (says("limit is per frame")) {
      const std::string part(100, 'x');
      return zmtp_frame(1, part) + zmtp_frame(1, part) + zmtp_frame(0, part);
    }
    if (says("cut inside a frame"))
      return std::string(
          "\0\x20"
          "abc",
          5);
    if (says("cut inside a multipart")) return zmtp_frame(1, "part");
    return data.contains("sent") ? from_hex(data["sent"].get<std::string>()) : "";
  }
};

void PrintTo(const Row& row, std::ostream* out) {
  *out << row.data.dump();
}  // NOLINT: gtest

// Options that the row's title stands for.
void set_options(const Row& row, Socket& socket) {
  socket.set(ZMQ_RECONNECT_IVL, 50);
  if (row.says("HANDSHAKE_IVL=300")) socket.set(ZMQ_HANDSHAKE_IVL, 300);
  if (row.says("MAXMSGSIZE=20")) socket.set64(ZMQ_MAXMSGSIZE, 20);
  if (row.says("MAXMSGSIZE=10")) socket.set64(ZMQ_MAXMSGSIZE, 10);
  if (row.group() == "traffic" && row.says("MAXMSGSIZE")) socket.set64(ZMQ_MAXMSGSIZE, 100);
  if (row.says("to a SUB")) socket.set(ZMQ_SUBSCRIBE, "");
  if (row.says("ZAP domain")) socket.set(ZMQ_ZAP_DOMAIN, "d");
  if (row.says("PLAIN server")) socket.set(ZMQ_PLAIN_SERVER, 1);
  if (row.says("PLAIN client")) socket.set(ZMQ_PLAIN_USERNAME, "u");
}

uint32_t value_named(const json& name) {
  static const std::map<std::string, uint32_t> values = {
      {"EPIPE", EPIPE},
      {"ECONNRESET", ECONNRESET},
      {"EAGAIN", EAGAIN},
      {"ZMTP_UNEXPECTED_COMMAND", ZMQ_PROTOCOL_ERROR_ZMTP_UNEXPECTED_COMMAND},
      {"ZMTP_MALFORMED_COMMAND_ERROR", ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_ERROR},
      {"ZMTP_INVALID_METADATA", ZMQ_PROTOCOL_ERROR_ZMTP_INVALID_METADATA},
      {"ZMTP_MECHANISM_MISMATCH", ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH},
  };
  return name.is_number() ? name.get<uint32_t>() : values.at(name);
}

class WireMalformed : public testing::TestWithParam<Row> {
 protected:
  const Row& row() const { return GetParam(); }

  void start() {
    const TypeName* type = find_type(row().socket());
    ASSERT_NE(type, nullptr);
    library_ = std::make_unique<Library>(type->type);
    set_options(row(), library_->socket());
    monitor_ = std::make_unique<Monitor>(
        library_->context(), library_->socket(),
        ZMQ_EVENT_ALL & ~(ZMQ_EVENT_LISTENING | ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_CONNECTED |
                          ZMQ_EVENT_CONNECT_DELAYED));
    if (row().is_dialing()) {
      library_->socket().connect(server_.endpoint());
      peer_.emplace(server_.accept());
    } else {
      const Outcome bound = library_->try_bind();
      if (bound == fails_with(EOPNOTSUPP)) GTEST_SKIP() << "no such mechanism in this library";
      ASSERT_EQ(bound, ok);
      peer_.emplace(library_->dial());
    }
    if (!row().is_raw()) greet(*type);
  }

  void greet(const TypeName& type) {
    peer_->send(zmtp_greeting());
    ASSERT_EQ(peer_->recv(64).size(), 64u);
    const auto ready = peer_->recv_frame();
    ASSERT_TRUE(ready && ready->body.starts_with("\5READY"));
    if (row().group() == "null") {
      handshake_sent_ = zmtp_frame(ready->flags, ready->body);
      return;
    }
    peer_->send(zmtp_ready(type.partner));
    monitor_->expect(ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
    has_succeeded_ = true;
    if (row().socket() == "SUB") library_->work_until_readable(*peer_);
  }

  void misbehave() {
    if (row().is_reset()) {
      // Not before the library has the connection, or there is nothing to tell of.
      EXPECT_EQ(peer_->recv(10).size(), 10u);
      peer_->reset();
      return;
    }
    peer_->send(row().octets());
    if (row().is_end_of_stream()) ::shutdown(peer_->fd(), SHUT_WR);
  }

  void check_events() {
    json events = row().data["events"];
    // A type that does not fit: the reference says nothing of the reason.
    if (row().says("Socket-Type") && !is_reference() && events == json{{"DISCONNECTED"}}) {
      events = {{"HANDSHAKE_FAILED_PROTOCOL", "ZMTP_INVALID_METADATA"}, {"DISCONNECTED"}};
    }
    for (const json& expected : events) {
      if (has_succeeded_ && expected[0] == "HANDSHAKE_SUCCEEDED") continue;
      const auto event = monitor_->try_next();
      ASSERT_TRUE(event.has_value()) << "no " << expected;
      EXPECT_EQ(event_name(event->id), expected[0]) << *event;
      const bool has_value = expected.size() > 1 && expected[1] != "interval";
      if (!has_value) continue;
      EXPECT_EQ(event->value, value_named(expected[1]));
    }
    const auto surplus = monitor_->try_next(row().is_dialing() ? 5 * quiet_time : quiet_time);
    EXPECT_FALSE(surplus.has_value()) << *surplus;
  }

  // Octets after the handshake; a connection that was reset may have lost them.
  void check_answer() {
    if (row().is_closed() || row().is_dialing()) return;
    std::string expected = from_hex(row().data["library_sent"].get<std::string>());
    if (kAnsweredWithForeignOctets.contains(row().title())) expected.clear();
    const std::string got = handshake_sent_ + peer_->recv(4096, 2 * quiet_time);
    // The table keeps the first 80 octets.
    EXPECT_EQ(to_hex(got.substr(0, std::max<std::size_t>(expected.size(), 80))), to_hex(expected));
  }

  void check_messages() {
    if (!row().data.contains("application_received")) return;
    json expected = row().data["application_received"];
    if (kDeliveredToTheApplication.contains(row().title())) expected = json{{"6f6b"}};
    for (const json& message : expected) {
      const Frames frames = library_->socket().recv();
      ASSERT_EQ(frames.size(), message.size());
      for (std::size_t i = 0; i < frames.size(); ++i) {
        EXPECT_EQ(to_hex(frames[i]).substr(0, 80), message[i]);
      }
    }
    EXPECT_FALSE(library_->socket().try_recv().has_value());
  }

  void check_end() {
    if (!row().is_closed()) return;
    EXPECT_TRUE(row().is_reset() || peer_->wait_closed());
    if (!row().is_dialing()) return;
    const bool dials_again = row().data["reconnects"].get<bool>();
    EXPECT_EQ(server_.has_caller(dials_again ? deadline : 3 * quiet_time), dials_again);
  }

  PlainTcpServer server_;
  std::unique_ptr<Library> library_;
  std::unique_ptr<Monitor> monitor_;
  std::optional<ZmtpPeer> peer_;
  std::string handshake_sent_;
  bool has_succeeded_ = false;
};

TEST_P(WireMalformed, InputHasTheRecordedConsequences) {
  if (kDroppedBefore4_3_5.contains(row().title())) SKIP_ON_REFERENCE("it drops old peers");
  if (kDeliveredToTheApplication.contains(row().title())) {
    SKIP_ON_REFERENCE("it hands the command to the application");
  }
  if (kAnsweredWithForeignOctets.contains(row().title())) {
    SKIP_ON_REFERENCE("it answers with octets that follow the message in memory");
  }
  if (kUnderstandsNobody.contains(row().title()) && !is_reference()) {
    GTEST_SKIP() << "sockets that cannot understand each other are told apart: greeting_test.cpp";
  }
  start();
  if (IsSkipped() || HasFailure()) return;
  misbehave();
  check_events();
  check_answer();
  check_messages();
  check_end();
}

// Mechanisms other than NULL and draft socket types have rows, too, but not here.
std::vector<Row> rows() {
  const std::set<std::string> groups = {"greeting", "null", "traffic", "req", "rep", "v1"};
  std::vector<Row> rows;
  const json table = load_vector("malformed");
  for (const json& data : table["cases"]) {
    Row row{data};
    if (groups.contains(row.group()) && find_type(row.socket()) != nullptr) rows.push_back(row);
  }
  return rows;
}

std::string label(const testing::TestParamInfo<Row>& info) {
  std::string text = info.param.group() + "_" + info.param.title() + "_" + info.param.socket() +
                     (info.param.is_dialing() ? "_connect" : "");
  for (char& c : text) {
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  }
  return text;
}

INSTANTIATE_TEST_SUITE_P(Row, WireMalformed, testing::ValuesIn(rows()), label);

}  // namespace
}  // namespace wire
