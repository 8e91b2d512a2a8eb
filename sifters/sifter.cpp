// The order of steps for one candidate:
//   1 know it again: by its own key, by its URL, without one by what it says
//   2 take out what its site is known to repeat
//   3 known: is the text materially another? then a revision
//   4 unknown: a copy of something in the window? else new
// Every step reads what was decided before and writes nothing: the rows and the
// event go out together, to be stored together.
#include "sifters/sifter.hpp"

#include <algorithm>
#include <cstdio>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <utility>
#include <xxhash.h>

#include "base/limits.hpp"
#include "sifters/changes.hpp"
#include "sifters/text.hpp"

namespace siftd {

namespace {

using Millis = std::chrono::sys_time<std::chrono::milliseconds>;

std::int64_t unix_seconds(Millis time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

std::string hex16(std::uint64_t value) {
  char digits[17];
  std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(value));
  return digits;
}

std::uint64_t text_hash(std::string_view title, std::string_view text) {
  return XXH3_64bits_withSeed(text.data(), text.size(),
                              XXH3_64bits(title.data(), title.size()));
}

std::string removed_json(const std::vector<Removed>& removed) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  writer.StartArray();
  for (const Removed& part : removed) {
    writer.StartObject();
    writer.Key("rule");
    writer.String(part.rule.data(), static_cast<rapidjson::SizeType>(part.rule.size()));
    writer.Key("text");
    writer.String(part.text.data(), static_cast<rapidjson::SizeType>(part.text.size()));
    if (part.after != Removed::kAtEnd) {
      writer.Key("after");
      writer.Uint(part.after);
    }
    writer.EndObject();
  }
  writer.EndArray();
  return {buffer.GetString(), buffer.GetSize()};
}

// How much of the shorter text's sample stands in the longer one's.
double overlap(const Fingerprint& a, const Fingerprint& b) {
  std::vector<std::uint32_t> common;
  std::set_intersection(a.shingles.begin(), a.shingles.end(), b.shingles.begin(),
                        b.shingles.end(), std::back_inserter(common));
  const std::size_t least = std::min(a.shingles.size(), b.shingles.size());
  return least == 0 ? 0 : static_cast<double>(common.size()) / static_cast<double>(least);
}

Recogniser::Settings settings(const Sifter::Options& options) {
  Recogniser::Settings result;
  result.threshold = options.threshold;
  result.window = options.window;
  return result;
}

void set_verdict(ArticleRow& row, const Verdict& verdict) {
  row.duplicate_of = verdict.duplicate_of.value_or(0);
  row.similarity = verdict.similarity;
  row.kind = verdict.kind;
  row.story = verdict.story;
}

bool is_title_alone(const Changes& changes) {
  return !changes.title_after.empty() && changes.added.empty() &&
         changes.removed.empty() && changes.changed.empty();
}

}  // namespace

// One candidate on its way through the steps.
struct Sifter::Context {
  Candidate candidate;
  Millis now;
  std::uint64_t article = 0;
  std::uint64_t hash = 0;  // of title and text
  bool is_own = true;      // known by its own key, not by its URL alone

  std::chrono::sys_seconds seconds() const {
    return std::chrono::floor<std::chrono::seconds>(now);
  }
};

Sifter::Sifter(Options options, Archive& archive)
    : options_(options),
      archive_(archive),
      recogniser_(std::make_unique<Recogniser>(settings(options))),
      sites_([this](std::string_view site) -> std::optional<std::string> {
        std::optional<SiteRow> row = archive_.site(std::string(site));
        return row ? std::optional<std::string>(std::move(row->blob)) : std::nullopt;
      }) {}

void Sifter::configure(Options options) {
  options_ = options;
}

void Sifter::set_rules(std::shared_ptr<const Rules> rules) {
  rules_ = std::move(rules);
}

void Sifter::restore(const MemoryRow& row) {
  if (const std::optional<Memory> memory = decode_memory(row.blob)) {
    recogniser_->restore(row.article,
                         std::chrono::sys_seconds(std::chrono::seconds(row.time)),
                         memory->print, memory->verdict);
  }
}

