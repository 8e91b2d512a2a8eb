// Arguments, exit statuses, and nothing else: each command is a file of its own.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <string>

#include "daemon/commands.hpp"

namespace {

using namespace siftd;

constexpr const char* kFooter =
    "Exit status: 0 done; 1 some input could not be processed (the others were);\n"
    "64 wrong usage; 66 an input cannot be read; 73 an output cannot be made;\n"
    "78 the configuration is wrong.\n"
    "\n"
    "See siftd(1) and siftd.toml(5).";

struct Commands {
  explicit Commands(CLI::App& app) {
    add_daemon(app);
    add_filters(app);
    add_clients(app);
  }

  int status = kUsage;

 private:
  // Adds a subcommand that runs `command(options)` when it was given.
  template <class Options>
  CLI::App* add(CLI::App& app, const char* name, const char* what, Options& options,
                int (*command)(const Options&)) {
    CLI::App* sub = app.add_subcommand(name, what);
    sub->footer(kFooter);
    sub->callback([this, &options, command] { status = command(options); });
    return sub;
  }

  template <class Options>
  void add_config(CLI::App* sub, Options& options) {
    sub->add_option("-c,--config", options.config, "The configuration file")
        ->type_name("FILE")
        ->capture_default_str();
  }

  void add_control(CLI::App* sub, ControlOptions& options) {
    add_config(sub, options);
    sub->add_option(
           "--socket", options.socket,
           "The daemon's control socket (default: found through the configuration)")
        ->type_name("PATH");
  }

  void add_daemon(CLI::App& app) {
    CLI::App* sub =
        add(app, "run", "Run the daemon in the foreground", run_, run_command);
    add_config(sub, run_);
    sub->add_flag(
        "--once", run_.once,
        "Poll every feed once, deliver everything, and end (1 when a feed could "
        "not be polled)");
    sub = add(app, "check", "Validate the configuration and print it as understood",
              check_, check_command);
    add_config(sub, check_);
    sub->add_flag("--state", check_.state, "Look for corruption in the state as well");
  }

  void add_filters(CLI::App& app) {
    CLI::App* sub =
        add(app, "fetch", "Poll feeds once and print their events; keeps no state",
            fetch_, fetch_command);
    sub->add_option("URL", fetch_.urls, "Feeds, or pages that name one")->required();
    sub->add_flag("--allow-private", fetch_.allow_private,
                  "Reach loopback, private and link-local addresses too");
    sub->add_flag("--allow-file", fetch_.allow_file, "Read file: URLs too");

    sub = add(app, "parse", "Turn feeds into JSON Feed 1.1, one line a file", parse_,
              parse_command);
    sub->add_option("--url", parse_.url,
                    "Where the feed came from: the base of its links")
        ->type_name("BASE");
    sub->add_option("--content-type", parse_.content_type,
                    "The HTTP Content-Type header as the server sent it")
        ->type_name("T");
    sub->add_option("FILE", parse_.files, "Feeds; - or nothing: standard input");

    sub = add(app, "extract", "Find the article in HTML pages, one JSON line a page",
              extract_, extract_command);
    sub->add_option("--url", extract_.url, "Where the page came from")->type_name("URL");
    sub->add_option("--content-type", extract_.content_type,
                    "The HTTP Content-Type header as the server sent it")
        ->type_name("T");
    sub->add_flag(
        "--batch", extract_.batch,
        R"(Read lines {"id","file"[,"url","content_type"]} from standard input)");
    sub->add_flag("--explain", extract_.explain, "Show which block won, and why");
    sub->add_option("FILE", extract_.files, "Pages; - or nothing: standard input");

    sub = add(app, "clean", "Take the boilerplate out of plain text", clean_,
              clean_command);
    sub->add_flag("--explain", clean_.explain,
                  "Print each removed line with the rule that took it");
    sub->add_flag(
        "--batch", clean_.batch,
        R"(Read lines {"id","text"[,"source"]}, write {"id","text","removed"})");
    sub->add_option("--source", clean_.source, "Which site the texts come from")
        ->type_name("NAME");
    sub->add_option("--rules", clean_.rules, "More rules (TOML)")->type_name("FILE");
    sub->add_option("FILE", clean_.files, "Texts; - or nothing: standard input");

    sub = add(app, "dedup", "Tell copies and stories in a stream of texts", dedup_,
              dedup_command);
    sub->add_option("--threshold", dedup_.threshold,
                    "How sure before a text counts as a copy, 0 to 1")
        ->type_name("T")
        ->check(CLI::Range(0.0, 1.0))
        ->capture_default_str();
    sub->add_flag("!--no-stories", dedup_.stories, "Leave stories out: faster");
    sub->add_option("FILE", dedup_.file,
                    R"(JSON lines {"id","text"[,"title","url","time"]}; default: stdin)");
  }

