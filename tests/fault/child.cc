#include "fault/child.h"

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>

namespace lakelet::fault {

std::map<std::string, ChildWork>& child_works() {
  static std::map<std::string, ChildWork> works;
  return works;
}

Child::Child(const std::string& work, const std::vector<std::string>& arguments) {
  std::vector<std::string> all = {"fault_test", "--child", work};
  all.insert(all.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& argument : all) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  if (::posix_spawn(&process_, "/proc/self/exe", nullptr, nullptr, pointers.data(), environ) != 0) {
    throw std::runtime_error("can't start a process");
  }
}

Child::~Child() {
  if (process_ > 0) wait();
}

Child::End Child::wait() {
  int status = 0;
  ::waitpid(process_, &status, 0);
  process_ = -1;
  if (WIFEXITED(status)) return {false, WEXITSTATUS(status)};
  return {WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, -1};
}

}  // namespace lakelet::fault