std::optional<SeenRow> Sifter::known(const Source& source, const IdentityKeys& keys,
                                     Archive& archive) {
  if (std::optional<SeenRow> own = archive.find(keys.own)) {
    return own;
  }
  if (keys.url == 0) {
    return keys.text == 0 ? std::nullopt : archive.find(keys.text);
  }
  // The same feed under another guid: the article is known. Another feed's article is
  // that feed's; here it is a copy, with a row of its own.
  std::optional<SeenRow> by_url = archive.find(keys.url);
  if (by_url && by_url->article != 0) {
    const std::optional<ArticleRow> article = archive.article(by_url->article);
    if (article && article->feed_url != source.url) {
      return std::nullopt;
    }
  }
  return by_url;
}

void Sifter::learn_from(const std::vector<Candidate>& candidates) {
  if (!options_.learn || candidates.size() < 2) {
    return;
  }
  for (const Candidate& candidate : candidates) {
    if (!archive_.find(candidate.keys.own)) {
      // The same article is sifted right after: it counts once.
      sites_.apply(candidate.site, new_article(candidate),
                   Cleaned{candidate.data.content_text, {}}, *rules_);
    }
  }
}

Sifted Sifter::sift(Candidate candidate, Millis now) {
  Context context{std::move(candidate), now};
  expire(context.seconds());
  const std::optional<SeenRow> seen =
      known(context.candidate.source, context.candidate.keys, archive_);
  std::optional<ArticleRow> before;
  if (seen && seen->article != 0) {
    before = archive_.article(seen->article);
  }
  Sifted result;
  if (before && context.candidate.is_retracted) {
    result = retract(before->id, context.candidate.source,
                     "the page says that it was taken back", now);
    note_seen(context, before->id, result);
    return result;
  }
  if (seen && !before) {
    note_seen(context, seen->article, result);  // marked as seen, or its row has gone
    return result;
  }
  if (before && is_reused(context, *seen, *before)) {
    before.reset();
  }
  context.article = before ? before->id : new_article(context.candidate);
  strip_learned(context);
  context.hash =
      text_hash(context.candidate.data.title, context.candidate.data.content_text);
  if (before) {
    seen_before(context, std::move(*before), result);
  } else {
    first_sight(context, result);
  }
  note_seen(context, context.article, result);
  result.sites = sites_.take_changed();
  return result;
}

// A guid, or a URL under another guid, that names another story now. One with the
// same guid and the same URL is a revision, however much of it is new.
bool Sifter::is_reused(const Context& context, const SeenRow& seen,
                       const ArticleRow& before) const {
  const Candidate& candidate = context.candidate;
  const ArticleData& data = candidate.data;
  const bool has_same_url = !data.url.empty() && data.url == before.url;
  if ((seen.key == candidate.keys.own && has_same_url) || data.title == before.title ||
      data.url.empty() || before.text.empty()) {
    return false;
  }
  return overlap(candidate.fingerprint, fingerprint(before.title, before.text)) <
         limits::kSameStoryOverlap;
}

std::uint64_t Sifter::new_article(const Candidate& candidate) const {
  std::uint64_t id = candidate.keys.own;
  while (id == 0 || archive_.article(id)) {
    id = XXH3_64bits_withSeed(&id, sizeof id, candidate.keys.url);
  }
  return id;
}

void Sifter::strip_learned(Context& context) {
  if (!options_.learn) {
    return;
  }
  ArticleData& data = context.candidate.data;
  const std::size_t bytes = data.content_text.size();
  Cleaned cleaned{std::move(data.content_text), {}};
  cleaned =
      sites_.apply(context.candidate.site, context.article, std::move(cleaned), *rules_);
  data.content_text = std::move(cleaned.text);
  if (data.content_text.size() != bytes) {
    add_removed(data.removed, std::move(cleaned.removed));
    data.words = measure(data.content_text).words;
    context.candidate.fingerprint = fingerprint(data.title, data.content_text);
  }
}

