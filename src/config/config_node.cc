#include "config/config_node.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>

namespace lakelet::config {
namespace {

constexpr std::size_t kMostValues = 200'000;  // aliases of aliases grow without end otherwise
constexpr int kDeepest = 200;

class Converter {
 public:
  explicit Converter(const std::string& file) : file_(file) {}

  ConfigNode convert(const YAML::Node& from, const Place& otherwise, int depth) {
    ConfigNode node;
    node.place = place_of(from, otherwise);
    if (++values_ > kMostValues || depth > kDeepest) fail_at(node.place, "the document is too large, or too deep");
    if (from.IsScalar()) {
      node.kind = ConfigNode::Kind::Scalar;
      node.text = from.Scalar();
      node.quoted = from.Tag() == "!";
    } else if (from.IsSequence()) {
      node.kind = ConfigNode::Kind::List;
      for (const YAML::Node& item : from) node.items.push_back(convert(item, node.place, depth + 1));
    } else if (from.IsMap()) {
      node.kind = ConfigNode::Kind::Mapping;
      for (const auto& member : from) add_member(node, member.first, member.second, depth);
      take_merge_keys(node);
    }
    return node;
  }

 private:
  Place place_of(const YAML::Node& node, const Place& otherwise) const {
    const YAML::Mark mark = node.Mark();
    return mark.is_null() ? otherwise : Place{file_, mark.line + 1};
  }

  void add_member(ConfigNode& node, const YAML::Node& key, const YAML::Node& value, int depth) {
    const Place place = place_of(key, node.place);
    if (!key.IsScalar()) fail_at(place, "a key has to be a text");
    if (node.find(key.Scalar())) fail_at(place, fmt::format("the key '{}' is there twice", key.Scalar()));
    node.members.emplace_back(key.Scalar(), convert(value, place, depth + 1));
  }

  // "<<: *base": what the other mapping has, where this one doesn't.
  static void take_merge_keys(ConfigNode& node) {
    const ConfigNode* merge = node.find("<<");
    if (!merge) return;
    const std::vector<ConfigNode> sources = merge->is_list() ? merge->items : std::vector<ConfigNode>{*merge};
    std::erase_if(node.members, [](const auto& member) { return member.first == "<<"; });
    for (const ConfigNode& source : sources) {
      for (const auto& member : source.members) {
        if (!node.find(member.first)) node.members.push_back(member);
      }
    }
  }

  const std::string& file_;
  std::size_t values_ = 0;
};

}  // namespace

std::string to_string(const Place& place) {
  return place.line > 0 ? fmt::format("{}:{}", place.file, place.line) : place.file;
}

void fail_at(const Place& place, const std::string& message) {
  throw PlacedError(place, message);
}

PlacedError::PlacedError(Place place, const std::string& message)
    : Error(ErrorCode::InvalidArgument, fmt::format("{}: {}", to_string(place), message)),
      place_(std::move(place)),
      bare_(message) {}

const ConfigNode* ConfigNode::find(const std::string& key) const {
  const auto found = std::find_if(members.begin(), members.end(), [&](const auto& one) { return one.first == key; });
  return found == members.end() ? nullptr : &found->second;
}

ConfigNode* ConfigNode::find(const std::string& key) {
  return const_cast<ConfigNode*>(std::as_const(*this).find(key));
}

ConfigNode ConfigNode::scalar(std::string text, bool quoted) {
  ConfigNode node;
  node.kind = Kind::Scalar;
  node.text = std::move(text);
  node.quoted = quoted;
  return node;
}

bool same_values(const ConfigNode& a, const ConfigNode& b) {
  const auto same_member = [](const auto& x, const auto& y) {
    return x.first == y.first && same_values(x.second, y.second);
  };
  return a.kind == b.kind && a.text == b.text &&
         std::equal(a.items.begin(), a.items.end(), b.items.begin(), b.items.end(), same_values) &&
         std::equal(a.members.begin(), a.members.end(), b.members.begin(), b.members.end(), same_member);
}

ConfigNode parse_yaml(const std::string& file, const std::string& text) {
  try {
    return Converter(file).convert(YAML::Load(text), {file, 0}, 0);
  } catch (const YAML::Exception& error) {
    fail_at({file, error.mark.line + 1}, error.msg);
  }
}

ConfigNode deep_merge(ConfigNode base, ConfigNode over) {
  if (base.is_list() && over.is_list()) {
    base.items.insert(base.items.end(), std::make_move_iterator(over.items.begin()),
                      std::make_move_iterator(over.items.end()));
    return base;
  }
  if (!base.is_mapping() || !over.is_mapping()) return over;
  for (auto& [key, value] : over.members) {
    if (ConfigNode* there = base.find(key)) {
      *there = deep_merge(std::move(*there), std::move(value));
    } else {
      base.members.emplace_back(key, std::move(value));
    }
  }
  return base;
}

}  // namespace lakelet::config
