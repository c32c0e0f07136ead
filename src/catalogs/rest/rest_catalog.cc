#include "catalogs/rest/rest_catalog.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/json_writer.h"
#include "base/percent_encoding.h"
#include "catalogs/rest/metadata_updates.h"
#include "catalogs/rest/rest_answer.h"
#include "catalogs/rest/rest_scan.h"
#include "catalogs/rest/table_access.h"
#include "lakelet/error.h"

namespace lakelet::catalogs {

namespace {

using Moved = CatalogTable::Moved;

constexpr const char* kNamespaces = "namespaces";
constexpr const char* kNamespace = "namespaces/{namespace}";
constexpr const char* kTables = "namespaces/{namespace}/tables";
constexpr const char* kTable = "namespaces/{namespace}/tables/{table}";
constexpr const char* kProperties = "namespaces/{namespace}/properties";
constexpr const char* kViews = "namespaces/{namespace}/views";
constexpr const char* kView = "namespaces/{namespace}/views/{view}";
constexpr const char* kRegister = "namespaces/{namespace}/register";
constexpr const char* kRename = "tables/rename";
constexpr const char* kTransaction = "transactions/commit";
// "Optional signal to the server that the client supports delegated access" of the specification.
const std::pair<std::string, std::string> kDelegation{"X-Iceberg-Access-Delegation", "vended-credentials"};
constexpr std::size_t kMostKnown = 16, kMostKnownBytes = std::size_t{16} << 20;
constexpr std::size_t kMostPages = 10'000, kMostLevels = 32, kMostNamespaces = 100'000;

template <typename Look>
bool is_made(const Look& look) {
  try {
    return look();
  } catch (const Error&) {  // nobody says so
    return false;
  }
}

// What became of a change whose answer was lost. Throws `lost` if it isn't known to be made.
template <typename Look>
void require_made(const Error& lost, const Look& look) {
  if (lost.code() != ErrorCode::CommitUnknown || !is_made(look)) throw lost;
}

// What a server says of something that it hasn't, or doesn't know how to have.
bool is_not_there(const Error& error) {
  const ErrorCode code = error.code();
  return code == ErrorCode::NotFound || code == ErrorCode::InvalidArgument || code == ErrorCode::UnsupportedFeature;
}

// Of the view's current version (view-spec.md, "Representations").
std::vector<std::string> dialects_of(const RestAnswer& body) {
  std::vector<std::string> dialects;
  const auto metadata = body.object().at_key("metadata");
  std::int64_t current = 0;
  simdjson::dom::array versions, representations;
  if (metadata.at_key("current-version-id").get(current) || metadata.at_key("versions").get(versions)) return dialects;
  for (const auto version : versions) {
    std::int64_t id = 0;
    if (version["version-id"].get(id) || id != current || version["representations"].get(representations)) continue;
    for (const auto each : representations) {
      std::string_view dialect;
      if (!each["dialect"].get(dialect)) dialects.push_back(one_line(dialect));
    }
  }
  return dialects;
}

bool is_done(const HttpAnswer& answer) {
  return answer.status >= 200 && answer.status < 300;
}

void require_name(const std::string& what, const std::string& name) {
  const auto levels = namespace_levels(name);
  const bool fits = std::none_of(levels.begin(), levels.end(), [](const auto& level) { return level.empty(); });
  if (!fits) throw Error(ErrorCode::InvalidArgument, fmt::format("no {} can be called '{}'", what, name));
}

void write_levels(JsonWriter& out, const std::string& name_space) {
  out.begin_array();
  for (const std::string& level : namespace_levels(name_space)) out.string(level);
  out.end_array();
}

void write_identifier(JsonWriter& out, const std::string& name_space, const std::string& table) {
  out.begin_object().key("namespace");
  write_levels(out, name_space);
  out.key("name").string(table).end_object();
}

// "a.b" of ["a", "b"]; nullopt: that is no namespace.
std::optional<std::string> name_of(const simdjson::dom::element& levels) {
  std::vector<std::string> names;
  simdjson::dom::array parts;
  if (levels.get(parts)) return std::nullopt;
  for (const auto part : parts) {
    std::string_view text;
    if (part.get(text) || text.empty()) return std::nullopt;
    names.emplace_back(text);
  }
  return names.empty() ? std::nullopt : std::optional(namespace_name(names));
}

std::string loading(const std::string& name_space, const std::string& table) {
  return fmt::format("loading the table {}.{}", name_space, table);
}

std::string changing(const std::vector<EntryMove>& moves) {
  std::string names;
  for (const EntryMove& move : moves) names += (names.empty() ? "" : ", ") + move.name_space + "." + move.table;
  return fmt::format("changing the table{} {}", moves.size() > 1 ? "s" : "", names);
}

// By their ids.
std::set<std::int64_t> snapshots_of(const std::string& metadata) {
  std::set<std::int64_t> ids;
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  simdjson::dom::array snapshots;
  if (parser.parse(metadata).get(root) || root["snapshots"].get(snapshots)) return ids;
  for (const auto snapshot : snapshots) {
    std::int64_t id = 0;
    if (!snapshot["snapshot-id"].get(id)) ids.insert(id);
  }
  return ids;
}

CatalogPointer pointer_of(const RestAnswer& body, const std::string& what) {
  const auto config = body.entries("config");
  const auto mode = config.find("scan-planning-mode");
  CatalogPointer pointer;
  pointer.metadata = body.text("metadata-location").value_or("");
  pointer.document = body.json("metadata").value_or("");
  pointer.plans_scans = mode != config.end() && mode->second == "server";
  if (pointer.metadata.empty() || pointer.document.empty()) {
    throw Error(ErrorCode::CorruptTable, what + ": the answer has no metadata, or doesn't say where it is kept");
  }
  return pointer;
}

}  // namespace

RestCatalog::RestCatalog(std::string uri, RestOptions options) : uri_(std::move(uri)), session_(std::move(options)) {}

void RestCatalog::list(RestCall call, const std::string& what, const std::function<void(const RestAnswer&)>& page) {
  const std::string query = call.query;
  std::set<std::string> seen;
  while (true) {
    const HttpAnswer answer = session_.send(call);
    if (!is_done(answer)) session_.fail(answer, what);
    const RestAnswer body(answer.body, what);
    page(body);
    const auto next = body.text("next-page-token");
    if (!next || next->empty()) return;
    if (!seen.insert(*next).second || seen.size() > kMostPages) {
      throw Error(ErrorCode::CorruptTable, what + ": the pages of the list come back to where they were");
    }
    call.query = query + (query.empty() ? "" : "&") + "pageToken=" + percent_encode(*next, "");
  }
}

std::vector<std::string> RestCatalog::children(const std::string& parent) {
  RestCall call{.method = "GET", .route = kNamespaces};
  if (!parent.empty()) call.query = "parent=" + session_.namespace_value(parent);
  std::vector<std::string> names;
  list(call, "listing the namespaces", [&](const RestAnswer& body) {
    simdjson::dom::array items;
    if (body.object().at_key("namespaces").get(items)) return;
    for (const auto each : items) {
      const auto name = name_of(each);
      if (name && (parent.empty() || name->starts_with(parent + "."))) names.push_back(*name);
    }
  });
  return names;
}

std::vector<std::string> RestCatalog::namespaces() {
  std::set<std::string> found;
  std::vector<std::string> open = children("");
  while (!open.empty()) {
    const std::string name = std::move(open.back());
    open.pop_back();
    if (!found.insert(name).second || namespace_levels(name).size() >= kMostLevels) continue;
    if (found.size() > kMostNamespaces) {
      throw Error(ErrorCode::CorruptTable,
                  fmt::format("{}: there seem to be more than {} namespaces", session_.server(), kMostNamespaces));
    }
    try {
      for (std::string& child : children(name)) open.push_back(std::move(child));
    } catch (const Error& error) {
      // Servers whose namespaces have one level refuse to look below it; one that is gone has none.
      if (!is_not_there(error)) throw;
    }
  }
  return {found.begin(), found.end()};
}

bool RestCatalog::has_namespace(const std::string& name) {
  if (name.empty()) return false;
  const HttpAnswer answer =
      session_.send({.method = "GET", .route = kNamespace, .values = {session_.namespace_value(name)}});
  if (answer.status == 404) return false;
  if (!is_done(answer)) session_.fail(answer, fmt::format("looking for the namespace {}", name));
  return true;
}

void RestCatalog::create_namespace(const std::string& name) {
  require_name("namespace", name);
  JsonWriter body;
  body.begin_object().key("namespace");
  write_levels(body, name);
  body.key("properties").begin_object().end_object().end_object();
  try {
    const HttpAnswer answer =
        session_.send({.method = "POST", .route = kNamespaces, .body = body.take(), .repeatable = false});
    if (answer.status == 409) {
      throw Error(ErrorCode::AlreadyExists, fmt::format("there is a namespace {} already", name));
    }
    if (answer.status >= 500 && has_namespace(name)) return;
    if (!is_done(answer)) session_.fail(answer, fmt::format("making the namespace {}", name));
  } catch (const Error& error) {
    require_made(error, [&] { return has_namespace(name); });
  }
}

void RestCatalog::drop_namespace(const std::string& name) {
  const std::string what = fmt::format("dropping the namespace {}", name);
  try {
    const HttpAnswer answer = session_.send(
        {.method = "DELETE", .route = kNamespace, .values = {session_.namespace_value(name)}, .repeatable = false});
    if (is_done(answer)) return;
    if (answer.status >= 500 && !has_namespace(name)) return;
    if (answer.status == 404) {
      throw Error(ErrorCode::NotFound, fmt::format("there is no namespace {} in {}", name, uri_));
    }
    if (answer.status == 409) {
      throw Error(ErrorCode::InvalidArgument, fmt::format("the namespace {} isn't empty", name),
                  "drop the tables, views and namespaces in it first");
    }
    session_.fail(answer, what);
  } catch (const Error& error) {
    require_made(error, [&] { return !has_namespace(name); });
  }
}

std::vector<std::string> RestCatalog::listed(const std::string& route, const std::string& name,
                                             const std::string& what) {
  std::vector<std::string> names;
  list({.method = "GET", .route = route, .values = {session_.namespace_value(name)}}, what,
       [&](const RestAnswer& body) {
         simdjson::dom::array items;
         if (body.object().at_key("identifiers").get(items)) return;
         for (const auto each : items) {
           std::string_view one;
           simdjson::dom::element levels;
           if (each["name"].get(one) || each["namespace"].get(levels)) continue;
           if (name_of(levels) == name) names.emplace_back(one);
         }
       });
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> RestCatalog::tables(const std::string& name) {
  try {
    return listed(kTables, name, fmt::format("listing the tables of {}", name));
  } catch (const Error& error) {
    if (error.code() != ErrorCode::NotFound) throw;
    return {};
  }
}

std::vector<std::string> RestCatalog::views(const std::string& name) {
  if (!session_.offers("GET", kViews)) return {};
  try {
    return listed(kViews, name, fmt::format("listing the views of {}", name));
  } catch (const Error& error) {
    if (is_not_there(error)) return {};
    throw;
  }
}

std::string RestCatalog::instead(const std::string& name_space, const std::string& table) {
  if (!session_.offers("GET", kView)) return {};
  const std::string what = fmt::format("loading the view {}.{}", name_space, table);
  const HttpAnswer answer = session_.send({.method = "GET", .route = kView, .values = table_values(name_space, table)});
  if (!is_done(answer)) {
    const Error error = session_.error_in(answer, what);
    if (is_not_there(error)) return {};
    throw error;
  }
  const std::vector<std::string> dialects = dialects_of(RestAnswer(answer.body, what));
  return dialects.empty() ? "a view" : fmt::format("a view in the SQL of {}", fmt::join(dialects, ", "));
}

NamespaceProperties RestCatalog::namespace_properties(const std::string& name) {
  const std::string what = fmt::format("loading the namespace {}", name);
  const HttpAnswer answer =
      session_.send({.method = "GET", .route = kNamespace, .values = {session_.namespace_value(name)}});
  if (answer.status == 404) throw_no_namespace(name);
  if (!is_done(answer)) session_.fail(answer, what);
  return RestAnswer(answer.body, what).entries("properties");
}

// "updateProperties". A change whose answer was lost is made, or made again: it says what is to be there.
void RestCatalog::change_namespace(const std::string& name, const NamespaceChange& change) {
  const std::string what = fmt::format("changing the properties of the namespace {}", name);
  JsonWriter body;
  body.begin_object().key("removals").begin_array();
  for (const std::string& key : change.remove) {
    if (!change.set.contains(key)) body.string(key);
  }
  body.end_array().key("updates").begin_object();
  for (const auto& [key, value] : change.set) body.key(key).string(value);
  body.end_object().end_object();
  const HttpAnswer answer = session_.send({.method = "POST",
                                           .route = kProperties,
                                           .values = {session_.namespace_value(name)},
                                           .body = body.take(),
                                           .repeatable = true});
  if (answer.status == 404) throw_no_namespace(name);
  if (!is_done(answer)) session_.fail(answer, what);
}

void RestCatalog::throw_no_namespace(const std::string& name) const {
  throw Error(ErrorCode::NotFound, fmt::format("there is no namespace {} in {}", name, uri_),
              "CREATE SCHEMA makes one");
}

std::unique_ptr<CatalogScan> RestCatalog::plan(const std::string& name_space, const std::string& table,
                                               const std::string& request) {
  auto self = std::static_pointer_cast<RestCatalog>(shared_from_this());
  return plan_on_server(std::shared_ptr<RestSession>(std::move(self), &session_), table_values(name_space, table),
                        fmt::format("planning a scan of {}.{}", name_space, table), request);
}

const std::string& RestCatalog::format() const {
  static const std::string kFormat = "iceberg";
  return kFormat;
}

std::vector<std::string> RestCatalog::table_values(const std::string& name_space, const std::string& table) {
  return {session_.namespace_value(name_space), percent_encode(table, "")};
}

std::optional<CatalogPointer> RestCatalog::find(const std::string& name_space, const std::string& table) {
  const std::pair key(name_space, table);
  std::optional<Known> known;
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = known_.find(key); found != known_.end()) known = found->second;
  }
  RestCall call{.method = "GET", .route = kTable, .values = table_values(name_space, table), .headers = {kDelegation}};
  if (known) call.headers.emplace_back("If-None-Match", known->tag);
  const HttpAnswer answer = session_.send(call);
  if (known && answer.status == 304) return known->pointer;
  const std::string what = loading(name_space, table);
  if (answer.status == 404 || !is_done(answer)) {
    const std::lock_guard lock(mutex_);
    known_.erase(key);
    if (answer.status == 404) return std::nullopt;
    session_.fail(answer, what);
  }
  const RestAnswer body(answer.body, what);
  Known now{{}, pointer_of(body, what)};
  lend(body, name_space, table);
  const std::lock_guard lock(mutex_);
  known_.erase(key);
  const auto tag = answer.headers.find("etag");
  if (tag != answer.headers.end() && !tag->second.empty() && now.pointer.document.size() <= kMostKnownBytes) {
    now.tag = tag->second;
    if (known_.size() >= kMostKnown) known_.clear();
    known_[key] = now;
  }
  return now.pointer;
}

