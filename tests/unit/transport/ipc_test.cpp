#include "transport/ipc.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <thread>
#include <vector>

#include "sockets.h"

namespace zmqng {
namespace {

using Status = AcceptOutcome::Status;

const IpcTransport kIpc;

// What a killed server leaves: a socket file that nobody has open.
void leave_dead_socket(const std::string& path) {
  const Fd fd(::socket(AF_UNIX, SOCK_STREAM, 0));
  const auto address = SocketAddress::unix_path(path).take();
  ASSERT_EQ(::bind(fd.get(), address.data(), address.length()), 0);
}

bool exists(const std::string& path) {
  struct stat file;
  return ::lstat(path.c_str(), &file) == 0;
}

TEST(Ipc, ConnectsAndKnowsItsPeer) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("s");
  const ListenOutcome outcome = kIpc.listen(path, {});
  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(outcome.listening.endpoint, "ipc://" + path);
  const auto client = connect_to(kIpc, path);
  ASSERT_TRUE(client);
  const AcceptOutcome accepted = accept_from(kIpc, outcome.listening);
  ASSERT_EQ(accepted.status, Status::accepted);
  const std::string credentials = "localhost:" + std::to_string(::getuid()) + ":" +
                                  std::to_string(::getgid()) + ":" + std::to_string(::getpid());
  EXPECT_EQ(accepted.stream->peer_address(), credentials);
  EXPECT_EQ(client->peer_address(), credentials);
}

TEST(Ipc, AbstractNamesLeaveNoFile) {
  const std::string name = "@zmqng-test-" + std::to_string(::getpid());
  ListenOutcome outcome = kIpc.listen(name, {});
  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(outcome.listening.endpoint, "ipc://" + name);
  EXPECT_TRUE(outcome.listening.owned.path.empty());
  EXPECT_TRUE(connect_to(kIpc, name));
  EXPECT_EQ(kIpc.listen(name, {}).error, EADDRINUSE);
}

TEST(Ipc, RefusesAddressesAsMeasured) {
  const struct {
    std::string address;
    int error;
  } cases[] = {
      {"@", EINVAL},     {std::string(120, 'x'), ENAMETOOLONG},
      {".", EADDRINUSE}, {"/no/such/dir/x", ENOENT},
      {"/", EADDRINUSE}, {"/dev/null/x", ENOTDIR},
  };
  for (const auto& test : cases) EXPECT_EQ(kIpc.listen(test.address, {}).error, test.error);
  EXPECT_EQ(kIpc.listen("/no/such/dir/x", {}).failed_endpoint, "ipc:///no/such/dir/x");
  EXPECT_EQ(kIpc.check_connect("@").error(), EINVAL);
  EXPECT_EQ(kIpc.check_connect(std::string(120, 'x')).error(), ENAMETOOLONG);
  for (const char* address : {"*", ".", "/", " ", "/no/such/dir/x", "@name"}) {
    EXPECT_TRUE(kIpc.check_connect(address).ok()) << address;
  }
}

TEST(Ipc, ALiveListenerKeepsItsPathAndIsNotDisturbed) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("s");
  const ListenOutcome first = kIpc.listen(path, {});
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(kIpc.listen(path, {}).error, EADDRINUSE);
  EXPECT_EQ(kIpc.accept(first.listening, {}).status, Status::try_later) << "no stray connection";
  EXPECT_TRUE(connect_to(kIpc, path));
}

TEST(Ipc, TheSocketOfADeadServerIsReplaced) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("s");
  leave_dead_socket(path);
  const ListenOutcome outcome = kIpc.listen(path, {});
  ASSERT_TRUE(outcome.ok());
  EXPECT_TRUE(connect_to(kIpc, path));
}

TEST(Ipc, AnEmptyFileIsReplacedButDataNever) {
  const TemporaryDirectory directory;
  const std::string empty = directory.file("empty");
  std::ofstream(empty).close();
  EXPECT_TRUE(kIpc.listen(empty, {}).ok());
  const std::string data = directory.file("data");
  std::ofstream(data) << "precious";
  EXPECT_EQ(kIpc.listen(data, {}).error, EADDRINUSE);
  EXPECT_EQ(std::filesystem::file_size(data), 8u);
}

TEST(Ipc, OfManyThatFindADeadSocketOneWins) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("s");
  constexpr int kRounds = 20;
  for (int round = 0; round < kRounds; ++round) {
    leave_dead_socket(path);
    std::vector<ListenOutcome> outcomes(4);
    std::vector<std::thread> threads;
    for (auto& outcome : outcomes) {
      threads.emplace_back([&] { outcome = kIpc.listen(path, {}); });
    }
    for (auto& thread : threads) thread.join();
    int winners = 0;
    for (auto& outcome : outcomes) {
      if (!outcome.ok()) {
        EXPECT_EQ(outcome.error, EADDRINUSE);
        continue;
      }
      ++winners;
      EXPECT_TRUE(connect_to(kIpc, path));
      EXPECT_EQ(accept_from(kIpc, outcome.listening).status, Status::accepted);
    }
    EXPECT_EQ(winners, 1);
    for (auto& outcome : outcomes) EXPECT_FALSE(kIpc.close_listening(outcome.listening));
  }
}

