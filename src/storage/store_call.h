// The calls of a store, its readers and its writers, by name: what decorators count and fail.
#pragma once

#include <cstdint>
#include <string_view>

namespace lakelet {

enum class StoreCall : std::uint8_t {
  List,
  ListFolder,
  Find,
  Open,
  Read,
  Create,
  Append,
  Finish,
  Put,
  PutIfAbsent,
  Remove,
  Copy,
};
inline constexpr int kStoreCalls = 12;

std::string_view to_string(StoreCall call);  // "put_if_absent"
// Whether the call may change what the store holds: Create, Append, Finish, Put, PutIfAbsent, Remove, Copy.
bool changes_store(StoreCall call);

}  // namespace lakelet
