#include "fault/disk_steps.h"

#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>

namespace lakelet::fault {
namespace {

std::atomic<int> steps_left{0};  // 0: not armed

bool is_last_step() {
  return steps_left.load() > 0 && steps_left.fetch_sub(1) == 1;
}

void step() {
  if (is_last_step()) ::kill(::getpid(), SIGKILL);
}

}  // namespace

void kill_at_disk_step(int nth) {
  steps_left = nth;
}

}  // namespace lakelet::fault

using lakelet::fault::is_last_step;
using lakelet::fault::step;

extern "C" {

int __real_open(const char* path, int flags, ...);
ssize_t __real_write(int file, const void* bytes, size_t size);
int __real_fsync(int file);
int __real_linkat(int from_folder, const char* from, int to_folder, const char* to, int flags);
int __real_link(const char* from, const char* to);
int __real_rename(const char* from, const char* to);
int __real_renameat2(int from_folder, const char* from, int to_folder, const char* to, unsigned int flags);
int __real_mkdir(const char* path, mode_t mode);
int __real_unlink(const char* path);

int __wrap_open(const char* path, int flags, ...) {
  if ((flags & O_ACCMODE) == O_RDONLY) return __real_open(path, flags);
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = va_arg(rest, mode_t);
  va_end(rest);
  step();
  return __real_open(path, flags, mode);
}

ssize_t __wrap_write(int file, const void* bytes, size_t size) {
  if (is_last_step()) {
    (void)!__real_write(file, bytes, size / 2);
    ::kill(::getpid(), SIGKILL);
  }
  return __real_write(file, bytes, size);
}

int __wrap_fsync(int file) {
  step();
  return __real_fsync(file);
}

int __wrap_linkat(int from_folder, const char* from, int to_folder, const char* to, int flags) {
  step();
  return __real_linkat(from_folder, from, to_folder, to, flags);
}

int __wrap_link(const char* from, const char* to) {
  step();
  return __real_link(from, to);
}

int __wrap_rename(const char* from, const char* to) {
  step();
  return __real_rename(from, to);
}

int __wrap_renameat2(int from_folder, const char* from, int to_folder, const char* to, unsigned int flags) {
  step();
  return __real_renameat2(from_folder, from, to_folder, to, flags);
}

int __wrap_mkdir(const char* path, mode_t mode) {
  step();
  return __real_mkdir(path, mode);
}

int __wrap_unlink(const char* path) {
  step();
  return __real_unlink(path);
}

}  // extern "C"
