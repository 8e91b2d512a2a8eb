#include "sifters/words.hpp"

#include <algorithm>
#include <array>

#include "sifters/stop_words.hpp"

namespace siftd {

namespace {

// Latin-1 letters from U+00C0 and Latin Extended-A, without their accents.
// '\0' stands for the two signs that are no letters.
constexpr char kLatin1[] =
    "aaaaaaaceeeeiiiidnooooo\0ouuuuytsaaaaaaaceeeeiiiidnooooo\0ouuuuyty";
constexpr char kLatinA[] =
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiijjjjkkkllllllllllnnnnnnnnn"
    "oooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";
static_assert(sizeof kLatin1 == 65 && sizeof kLatinA == 129);

enum Class : std::uint8_t { other, lower, upper, digit, high, quote, stop, line };

constexpr std::array<Class, 256> make_classes() {
  std::array<Class, 256> classes{};
  for (int c = 'a'; c <= 'z'; ++c)
    classes[static_cast<std::size_t>(c)] = lower;
  for (int c = 'A'; c <= 'Z'; ++c)
    classes[static_cast<std::size_t>(c)] = upper;
  for (int c = '0'; c <= '9'; ++c)
    classes[static_cast<std::size_t>(c)] = digit;
  for (std::size_t c = 128; c < 256; ++c)
    classes[c] = high;
  classes['\''] = quote;
  for (char c : {'.', '!', '?', ':', '"'})
    classes[static_cast<std::size_t>(c)] = stop;
  classes['\n'] = line;
  return classes;
}
constexpr std::array<Class, 256> kClasses = make_classes();

// The word being read, and the flags that the text before it sets.
class Reader {
 public:
  Reader(std::string_view text, std::vector<Word>& words) : text_(text), words_(words) {}

  void read() {
    while (at_ < text_.size())
      step(static_cast<unsigned char>(text_[at_]));
    finish();
  }

 private:
  void step(unsigned char c) {
    switch (kClasses[c]) {
      case lower:
        if (has_digit_) {
          letter(c, false);
          ++at_;
        } else {
          lower_letters();
        }
        return;
      case upper:
        letter(static_cast<unsigned char>(c + 32), true);
        ++at_;
        return;
      case digit:
        add_digit(c);
        ++at_;
        return;
      case quote:
        ++at_;
        apostrophe();
        return;
      case high:
        high_byte();
        return;
      default:
        separator(c);
        ++at_;
    }
  }

  // A run of them, what most of most texts is: letter() for each, in registers.
  void lower_letters() {
    const char* const start = text_.data() + at_;
    const char* const end = text_.data() + text_.size();
    const char* at = start;
    std::uint64_t hash = hash_, first = first_, second = second_, third = third_;
    std::uint32_t last3 = last3_;
    for (; at != end && kClasses[static_cast<unsigned char>(*at)] == lower; ++at) {
      const auto c = static_cast<unsigned char>(*at);
      third = second;
      second = first;
      first = hash;
      last3 = last3 << 8 | c;
      hash = add_byte(hash, c);
    }
    hash_ = hash;
    first_ = first;
    second_ = second;
    third_ = third;
    last3_ = last3 & 0xFFFFFF;
    length_ += static_cast<std::uint32_t>(at - start);
    digits_only_ = false;
    at_ += static_cast<std::size_t>(at - start);
  }

  void letter(unsigned char c, bool is_capital) {
    if (length_ == 0)
      capital_ = is_capital;
    if (is_capital) {
      ++capitals_;
    }
    digits_only_ = false;
    add(c);
  }

  void add_digit(unsigned char c) {
    if (length_ == 0) {
      digits_only_ = true;
    }
    if (!has_digit_) {
      has_digit_ = true;
      plain_ = hash_;
    }
    ++digits_;
    add(c);
  }