void Sifter::first_sight(Context& context, Sifted& result) {
  const Candidate& candidate = context.candidate;
  Verdict verdict =
      recogniser_->recognise(context.article, candidate.fingerprint, context.seconds());
  if (candidate.fingerprint.level == 0 &&
      candidate.fingerprint.shingles.size() < limits::kLeastShinglesToTell) {
    verdict = {std::nullopt, 0, CopyKind::none, false, verdict.story};
  }
  if (const std::optional<SeenRow> elsewhere =
          candidate.keys.url == 0 ? std::nullopt : archive_.find(candidate.keys.url);
      elsewhere && elsewhere->article != 0) {
    const std::optional<ArticleRow> first = archive_.article(elsewhere->article);
    if (first && first->feed_url != candidate.source.url) {
      verdict = {elsewhere->article, 1.0, CopyKind::exact, false, first->story};
    }
  }
  ArticleRow row = new_row(context);
  set_verdict(row, verdict);
  remember(context, verdict, result);
  if (!verdict.is_copy()) {
    emit(context, EventType::article_new, row, {}, result);
  } else if (options_.mark) {
    emit(context, EventType::article_duplicate, row, {}, result);
  } else {
    row.look_again = 0;
  }
  result.articles.push_back(std::move(row));
}

void Sifter::seen_before(Context& context, ArticleRow before, Sifted& result) {
  ArticleData& data = context.candidate.data;
  if (before.text_hash == context.hash || before.text.empty()) {
    return;  // the same, or too old to be compared
  }
  if (options_.learn) {
    // What was learned since is no change of the article.
    Cleaned old{std::move(before.text), {}};
    before.text =
        sites_.apply(context.candidate.site, before.id, std::move(old), *rules_).text;
  }
  Revision revision = compare(before.title, before.text, data.title, data.content_text);
  if (!revision.is_material || data.content_text.empty()) {
    return;
  }
  if (is_title_alone(revision.changes) && before.revision > 0 &&
      !TitleHistory::decode(before.titles).admits(data.title, context.seconds())) {
    return;  // one that was told within the day: a publisher tries headlines out
  }
  const Verdict verdict =
      recogniser_->replace(before.id, context.candidate.fingerprint, context.seconds());
  const bool was_told = before.revision > 0;
  ArticleRow row = new_row(context);
  row.first_seen = before.first_seen;
  row.looked = before.looked;
  row.look_again = before.look_again;
  row.titles = std::move(before.titles);
  row.revision = before.revision + 1;
  set_verdict(row, verdict);
  if (was_told && before.duplicate_of == 0) {
    row.duplicate_of = 0;
    row.similarity = 0;
    row.kind = CopyKind::none;
    row.story = before.story;
    emit(context, EventType::article_updated, row, std::move(revision.changes), result);
  } else if (!verdict.is_copy()) {
    emit(context, EventType::article_new, row, {}, result);
  } else {
    row.revision = before.revision;
  }
  remember(context, verdict, result);
  result.articles.push_back(std::move(row));
}

Sifted Sifter::retract(std::uint64_t article, const Source& source, std::string reason,
                       Millis now) {
  Sifted result;
  std::optional<ArticleRow> row = archive_.article(article);
  if (!row || row->is_removed || row->revision == 0) {
    return result;
  }
  Context context{{}, now};
  context.article = article;
  context.candidate.source = source;
  ArticleData& data = context.candidate.data;
  data.id = row->guid;
  data.url = row->url;
  data.title = row->title;
  data.feed = row->feed;
  data.text_from = row->text_from;
  data.reason = std::move(reason);
  row->is_removed = true;
  row->look_again = 0;
  ++row->revision;
  emit(context, EventType::article_removed, *row, {}, result);
  result.articles.push_back(std::move(*row));
  return result;
}