void RestCatalog::lend(const RestAnswer& answer, const std::string& name_space, const std::string& table) {
  const Lend& take = session_.options().lend;
  if (!take) return;
  const auto self = std::weak_ptr(shared_from_this());
  for (auto& [place, options] : table_access(answer, loading(name_space, table))) {
    const auto renew = [self, name_space, table, place = place]() -> StoreOptions {
      const auto alive = std::static_pointer_cast<RestCatalog>(self.lock());
      if (!alive) throw Error(ErrorCode::Permission, "the catalog that gave keys for " + place + " was closed");
      return alive->load_access(name_space, table, place);
    };
    take(place, {std::move(options), renew});
  }
}

StoreOptions RestCatalog::load_access(const std::string& name_space, const std::string& table,
                                      const std::string& place) {
  const std::string what = loading(name_space, table);
  const HttpAnswer answer = session_.send(
      {.method = "GET", .route = kTable, .values = table_values(name_space, table), .headers = {kDelegation}});
  if (!is_done(answer)) session_.fail(answer, what);
  auto found = table_access(RestAnswer(answer.body, what), what);
  if (!found.contains(place)) {
    throw Error(ErrorCode::Permission, fmt::format("{}: the catalog gives no more keys for {}", what, place));
  }
  return std::move(found[place]);
}

