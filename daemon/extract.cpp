// `siftd extract`: HTML pages in, one JSON Feed item a line out, in the order of the
// input. Pages are read and worked on by all cores, a window of them at a time, so
// memory does not grow with their number.
#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <iterator>
#include <malloc.h>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "base/limits.hpp"
#include "daemon/commands.hpp"
#include "daemon/input_file.hpp"
#include "parsers/date.hpp"
#include "parsers/url.hpp"
#include "sifters/article.hpp"
#include "sifters/boilerplate.hpp"

namespace siftd {

namespace {

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

// One page to extract: where it lies, and what the outside knows about it.
struct Job {
  std::size_t number = 0;
  std::string id;  // of a batch
  std::string file;
  std::string url;
  std::string content_type;
  std::string error;  // the batch's line itself is wrong
};

struct Answer {
  std::string out;    // for stdout
  std::string error;  // for stderr
};

void put(Writer& writer, const char* key, const std::string& value) {
  if (!value.empty()) {
    writer.Key(key);
    writer.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
  }
}

// RFC 3339 in the zone that the page wrote, `offset` minutes east of UTC.
void put(Writer& writer, const char* key,
         const std::optional<std::chrono::sys_seconds>& date, int offset = 0) {
  if (!date) {
    return;
  }
  std::string text = format_rfc3339(*date + std::chrono::minutes(offset));
  if (offset != 0) {
    char zone[16];
    std::snprintf(zone, sizeof zone, "%c%02d:%02d", offset < 0 ? '-' : '+',
                  std::abs(offset) / 60, std::abs(offset) % 60);
    text.replace(text.size() - 1, 1, zone);
  }
  put(writer, key, text);
}

void put_authors(Writer& writer, const std::vector<Author>& authors) {
  if (authors.empty()) {
    return;
  }
  writer.Key("authors");
  writer.StartArray();
  for (const Author& author : authors) {
    writer.StartObject();
    put(writer, "name", author.name);
    put(writer, "url", author.url);
    put(writer, "avatar", author.avatar);
    writer.EndObject();
  }
  writer.EndArray();
}

void put_extension(Writer& writer, const Article& article) {
  writer.Key("_siftd");
  writer.StartObject();
  put(writer, "reason", article.reason);
  put(writer, "site_name", article.site_name);
  put(writer, "section", article.section);
  if (article.retracted) {
    writer.Key("retracted");
    writer.Bool(true);
  }
  writer.Key("removed");
  writer.StartArray();
  for (const Removed& removed : article.removed) {
    writer.StartObject();
    put(writer, "rule", removed.rule);
    put(writer, "text", removed.text);
    writer.EndObject();
  }
  writer.EndArray();
  writer.EndObject();
}

std::string to_json(const Job& job, const Article& article) {
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  writer.StartObject();
  const std::string& url =
      article.canonical_url.empty() ? job.url : article.canonical_url;
  put(writer, "id", !job.id.empty() ? job.id : url.empty() ? job.file : url);
  put(writer, "url", url);
  put(writer, "title", article.title);
  writer.Key("content_text");
  writer.String(article.text.data(),
                static_cast<rapidjson::SizeType>(article.text.size()));
  put(writer, "summary", article.summary);
  put(writer, "image", article.image);
  put(writer, "date_published", article.published, article.published_offset);
  put(writer, "date_modified", article.modified);
  put_authors(writer, article.authors);
  if (!article.tags.empty()) {
    writer.Key("tags");
    writer.StartArray();
    for (const std::string& tag : article.tags) {
      writer.String(tag.data(), static_cast<rapidjson::SizeType>(tag.size()));
    }
    writer.EndArray();
  }
  put(writer, "language", article.language);
  put_extension(writer, article);
  writer.EndObject();
  return std::string(buffer.GetString(), buffer.GetSize()) + "\n";
}

// A line that says what went wrong with one page, in its place among the others.
std::string error_json(const Job& job, const std::string& error) {
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  writer.StartObject();
  put(writer, "id", job.id.empty() ? job.file : job.id);
  put(writer, "error", error);
  writer.EndObject();
  return std::string(buffer.GetString(), buffer.GetSize()) + "\n";
}

constexpr std::size_t kMostBytes = limits::kMaxPageBytes + 1;

// Reads the file into `room`, which holds kMostBytes: one more than the limit, so that a
// longer page is known as such.
std::optional<std::string_view> read_page(const std::string& name, char* room) {
  InputFile file(name);
  if (!file.is_open()) {
    return std::nullopt;
  }
  std::size_t size = 0;
  try {
    while (size < kMostBytes) {
      const std::size_t got = file.read(room + size, kMostBytes - size);
      if (got == 0) {
        break;
      }
      size += got;
    }
  } catch (const std::system_error&) {
    return std::nullopt;
  }
  return std::string_view(room, size);
}

// The line rules, as the daemon applies them to every article.
void clean(const Job& job, Article& article) {
  const std::string& url =
      article.canonical_url.empty() ? job.url : article.canonical_url;
  const auto parts = split_url(url);
  const CleanContext context{parts ? parts->host : "", article.title, article.language,
                             true};
  Cleaned cleaned = clean_text(article.text, context, Rules::built_in());
  article.text = std::move(cleaned.text);
  add_removed(article.removed, std::move(cleaned.removed));
}

Answer extract(const Job& job, bool explain, char* room) {
  if (!job.error.empty()) {
    return {error_json(job, job.error), job.error};
  }
  const std::optional<std::string_view> page = read_page(job.file, room);
  if (!page) {
    const std::string error =
        job.file + ": cannot be read; check the path and its permissions";
    return {error_json(job, error), error};
  }
  if (explain) {
    std::string report;
    explain_article(*page, job.content_type, job.url, {}, report);
    return {report, ""};
  }
  Article article = extract_article(*page, job.content_type, job.url);
  clean(job, article);
  return {to_json(job, article), ""};
}

// Runs jobs on all cores and writes their answers in order. `next` gives the jobs,
// one at a time; it is called under the lock.
class Batch {
 public:
  Batch(std::function<std::optional<Job>()> next, bool explain)
      : next_(std::move(next)), explain_(explain) {}

