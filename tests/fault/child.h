// Processes that do one thing to a table and end, or are ended: this program, started again.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace lakelet::fault {

// What a child does, by the first of its arguments. It returns its exit status. Registered before main() starts.
using ChildWork = std::function<int(const std::vector<std::string>& arguments)>;
std::map<std::string, ChildWork>& child_works();
struct ChildRegistration {
  ChildRegistration(const std::string& name, ChildWork work) { child_works()[name] = std::move(work); }
};

class Child {
 public:
  Child(const std::string& work, const std::vector<std::string>& arguments);
  Child(Child&& other) noexcept : process_(other.process_) { other.process_ = -1; }
  Child(const Child&) = delete;
  ~Child();  // waits

  struct End {
    bool killed = false;  // by SIGKILL
    int status = -1;      // its exit status; -1: ended by a signal
  };
  End wait();

 private:
  int process_ = -1;
};

}  // namespace lakelet::fault