void RestCatalog::require_moves_together(bool creates) {
  const std::string hint = "COMMIT after each table";
  if (!session_.lists("POST", kTransaction)) {
    throw Error(ErrorCode::UnsupportedFeature,
                fmt::format("the catalog {} doesn't list POST {}: it commits one table at a time", uri_, kTransaction),
                hint);
  }
  if (!creates) return;
  throw Error(ErrorCode::UnsupportedFeature, fmt::format("the catalog {} makes no tables in a commit of several", uri_),
              hint);
}

// "Commit updates to a table", or "Commit updates to multiple tables in an atomic operation".
RestCall RestCatalog::commit_of(const std::vector<EntryMove>& moves) {
  JsonWriter body;
  const bool together = moves.size() > 1;
  if (together) body.begin_object().key("table-changes").begin_array();
  std::string key;  // of the newest try among them: with any new one it is another
  for (const EntryMove& move : moves) {
    key = std::max(key, move.next.attempt);
    const TableChange change =
        table_change(move.expected ? std::optional(move.expected->document) : std::nullopt, move.next.document);
    body.begin_object().key("identifier");
    write_identifier(body, move.name_space, move.table);
    body.key("requirements").raw(change.requirements).key("updates").raw(change.updates).end_object();
  }
  if (together) body.end_array().end_object();
  RestCall call{.method = "POST", .route = kTransaction, .body = body.take(), .repeatable = false, .key = key};
  if (together) return call;
  call.route = kTable;
  call.values = table_values(moves.front().name_space, moves.front().table);
  return call;
}

