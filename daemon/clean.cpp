// `siftd clean`: texts in, texts without their boilerplate out, in order. Rules work
// on all cores, a handful of texts at a time; what a source repeats is learned in
// order, on one.
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <optional>
#include <rapidjson/document.h>
#include <rapidjson/error/en.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <thread>
#include <vector>
#include <xxhash.h>

#include "base/limits.hpp"
#include "daemon/commands.hpp"
#include "daemon/text.hpp"
#include "sifters/boilerplate.hpp"
#include "sifters/site_memory.hpp"

namespace siftd {

namespace {

void complain(const std::string& what) {
  std::fprintf(stderr, "siftd clean: %s\n", what.c_str());
}

std::uint64_t article_of(std::string_view id) {
  return XXH3_64bits(id.data(), id.size());
}

// A text on its way through.
struct Job {
  std::string id = "null";  // JSON
  std::string source;
  std::string text;
  std::string error;
  Cleaned cleaned;
};

// Up to the limit; more, or a read that fails, is an error.
std::optional<std::string> read_all(std::istream& in, std::string& error) {
  std::string text;
  std::vector<char> buffer(64 * limits::kKiB);
  while (in.read(buffer.data(), static_cast<std::streamsize>(buffer.size())) ||
         in.gcount() > 0) {
    text.append(buffer.data(), static_cast<std::size_t>(in.gcount()));
    if (text.size() > limits::kMaxCleanText) {
      error = "above 16 MiB: split it";
      return std::nullopt;
    }
  }
  if (in.bad()) {
    error = std::strerror(errno);
    return std::nullopt;
  }
  return text;
}

std::optional<std::string> read_file(const std::string& file, std::string& error) {
  if (file == "-") {
    return read_all(std::cin, error);
  }
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    error = std::strerror(errno);
    return std::nullopt;
  }
  // A directory opens like a file; its first read fails.
  in.peek();
  if (in.bad()) {
    error = std::strerror(errno == 0 ? EISDIR : errno);
    return std::nullopt;
  }
  in.clear();
  return read_all(in, error);
}

// The operator's rules over the built-in ones; none when a file is wrong or missing.
std::shared_ptr<const Rules> rules_of(const CleanOptions& options, int& status) {
  std::vector<RuleFile> files;
  for (const std::string& name : options.rules) {
    std::string error;
    std::optional<std::string> text = read_file(name, error);
    if (!text) {
      complain(name + ": " + error + ": name a readable file of rules");
      status = kNoInput;
      return nullptr;
    }
    files.push_back({name, std::move(*text)});
  }
  LoadedRules loaded = load_rules(files);
  for (const RuleError& error : loaded.errors) {
    complain(error.to_string());
  }
  if (!loaded.errors.empty()) {
    status = kBadConfig;
    return nullptr;
  }
  return loaded.rules;
}

// One line of a batch; what is wrong with it goes into `error`.
Job read_job(const std::string& line, const std::string& source) {
  Job job;
  rapidjson::Document json;
  json.Parse<rapidjson::kParseIterativeFlag>(line.data(), line.size());
  if (json.HasParseError() || !json.IsObject()) {
    job.error = json.HasParseError() ? rapidjson::GetParseError_En(json.GetParseError())
                                     : "not an object";
    return job;
  }
  const auto id = json.FindMember("id");
  if (id != json.MemberEnd()) {
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
    id->value.Accept(writer);
    job.id.assign(buffer.GetString(), buffer.GetSize());
  }
  const auto text = json.FindMember("text");
  if (text == json.MemberEnd() || !text->value.IsString()) {
    job.error = "no \"text\" that is a string";
    return job;
  }
  job.text.assign(text->value.GetString(), text->value.GetStringLength());
  const auto from = json.FindMember("source");
  if (from != json.MemberEnd() && !from->value.IsNull() && !from->value.IsString()) {
    job.error = "\"source\" is not a string";
    return job;
  }
  job.source = from != json.MemberEnd() && from->value.IsString()
                   ? from->value.GetString()
                   : source;
  return job;
}

void put(rapidjson::Writer<rapidjson::StringBuffer>& writer, const char* key,
         const std::string& value) {
  writer.Key(key);
  writer.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
}

std::string answer(const Job& job) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  writer.StartObject();
  writer.Key("id");
  writer.RawValue(job.id.data(), job.id.size(), rapidjson::kStringType);
  if (!job.error.empty()) {
    put(writer, "error", job.error);
    writer.EndObject();
    return std::string(buffer.GetString(), buffer.GetSize()) + "\n";
  }
  put(writer, "text", job.cleaned.text);
  writer.Key("removed");
  writer.StartArray();
  for (const Removed& removed : job.cleaned.removed) {
    writer.StartObject();
    put(writer, "rule", removed.rule);
    put(writer, "text", removed.text);
    writer.EndObject();
  }
  writer.EndArray();
  writer.EndObject();
  return std::string(buffer.GetString(), buffer.GetSize()) + "\n";
}

