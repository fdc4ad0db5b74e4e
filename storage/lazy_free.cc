#include "storage/lazy_free.h"

#include <pthread.h>

#include <utility>

namespace redstart {

LazyFree::~LazyFree() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

void LazyFree::Add(size_t objects, std::function<void()> job) {
  std::lock_guard lock(mutex_);
  pending_objects_ += objects;
  jobs_.push_back({objects, std::move(job)});
  if (!thread_.joinable()) {
    thread_ = std::thread([this] { Loop(); });
    pthread_setname_np(thread_.native_handle(), "lazy_free");
  }
  changed_.notify_all();
}

void LazyFree::Drain() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return jobs_.empty() && !running_job_; });
}

uint64_t LazyFree::pending_objects() const {
  std::lock_guard lock(mutex_);
  return pending_objects_;
}

uint64_t LazyFree::freed_objects() const {
  std::lock_guard lock(mutex_);
  return freed_objects_;
}

void LazyFree::Loop() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
    if (jobs_.empty()) return;
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    running_job_ = true;
    lock.unlock();
    job.run();
    job.run = nullptr;  // What the job owns goes here, without the lock.
    lock.lock();
    running_job_ = false;
    pending_objects_ -= job.objects;
    freed_objects_ += job.objects;
    changed_.notify_all();
  }
}

}  // namespace redstart