ArticleRow Sifter::new_row(const Context& context) const {
  const Candidate& candidate = context.candidate;
  ArticleRow row;
  row.id = context.article;
  row.feed_url = candidate.source.url;
  row.feed = candidate.source.name;
  row.guid = candidate.data.id;
  row.url = candidate.data.url;
  row.title = candidate.data.title;
  row.text = candidate.data.content_text;
  row.removed_json = removed_json(candidate.data.removed);
  row.revision = 0;
  row.text_hash = context.hash;
  row.text_from = candidate.data.text_from;
  row.first_seen = row.last_changed = unix_seconds(context.now);
  plan_look(row, context.seconds());
  return row;
}

// After about an hour, a day and a week: by then what changes has mostly changed.
void Sifter::plan_look(ArticleRow& row, std::chrono::sys_seconds now) const {
  row.look_again = 0;
  if (options_.look_again && !row.url.empty() && row.looked < limits::kLooks.size()) {
    row.look_again = (now + limits::kLooks[row.looked]).time_since_epoch().count();
  }
}

Sifted Sifter::revise(std::uint64_t article, std::optional<Candidate> candidate,
                      Millis now) {
  Sifted result;
  std::optional<ArticleRow> before = archive_.article(article);
  if (!before || before->is_removed) {
    return result;
  }
  if (candidate && candidate->is_retracted) {
    return retract(article, candidate->source, "the page says that it was taken back",
                   now);
  }
  ++before->looked;
  plan_look(*before, std::chrono::floor<std::chrono::seconds>(now));
  if (candidate && before->text_from == candidate->data.text_from) {
    Context context{std::move(*candidate), now};
    context.article = article;
    strip_learned(context);
    context.hash =
        text_hash(context.candidate.data.title, context.candidate.data.content_text);
    seen_before(context, *before, result);
  }
  if (result.articles.empty()) {
    result.articles.push_back(std::move(*before));
  }
  result.sites = sites_.take_changed();
  return result;
}

// `row.revision` counts the article's events: 0 is one that was never told.
void Sifter::emit(Context& context, EventType type, ArticleRow& row,
                  std::optional<Changes> changes, Sifted& result) const {
  row.revision = std::max<std::uint32_t>(row.revision, 1);
  TitleHistory told = TitleHistory::decode(row.titles);
  told.admits(row.title, context.seconds());
  row.titles = told.encode();
  Event event;
  event.id = hex16(row.id) + ":" + std::to_string(row.revision);
  event.type = type;
  event.source = context.candidate.source.url;
  event.time = context.now;
  event.feed_tags = context.candidate.source.tags;
  ArticleData data = std::move(context.candidate.data);
  if (data.id.empty()) {
    data.id = hex16(row.id);
  }
  event.subject = data.url.empty() ? data.id : data.url;
  data.article = row.id;
  data.revision = row.revision;
  data.story = row.story;
  data.duplicate_of = row.duplicate_of == 0
                          ? std::nullopt
                          : std::optional<std::uint64_t>(row.duplicate_of);
  data.similarity = row.similarity;
  data.kind = row.kind;
  data.changes = std::move(changes);
  event.data = std::move(data);
  result.event = std::move(event);
}

void Sifter::remember(const Context& context, const Verdict& verdict,
                      Sifted& result) const {
  result.memory.push_back({context.article, unix_seconds(context.now),
                           encode_memory(context.candidate.fingerprint, verdict)});
}

void Sifter::note_seen(const Context& context, std::uint64_t article,
                       Sifted& result) const {
  const IdentityKeys& keys = context.candidate.keys;
  SeenRow row;
  row.article = article;
  row.item_hash = context.candidate.item_hash;
  row.listed_day = static_cast<std::int32_t>(
      std::chrono::floor<std::chrono::days>(context.now).time_since_epoch().count());
  row.key = keys.own;
  result.seen.push_back(row);
  if (const std::uint64_t other = keys.second(); other != 0) {
    const std::optional<SeenRow> owner = archive_.find(other);
    if (!owner || owner->article == article) {
      row.key = other;
      result.seen.push_back(row);
    }
  }
}

void Sifter::expire(std::chrono::sys_seconds now) {
  if (now - expired_ >= limits::kExpireEvery) {
    expired_ = now;
    recogniser_->expire(now);
  }
}

}  // namespace siftd
