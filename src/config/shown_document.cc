// The configuration as people may see it: without its secrets.
#include <algorithm>
#include <cctype>
#include <string_view>

#include "config/config_text.h"
#include "config/configuration_file.h"

namespace lakelet::config {
namespace {

constexpr const char* kHidden = "***";

bool is_secret_key(const std::string& key) {
  static constexpr std::string_view kSigns[] = {"secret",          "password",   "passwd",      "token",
                                                "sas_key",         "access_key", "account_key", "private_key",
                                                "credential_json", "api_key"};
  std::string lower = key;
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  if (lower == "access_key_id" || lower.ends_with("access_key_id")) return false;
  return std::any_of(std::begin(kSigns), std::end(kSigns),
                     [&](std::string_view sign) { return lower.find(sign) != std::string::npos; });
}

// "${NAME}" alone, or {env: NAME}: where a secret is, not the secret.
bool only_names_a_variable(const ConfigNode& node) {
  if (node.is_mapping()) return node.members.size() == 1 && node.members.front().first == "env";
  return node.is_scalar() && node.text.starts_with("${") && node.text.find('}') == node.text.size() - 1;
}

// "https://user:password@host/path?sig=..." without password and signature.
std::string without_url_secrets(std::string text) {
  if (const auto scheme = text.find("://"); scheme != std::string::npos) {
    const auto end = text.find_first_of("/?# \n", scheme + 3);
    const std::string authority = text.substr(scheme + 3, end == std::string::npos ? end : end - scheme - 3);
    const auto at = authority.rfind('@');
    const auto colon = authority.find(':');
    if (at != std::string::npos && colon < at) text.replace(scheme + 3 + colon + 1, at - colon - 1, kHidden);
  }
  for (const std::string_view sign :
       {"sig=", "token=", "credential=", "X-Amz-Signature=", "X-Amz-Credential=", "X-Amz-Security-Token="}) {
    for (auto found = text.find(sign); found != std::string::npos; found = text.find(sign, found + 1)) {
      if (found == 0 || (text[found - 1] != '?' && text[found - 1] != '&')) continue;
      const auto begin = found + sign.size();
      text.replace(begin, std::min(text.find_first_of("&# \n", begin), text.size()) - begin, kHidden);
    }
  }
  return text;
}

void hide_all(ConfigNode& node) {
  if (only_names_a_variable(node)) return;
  if (node.is_scalar()) node = ConfigNode::scalar(kHidden, true);
  for (ConfigNode& item : node.items) hide_all(item);
  for (auto& member : node.members) hide_all(member.second);
}

void hide_secrets(ConfigNode& node) {
  if (node.is_scalar()) node.text = without_url_secrets(node.text);
  for (ConfigNode& item : node.items) hide_secrets(item);
  for (auto& [key, value] : node.members) is_secret_key(key) ? hide_all(value) : hide_secrets(value);
}

// All that is in a header may be one.
void hide_secrets_of_catalog(ConfigNode& catalog) {
  for (auto& [key, value] : catalog.members) {
    key == "token" || key == "credential" || key == "headers" ? hide_all(value) : hide_secrets(value);
  }
}

// The names of credentials may be secret words themselves ("token_store"): what is in them is looked at, not they.
void hide_secrets_of_document(ConfigNode& document) {
  for (auto& [key, value] : document.members) {
    if (key == "storage_credentials") {
      for (auto& credential : value.members) hide_secrets(credential.second);
    } else if (key == "catalogs") {
      for (auto& catalog : value.members) {
        catalog.second.is_mapping() ? hide_secrets_of_catalog(catalog.second) : hide_secrets(catalog.second);
      }
    } else if (key == "queries") {
      // A query's text and parameters are about data: a column may be called "token".
      for (ConfigNode& query : value.items) {
        for (auto& member : query.members) {
          if (member.second.is_scalar()) member.second.text = without_url_secrets(member.second.text);
        }
      }
    } else {
      hide_secrets(value);
    }
  }
}

}  // namespace

std::string shown_document(const ConfigurationSource& source, bool substitute) {
  ConfigNode document = merged_document(source);
  if (substitute) document = Substitution(source.variable).everywhere(document);
  hide_secrets_of_document(document);
  return yaml_text(document);
}

}  // namespace lakelet::config
