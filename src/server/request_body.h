// What a page sends: a JSON object, read member by member.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace lakelet::server {

// Every accessor throws Error(InvalidArgument), naming the member, for one of another type.
class RequestBody {
 public:
  // Throws Error(InvalidArgument) for text that isn't a JSON object.
  explicit RequestBody(const std::string& text);
  ~RequestBody();

  std::string text(const std::string& name) const;  // has to be there
  std::string text(const std::string& name, const std::string& otherwise) const;
  std::optional<std::int64_t> integer(const std::string& name) const;
  bool flag(const std::string& name, bool otherwise) const;
  std::vector<std::string> texts(const std::string& name) const;
  // Members whose values are strings, in order.
  std::vector<std::pair<std::string, std::string>> pairs(const std::string& name) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace lakelet::server
