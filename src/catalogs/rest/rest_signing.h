// Requests to a REST catalog that are signed by AWS's SigV4, instead of or beside a token.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "http/aws_signature.h"

namespace lakelet::catalogs {

struct RestSigning {
  AwsScope scope;
  AwsKeys keys;
};

// nullopt: `settings` (rest.sigv4-enabled, rest.auth.type, rest.signing-name, rest.signing-region, client.region) don't
// want it. The keys are our own, never a server's: rest.access-key-id and so on, client.access-key-id, the options and
// then the variables AWS_ACCESS_KEY_ID. Throws Error(Permission) where there are none, Error(InvalidArgument) without a
// region.
std::optional<RestSigning> rest_signing(const std::map<std::string, std::string>& settings,
                                        const std::map<std::string, std::string>& ours,
                                        const std::function<std::optional<std::string>(const std::string&)>& variable);

// Signs the request with the current time. A token stays with it, as Original-Authorization.
void sign_for_catalog(HttpRequest& request, const RestSigning& signing);

}  // namespace lakelet::catalogs
