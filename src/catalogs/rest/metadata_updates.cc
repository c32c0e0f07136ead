#include "catalogs/rest/metadata_updates.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <map>
#include <set>
#include <vector>

#include "base/json_writer.h"
#include "lakelet/error.h"

namespace lakelet::catalogs {

namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

constexpr const char* kMain = "main";
constexpr std::int64_t kNone = -1;  // how some writers say that there is no current snapshot

// One metadata document, taken apart.
class Document {
 public:
  Document() = default;
  explicit Document(const std::string& text) {
    if (parser_.parse(text).get(root_)) throw Error(ErrorCode::CorruptTable, "a table's metadata is no JSON object");
  }

  bool has(const char* name) const { return !root_.at_key(name).error() && !root_.at_key(name).is_null(); }
  std::optional<std::int64_t> number(const char* name) const {
    std::int64_t value = 0;
    if (root_.at_key(name).get(value)) return std::nullopt;
    return value;
  }
  std::string text(const char* name) const {
    std::string_view value;
    if (root_.at_key(name).get(value)) return {};
    return std::string(value);
  }
  std::string json(const char* name) const { return has(name) ? simdjson::minify(root_.at_key(name).value()) : ""; }

  struct Item {
    std::int64_t id = 0;
    std::string json;
  };
  // The objects of a list by the number that they are known by, in their order.
  std::vector<Item> items(const char* list, const char* id) const {
    std::vector<Item> result;
    array found;
    if (root_.at_key(list).get(found)) return result;
    for (const element each : found) {
      Item item;
      if (each.at_key(id).get(item.id)) {
        throw Error(ErrorCode::CorruptTable, fmt::format("one of the {} in a table's metadata has no {}", list, id));
      }
      item.json = simdjson::minify(each);
      result.push_back(std::move(item));
    }
    return result;
  }

  std::map<std::string, std::string> properties() const {
    std::map<std::string, std::string> result;
    object found;
    if (root_.at_key("properties").get(found)) return result;
    for (const auto member : found) {
      std::string_view value;
      if (!member.value.get(value)) result[std::string(member.key)] = value;
    }
    return result;
  }

  struct Reference {
    std::int64_t snapshot_id = 0;
    std::map<std::string, std::string> members;  // as JSON, by name
    bool operator==(const Reference&) const = default;
  };
  std::map<std::string, Reference> references() const {
    std::map<std::string, Reference> result;
    object found;
    if (!root_.at_key("refs").get(found)) {
      for (const auto member : found) result[std::string(member.key)] = reference(member.value);
    }
    // Metadata from before there were references.
    const auto current = number("current-snapshot-id");
    if (current && *current != kNone && !result.contains(kMain)) {
      result[kMain] = {*current, {{"snapshot-id", std::to_string(*current)}, {"type", "\"branch\""}}};
    }
    return result;
  }

 private:
  static Reference reference(const element& value) {
    Reference result;
    object members;
    if (value.get(members) || members.at_key("snapshot-id").get(result.snapshot_id)) {
      throw Error(ErrorCode::CorruptTable, "a reference in a table's metadata has no snapshot-id");
    }
    for (const auto member : members) {
      if (!member.value.is_null()) result.members[std::string(member.key)] = simdjson::minify(member.value);
    }
    return result;
  }

  simdjson::dom::parser parser_;
  object root_;
};

class Difference {
 public:
  Difference(const Document* before, const Document& after) : before_(before), after_(after) {}

  TableChange run() {
    refuse_the_rest();
    requirements_.begin_array();
    require_base();
    updates_.begin_array();
    change_head();
    const auto schemas = change_list("schemas", "schema-id", "current-schema-id", {"add-schema", "schema"},
                                     {"set-current-schema", "schema-id"});
    const auto specs = change_list("partition-specs", "spec-id", "default-spec-id", {"add-spec", "spec"},
                                   {"set-default-spec", "spec-id"});
    const auto orders = change_list("sort-orders", "order-id", "default-sort-order-id",
                                    {"add-sort-order", "sort-order"}, {"set-default-sort-order", "sort-order-id"});
    if (!orders.empty()) {
      throw Error(ErrorCode::UnsupportedFeature, "a REST catalog can't be told to forget a sort order");
    }
    change_properties();
    change_snapshots();
    remove("remove-partition-specs", "spec-ids", specs);
    remove("remove-schemas", "schema-ids", schemas);
    updates_.end_array();
    requirements_.end_array();
    return {requirements_.take(), updates_.take()};
  }

