// SQL's char(n): Field::padded_to.
#pragma once

#include <cstddef>
#include <string>

namespace lakelet {

// Spaces at the end up to `width` code points; longer text stays.
void pad_text(std::string& text, std::size_t width);

}  // namespace lakelet