  void add_clients(CLI::App& app) {
    CLI::App* sub = add(app, "tail", "Follow a running daemon", tail_, tail_command);
    add_control(sub, tail_);
    sub->add_option("--from", tail_.from, "SEQ, beginning or now")->capture_default_str();
    sub->add_flag("--json", tail_.json, "The events' own lines");
    sub->add_option("--type", tail_.types, "Only events of this type (repeatable)");
    sub->add_option("--feed", tail_.feeds, "Only this feed or tag (repeatable)");
    sub->add_option("-n,--count", tail_.count, "End after so many events");

    sub = add(app, "status", "The health of each feed and sink of a running daemon",
              status_, status_command);
    add_control(sub, status_);
    sub->add_flag("--json", status_.json, "As JSON");
    sub->add_flag("--watch", status_.watch, "Again and again, until interrupted");

    sub = add(app, "why", "The life of an article: seen, extracted, copied, delivered",
              why_, why_command);
    add_control(sub, why_);
    sub->add_flag("--json", why_.json, "As JSON");
    sub->add_option("URL", why_.url, "The article's URL or id")->required();

    sub = add(app, "replay", "Give a sink its events again", replay_, replay_command);
    add_control(sub, replay_);
    sub->add_option("--sink", replay_.sink, "The sink's name")->required();
    sub->add_option("--from", replay_.from, "SEQ or beginning")->required();

    add_feeds(app);
  }

  void add_feeds(CLI::App& app) {
    using Action = FeedsOptions::Action;
    CLI::App* feeds =
        app.add_subcommand("feeds", "List and change the feeds of a running daemon");
    feeds->require_subcommand(1);
    feeds->footer(kFooter);
    const auto action = [&](const char* name, const char* what, Action value) {
      CLI::App* sub = feeds->add_subcommand(name, what);
      sub->footer(kFooter);
      add_control(sub, feeds_);
      sub->callback([this, value] {
        feeds_.action = value;
        status = feeds_command(feeds_);
      });
      return sub;
    };
    action("list", "The feeds with their health", Action::list)
        ->add_flag("--json", feeds_.json, "As JSON");
    action("add", "Add feeds; lasts", Action::add)
        ->add_option("URL", feeds_.arguments, "Feeds")
        ->required();
    action("remove", "Remove feeds; lasts", Action::remove)
        ->add_option("NAME", feeds_.arguments, "Names or URLs")
        ->required();
    action("poll", "Poll feeds now, those that are gone (410) too", Action::poll)
        ->add_option("NAME", feeds_.arguments, "Names or URLs")
        ->required();
    action("import", "Add the feeds of OPML files", Action::import)
        ->add_option("FILE", feeds_.arguments, "OPML; -: standard input")
        ->required();
    action("export", "Print the feeds as OPML", Action::export_);
  }

  RunOptions run_;
  CheckOptions check_;
  FetchOptions fetch_;
  ParseOptions parse_;
  ExtractOptions extract_;
  CleanOptions clean_;
  DedupOptions dedup_;
  TailOptions tail_;
  StatusOptions status_;
  FeedsOptions feeds_;
  WhyOptions why_;
  ReplayOptions replay_;
};

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{
      "siftd polls news feeds, cleans the articles behind them, says each thing\n"
      "once, and streams what is left as events.",
      "siftd"};
  app.footer(kFooter);
  app.set_version_flag("--version", "siftd " SIFTD_VERSION);
  app.require_subcommand(1);
  try {
    Commands commands(app);
    try {
      app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      return app.exit(error) == 0 ? siftd::kDone : siftd::kUsage;
    }
    return commands.status;
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "siftd: %s\n", failure.what());
    return siftd::kSomeFailed;
  }
}
