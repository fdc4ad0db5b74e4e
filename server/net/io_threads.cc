#include "server/net/io_threads.h"

#include <pthread.h>

#include <future>
#include <utility>

#include "server/net/asio.h"
#include "server/net/io_thread.h"
#include "server/net/listener.h"

namespace redstart {

struct IoThreads::Signals {
  explicit Signals(std::function<void(int)> callback)
      : on_signal(std::move(callback)), set(context.get_executor(), SIGTERM, SIGINT) {
    Wait();
    thread = std::thread([this] { context.run(); });
    pthread_setname_np(thread.native_handle(), "signals");
  }
  ~Signals() {
    context.stop();
    thread.join();
  }

  void Wait() {
    set.async_wait([this](const ErrorCode& error, int signal) {
      if (error) return;
      on_signal(signal);
      Wait();
    });
  }

  const std::function<void(int)> on_signal;
  asio::io_context context{1};
  SignalSet set;
  std::thread thread;
};

IoThreads::IoThreads(const Services& services, size_t count) {
  std::vector<IoThread*> threads;
  for (size_t i = 0; i < count; ++i) {
    threads_.push_back(std::make_unique<IoThread>(services, i, count));
    threads.push_back(threads_.back().get());
  }
  listener_ = std::make_unique<Listener>(threads);
}

IoThreads::~IoThreads() {
  signals_ = nullptr;
  listener_ = nullptr;
}

absl::Status IoThreads::Listen(const Config& config) {
  return listener_->Open(config);
}

void IoThreads::HandleSignals(std::function<void(int signal)> on_signal) {
  signals_ = std::make_unique<Signals>(std::move(on_signal));
}

void IoThreads::Run() {
  first_ = std::this_thread::get_id();
  std::vector<std::thread> others;
  for (size_t i = 1; i < threads_.size(); ++i) {
    others.emplace_back([thread = threads_[i].get()] { thread->Run(); });
    pthread_setname_np(others.back().native_handle(), ("io_thd_" + std::to_string(i)).c_str());
  }
  threads_[0]->Run();
  listener_->Close();
  for (std::thread& thread : others) thread.join();
  signals_ = nullptr;
}

void IoThreads::Stop() {
  for (const auto& thread : threads_) thread->Stop();
}

void IoThreads::RunOnFirst(const std::function<void()>& job) {
  if (first_ == std::thread::id() || std::this_thread::get_id() == first_) return job();
  std::promise<void> done;
  threads_[0]->Post([&] {
    job();
    done.set_value();
  });
  done.get_future().wait();
}

}  // namespace redstart