  void add(unsigned char c) {
    third_ = second_;
    second_ = first_;
    first_ = hash_;
    last3_ = (last3_ << 8 | c) & 0xFFFFFF;
    hash_ = add_byte(hash_, c);
    if (has_digit_) {
      plain_ = add_byte(plain_, letter_for(c));
    }
    ++length_;
  }

  // The letter that scanned texts have a digit for: "0f" is "of".
  static unsigned char letter_for(unsigned char c) {
    return c == '0' ? 'o' : c == '1' ? 'l' : c == '5' ? 's' : c;
  }

  void apostrophe() {
    if (length_ == 0)
      return;
    // "Putin's" is Putin.
    if (peek(0) == 's' || peek(0) == 'S') {
      Class after = kClasses[peek(1)];
      if (after != lower && after != upper && after != digit && after != high) {
        ++at_;
        finish();
      }
    }
  }

  unsigned char peek(std::size_t ahead) const {
    return at_ + ahead < text_.size() ? static_cast<unsigned char>(text_[at_ + ahead])
                                      : 0;
  }

  void separator(unsigned char c) {
    if (length_ != 0) {
      bool is_in_number = (c == '.' || c == ',') && has_digit_ && digits_only_ &&
                          kClasses[peek(1)] == digit;
      if (is_in_number) {
        if (c == '.')
          add('.');
        return;
      }
      // A word that was divided at the line's end.
      if (c == '-' && !has_digit_ && peek(1) == '\n' && kClasses[peek(2)] == lower) {
        ++at_;
        return;
      }
      finish();
    }
    if (c == '%')
      emit_percent();
    Class kind = kClasses[c];
    if (kind == stop)
      starting_ = true;
    if (kind == line) {
      if (!fresh_paragraph_ && paragraph_ < 0xFFFF)
        ++paragraph_;
      fresh_paragraph_ = true;
      starting_ = true;
    }
  }

  void high_byte() {
    auto c = static_cast<unsigned char>(text_[at_]);
    std::size_t size = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : c >= 0xC2 ? 2 : 1;
    if (size == 1 || c >= 0xF5 || at_ + size > text_.size()) {
      finish();
      ++at_;
      return;
    }
    std::uint32_t code = c & (0xFFU >> (size + 1));
    for (std::size_t i = 1; i < size; ++i) {
      auto next = static_cast<unsigned char>(text_[at_ + i]);
      if ((next & 0xC0) != 0x80) {
        finish();
        at_ += i;
        return;
      }
      code = code << 6 | (next & 0x3FU);
    }
    at_ += size;
    character(code);
  }

  void character(std::uint32_t code) {
    if (code >= 0xC0 && code < 0x180)
      return latin(code);
    if (code < 0xC0) {
      // Soft hyphens are nowhere, the rest is punctuation.
      if (code != 0xAD)
        finish();
      return;
    }
    if (code >= 0x300 && code < 0x370)
      return;  // accents on their own
    if (code >= 0x370 && code < 0x530)
      return greek_or_cyrillic(code);
    if ((code >= 0x64B && code < 0x660) || code == 0x640)
      return;  // Arabic vowel signs
    if (code >= 0x660 && code < 0x66A)
      return add_digit(digit_of(code, 0x660));
    if (code >= 0x6F0 && code < 0x6FA)
      return add_digit(digit_of(code, 0x6F0));
    if (code >= 0x966 && code < 0x970)
      return add_digit(digit_of(code, 0x966));
    if (is_thai(code))
      return single(code, Word::thai);
    if (code >= 0x2000 && code < 0x3040)
      return sign(code);
    if (is_han(code))
      return single(code, Word::han);
    if (code >= 0xFB00 && code < 0xFB05)
      return ligature(code);
    if (code >= 0xFF01 && code < 0xFF5F)
      return full_width(code);
    if (code == 0xFEFF)
      return;
    if (code >= 0x1F000 || (code >= 0xE000 && code < 0xF900) || code >= 0xFF00) {
      finish();
      if (code == 0xFF61)
        starting_ = true;
      return;
    }
    put(code, false);
  }

