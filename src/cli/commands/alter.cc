// alter: one change of what a table is.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "cli/commands/commands.h"
#include "cli/invocation.h"

namespace lakelet::cli {
namespace {

struct Alter {
  std::string table, action, comment, after;
  std::vector<std::string> arguments, user_metadata;
  bool not_null = false, first = false, if_exists = false, if_not_exists = false;
  std::optional<std::int64_t> if_version;

  std::optional<ColumnPosition> position() const {
    if (first && !after.empty()) throw Error(ErrorCode::InvalidArgument, "--first and --after exclude each other");
    if (first) return ColumnPosition{};
    if (!after.empty()) return ColumnPosition{after};
    return std::nullopt;
  }
  ColumnPath column() const { return parse_column_path(arguments.at(0)); }
};

Alteration add_column(const Alter& alter) {
  AddColumn change;
  change.parent = alter.column();
  change.field.name = change.parent.back();
  change.parent.pop_back();
  change.field.type = parse_type(alter.arguments.at(1));
  change.field.nullable = !alter.not_null;
  change.field.doc = alter.comment;
  change.position = alter.position();
  change.if_not_exists = alter.if_not_exists;
  return change;
}

Alteration move_column(const Alter& alter) {
  const auto position = alter.position();
  if (!position) throw Error(ErrorCode::InvalidArgument, "where to?", "add --first or --after COLUMN");
  return MoveColumn{alter.column(), *position};
}

Alteration set_properties(const Alter& alter) {
  SetProperties change;
  for (const auto& [key, value] : split_pairs(alter.arguments, "set-property")) change.properties[key] = value;
  return change;
}

struct Action {
  const char* name;
  const char* arguments;  // for the help
  std::size_t least, most;
  Alteration (*make)(const Alter&);
};

constexpr std::size_t kMany = 1000;
const Action kActions[] = {
    {"add-column", "NAME TYPE", 2, 2, &add_column},
    {"drop-column", "NAME", 1, 1,
     [](const Alter& a) -> Alteration {
       return DropColumn{a.column(), a.if_exists};
     }},
    {"rename-column", "NAME NEW", 2, 2,
     [](const Alter& a) -> Alteration {
       return RenameColumn{a.column(), a.arguments[1]};
     }},
    {"move-column", "NAME", 1, 1, &move_column},
    {"set-type", "NAME TYPE", 2, 2,
     [](const Alter& a) -> Alteration {
       return SetColumnType{a.column(), parse_type(a.arguments[1])};
     }},
    {"set-not-null", "NAME", 1, 1,
     [](const Alter& a) -> Alteration {
       return SetNotNull{a.column(), true};
     }},
    {"drop-not-null", "NAME", 1, 1,
     [](const Alter& a) -> Alteration {
       return SetNotNull{a.column(), false};
     }},
    {"set-comment", "NAME TEXT", 2, 2,
     [](const Alter& a) -> Alteration {
       return SetColumnComment{a.column(), a.arguments[1]};
     }},
    {"set-default", "NAME VALUE", 2, 2,
     [](const Alter& a) -> Alteration {
       return SetDefault{a.column(), a.arguments[1]};
     }},
    {"drop-default", "NAME", 1, 1,
     [](const Alter& a) -> Alteration {
       return DropDefault{a.column(), a.if_exists};
     }},
    {"add-constraint", "NAME CONDITION", 2, 2,
     [](const Alter& a) -> Alteration {
       return AddConstraint{a.arguments[0], a.arguments[1]};
     }},
    {"drop-constraint", "NAME", 1, 1,
     [](const Alter& a) -> Alteration {
       return DropConstraint{a.arguments[0], a.if_exists};
     }},
    {"set-property", "KEY=VALUE...", 1, kMany, &set_properties},
    {"unset-property", "KEY...", 1, kMany,
     [](const Alter& a) -> Alteration {
       return UnsetProperties{a.arguments, a.if_exists};
     }},
    {"set-domain", "NAME TEXT", 2, 2,
     [](const Alter& a) -> Alteration {
       return SetDomain{a.arguments[0], a.arguments[1]};
     }},
    {"remove-domain", "NAME", 1, 1,
     [](const Alter& a) -> Alteration {
       return SetDomain{a.arguments[0], std::nullopt};
     }},
    {"set-name", "NAME", 1, 1, [](const Alter& a) -> Alteration { return SetTableName{a.arguments[0]}; }},
    {"set-description", "TEXT", 1, 1, [](const Alter& a) -> Alteration { return SetDescription{a.arguments[0]}; }},
};

struct LayoutAction {
  const char* name;
  const char* arguments;
  std::size_t least, most;
  LayoutChange (*make)(const Alter&);
};

const LayoutAction kLayoutActions[] = {
    {"add-partition-field", "FIELD", 1, 1,
     [](const Alter& a) -> LayoutChange { return AddPartitionField{parse_partition_field(a.arguments[0])}; }},
    {"drop-partition-field", "FIELD", 1, 1,
     [](const Alter& a) -> LayoutChange { return DropPartitionField{a.arguments[0]}; }},
    {"replace-partition-field", "FIELD NEW", 2, 2,
     [](const Alter& a) -> LayoutChange {
       return ReplacePartitionField{a.arguments[0], parse_partition_field(a.arguments[1])};
     }},
    {"set-sort-order", "[FIELD...]", 0, kMany,
     [](const Alter& a) -> LayoutChange {
       SetSortOrder change;
       for (const std::string& field : a.arguments) change.fields.push_back(parse_sort_field(field));
       return change;
     }},
};

std::string known_actions() {
  std::string text;
  const auto add = [&](const auto& actions) {
    for (const auto& action : actions)
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", action.name, action.arguments);
  };
  add(kActions);
  add(kLayoutActions);
  return text;
}

// The action of that name, with as many arguments as it takes; null if there is none.
template <typename Actions>
auto find_action(const Alter& alter, const Actions& actions) -> decltype(std::begin(actions)) {
  const auto* found =
      std::find_if(std::begin(actions), std::end(actions), [&](const auto& each) { return each.name == alter.action; });
  if (found == std::end(actions)) return nullptr;
  if (alter.arguments.size() < found->least || alter.arguments.size() > found->most) {
    throw Error(ErrorCode::InvalidArgument, fmt::format("{} takes {}", alter.action, found->arguments),
                fmt::format("lakelet alter {} {} {}", alter.table, alter.action, found->arguments));
  }
  return found;
}

Report run(Table& table, const Alter& alter, const WriteOptions& options) {
  if (const auto* layout = find_action(alter, kLayoutActions))
    return table.change_layout({layout->make(alter)}, options);
  if (const auto* action = find_action(alter, kActions)) return table.alter({action->make(alter)}, options);
  throw Error(ErrorCode::InvalidArgument, fmt::format("alter can't '{}'", alter.action), "one of: " + known_actions());
}

}  // namespace

void declare_alter(Command command) {
  const auto alter = std::make_shared<Alter>();
  command.positional("TABLE", alter->table, "Path or URI of the table")
      .positional("ACTION", alter->action, known_actions())
      .positionals("ARGUMENTS", alter->arguments, "A part of a nested column is a.b, a.element, a.key or a.value",
                   false)
      .flag("--not-null", alter->not_null, "add-column: without nulls; only while the table has no rows")
      .option("--comment", alter->comment, "TEXT", "add-column: what it holds")
      .flag("--first", alter->first, "add-column, move-column: before all others")
      .option("--after", alter->after, "COLUMN", "add-column, move-column: behind that one")
      .flag("--if-exists", alter->if_exists, "drop-..., unset-property: do nothing if it isn't there")
      .flag("--if-not-exists", alter->if_not_exists, "add-column: do nothing if it is there")
      .option("--if-version", alter->if_version, "N", "Only on top of exactly this version")
      .option("--user-metadata", alter->user_metadata, "KEY=VALUE", "Kept in the table's history; may be repeated")
      .example("lakelet alter lake/weather add-column humidity float --after temperature")
      .example("lakelet alter lake/weather set-property owner=me")
      .example("lakelet alter lake/weather rename-column temperature celsius")
      .example("lakelet alter lake/weather replace-partition-field \"month(time)\" \"day(time)\"")
      .example("lakelet alter lake/weather set-sort-order city \"time desc\"")
      .example("lakelet alter lake/weather add-constraint sane \"temperature > -100\"")
      .action([alter](Invocation& invocation) {
        WriteOptions options;
        options.if_version = alter->if_version;
        for (const auto& [key, value] : split_pairs(alter->user_metadata, "--user-metadata")) {
          options.user_metadata[key] = value;
        }
        Table table = invocation.session().open(alter->table);
        const Report report = run(table, *alter, options);
        if (report.version < 0 || invocation.format() == OutputFormat::Json) {
          return invocation.show_report("alter", report);
        }
        invocation.messages().summary(
            fmt::format("version {}: {} in {:.2f} s", report.version, alter->action, report.seconds));
      });
}

}  // namespace lakelet::cli
