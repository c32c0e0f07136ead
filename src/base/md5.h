// MD5 (RFC 1321): for checksums that a specification wants, never for secrets.
#pragma once

#include <string>
#include <string_view>

namespace lakelet {

// 32 lower-case hexadecimal digits.
std::string md5_text(std::string_view bytes);

}  // namespace lakelet