TEST(Ipc, ClosingRemovesTheOwnFileOnly) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("s");
  ListenOutcome first = kIpc.listen(path, {});
  ASSERT_TRUE(first.ok());
  std::filesystem::rename(path, directory.file("kept"));  // keeps the inode in use
  ListenOutcome second = kIpc.listen(path, {});
  ASSERT_TRUE(second.ok());
  EXPECT_FALSE(kIpc.close_listening(first.listening));
  EXPECT_TRUE(exists(path)) << "that is the second one's";
  EXPECT_TRUE(connect_to(kIpc, path));
  EXPECT_FALSE(kIpc.close_listening(second.listening));
  EXPECT_FALSE(exists(path));
}

TEST(Ipc, APathIsFreeAsSoonAsItsListenerIsClosed) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("s");
  for (int i = 0; i < 3; ++i) {
    ListenOutcome outcome = kIpc.listen(path, {});
    ASSERT_TRUE(outcome.ok());
    EXPECT_FALSE(kIpc.close_listening(outcome.listening));
  }
}

TEST(Ipc, RelativePathsAreRemovedFromAnotherDirectoryToo) {
  const TemporaryDirectory directory;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(directory.path());
  ListenOutcome outcome = kIpc.listen("relative", {});
  std::filesystem::current_path(before);
  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(outcome.listening.endpoint, "ipc://relative");
  EXPECT_TRUE(exists(directory.file("relative")));
  EXPECT_FALSE(kIpc.close_listening(outcome.listening));
  EXPECT_FALSE(exists(directory.file("relative")));
}

TEST(Ipc, TheWildcardMakesADirectoryAndRemovesIt) {
  const TemporaryDirectory directory;
  ::setenv("TMPDIR", directory.path().c_str(), 1);
  for (const char* address : {"*", "*x"}) {
    ListenOutcome outcome = kIpc.listen(address, {});
    ASSERT_TRUE(outcome.ok());
    const std::string path = address_of(outcome.listening.endpoint);
    EXPECT_EQ(path.rfind(directory.path() + "/tmp", 0), 0u) << path;
    EXPECT_EQ(path.substr(path.size() - 7), "/socket");
    EXPECT_TRUE(connect_to(kIpc, path));
    EXPECT_FALSE(kIpc.close_listening(outcome.listening));
  }
  ::unsetenv("TMPDIR");
  EXPECT_TRUE(std::filesystem::is_empty(directory.path()));
}

TEST(Ipc, AFailedRemovalIsReported) {
  const TemporaryDirectory directory;
  ::setenv("TMPDIR", directory.path().c_str(), 1);
  ListenOutcome outcome = kIpc.listen("*", {});
  ::unsetenv("TMPDIR");
  ASSERT_TRUE(outcome.ok());
  std::ofstream(outcome.listening.owned.directory + "/guest").close();
  EXPECT_EQ(kIpc.close_listening(outcome.listening).code, ENOTEMPTY);
}

TEST(Ipc, AnyOfTheFiltersMayAdmitAPeer) {
  const std::string name = "@zmqng-filter-" + std::to_string(::getpid());
  const ListenOutcome outcome = kIpc.listen(name, {});
  ASSERT_TRUE(outcome.ok());
  const auto status_with = [&](const TransportOptions& options) {
    const auto client = connect_to(kIpc, name);
    return accept_from(kIpc, outcome.listening, options).status;
  };
  TransportOptions options;
  options.ipc_uids = {::getuid() + 1};
  EXPECT_EQ(status_with(options), Status::refused);
  options.ipc_pids = {::getpid() + 1};
  EXPECT_EQ(status_with(options), Status::refused);
  options.ipc_gids = {54321};
  EXPECT_EQ(status_with(options), Status::refused);
  options.ipc_gids = {54321, ::getgid()};
  EXPECT_EQ(status_with(options), Status::accepted);
  TransportOptions by_pid;
  by_pid.ipc_pids = {::getpid()};
  EXPECT_EQ(status_with(by_pid), Status::accepted);
  TransportOptions by_uid;
  by_uid.ipc_uids = {::getuid()};
  EXPECT_EQ(status_with(by_uid), Status::accepted);
}

TEST(Ipc, ConnectingToNobodyFailsAtOnce) {
  const TemporaryDirectory directory;
  const auto plan = kIpc.plan(directory.file("none"), {}).take();
  const ConnectOutcome missing = kIpc.connect({plan.remotes.front(), {}}, {});
  EXPECT_EQ(missing.error, ENOENT);
  EXPECT_GE(missing.failed_fd, 0);
  leave_dead_socket(directory.file("none"));
  EXPECT_EQ(kIpc.connect({plan.remotes.front(), {}}, {}).error, ECONNREFUSED);
}

}  // namespace
}  // namespace zmqng
