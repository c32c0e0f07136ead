#include "base/md5.h"

#include <fmt/format.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace lakelet {
namespace {

using State = std::array<std::uint32_t, 4>;

// floor(2^32 * |sin(i + 1)|), as RFC 1321 defines them.
const std::array<std::uint32_t, 64>& sines() {
  static const auto kSines = [] {
    std::array<std::uint32_t, 64> out;
    for (std::size_t i = 0; i < out.size(); ++i) {
      out[i] = static_cast<std::uint32_t>(std::floor(std::fabs(std::sin(static_cast<double>(i + 1))) * 4294967296.0));
    }
    return out;
  }();
  return kSines;
}

constexpr int kShifts[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};

void add_block(State& state, const unsigned char* block) {
  std::array<std::uint32_t, 16> words;
  for (std::size_t i = 0; i < words.size(); ++i) {
    words[i] = static_cast<std::uint32_t>(block[4 * i]) | static_cast<std::uint32_t>(block[4 * i + 1]) << 8 |
               static_cast<std::uint32_t>(block[4 * i + 2]) << 16 | static_cast<std::uint32_t>(block[4 * i + 3]) << 24;
  }
  auto [a, b, c, d] = state;
  for (std::uint32_t i = 0; i < 64; ++i) {
    const std::uint32_t round = i / 16;
    const std::uint32_t mixed = round == 0   ? (b & c) | (~b & d)
                                : round == 1 ? (d & b) | (~d & c)
                                : round == 2 ? b ^ c ^ d
                                             : c ^ (b | ~d);
    const std::uint32_t word = round == 0   ? i
                               : round == 1 ? (5 * i + 1) % 16
                               : round == 2 ? (3 * i + 5) % 16
                                            : 7 * i % 16;
    const std::uint32_t sum = a + mixed + sines()[i] + words[word];
    a = d, d = c, c = b;
    b += std::rotl(sum, kShifts[round][i % 4]);
  }
  state[0] += a, state[1] += b, state[2] += c, state[3] += d;
}

}  // namespace

std::string md5_text(std::string_view bytes) {
  State state = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
  const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
  std::size_t at = 0;
  for (; at + 64 <= bytes.size(); at += 64) add_block(state, data + at);
  // The rest, a one bit, zeros, and the length in bits: in one block or two.
  std::array<unsigned char, 128> tail{};
  const std::size_t rest = bytes.size() - at;
  if (rest > 0) std::memcpy(tail.data(), data + at, rest);
  tail[rest] = 0x80;
  const std::size_t end = rest < 56 ? 64 : 128;
  const std::uint64_t bits = std::uint64_t{bytes.size()} * 8;
  for (std::size_t i = 0; i < 8; ++i) tail[end - 8 + i] = static_cast<unsigned char>(bits >> (8 * i));
  for (std::size_t block = 0; block < end; block += 64) add_block(state, tail.data() + block);
  std::string out;
  for (const std::uint32_t word : state) {
    for (int shift = 0; shift < 32; shift += 8) out += fmt::format("{:02x}", word >> shift & 0xff);
  }
  return out;
}

}  // namespace lakelet
