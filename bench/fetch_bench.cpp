// Fetching small files over keep-alive connections, beside `curl --parallel`.
//
//   bench_fetch [files] [connections] [port]
//
// Makes the files in a temporary folder, serves them with an nginx of its own
// (nginx-light), and fetches all of them by turns with curl and with CurlFetcher, which
// keeps every body. Compare within one run: wall time moves with the machine, CPU less.
#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <spawn.h>
#include <string>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <time.h>
#include <unistd.h>
#include <vector>

#include "base/task_group.hpp"
#include "fetchers/curl_fetcher.hpp"

extern char** environ;

namespace {

using namespace siftd;
namespace asio = boost::asio;
namespace fs = std::filesystem;

double now_seconds() {
  return std::chrono::duration<double>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

double cpu_of(int who) {
  rusage usage{};
  getrusage(who, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

pid_t start(const std::vector<std::string>& arguments) {
  std::vector<char*> argv;
  for (const std::string& argument : arguments) {
    argv.push_back(const_cast<char*>(argument.c_str()));
  }
  argv.push_back(nullptr);
  pid_t child = -1;
  if (posix_spawnp(&child, argv[0], nullptr, nullptr, argv.data(), environ) != 0) {
    std::fprintf(stderr, "bench_fetch: cannot start %s\n", argv[0]);
    std::exit(1);
  }
  return child;
}

struct Measured {
  double wall = 0;
  double cpu = 0;
  std::size_t bytes = 0;
  std::size_t failed = 0;
};

Measured run_curl(const fs::path& list, std::size_t connections) {
  const double wall = now_seconds();
  const double cpu = cpu_of(RUSAGE_CHILDREN);
  const pid_t child =
      start({"curl", "--parallel", "--parallel-max", std::to_string(connections),
             "--silent", "-K", list.string()});
  int status = 0;
  waitpid(child, &status, 0);
  Measured measured;
  measured.wall = now_seconds() - wall;
  measured.cpu = cpu_of(RUSAGE_CHILDREN) - cpu;
  measured.failed = status == 0 ? 0 : 1;
  return measured;
}

struct Work {
  CurlFetcher& fetcher;
  const std::vector<std::string>& urls;
  std::shared_ptr<const Access> access;
  std::vector<std::string> bodies;
  std::size_t next = 0;
  std::size_t failed = 0;
};

asio::awaitable<void> fetch_some(Work& work) {
  while (work.next < work.urls.size()) {
    Request request;
    request.url = work.urls[work.next++];
    request.access = work.access;
    Result<Page> page = co_await work.fetcher.fetch(std::move(request));
    if (page && page->status == 200) {
      work.bodies.push_back(std::move(page->body));
    } else {
      ++work.failed;
    }
  }
}

asio::awaitable<void> fetch_all(Work& work, std::size_t connections) {
  TaskGroup tasks(co_await asio::this_coro::executor);
  for (std::size_t i = 0; i < connections; ++i) {
    tasks.spawn(fetch_some(work));
  }
  co_await tasks.join();
  tasks.check();
}

Measured run_siftd(const std::vector<std::string>& urls, std::size_t connections) {
  const double wall = now_seconds();
  const double cpu = cpu_of(RUSAGE_SELF);
  asio::io_context loop(1);
  CurlFetcher::Options options;
  options.concurrency = connections;
  CurlFetcher fetcher(loop.get_executor(), options);
  auto access = std::make_shared<Access>();
  access->addresses = AddressPolicy::all();
  Work work{fetcher, urls, std::move(access), {}, 0, 0};
  std::exception_ptr failure;
  asio::co_spawn(loop, fetch_all(work, connections),
                 [&](std::exception_ptr why) { failure = std::move(why); });
  loop.run();
  if (failure) {
    std::rethrow_exception(failure);
  }
  Measured measured;
  measured.wall = now_seconds() - wall;
  measured.cpu = cpu_of(RUSAGE_SELF) - cpu;
  measured.failed = work.failed;
  for (const std::string& body : work.bodies) {
    measured.bytes += body.size();
  }
  return measured;
}

void write_nginx(const fs::path& folder, int port) {
  std::ofstream(folder / "nginx.conf")
      << "daemon off; worker_processes 1; pid " << (folder / "pid").string()
      << "; error_log " << (folder / "error").string()
      << ";\nevents { worker_connections 1024; }\nhttp { access_log off; sendfile on;"
         " keepalive_requests 1000000; client_body_temp_path "
      << folder.string() << "; proxy_temp_path " << folder.string()
      << "; fastcgi_temp_path " << folder.string() << "; uwsgi_temp_path "
      << folder.string() << "; scgi_temp_path " << folder.string()
      << "; server { listen 127.0.0.1:" << port << "; root "
      << (folder / "files").string() << "; } }\n";
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t files = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 10000;
  const std::size_t connections = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 50;
  const int port = argc > 3 ? std::atoi(argv[3]) : 18731;
  std::string pattern = (fs::temp_directory_path() / "bench_fetch.XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) {
    std::perror("bench_fetch: no temporary folder");
    return 1;
  }
  const fs::path folder = pattern;
  fs::permissions(folder, fs::perms::others_exec | fs::perms::others_read,
                  fs::perm_options::add);
  fs::create_directory(folder / "files");
  std::vector<std::string> urls;
  std::ofstream list(folder / "list");
  for (std::size_t i = 0; i < files; ++i) {
    const std::string name = std::to_string(i) + ".xml";
    std::ofstream(folder / "files" / name) << std::string(1000 + i % 3000, 'x');
    urls.push_back("http://127.0.0.1:" + std::to_string(port) + "/" + name);
    list << "url=" << urls.back() << "\noutput=/dev/null\n";
  }
  list.close();
  write_nginx(folder, port);
  const pid_t nginx = start({"nginx", "-c", (folder / "nginx.conf").string()});
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  std::vector<double> rates;
  std::vector<double> cpus;
  for (int round = 0; round < 5; ++round) {
    const Measured curl = run_curl(folder / "list", connections);
    const Measured ours = run_siftd(urls, connections);
    const auto count = static_cast<double>(files);
    std::printf(
        "curl --parallel %7.0f/s %5.1f us of CPU   siftd %7.0f/s %5.1f us of CPU, "
        "%zu bytes kept, %zu failed   rate %.0f%%, by CPU %.0f%%\n",
        count / curl.wall, curl.cpu / count * 1e6, count / ours.wall,
        ours.cpu / count * 1e6, ours.bytes, ours.failed, 100 * curl.wall / ours.wall,
        100 * curl.cpu / ours.cpu);
    rates.push_back(curl.wall / ours.wall);
    cpus.push_back(curl.cpu / ours.cpu);
  }
  kill(nginx, SIGTERM);
  waitpid(nginx, nullptr, 0);
  fs::remove_all(folder);
  std::sort(rates.begin(), rates.end());
  std::sort(cpus.begin(), cpus.end());
  std::printf("median: %.0f%% of curl's rate, by CPU %.0f%%\n", 100 * rates[2],
              100 * cpus[2]);
  return 0;
}