 private:
  struct Names {
    const char *action, *member;
  };

  JsonWriter& update(const char* action) { return updates_.begin_object().key("action").string(action); }
  JsonWriter& require(const char* type) { return requirements_.begin_object().key("type").string(type); }

  // What has no update of its own, and isn't the server's to count.
  void refuse_the_rest() const {
    const auto keys = [](const Document& document) { return document.json("encryption-keys"); };
    const std::string before = before_ ? keys(*before_) : "";
    if (before != keys(after_)) {
      throw Error(ErrorCode::UnsupportedFeature, "the encryption keys of a table in a REST catalog can't be changed");
    }
  }

  void require_base() {
    if (!before_) {
      require("assert-create").end_object();
      return;
    }
    const std::string uuid = before_->text("table-uuid");
    if (!uuid.empty()) require("assert-table-uuid").key("uuid").string(uuid).end_object();
    const auto same = [&](const char* type, const char* member, const char* name) {
      if (const auto value = before_->number(name)) require(type).key(member).integer(*value).end_object();
    };
    same("assert-current-schema-id", "current-schema-id", "current-schema-id");
    same("assert-last-assigned-field-id", "last-assigned-field-id", "last-column-id");
    same("assert-default-spec-id", "default-spec-id", "default-spec-id");
    same("assert-last-assigned-partition-id", "last-assigned-partition-id", "last-partition-id");
    same("assert-default-sort-order-id", "default-sort-order-id", "default-sort-order-id");
    const auto before = before_->references(), after = after_.references();
    std::set<std::string> watched{kMain};
    for (const auto& [name, reference] : before) {
      const auto now = after.find(name);
      if (now == after.end() || now->second != reference) watched.insert(name);
    }
    for (const auto& [name, reference] : after) {
      if (!before.contains(name)) watched.insert(name);
    }
    for (const std::string& name : watched) {
      require("assert-ref-snapshot-id").key("ref").string(name).key("snapshot-id");
      const auto found = before.find(name);
      if (found == before.end()) {
        requirements_.null();
      } else {
        requirements_.integer(found->second.snapshot_id);
      }
      requirements_.end_object();
    }
  }

  void change_head() {
    if (!before_) update("assign-uuid").key("uuid").string(after_.text("table-uuid")).end_object();
    const auto version = after_.number("format-version");
    if (!before_ || before_->number("format-version") != version) {
      update("upgrade-format-version").key("format-version").integer(version.value_or(0)).end_object();
    }
    const std::string location = after_.text("location");
    if (!before_ || before_->text("location") != location) {
      update("set-location").key("location").string(location).end_object();
    }
  }

  // Adds what is new to a list, and sets which one is in use. Returns what is gone.
  std::vector<std::int64_t> change_list(const char* list, const char* id, const char* chosen, Names add, Names set) {
    std::set<std::int64_t> before;
    if (before_) {
      for (const auto& item : before_->items(list, id)) before.insert(item.id);
    }
    const auto now = after_.number(chosen);
    std::set<std::int64_t> gone = before;
    std::string last;  // the one in use is added last, so that the server may give it another number
    for (const auto& item : after_.items(list, id)) {
      gone.erase(item.id);
      if (before.contains(item.id)) continue;
      if (now == item.id) {
        last = item.json;
      } else {
        this->add(add, item.json);
      }
    }
    if (!last.empty()) this->add(add, last);
    if (now && (!before_ || before_->number(chosen) != now)) {
      update(set.action).key(set.member).integer(last.empty() ? *now : -1).end_object();
    }
    return {gone.begin(), gone.end()};
  }