  static unsigned char digit_of(std::uint32_t code, std::uint32_t zero) {
    return static_cast<unsigned char>('0' + (code - zero));
  }

  static bool is_thai(std::uint32_t code) {
    return (code >= 0xE00 && code < 0xF00) || (code >= 0x1000 && code < 0x10A0) ||
           (code >= 0x1780 && code < 0x1800);
  }

  static bool is_han(std::uint32_t code) {
    return (code >= 0x3040 && code < 0x3100) || (code >= 0x31F0 && code < 0x3200) ||
           (code >= 0x3400 && code < 0xA000) || (code >= 0xF900 && code < 0xFB00) ||
           (code >= 0x20000 && code < 0x40000);
  }

  void latin(std::uint32_t code) {
    bool is_capital = code < 0x100 ? code < 0xDF : (code & 1) == 0;
    char c = code < 0x100 ? kLatin1[code - 0xC0] : kLatinA[code - 0x100];
    if (c == '\0')
      return finish();
    letter(static_cast<unsigned char>(c), is_capital);
    char more = code == 0xC6 || code == 0xE6 || code == 0x152 || code == 0x153 ? 'e'
                : code == 0xDF                                                 ? 's'
                : code == 0xDE || code == 0xFE                                 ? 'h'
                                                                               : '\0';
    if (more != '\0')
      letter(static_cast<unsigned char>(more), false);
  }

  void greek_or_cyrillic(std::uint32_t code) {
    bool is_capital = true;
    if (code >= 0x391 && code < 0x3AC) {
      code += 32;
    } else if (code >= 0x410 && code < 0x430) {
      code += 32;
    } else if (code >= 0x400 && code < 0x410) {
      code += 80;
    } else if (code >= 0x460 && code < 0x530 && (code & 1) == 0) {
      code += 1;
    } else {
      is_capital = false;
    }
    if (code == 0x451)
      code = 0x435;  // the optional dots of ё
    put(code, is_capital);
  }

  void sign(std::uint32_t code) {
    if ((code >= 0x200B && code < 0x200E) || code == 0x2060)
      return;
    if (code == 0x2019)
      return apostrophe();
    finish();
    bool ends_sentence = code == 0x3002 || code == 0x2026 || code == 0x201C ||
                         code == 0x201D || code == 0x300C;
    if (ends_sentence)
      starting_ = true;
  }

  void ligature(std::uint32_t code) {
    static constexpr const char* kLetters[] = {"ff", "fi", "fl", "ffi", "ffl"};
    for (const char* c = kLetters[code - 0xFB00]; *c != '\0'; ++c)
      letter(static_cast<unsigned char>(*c), false);
  }

  void full_width(std::uint32_t code) {
    auto c = static_cast<unsigned char>(code - 0xFEE0);
    switch (kClasses[c]) {
      case lower:
        return letter(c, false);
      case upper:
        return letter(static_cast<unsigned char>(c + 32), true);
      case digit:
        return add_digit(c);
      default:
        finish();
        if (kClasses[c] == stop)
          starting_ = true;
    }
  }

  // A letter outside ASCII, as its UTF-8 bytes.
  void put(std::uint32_t code, bool is_capital) {
    if (length_ == 0)
      capital_ = is_capital;
    if (is_capital)
      ++capitals_;
    digits_only_ = false;
    if (code >= 0x10000)
      add_byte_only(static_cast<unsigned char>(0xF0 | code >> 18));
    if (code >= 0x800)
      add_byte_only(
          static_cast<unsigned char>((code >= 0x10000 ? 0x80 : 0xE0) |
                                     ((code >> 12) & (code >= 0x10000 ? 0x3F : 0xF))));
    add_byte_only(static_cast<unsigned char>(
        (code >= 0x800 ? 0x80 : 0xC0) | ((code >> 6) & (code >= 0x800 ? 0x3F : 0x1F))));
    add_byte_only(static_cast<unsigned char>(0x80 | (code & 0x3F)));
    last3_ = 0;  // no English ending
    ++length_;
  }
  void add_byte_only(unsigned char byte) {
    hash_ = add_byte(hash_, byte);
    plain_ = add_byte(plain_, byte);
  }

