// Pages a second of one core: `bench_extract PAGE...` extracts each of the files again
// and again for some seconds, after reading all of them.
#include <chrono>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "sifters/article.hpp"

int main(int argc, char** argv) {
  std::vector<std::string> pages;
  std::size_t bytes = 0;
  for (int i = 1; i < argc; ++i) {
    std::ifstream file(argv[i], std::ios::binary);
    pages.emplace_back(std::istreambuf_iterator<char>(file),
                       std::istreambuf_iterator<char>());
    bytes += pages.back().size();
  }
  if (pages.empty()) {
    std::fprintf(stderr, "usage: bench_extract PAGE...\n");
    return 64;
  }
  constexpr double kSeconds = 5;
  std::size_t rounds = 0;
  std::size_t found = 0;
  const std::clock_t start = std::clock();
  double seconds = 0;
  while (seconds < kSeconds) {
    for (const std::string& page : pages) {
      found +=
          siftd::extract_article(page, "text/html", "https://www.example.org/").found;
    }
    ++rounds;
    seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  }
  const double count = static_cast<double>(rounds * pages.size());
  std::printf("%.0f pages a CPU second, %.1f MB/s, article found in %.1f%%\n",
              count / seconds, static_cast<double>(rounds * bytes) / 1e6 / seconds,
              100 * static_cast<double>(found) / count);
  return 0;
}
