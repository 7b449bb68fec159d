// ipc: paths, abstract names, the wildcard, and filters by the peer's credentials.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <zmq.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <ostream>
#include <string>

#include "api/support/monitor.h"
#include "api/support/reference.h"
#include "api/support/socket.h"

namespace api_test {
namespace {

namespace fs = std::filesystem;

void expect_traffic(Socket& binder, Socket& connecter) {
  connecter.send("there");
  EXPECT_EQ(binder.recv_one(), "there");
  binder.send("back");
  EXPECT_EQ(connecter.recv_one(), "back");
}

// An environment variable with another value while it lives.
class Variable {
 public:
  Variable(const char* name, std::optional<std::string> value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before;
    put(value);
  }
  ~Variable() { put(before_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  void put(const std::optional<std::string>& value) {
    if (value)
      ::setenv(name_, value->c_str(), 1);
    else
      ::unsetenv(name_);
  }
  const char* name_;
  std::optional<std::string> before_;
};

TEST(Ipc, AbsoluteAndRelativePathsAndAbstractNamesWork) {
  const fs::path here = fs::current_path();
  fs::current_path(temp_folder());
  for (const std::string& endpoint :
       {"ipc://" + temp_folder() + "/" + unique_name(), "ipc://relative-" + unique_name(),
        "ipc://@" + temp_folder() + unique_name()}) {
    Context context;
    Socket binder(context, ZMQ_DEALER), connecter(context, ZMQ_DEALER);
    binder.bind(endpoint);
    EXPECT_EQ(binder.last_endpoint(), endpoint);
    connecter.connect(endpoint);
    EXPECT_EQ(connecter.last_endpoint(), endpoint);
    expect_traffic(binder, connecter);
  }
  fs::current_path(here);
}

TEST(Ipc, AnAbstractNameLeavesNoFile) {
  const fs::path here = fs::current_path();
  fs::current_path(temp_folder());
  const std::string name = "@" + unique_name() + std::to_string(::getpid());
  Context context;
  Socket binder(context, ZMQ_DEALER);
  binder.bind("ipc://" + name);
  EXPECT_FALSE(fs::exists(name));
  Socket other(context, ZMQ_DEALER);
  EXPECT_EQ(other.try_bind("ipc://" + name), fails_with(EADDRINUSE));
  fs::current_path(here);
}

TEST(Ipc, TheWildcardMakesAFolderInTheTemporaryOne) {
  const Variable tmpdir("TMPDIR", temp_folder());
  Context context;
  Socket binder(context, ZMQ_DEALER), connecter(context, ZMQ_DEALER);
  binder.bind("ipc://*");
  const std::string endpoint = binder.last_endpoint();
  const fs::path path = endpoint.substr(6);
  EXPECT_EQ(path.filename(), "socket");
  EXPECT_EQ(path.parent_path().parent_path(), temp_folder());
  EXPECT_EQ(path.parent_path().filename().string().substr(0, 3), "tmp");
  EXPECT_TRUE(fs::is_socket(path));
  struct stat info {};
  ASSERT_EQ(::stat(path.parent_path().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 077, 0u) << "others must not look into the folder";
  connecter.connect(endpoint);
  expect_traffic(binder, connecter);
  EXPECT_EQ(binder.try_unbind("ipc://*"), fails_with(ENOENT));
  EXPECT_EQ(binder.try_unbind(endpoint), ok);
  EXPECT_TRUE(wait_until([&] { return !fs::exists(path.parent_path()); }));
}

TEST(Ipc, TheWildcardCleansUpWhenTheSocketCloses) {
  const Variable tmpdir("TMPDIR", temp_folder());
  Context context;
  Socket binder(context, ZMQ_DEALER);
  binder.bind("ipc://*");
  const fs::path path = binder.last_endpoint().substr(6);
  EXPECT_TRUE(fs::exists(path));
  binder.close();
  EXPECT_TRUE(wait_until([&] { return !fs::exists(path.parent_path()); }));
}

TEST(Ipc, TheWildcardFallsBackToTheWorkingFolder) {
  const Variable tmpdir("TMPDIR", std::nullopt), tempdir("TEMPDIR", std::nullopt),
      tmp("TMP", std::nullopt);
  const fs::path here = fs::current_path();
  fs::current_path(temp_folder());
  {
    Context context;
    Socket binder(context, ZMQ_DEALER);
    binder.bind("ipc://*");
    const fs::path path = binder.last_endpoint().substr(6);
    EXPECT_TRUE(path.is_relative());
    EXPECT_TRUE(fs::is_socket(path));
    const Variable better("TMP", temp_folder());
    binder.bind("ipc://*");
    EXPECT_TRUE(fs::path(binder.last_endpoint().substr(6)).is_absolute());
  }
  fs::current_path(here);
}

TEST(Ipc, TwoWildcardsNeverCollide) {
  const Variable tmpdir("TMPDIR", temp_folder());
  Context context;
  Socket first(context, ZMQ_DEALER), second(context, ZMQ_DEALER);
  first.bind("ipc://*");
  second.bind("ipc://*");
  EXPECT_NE(first.last_endpoint(), second.last_endpoint());
}

TEST(Ipc, ConnectingBeforeBindingSucceedsLater) {
  FreeEndpoint later(Transport::ipc);
  Context context;
  Socket binder(context, ZMQ_DEALER), connecter(context, ZMQ_DEALER);
  connecter.set(ZMQ_RECONNECT_IVL, 5);
  connecter.connect(later.text());
  connecter.send("early");
  binder.bind(later.text());
  EXPECT_EQ(binder.recv_one(), "early");
}

TEST(Ipc, AStaleSocketFileDoesNotBlockABind) {
  const std::string endpoint = bindable_endpoint(Transport::ipc);
  const std::string path = endpoint.substr(6);
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ::close(fd);  // as after kill -9: the file stays, nobody listens
  ASSERT_TRUE(fs::exists(path));
  Context context;
  Socket binder(context, ZMQ_DEALER), connecter(context, ZMQ_DEALER);
  binder.bind(endpoint);
  connecter.connect(endpoint);
  expect_traffic(binder, connecter);
}

// ---- filters

struct FilterCase {
  const char* name;
  int option;
  uint32_t value;
  bool admits;

  friend std::ostream& operator<<(std::ostream& out, const FilterCase& filter) {
    return out << filter.name;
  }
};

class IpcFilter : public testing::TestWithParam<FilterCase> {};
INSTANTIATE_TEST_SUITE_P(
    By, IpcFilter,
    testing::Values(FilterCase{"OwnUid", ZMQ_IPC_FILTER_UID, ::getuid(), true},
                    FilterCase{"OtherUid", ZMQ_IPC_FILTER_UID, ::getuid() + 1, false},
                    FilterCase{"OwnGid", ZMQ_IPC_FILTER_GID, ::getgid(), true},
                    FilterCase{"OtherGid", ZMQ_IPC_FILTER_GID, ::getgid() + 4321, false},
                    FilterCase{"OwnPid", ZMQ_IPC_FILTER_PID, 0, true},
                    FilterCase{"OtherPid", ZMQ_IPC_FILTER_PID, 1, false}),
    [](const auto& param) { return param.param.name; });

TEST_P(IpcFilter, AdmitsOrRefuses) {
  const FilterCase& filter = GetParam();
  uint32_t value = filter.value;
  if (filter.option == ZMQ_IPC_FILTER_PID && filter.admits) {
    value = static_cast<uint32_t>(::getpid());
  }
  Context context;
  Socket binder(context, ZMQ_DEALER), connecter(context, ZMQ_DEALER);
  binder.set(filter.option, static_cast<int>(value));
  Monitor events(context, binder, ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_ACCEPT_FAILED);
  const std::string endpoint = binder.bind_any(Transport::ipc);
  connecter.connect(endpoint);
  events.expect(filter.admits ? ZMQ_EVENT_ACCEPTED : ZMQ_EVENT_ACCEPT_FAILED, endpoint);
  if (filter.admits) expect_traffic(binder, connecter);
}

TEST(Ipc, AFilterIsClearedByNull) {
  Context context;
  Socket binder(context, ZMQ_DEALER), connecter(context, ZMQ_DEALER);
  binder.set(ZMQ_IPC_FILTER_PID, 1);
  EXPECT_EQ(outcome_of(zmq_setsockopt(binder, ZMQ_IPC_FILTER_PID, nullptr, 0)), ok);
  connecter.connect(binder.bind_any(Transport::ipc));
  expect_traffic(binder, connecter);
}

TEST(Ipc, AnyMatchingFilterAdmits) {
  Context context;
  Socket binder(context, ZMQ_DEALER), connecter(context, ZMQ_DEALER);
  binder.set(ZMQ_IPC_FILTER_PID, 1);
  binder.set(ZMQ_IPC_FILTER_UID, static_cast<int>(::getuid()));
  connecter.connect(binder.bind_any(Transport::ipc));
  expect_traffic(binder, connecter);
}

}  // namespace
}  // namespace api_test
