#include "table/padded_text.h"

#include <algorithm>

namespace lakelet {

void pad_text(std::string& text, std::size_t width) {
  const auto begins_character = [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; };
  const auto characters = static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins_character));
  if (characters < width) text.append(width - characters, ' ');
}

}  // namespace lakelet
