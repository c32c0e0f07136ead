// Characters that a URI or a folder's name can't hold, as %XX.
#pragma once

#include <string>
#include <string_view>

namespace lakelet {

// RFC 3986: encodes every byte but the unreserved ones (letters, digits, '-', '.', '_', '~') and those in `keep`.
std::string percent_encode(std::string_view text, std::string_view keep);
// For a path: '/' and all else that RFC 3986 lets stand in one ("!$&'()*+,;=:@").
std::string percent_encode_path(std::string_view path);
// Turns every %XX into its byte. A '%' without two hexadecimal digits stays as it is, as other readers leave it.
std::string percent_decode(std::string_view text);
bool has_percent_code(std::string_view text);

// One part of a `column=value` folder name as Hive and Spark escape it (ExternalCatalogUtils.escapePathName): control
// characters and "#%'*/:=?\{[]^ become %XX, all else stays, non-ASCII letters and spaces too. Its inverse is
// percent_decode.
std::string hive_escape(std::string_view text);

}  // namespace lakelet