Moved RestCatalog::move(const std::vector<EntryMove>& moves) {
  const EntryMove& first = moves.front();
  if (first.next.document.empty()) return register_table(first.name_space, first.table, first.next);
  try {
    return answer_of_commit(session_.send(commit_of(moves)), moves);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::Unavailable) {
      throw Error(error.code(), fmt::format("{}: {}", changing(moves), error.what()),
                  "nothing was committed: try again when the catalog can be reached");
    }
    if (error.code() != ErrorCode::CommitUnknown) throw;
    return Moved::Unknown;
  }
}

Moved RestCatalog::register_table(const std::string& name_space, const std::string& table, const CatalogPointer& next) {
  require_name("table", table);
  JsonWriter body;
  body.begin_object().key("name").string(table).key("metadata-location").string(next.metadata).end_object();
  const auto look = [&] {
    const auto now = find(name_space, table);
    return now && now->metadata == next.metadata;
  };
  try {
    const HttpAnswer answer = session_.send({.method = "POST",
                                             .route = kRegister,
                                             .values = {session_.namespace_value(name_space)},
                                             .body = body.take(),
                                             .repeatable = false,
                                             .key = next.attempt});
    if (answer.status == 409) return Moved::Lost;
    if (answer.status >= 500) return is_made(look) ? Moved::Done : Moved::Unknown;
    if (!is_done(answer)) session_.fail(answer, fmt::format("registering the table {}.{}", name_space, table));
    return Moved::Done;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::CommitUnknown) throw;
    return is_made(look) ? Moved::Done : Moved::Unknown;
  }
}