  void add(const Names& names, const std::string& json) {
    update(names.action).key(names.member).raw(json);
    // Older servers count on it.
    if (std::string_view(names.member) == "schema") {
      updates_.key("last-column-id").integer(after_.number("last-column-id").value_or(0));
    }
    updates_.end_object();
  }

  void change_properties() {
    auto before = before_ ? before_->properties() : std::map<std::string, std::string>();
    std::map<std::string, std::string> set;
    for (const auto& [key, value] : after_.properties()) {
      const auto known = before.find(key);
      if (known == before.end() || known->second != value) set[key] = value;
      if (known != before.end()) before.erase(known);
    }
    if (!set.empty()) {
      update("set-properties").key("updates").begin_object();
      for (const auto& [key, value] : set) updates_.key(key).string(value);
      updates_.end_object().end_object();
    }
    if (before.empty()) return;
    update("remove-properties").key("removals").begin_array();
    for (const auto& [key, value] : before) updates_.string(key);
    updates_.end_array().end_object();
  }

  void change_snapshots() {
    std::set<std::int64_t> before;
    if (before_) {
      for (const auto& item : before_->items("snapshots", "snapshot-id")) before.insert(item.id);
    }
    std::set<std::int64_t> gone = before;
    for (const auto& item : after_.items("snapshots", "snapshot-id")) {
      gone.erase(item.id);
      if (before.contains(item.id)) continue;
      update("add-snapshot").key("snapshot").raw(item.json).end_object();
    }
    change_references();
    change_statistics("statistics", {"set-statistics", "statistics"}, "remove-statistics");
    change_statistics("partition-statistics", {"set-partition-statistics", "partition-statistics"},
                      "remove-partition-statistics");
    remove("remove-snapshots", "snapshot-ids", {gone.begin(), gone.end()});
  }

  void change_references() {
    auto before = before_ ? before_->references() : std::map<std::string, Document::Reference>();
    for (const auto& [name, reference] : after_.references()) {
      const auto known = before.find(name);
      const bool same = known != before.end() && known->second == reference;
      if (known != before.end()) before.erase(known);
      if (same) continue;
      update("set-snapshot-ref").key("ref-name").string(name);
      for (const auto& [member, json] : reference.members) updates_.key(member).raw(json);
      updates_.end_object();
    }
    for (const auto& [name, reference] : before)
      update("remove-snapshot-ref").key("ref-name").string(name).end_object();
  }

  // At most one for each snapshot.
  void change_statistics(const char* list, Names set, const char* removal) {
    std::set<std::pair<std::int64_t, std::string>> before;
    std::set<std::int64_t> gone;
    if (before_) {
      for (auto& item : before_->items(list, "snapshot-id")) {
        gone.insert(item.id);
        before.emplace(item.id, std::move(item.json));
      }
    }
    for (const auto& item : after_.items(list, "snapshot-id")) {
      gone.erase(item.id);
      if (before.contains({item.id, item.json})) continue;
      update(set.action);
      if (std::string_view(set.member) == "statistics") updates_.key("snapshot-id").integer(item.id);
      updates_.key(set.member).raw(item.json).end_object();
    }
    for (const std::int64_t id : gone) update(removal).key("snapshot-id").integer(id).end_object();
  }

  void remove(const char* action, const char* member, const std::vector<std::int64_t>& ids) {
    if (ids.empty()) return;
    update(action).key(member).begin_array();
    for (const std::int64_t id : ids) updates_.integer(id);
    updates_.end_array().end_object();
  }

  const Document* before_;
  const Document& after_;
  JsonWriter requirements_, updates_;
};

}  // namespace

TableChange table_change(const std::optional<std::string>& before, const std::string& after) {
  const Document next(after);
  if (!before) return Difference(nullptr, next).run();
  const Document last(*before);
  return Difference(&last, next).run();
}

}  // namespace lakelet::catalogs
