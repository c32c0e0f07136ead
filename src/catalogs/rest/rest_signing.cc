#include "catalogs/rest/rest_signing.h"

#include "base/time.h"
#include "lakelet/error.h"

namespace lakelet::catalogs {

namespace {

using Properties = std::map<std::string, std::string>;
using Variable = std::function<std::optional<std::string>(const std::string&)>;

std::string value(const Properties& properties, const std::string& name) {
  const auto found = properties.find(name);
  return found == properties.end() ? std::string() : found->second;
}

std::string said(const Variable& variable, const char* name) {
  return variable ? variable(name).value_or("") : std::string();
}

bool wants_signatures(const Properties& settings) {
  return value(settings, "rest.sigv4-enabled") == "true" || value(settings, "rest.auth.type") == "sigv4";
}

AwsKeys keys_of(const Properties& ours, const Variable& variable) {
  for (const std::string start : {"rest.", "client.", "aws-"}) {
    AwsKeys keys{value(ours, start + "access-key-id"), value(ours, start + "secret-access-key"),
                 value(ours, start + "session-token")};
    if (!keys.access_key_id.empty() && !keys.secret_access_key.empty()) return keys;
  }
  return {said(variable, "AWS_ACCESS_KEY_ID"), said(variable, "AWS_SECRET_ACCESS_KEY"),
          said(variable, "AWS_SESSION_TOKEN")};
}

std::string region_of(const Properties& settings, const Variable& variable) {
  for (const char* name : {"rest.signing-region", "client.region", "aws-region", "aws-default-region"}) {
    if (const std::string region = value(settings, name); !region.empty()) return region;
  }
  const std::string region = said(variable, "AWS_REGION");
  return region.empty() ? said(variable, "AWS_DEFAULT_REGION") : region;
}

}  // namespace

std::optional<RestSigning> rest_signing(const Properties& settings, const Properties& ours, const Variable& variable) {
  if (!wants_signatures(settings)) return std::nullopt;
  RestSigning signing{{region_of(settings, variable), value(settings, "rest.signing-name")}, keys_of(ours, variable)};
  if (signing.scope.service.empty()) signing.scope.service = "execute-api";
  if (signing.scope.region.empty()) {
    throw Error(ErrorCode::InvalidArgument, "requests to the catalog are to be signed, and there is no region",
                "--storage-option rest.signing-region=us-east-1, or the like");
  }
  if (signing.keys.access_key_id.empty() || signing.keys.secret_access_key.empty()) {
    throw Error(ErrorCode::Permission, "requests to the catalog are to be signed, and there are no keys",
                "--storage-option rest.access-key-id=... and rest.secret-access-key=..., or the variables "
                "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
  }
  return signing;
}

void sign_for_catalog(HttpRequest& request, const RestSigning& signing) {
  for (auto& header : request.headers) {
    if (header.first == "Authorization") header.first = "Original-Authorization";
  }
  aws_sign(request, signing.keys, signing.scope, now_us());
}

}  // namespace lakelet::catalogs
