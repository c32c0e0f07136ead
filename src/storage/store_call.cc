#include "storage/store_call.h"

namespace lakelet {

std::string_view to_string(StoreCall call) {
  switch (call) {
    case StoreCall::List:
      return "list";
    case StoreCall::ListFolder:
      return "list_folder";
    case StoreCall::Find:
      return "find";
    case StoreCall::Open:
      return "open";
    case StoreCall::Read:
      return "read";
    case StoreCall::Create:
      return "create";
    case StoreCall::Append:
      return "append";
    case StoreCall::Finish:
      return "finish";
    case StoreCall::Put:
      return "put";
    case StoreCall::PutIfAbsent:
      return "put_if_absent";
    case StoreCall::Remove:
      return "remove";
    case StoreCall::Copy:
      return "copy";
  }
  return "unknown call";
}

bool changes_store(StoreCall call) {
  return call >= StoreCall::Create;
}

}  // namespace lakelet
