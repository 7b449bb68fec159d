#include "transport/resolver.h"

#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <utility>

namespace zmqng {
namespace {

int errno_of(int eai, int system_error) {
  if (eai == EAI_AGAIN) return EAGAIN;
  if (eai == EAI_MEMORY) return ENOMEM;
  if (eai == EAI_SYSTEM && system_error != 0) return system_error;
  return ENODEV;
}

struct Waiter {
  ResolveToken token;
  ResolveClient* client;
};

// One name being looked up, and everybody who asked for it.
//   queued --a thread takes it--> running --answer--> delivering
// Others may join while it is queued or running.
struct Job {
  enum class Phase { queued, running, delivering };
  NameQuery query;
  Phase phase = Phase::queued;
  std::deque<Waiter> waiters;
};

struct Worker {
  Resolver::State* state = nullptr;
  pthread_t thread{};
  bool is_in_lookup = false;
  ResolveToken delivering = 0;
};

}  // namespace

// What the threads and the Resolver share. Counted by hand, because a thread that is stuck in
// getaddrinfo outlives the Resolver by an unknown time; the last one to leave frees it.
struct Resolver::State {
  explicit State(Lookup function) : lookup(std::move(function)) {}

  const Lookup lookup;
  const pid_t process = ::getpid();
  std::mutex mutex;  // guards everything below
  std::condition_variable has_work;
  std::condition_variable has_delivered;
  std::deque<std::unique_ptr<Job>> jobs;
  std::vector<std::unique_ptr<Worker>> workers;
  int idle_workers = 0;
  int references = 1;
  ResolveToken last_token = 0;
  bool is_stopping = false;
};

namespace {

using Lock = std::unique_lock<std::mutex>;

int count_queued(const Resolver::State& state) {
  return static_cast<int>(std::count_if(state.jobs.begin(), state.jobs.end(), [](const auto& job) {
    return job->phase == Job::Phase::queued;
  }));
}

Job* find_queued(Resolver::State& state) {
  for (const auto& job : state.jobs) {
    if (job->phase == Job::Phase::queued) return job.get();
  }
  return nullptr;
}

void erase_job(Resolver::State& state, const Job* job) {
  std::erase_if(state.jobs, [job](const auto& other) { return other.get() == job; });
}

void release(Resolver::State* state, Lock lock) {
  const bool is_last = --state->references == 0;
  lock.unlock();
  if (is_last) delete state;
}

void deliver(Worker& worker, Job& job, const Result<AddressList>& answer, Lock& lock) {
  job.phase = Job::Phase::delivering;
  while (!job.waiters.empty()) {
    const Waiter waiter = job.waiters.front();
    job.waiters.pop_front();
    worker.delivering = waiter.token;
    lock.unlock();
    waiter.client->name_resolved(waiter.token, answer);
    lock.lock();
    worker.delivering = 0;
    worker.state->has_delivered.notify_all();
  }
  erase_job(*worker.state, &job);
}

void work(Worker& worker) {
  Resolver::State& state = *worker.state;
  Lock lock(state.mutex);
  while (!state.is_stopping) {
    Job* job = find_queued(state);
    if (job == nullptr) {
      ++state.idle_workers;
      state.has_work.wait(lock);
      --state.idle_workers;
      continue;
    }
    job->phase = Job::Phase::running;
    const NameQuery query = job->query;
    worker.is_in_lookup = true;
    lock.unlock();
    const auto answer = state.lookup(query);
    lock.lock();
    worker.is_in_lookup = false;
    deliver(worker, *job, answer, lock);  // nobody is waiting if the Resolver has gone
  }
  release(&state, std::move(lock));
}

void* thread_main(void* worker) {
  work(*static_cast<Worker*>(worker));
  return nullptr;
}

// Under the lock. The application's signals are not for this thread.
Error start_worker(Resolver::State& state) {
  auto worker = std::make_unique<Worker>();
  worker->state = &state;
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  const int error = pthread_create(&worker->thread, nullptr, thread_main, worker.get());
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (error != 0) return Error{error};
  ++state.references;
  state.workers.push_back(std::move(worker));
  return {};
}

// Joins a look-up of the same name, or queues a new one.
Job* enqueue(Resolver::State& state, const NameQuery& query, const Waiter& waiter) {
  for (const auto& job : state.jobs) {
    if (job->phase == Job::Phase::delivering || !(job->query == query)) continue;
    job->waiters.push_back(waiter);
    return nullptr;
  }
  state.jobs.push_back(std::make_unique<Job>());
  Job* job = state.jobs.back().get();
  job->query = query;
  job->waiters.push_back(waiter);
  return job;
}

bool drop_waiter(Resolver::State& state, ResolveToken token) {
  for (const auto& job : state.jobs) {
    const auto dropped =
        std::erase_if(job->waiters, [token](const Waiter& w) { return w.token == token; });
    if (dropped == 0) continue;
    if (job->waiters.empty() && job->phase == Job::Phase::queued) erase_job(state, job.get());
    return true;
  }
  return false;
}

// Whether a thread other than this one is calling the client of `token`.
bool is_delivering_elsewhere(const Resolver::State& state, ResolveToken token) {
  return std::any_of(state.workers.begin(), state.workers.end(), [token](const auto& worker) {
    return worker->delivering == token && pthread_equal(worker->thread, pthread_self()) == 0;
  });
}

bool is_any_delivering(const Resolver::State& state) {
  return std::any_of(state.workers.begin(), state.workers.end(),
                     [](const auto& worker) { return worker->delivering != 0; });
}

}  // namespace

Result<AddressList> resolve_name(const NameQuery& query) {
  addrinfo hints{};
  hints.ai_family = query.ipv6 ? AF_UNSPEC : AF_INET;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  errno = 0;
  const int rc = ::getaddrinfo(query.host.c_str(), nullptr, &hints, &found);
  if (rc != 0) return Error{errno_of(rc, errno)};
  AddressList addresses;
  for (const addrinfo* item = found; item != nullptr; item = item->ai_next) {
    SocketAddress address(item->ai_addr, item->ai_addrlen);
    if (!address.is_inet()) continue;
    if (query.ipv6) address = address.mapped();
    address.set_port(query.port);
    addresses.push_back(address);
  }
  ::freeaddrinfo(found);
  if (addresses.empty()) return Error{ENODEV};
  return addresses;
}

Resolver::Resolver(Lookup lookup) : state_(new State(std::move(lookup))) {}

Resolver::~Resolver() {
  // In a forked child the threads do not exist, and the lock may be held by one of them.
  if (state_->process != ::getpid()) return;
  std::vector<pthread_t> to_join;
  {
    Lock lock(state_->mutex);
    state_->is_stopping = true;
    for (const auto& job : state_->jobs) job->waiters.clear();
    state_->has_delivered.wait(lock, [this] { return !is_any_delivering(*state_); });
    for (const auto& worker : state_->workers) {
      if (worker->is_in_lookup) {
        pthread_detach(worker->thread);
      } else {
        to_join.push_back(worker->thread);
      }
    }
    state_->has_work.notify_all();
  }
  for (const pthread_t thread : to_join) pthread_join(thread, nullptr);
  release(state_, Lock(state_->mutex));
}

Result<ResolveToken> Resolver::resolve(const NameQuery& query, ResolveClient& client) {
  const Lock lock(state_->mutex);
  const ResolveToken token = ++state_->last_token;
  const Job* job = enqueue(*state_, query, Waiter{token, &client});
  if (job == nullptr) return token;
  const bool needs_worker = count_queued(*state_) > state_->idle_workers;
  if (needs_worker && static_cast<int>(state_->workers.size()) < kThreadsMax) {
    const Error error = start_worker(*state_);
    if (error && state_->workers.empty()) {
      erase_job(*state_, job);
      return error;
    }
  }
  state_->has_work.notify_one();
  return token;
}

void Resolver::cancel(ResolveToken token) {
  Lock lock(state_->mutex);
  if (token == 0 || drop_waiter(*state_, token)) return;
  state_->has_delivered.wait(lock, [&] { return !is_delivering_elsewhere(*state_, token); });
}

}  // namespace zmqng
