#include <cstdlib>
#include <string_view>

#include "memory_format/memory_properties.h"

namespace lakelet {
namespace {

IdentityColumn identity_of(const std::string& column, const std::string& text) {
  IdentityColumn out;
  out.column = column;
  char* rest = nullptr;
  out.start = std::strtoll(text.c_str(), &rest, 10);
  out.step = std::strtoll(rest, &rest, 10);
  out.explicit_values = std::string_view(rest) == " explicit";
  return out;
}

}  // namespace

RowRules row_rules_of(const Properties& properties) {
  RowRules rules;
  const auto is = [&](const char* key, const char* value) {
    const auto found = properties.find(key);
    return found != properties.end() && found->second == value;
  };
  if (is("memory.dialect", "spark")) rules.dialect = SqlDialect::Spark;
  const auto each = [&](const std::string& prefix, const auto& act) {
    for (auto at = properties.lower_bound(prefix); at != properties.end() && at->first.starts_with(prefix); ++at) {
      act(at->first.substr(prefix.size()), at->second);
    }
  };
  each("memory.check.", [&](const std::string& name, const std::string& condition) {
    rules.checks.push_back({"the CHECK constraint " + name, condition, is("memory.nullPasses", "true")});
  });
  each("memory.default.", [&](const std::string& column, const std::string& text) {
    rules.defaults.push_back({column, text});
  });
  each("memory.generated.", [&](const std::string& column, const std::string& text) {
    rules.generated.push_back({column, text});
  });
  each("memory.identity.", [&](const std::string& column, const std::string& text) {
    rules.identities.push_back(identity_of(column, text));
    const auto mark = properties.find("memory.identityMark." + column);
    if (mark != properties.end()) rules.identities.back().high_water_mark = std::stoll(mark->second);
  });
  return rules;
}

Schema with_lengths(const Schema& schema, const Properties& properties) {
  std::vector<Field> fields = schema.fields();
  for (Field& field : fields) {
    const auto found = properties.find("memory.longest." + field.name);
    if (found != properties.end()) field.longest = std::stoi(found->second);
  }
  return Schema(std::move(fields));
}

}  // namespace lakelet