  void single(std::uint32_t code, Word::Script script) {
    finish();
    script_ = script;
    put(code, false);
    finish();
    script_ = Word::spaced;
  }

  void emit_percent() {
    for (char c : std::string_view("percent"))
      add(static_cast<unsigned char>(c));
    digits_only_ = false;
    finish();
  }

  // The hash without the ending that English adds to the same word.
  std::uint64_t stem() const {
    if (has_digit_ || length_ < 5)
      return hash_;
    std::uint32_t last = last3_ & 0xFF;
    std::uint32_t before = last3_ >> 8 & 0xFF;
    if (last == 's' && before != 's' && before != 'u' && before != 'i')
      return first_;
    if (length_ >= 6 && last == 'd' && before == 'e')
      return second_;
    if (length_ >= 7 && last3_ == ('i' << 16 | 'n' << 8 | 'g'))
      return third_;
    return hash_;
  }

  void finish() {
    if (length_ == 0)
      return;
    static constexpr std::uint64_t kPct =
        add_byte(add_byte(add_byte(kWordSeed, 'p'), 'c'), 't');
    Word word;
    if (has_digit_ && !digits_only_ && digits_ * 2 <= length_) {
      hash_ = first_ = second_ = third_ = plain_;
      has_digit_ = false;
    }
    Stop stop = has_digit_ ? Stop::none : stop_words_.find(hash_);
    if (hash_ == kPct) {
      reset();
      return emit_percent();
    }
    bool is_spelled = stop >= Stop::two;
    if (is_spelled) {
      spell_out(static_cast<int>(stop) - static_cast<int>(Stop::two) + 2);
    }
    word.hash = finish_word(hash_);
    word.stem = finish_word(stem());
    word.length = static_cast<std::uint16_t>(std::min<std::uint32_t>(length_, 0xFFFF));
    word.paragraph = paragraph_;
    word.script = script_;
    word.is_number = has_digit_ && digits_only_;
    word.is_capital = capital_ && !starting_ && !is_spelled;
    word.is_starting = starting_;
    word.is_upper = capitals_ >= 2 && capitals_ == length_;
    word.is_common = stop == Stop::common;
    word.is_negation = stop == Stop::negation;
    words_.push_back(word);
    starting_ = false;
    fresh_paragraph_ = false;
    reset();
  }

  // "twelve" is 12 from here on.
  void spell_out(int number) {
    reset();
    if (number >= 10) {
      add_digit('1');
    }
    add_digit(static_cast<unsigned char>('0' + number % 10));
  }

  void reset() {
    hash_ = first_ = second_ = third_ = kWordSeed;
    last3_ = 0;
    length_ = capitals_ = digits_ = 0;
    has_digit_ = digits_only_ = capital_ = false;
  }

  std::string_view text_;
  std::vector<Word>& words_;
  const StopWords& stop_words_ = StopWords::built_in();
  std::size_t at_ = 0;
  std::uint64_t hash_ = kWordSeed;
  // The hash before the last byte, the last two, the last three.
  std::uint64_t first_ = kWordSeed, second_ = kWordSeed, third_ = kWordSeed;
  std::uint32_t last3_ = 0;
  std::uint32_t length_ = 0;
  std::uint32_t capitals_ = 0;
  std::uint32_t digits_ = 0;
  std::uint64_t plain_ = 0;  // the hash with letters for digits
  std::uint16_t paragraph_ = 0;
  Word::Script script_ = Word::spaced;
  bool has_digit_ = false;
  bool digits_only_ = false;
  bool capital_ = false;
  bool starting_ = true;
  bool fresh_paragraph_ = true;
};

}  // namespace

void read_words(std::string_view text, std::vector<Word>& words) {
  Reader(text, words).read();
}

}  // namespace siftd