Moved RestCatalog::kept(const std::vector<EntryMove>& moves) {
  std::size_t lost = 0;
  for (const EntryMove& move : moves) {
    std::set<std::int64_t> made = snapshots_of(move.next.document);
    for (const std::int64_t id : snapshots_of(move.expected->document)) made.erase(id);
    try {
      const auto now = find(move.name_space, move.table);
      for (const std::int64_t id : snapshots_of(now ? now->document : "")) made.erase(id);
    } catch (const Error&) {  // nobody says otherwise
      continue;
    }
    if (!made.empty()) ++lost;
  }
  if (lost == 0) return Moved::Done;
  return lost == moves.size() ? Moved::Lost : Moved::Unknown;
}

// A 5xx says nothing of what was done.
Moved RestCatalog::answer_of_commit(const HttpAnswer& answer, const std::vector<EntryMove>& moves) {
  if (is_done(answer)) return moves.size() > 1 ? kept(moves) : Moved::Done;
  if (answer.status == 409) return Moved::Lost;
  if (answer.status >= 500) return Moved::Unknown;
  if (answer.status == 400 || answer.status == 422) {
    // What we made on top of metadata that others have replaced may not fit theirs.
    const bool replaced = std::ranges::any_of(moves, [&](const EntryMove& move) {
      const auto now = find(move.name_space, move.table);
      return now.has_value() != move.expected.has_value() || (now && now->metadata != move.expected->metadata);
    });
    if (replaced) return Moved::Lost;
  }
  session_.fail(answer, changing(moves));
}

