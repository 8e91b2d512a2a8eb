#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace siftd {

// Plain text as siftd keeps it: valid UTF-8 in NFC, lines ended by '\n', nothing
// invisible that could hide or reorder what a reader sees. Pure functions; any
// thread. Views point into their argument.

// What normalize_text() took out, counted in characters.
struct Invisible {
  std::size_t soft_hyphens = 0;
  std::size_t zero_width = 0;  // spaces, joiners and marks where no script needs them
  std::size_t bidi = 0;       // embeddings, overrides, isolates (UAX #9, "Trojan Source")
  std::size_t controls = 0;   // C0, C1 and other unassigned controls
  std::size_t malformed = 0;  // bytes that were no UTF-8, now U+FFFD

  std::size_t total() const {
    return soft_hyphens + zero_width + bidi + controls + malformed;
  }
  // "2 soft hyphens, 1 bidi control"; empty when there is nothing to say.
  std::string to_string() const;
  bool operator==(const Invisible&) const = default;
};

// `text` in NFC (UAX #15), with the line breaks CR, CRLF, VT, FF, NEL, U+2028 and
// U+2029 as '\n'. Joiners stay where scripts or emoji need them, the zero-width space
// where it separates words (Thai, Lao, Khmer, Burmese); the marks LRM, RLM and ALM
// stay in right-to-left text. Adds to `taken` when given.
std::string normalize_text(std::string_view text, Invisible* taken = nullptr);

// The lines between line breaks, trimmed of white space (NBSP too); empty ones stay.
std::vector<std::string_view> split_lines(std::string_view text);

// The sentences of one paragraph, without the white space between them. A guess by
// punctuation in any script; abbreviations and initials do not end one.
std::vector<std::string_view> split_sentences(std::string_view paragraph);

// The code point at `at`, which moves behind it; U+FFFD for malformed bytes.
char32_t next_code_point(std::string_view text, std::size_t& at);

// Adds a code point as UTF-8.
void append_code_point(std::string& out, char32_t c);

// Scripts in which no spaces stand between words: Han, Kana, Thai, Lao, Khmer, Burmese.
bool is_dense_script(char32_t c);

// White space at both ends taken away, NBSP and U+3000 too.
std::string_view trim_blanks(std::string_view text);

// A form to compare lines by: lower case, quotes and dashes as their ASCII
// cousins, runs of white space as one space, trimmed.
std::string fold(std::string_view text);

// How much there is to read in a text, whatever its script.
struct Measure {
  std::size_t letters = 0;   // letters and digits
  std::size_t digits = 0;    // of them
  std::size_t words = 0;     // a CJK or Thai character counts as half a word
  std::size_t capitals = 0;  // words that begin with a capital letter
  std::size_t commas = 0;    // commas and their cousins in other scripts
  bool has_case = false;     // some letter of a script with capitals
  bool is_dense = false;     // mostly CJK, Thai and the like: no spaces between words
};
Measure measure(std::string_view text);

// True when the text's last character, closing quotes and brackets aside, ends a
// sentence in some script.
bool ends_sentence(std::string_view text);

}  // namespace siftd