  // True: every page could be read.
  bool run() {
    const std::size_t count = std::max(1U, std::thread::hardware_concurrency());
    std::vector<std::thread> threads;
    for (std::size_t i = 1; i < count; ++i) {
      threads.emplace_back([this] { work(); });
    }
    work();
    for (std::thread& thread : threads) {
      thread.join();
    }
    std::fflush(stdout);
    return !any_failed_;
  }

 private:
  static constexpr std::size_t kWindow = 64;  // jobs ahead of the slowest

  void work() {
    // One worker's pages share it; the system backs only what the largest has touched.
    const auto room = std::make_unique_for_overwrite<char[]>(kMostBytes);
    std::unique_lock lock(mutex_);
    while (true) {
      moved_.wait(lock, [this] { return ended_ || taken_ < written_ + kWindow; });
      std::optional<Job> job = ended_ ? std::nullopt : next_();
      if (!job) {
        ended_ = true;
        moved_.notify_all();
        return;
      }
      job->number = taken_++;
      lock.unlock();
      Answer answer = extract(*job, explain_, room.get());
      lock.lock();
      done_.emplace(job->number, std::move(answer));
      write_done();
    }
  }

  void write_done() {
    while (!done_.empty() && done_.begin()->first == written_) {
      const Answer& answer = done_.begin()->second;
      if (!answer.error.empty()) {
        std::fprintf(stderr, "siftd: %s\n", answer.error.c_str());
        any_failed_ = true;
      }
      std::fwrite(answer.out.data(), 1, answer.out.size(), stdout);
      done_.erase(done_.begin());
      ++written_;
    }
    moved_.notify_all();
  }

  std::function<std::optional<Job>()> next_;
  bool explain_;
  std::mutex mutex_;
  std::condition_variable moved_;
  std::size_t taken_ = 0;
  std::size_t written_ = 0;
  std::map<std::size_t, Answer> done_;
  bool ended_ = false;
  bool any_failed_ = false;
};

// Page after page needs the same large buffers and trees: given back to the system after
// each, they cost a page fault for every 4 KiB of the next.
void keep_freed_memory() {
#ifdef __GLIBC__
  constexpr int kMiB = 1 << 20;
  mallopt(M_MMAP_THRESHOLD, 32 * kMiB);
  mallopt(M_TRIM_THRESHOLD, 64 * kMiB);
  mallopt(M_TOP_PAD, 4 * kMiB);
#endif
}

std::string member(const rapidjson::Document& line, const char* key) {
  const auto found = line.FindMember(key);
  if (found == line.MemberEnd() || !found->value.IsString()) {
    return {};
  }
  return std::string(found->value.GetString(), found->value.GetStringLength());
}

Job parse_line(const std::string& text, std::size_t number) {
  Job job;
  rapidjson::Document line;
  line.Parse<rapidjson::kParseIterativeFlag>(text.data(), text.size());
  if (line.HasParseError() || !line.IsObject()) {
    job.error = "line " + std::to_string(number) +
                R"( of standard input: no JSON object; write {"id":"...","file":"..."})";
    return job;
  }
  job.id = member(line, "id");
  job.file = member(line, "file");
  job.url = member(line, "url");
  job.content_type = member(line, "content_type");
  if (job.file.empty() || job.file == "-") {
    job.error = "line " + std::to_string(number) +
                " of standard input: no \"file\"; give the path of a page";
  }
  return job;
}

std::optional<Job> next_line(std::size_t& number) {
  std::string text;
  do {
    if (!std::getline(std::cin, text)) {
      return std::nullopt;
    }
    ++number;
  } while (text.find_first_not_of(" \t\r") == std::string::npos);
  return parse_line(text, number);
}

}  // namespace

int extract_command(const ExtractOptions& options) {
  keep_freed_memory();
  if (options.batch && !options.files.empty()) {
    std::fprintf(stderr,
                 "siftd: extract --batch reads standard input; leave the files out\n");
    return kUsage;
  }
  std::size_t at = 0;
  const auto next_file = [&]() -> std::optional<Job> {
    const std::size_t count = std::max<std::size_t>(1, options.files.size());
    if (at == count) {
      return std::nullopt;
    }
    Job job;
    job.file = options.files.empty() ? "-" : options.files[at];
    job.url = options.url;
    job.content_type = options.content_type;
    ++at;
    return job;
  };
  std::function<std::optional<Job>()> next = next_file;
  if (options.batch) {
    next = [&] {
      return next_line(at);
    };
  }
  return Batch(next, options.explain).run() ? kDone : kSomeFailed;
}

}  // namespace siftd
