#include "base/uuid.h"

#include "base/random.h"

namespace lakelet {

namespace {

constexpr int kTimeBytes = 6;

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool dash_before(std::size_t byte) {
  return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

}  // namespace

Uuid make_uuid() {
  Uuid uuid;
  fill_with_entropy(std::as_writable_bytes(std::span(uuid)));
  uuid[6] = static_cast<std::uint8_t>((uuid[6] & 0x0F) | 0x40);
  uuid[8] = static_cast<std::uint8_t>((uuid[8] & 0x3F) | 0x80);
  return uuid;
}

std::string make_uuid_text() {
  return format_uuid(make_uuid());
}

// RFC 9562, 5.7
Uuid make_uuid_v7(std::chrono::system_clock::time_point now) {
  Uuid uuid = make_uuid();
  const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count();
  for (int i = 0; i < kTimeBytes; ++i) {
    uuid[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(since >> (8 * (kTimeBytes - 1 - i)));
  }
  uuid[6] = static_cast<std::uint8_t>((uuid[6] & 0x0F) | 0x70);
  return uuid;
}

std::optional<std::chrono::system_clock::time_point> time_of(const Uuid& uuid) {
  if ((uuid[6] & 0xF0) != 0x70) return std::nullopt;
  std::int64_t since = 0;
  for (std::size_t i = 0; i < kTimeBytes; ++i) since = since << 8 | uuid[i];
  return std::chrono::system_clock::time_point(std::chrono::milliseconds(since));
}

std::string format_uuid(const Uuid& uuid) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  out.reserve(36);
  for (std::size_t i = 0; i < uuid.size(); ++i) {
    if (dash_before(i)) out.push_back('-');
    out.push_back(kDigits[uuid[i] >> 4]);
    out.push_back(kDigits[uuid[i] & 0x0F]);
  }
  return out;
}

std::optional<Uuid> parse_uuid(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  Uuid uuid;
  std::size_t at = 0;
  for (std::size_t i = 0; i < uuid.size(); ++i) {
    if (dash_before(i) && text[at++] != '-') return std::nullopt;
    const int high = hex_value(text[at++]);
    const int low = hex_value(text[at++]);
    if (high < 0 || low < 0) return std::nullopt;
    uuid[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return uuid;
}

}  // namespace lakelet
