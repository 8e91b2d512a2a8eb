#pragma once

#include <string>
#include <string_view>

namespace siftd {

// Where a document names its encoding: <?xml encoding?>, <meta charset> or nowhere.
enum class DocumentKind { xml, html, json };

// The encoding that `bytes` are most probably in, as a name that Utf8Decoder takes.
// In this order: byte order mark; the pattern of NULs that UTF-16 and UTF-32
// without a mark make; the bytes themselves when they are valid UTF-8 with something
// beyond ASCII (a label that says otherwise is wrong then); the charset of the
// Content-Type header; the declaration in the document; what the bytes look like
// (uchardet); windows-1252. A label that the bytes contradict is passed over.
// Labels are read as the Encoding Standard does: iso-8859-1 is windows-1252.
std::string detect_charset(std::string_view bytes, std::string_view content_type,
                           DocumentKind kind);

// The charset parameter of a Content-Type header, as written; empty: none.
std::string_view charset_parameter(std::string_view content_type);

// Decodes a document piece by piece. Whatever comes in, valid UTF-8 comes out: in
// UTF-8 a byte that is none is read as windows-1252, in others it becomes U+FFFD.
class Utf8Decoder {
 public:
  // `charset` from detect_charset(). A byte order mark at the start is dropped.
  explicit Utf8Decoder(std::string_view charset);
  ~Utf8Decoder();
  Utf8Decoder(const Utf8Decoder&) = delete;
  Utf8Decoder& operator=(const Utf8Decoder&) = delete;

  // Appends what `bytes` stand for; a character that is cut at their end waits for
  // the next call unless this is the last.
  void decode(std::string_view bytes, bool last, std::string& out);

 private:
  void decode_utf8(std::string_view bytes, bool last, std::string& out);
  void decode_other(std::string_view bytes, bool last, std::string& out);

  void* converter_;  // iconv_t; null for UTF-8 and windows-1252
  bool windows_1252_;
  std::string carry_;  // of the last call, at most a few bytes
  bool at_start_ = true;
};

// The whole document as UTF-8, without byte order mark: a view of `bytes` when that is
// what they are, else of `decoded`.
std::string_view as_utf8(std::string_view bytes, std::string_view content_type,
                         DocumentKind kind, std::string& decoded);

// The same as a text of its own.
std::string to_utf8(std::string_view bytes, std::string_view content_type,
                    DocumentKind kind);

}  // namespace siftd