// One text by the rules. Made here, any thread.
void clean_job(Job& job, const std::string& line, const std::string& source,
               const Rules& rules) {
  job = read_job(line, source);
  if (job.error.empty()) {
    job.cleaned = clean_text(job.text, {job.source, {}, {}}, rules);
  }
}

// Lines of a batch that can be had without waiting, one at least; none: the end.
class Lines {
 public:
  explicit Lines(std::istream& in) : in_(in) {}

  std::vector<std::string> next() {
    std::vector<std::string> lines;
    std::size_t bytes = 0;
    std::string line;
    while ((lines.empty() ||
            (lines.size() < limits::kBatchWindow && bytes < limits::kMaxCleanText &&
             in_.rdbuf()->in_avail() > 0)) &&
           std::getline(in_, line)) {
      bytes += line.size();
      if (line.find_first_not_of(" \t\r") != std::string::npos) {
        lines.push_back(std::move(line));
      }
    }
    return lines;
  }

 private:
  std::istream& in_;
};

int clean_batch(const CleanOptions& options, const Rules& rules) {
  SiteMemory memory;
  bool all_good = true;
  const std::size_t threads = std::max(1u, std::thread::hardware_concurrency());
  Lines input(std::cin);
  for (auto lines = input.next(); !lines.empty(); lines = input.next()) {
    std::vector<Job> jobs(lines.size());
    std::atomic<std::size_t> at{0};
    const auto work = [&] {
      for (std::size_t i = at++; i < jobs.size(); i = at++) {
        clean_job(jobs[i], lines[i], options.source, rules);
      }
    };
    {
      std::vector<std::jthread> helpers;
      for (std::size_t i = 1; i < std::min(threads, (jobs.size() + 7) / 8); ++i) {
        helpers.emplace_back(work);
      }
      work();
    }
    for (Job& job : jobs) {
      if (job.error.empty()) {
        job.cleaned =
            memory.apply(job.source, article_of(job.id), std::move(job.cleaned), rules);
      }
      all_good = all_good && job.error.empty();
      std::cout << answer(job);
    }
    memory.take_changed();  // nothing is kept beyond this run
    std::cout.flush();
  }
  return all_good ? kDone : kSomeFailed;
}

int clean_files(const CleanOptions& options, const Rules& rules) {
  SiteMemory memory;
  int status = kDone;
  const std::vector<std::string> standard_input = {"-"};
  const auto& files = options.files.empty() ? standard_input : options.files;
  bool is_first = true;
  for (const std::string& file : files) {
    std::string error;
    const std::optional<std::string> text = read_file(file, error);
    if (!text) {
      complain(file + ": " + error);
      status = files.size() == 1 ? kNoInput : kSomeFailed;
      continue;
    }
    Cleaned cleaned = clean_text(*text, {options.source, {}, {}}, rules);
    cleaned = memory.apply(options.source, article_of(*text), std::move(cleaned), rules);
    std::cout << (is_first ? "" : "\n") << cleaned.text
              << (cleaned.text.empty() ? "" : "\n");
    is_first = false;
    if (options.explain) {
      std::cout << (cleaned.text.empty() || cleaned.removed.empty() ? "" : "\n");
      for (const Removed& removed : cleaned.removed) {
        std::cout << "- " << removed.rule << ": " << printable(removed.text) << "\n";
      }
    }
  }
  return status;
}

}  // namespace

int clean_command(const CleanOptions& options) {
  std::ios::sync_with_stdio(false);
  std::cin.tie(nullptr);
  int status = kDone;
  const std::shared_ptr<const Rules> rules = rules_of(options, status);
  if (!rules) {
    return status;
  }
  if (options.batch && !options.files.empty()) {
    complain("--batch reads standard input: leave the files out");
    return kUsage;
  }
  status = options.batch ? clean_batch(options, *rules) : clean_files(options, *rules);
  if (!std::cout.flush()) {
    complain("standard output: cannot be written");
    return kCannotCreate;
  }
  return status;
}

}  // namespace siftd
