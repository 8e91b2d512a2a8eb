// How fast copies and stories are told, and in how much memory, as the index grows:
//   bench_dedup [ARTICLES] [--no-stories]
// The articles are made up on the way: words by Zipf's law with 4% names and numbers
// that are new, lengths as newswires have them, a quarter copies of one of the last
// 20,000 (whole, cut, edited). Fingerprints are counted apart from judging.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <deque>
#include <random>
#include <string>
#include <vector>

#include "sifters/recogniser.hpp"

namespace {

using siftd::Fingerprint;

double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

class Writer {
 public:
  std::vector<std::string> article() {
    std::vector<std::string> words;
    if (!recent_.empty() && chance(0.25)) {
      words = recent_[random_() % recent_.size()];
      if (chance(0.2)) {
        words.resize(words.size() / 2);
      }
      for (std::string& word : words) {
        if (chance(0.03)) {
          word = common();
        }
      }
      return words;
    }
    std::lognormal_distribution<double> length(4.6, 0.7);
    auto count = static_cast<std::size_t>(std::clamp(length(random_), 25.0, 1500.0));
    for (std::size_t i = 0; i < count; ++i) {
      words.push_back(chance(0.04) ? fresh() : common());
    }
    recent_.push_back(words);
    if (recent_.size() > 20000) {
      recent_.pop_front();
    }
    return words;
  }

 private:
  bool chance(double share) {
    return std::uniform_real_distribution<>(0, 1)(random_) < share;
  }

  // The n-th word of a language in which the n-th has a share of 1/n.
  std::string common() {
    double rank = std::exp(std::uniform_real_distribution<>(0, std::log(60000))(random_));
    auto n = static_cast<std::uint32_t>(rank);
    std::string word;
    for (n = n * 2654435761U; word.size() < 4 + n % 5; n = n * 1664525 + 1013904223) {
      word += static_cast<char>('a' + (n >> 24) % 26);
    }
    return word;
  }

  std::string fresh() {
    if (chance(0.5)) {
      return std::to_string(random_() % 100000);
    }
    std::string word = common() + common();
    word[0] = static_cast<char>(word[0] - 32);
    return word;
  }

  std::mt19937 random_{42};
  std::deque<std::vector<std::string>> recent_;
};

std::string join(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    text += words[i];
    text += i % 17 == 16 ? ". " : " ";
  }
  return text;
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t articles = 1000000;
  siftd::Recogniser::Settings settings;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--no-stories") == 0) {
      settings.stories = false;
    } else {
      articles = std::strtoull(argv[i], nullptr, 10);
    }
  }
  siftd::Recogniser recogniser(settings);
  Writer writer;
  const std::chrono::sys_seconds now{std::chrono::hours(490000)};
  constexpr std::size_t kBatch = 10000;
  std::vector<Fingerprint> prints(kBatch);
  std::uint64_t copies = 0;
  double fingerprinting = 0;
  double judging = 0;
  std::uint64_t next = 100000;
  std::uint64_t since = 0;
  std::printf("%10s %14s %12s %14s %9s %10s\n", "articles", "fingerprint us", "judge us",
              "bytes/article", "copies", "stories");
  for (std::uint64_t done = 0; done < articles; done += kBatch) {
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < kBatch; ++i) {
      texts.push_back(join(writer.article()));
    }
    double start = cpu_seconds();
    for (std::size_t i = 0; i < kBatch; ++i) {
      prints[i] = siftd::fingerprint("", texts[i]);
    }
    double middle = cpu_seconds();
    for (std::size_t i = 0; i < kBatch; ++i) {
      copies += recogniser.recognise(done + i + 1, prints[i], now).is_copy() ? 1U : 0U;
    }
    fingerprinting += middle - start;
    judging += cpu_seconds() - middle;
    since += kBatch;
    std::uint64_t total = done + kBatch;
    if (total < next && total < articles) {
      continue;
    }
    siftd::Recogniser::Sizes sizes = recogniser.sizes();
    std::printf("%10llu %14.2f %12.2f %14.0f %8.1f%% %10zu\n",
                static_cast<unsigned long long>(total),
                fingerprinting / static_cast<double>(since) * 1e6,
                judging / static_cast<double>(since) * 1e6,
                static_cast<double>(sizes.bytes) / static_cast<double>(total),
                100.0 * static_cast<double>(copies) / static_cast<double>(total),
                sizes.stories);
    std::fflush(stdout);
    fingerprinting = judging = 0;
    since = 0;
    next += next < 1000000 ? 300000 : 1000000;
  }
}
