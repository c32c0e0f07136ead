// Where rendered output goes: stdout or a file, buffered, with errors that aren't lost.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

namespace lakelet::cli {

// The reader of our output has gone (`| head`): not a failure, but there is nothing more to do.
struct OutputClosed {};

class ByteSink {
 public:
  virtual ~ByteSink() = default;
  void append(std::string_view text) {
    buffer_.append(text);
    if (buffer_.size() >= kFlushBytes) flush();
  }
  void flush();
  // Everything is where it belongs. Without it, a file never appears.
  virtual void finish() { flush(); }

 protected:
  virtual void write(std::string_view bytes) = 0;

 private:
  static constexpr std::size_t kFlushBytes = 64 << 10;
  std::string buffer_;
};

// An open descriptor (stdout). Throws OutputClosed, or Error(Unavailable | Exhausted).
class DescriptorSink : public ByteSink {
 public:
  explicit DescriptorSink(int descriptor) : descriptor_(descriptor) {}

 protected:
  void write(std::string_view bytes) override;

 private:
  int descriptor_;
};

// A file that replaces what is at the path when finish() returns; until then it is written beside it.
class FileSink : public ByteSink {
 public:
  explicit FileSink(std::string path);
  ~FileSink() override;
  void finish() override;

 protected:
  void write(std::string_view bytes) override;

 private:
  std::string path_;
  std::string temporary_;  // empty: what is at the path isn't a regular file and is written to directly
  std::FILE* file_ = nullptr;
};

// Strings as a sink, for tests and for text that is measured first.
class StringSink : public ByteSink {
 public:
  std::string text() {
    flush();
    return text_;
  }

 protected:
  void write(std::string_view bytes) override { text_.append(bytes); }

 private:
  std::string text_;
};

}  // namespace lakelet::cli
