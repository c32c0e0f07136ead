#include "table/catalog_address.h"

#include <algorithm>
#include <string_view>

#include "base/percent_encoding.h"
#include "lakelet/error.h"

namespace lakelet {

CatalogAddress parse_catalog_address(const std::string& text) {
  CatalogAddress address;
  const std::size_t mark = std::min(text.find('?'), text.size());
  address.base = text.substr(0, mark);
  std::string_view rest = std::string_view(text).substr(std::min(mark + 1, text.size()));
  while (!rest.empty()) {
    const std::string_view one = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(one.size() + 1, rest.size()));
    const std::size_t equals = one.find('=');
    if (equals == std::string_view::npos || equals == 0) {
      throw Error(ErrorCode::InvalidArgument, "what stands behind the '?' of a catalog's URI is no option",
                  "write ?name=value");
    }
    address.options[percent_decode(one.substr(0, equals))] = percent_decode(one.substr(equals + 1));
  }
  return address;
}

}  // namespace lakelet