void RestCatalog::drop(const std::string& name_space, const std::string& table) {
  const std::string what = fmt::format("dropping the table {}.{}", name_space, table);
  try {
    const HttpAnswer answer = session_.send({.method = "DELETE",
                                             .route = kTable,
                                             .values = table_values(name_space, table),
                                             .query = "purgeRequested=false",
                                             .repeatable = false});
    if (is_done(answer)) return;
    if (answer.status >= 500 && !find(name_space, table)) return;
    if (answer.status == 404) {
      throw Error(ErrorCode::NotFound, fmt::format("{} has no table {}.{}", uri_, name_space, table));
    }
    session_.fail(answer, what);
  } catch (const Error& error) {
    require_made(error, [&] { return !find(name_space, table); });
  }
}

void RestCatalog::rename(const std::string& name_space, const std::string& table, const std::string& to_name_space,
                         const std::string& to) {
  require_name("table", to);
  JsonWriter body;
  body.begin_object().key("source");
  write_identifier(body, name_space, table);
  body.key("destination");
  write_identifier(body, to_name_space, to);
  body.end_object();
  const auto renamed = [&] { return !find(name_space, table) && find(to_name_space, to); };
  try {
    const HttpAnswer answer =
        session_.send({.method = "POST", .route = kRename, .body = body.take(), .repeatable = false});
    if (is_done(answer) || (answer.status >= 500 && renamed())) return;
    if (answer.status == 409) {
      throw Error(ErrorCode::AlreadyExists,
                  fmt::format("{} has something called {}.{} already", uri_, to_name_space, to));
    }
    session_.fail(answer, fmt::format("renaming the table {}.{}", name_space, table));
  } catch (const Error& error) {
    require_made(error, renamed);
  }
}

// The server says where, when it is asked to prepare a table without making it ("stage-create").
std::string RestCatalog::new_location(const std::string& name_space, const std::string& table) {
  require_name("table", table);
  const std::string what = fmt::format("preparing the table {}.{}", name_space, table);
  JsonWriter body;
  body.begin_object().key("name").string(table).key("schema").begin_object();
  body.key("type").string("struct").key("schema-id").integer(0).key("fields").begin_array().end_array().end_object();
  body.key("stage-create").boolean(true).key("properties").begin_object().end_object().end_object();
  const HttpAnswer answer = session_.send({.method = "POST",
                                           .route = kTables,
                                           .values = {session_.namespace_value(name_space)},
                                           .body = body.take(),
                                           .headers = {kDelegation}});
  if (answer.status == 404) {
    throw Error(ErrorCode::NotFound, fmt::format("there is no namespace {} in {}", name_space, uri_),
                "CREATE SCHEMA makes one");
  }
  if (answer.status == 409) {
    throw Error(ErrorCode::AlreadyExists,
                fmt::format("{} has something called {}.{} already", uri_, name_space, table));
  }
  if (!is_done(answer)) session_.fail(answer, what);
  const RestAnswer answered(answer.body, what);
  std::string_view location;
  if (answered.object().at_key("metadata").at_key("location").get(location) || location.empty()) {
    throw Error(ErrorCode::CorruptTable, what + ": the answer doesn't say where its files go");
  }
  lend(answered, name_space, table);
  return std::string(location);
}

}  // namespace lakelet::catalogs
