#include "sifters/stories.hpp"

#include <algorithm>
#include <cmath>

namespace siftd {

Stories::Tuning Stories::tuning;

namespace {

constexpr std::size_t kCounts = std::size_t{1} << 21;

// Logarithms of whole numbers: what idf is made of.
float log_of(std::uint32_t count) {
  static const auto kTable = [] {
    std::array<float, 4096> table{};
    for (std::size_t i = 1; i < table.size(); ++i)
      table[i] = std::log(static_cast<float>(i));
    return table;
  }();
  return count < kTable.size() ? kTable[count] : std::log(static_cast<float>(count));
}

std::uint32_t spread(std::uint32_t hash24) {
  return hash24 * 0x9E3779B1U;
}

// What a term's place and kind make of it, whatever others say.
float raw_weight(Remembered::PackedTerm term) {
  static constexpr float kCount[16] = {0,    1,    1.5F, 1.8F, 2.0F, 2.2F, 2.3F, 2.4F,
                                       2.5F, 2.6F, 2.6F, 2.7F, 2.7F, 2.8F, 2.8F, 2.8F};
  float weight = kCount[term_count(term)];
  if (term_kind(term) == Fingerprint::Term::name)
    weight *= Stories::tuning.name;
  if (term_kind(term) == Fingerprint::Term::number)
    weight *= Stories::tuning.number;
  if (term_in_title(term))
    weight *= Stories::tuning.title;
  if (term_is_early(term))
    weight *= Stories::tuning.early;
  return weight;
}

}  // namespace

Stories::Stories(Remembered& remembered)
    : remembered_(remembered), counts_(allocate_big(kCounts * sizeof(std::uint32_t))) {}

float Stories::idf(std::uint32_t hash24) const {
  return std::max(0.02F, 1 - log_of(counts()[hash24 % kCounts] + 1) / log_articles_);
}

float Stories::weigh(Remembered::PackedTerm term) const {
  return raw_weight(term) * idf(term_hash(term));
}

void Stories::load_query(const Fingerprint& print) {
  Query& q = query_;
  q.terms.clear();
  q.packed.clear();
  log_articles_ = std::log(static_cast<float>(articles_) + tuning.prior);
  for (const Fingerprint::Term& term : print.terms)
    __builtin_prefetch(&counts()[(term.hash >> 8) % kCounts]);
  std::array<std::pair<float, Remembered::PackedTerm>, 64> sorted;
  std::size_t n = 0;
  for (const Fingerprint::Term& term : print.terms) {
    Remembered::PackedTerm packed = pack_term(term);
    sorted[n++] = {weigh(packed), packed};
    if (n == sorted.size())
      break;
  }
  std::sort(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(n),
            [](const auto& a, const auto& b) {
              return a.first != b.first ? a.first > b.first : a.second < b.second;
            });
  q.slots.fill(0);
  float squares = 0;
  for (std::size_t i = 0; i < n; ++i) {
    std::uint32_t hash = term_hash(sorted[i].second);
    q.terms.push_back({hash, sorted[i].first});
    q.packed.push_back(sorted[i].second);
    squares += sorted[i].first * sorted[i].first;
    std::size_t at = hash % q.slots.size();
    while (q.slots[at] != 0)
      at = (at + 1) % q.slots.size();
    q.slots[at] = static_cast<std::uint8_t>(i + 1);
  }
  q.norm = std::sqrt(squares);
}

std::span<const Remembered::PackedTerm> Stories::choose_terms(const Fingerprint& print) {
  load_query(print);
  return query_.packed;
}

void Stories::gather_hits() {
  hits_.clear();
  std::size_t probes = std::min(kProbes, query_.terms.size());
  for (std::size_t i = 0; i < probes; ++i)
    table_.prefetch(spread(query_.terms[i].hash));
  std::array<std::uint32_t, kMaxPostings> found;
  for (std::size_t i = 0; i < probes; ++i) {
    std::size_t count =
        table_.find(spread(query_.terms[i].hash), remembered_.first(), found);
    for (std::size_t k = 0; k < count; ++k)
      hits_.push_back({0, found[k], query_.terms[i].weight});
  }
}

float Stories::cosine(const Remembered::Record& record) const {
  float dot = 0;
  float squares = 0;
  for (Remembered::PackedTerm term : record.terms()) {
    std::uint32_t hash = term_hash(term);
    float weight = weigh(term);
    squares += weight * weight;
    for (std::size_t at = hash % query_.slots.size(); query_.slots[at] != 0;
         at = (at + 1) % query_.slots.size()) {
      const Weight& mine = query_.terms[query_.slots[at] - 1U];
      if (mine.hash != hash)
        continue;
      dot += mine.weight * weight;
      break;
    }
  }
  return dot / std::max(1e-6F, query_.norm * std::sqrt(squares));
}

float Stories::cosine(const Story& story) const {
  float dot = 0;
  float squares = 0;
  for (const Weight& raw : story.centroid) {
    float weight = raw.weight * idf(raw.hash);
    squares += weight * weight;
    for (std::size_t at = raw.hash % query_.slots.size(); query_.slots[at] != 0;
         at = (at + 1) % query_.slots.size()) {
      const Weight& mine = query_.terms[query_.slots[at] - 1U];
      if (mine.hash != raw.hash)
        continue;
      dot += mine.weight * weight;
      break;
    }
  }
  return dot / std::max(1e-6F, query_.norm * std::sqrt(squares));
}

// One hit an article, the heaviest first, and not too many.
void Stories::merge_hits() {
  std::sort(hits_.begin(), hits_.end(),
            [](const Hit& a, const Hit& b) { return a.ordinal < b.ordinal; });
  std::size_t n = 0;
  for (std::size_t i = 0; i < hits_.size();) {
    Hit hit = hits_[i++];
    while (i < hits_.size() && hits_[i].ordinal == hit.ordinal)
      hit.weight += hits_[i++].weight;
    if (!remembered_.is_alive(hit.ordinal))
      continue;
    hits_[n++] = hit;
  }
  hits_.resize(n);
  std::size_t most = std::min<std::size_t>(24, n);
  std::partial_sort(hits_.begin(), hits_.begin() + static_cast<std::ptrdiff_t>(most),
                    hits_.end(), [](const Hit& a, const Hit& b) {
                      return a.weight != b.weight ? a.weight > b.weight
                                                  : a.ordinal > b.ordinal;
                    });
  hits_.resize(most);
}

std::uint32_t Stories::find(const Fingerprint& print, std::uint32_t now,
                            std::uint32_t copied) {
  if (copied != 0)
    return remembered_[copied].story;
  load_query(print);
  gather_hits();
  merge_hits();
  for (const Hit& hit : hits_)
    remembered_.prefetch(hit.ordinal);
  float best = 0;
  std::uint32_t story = 0;
  for (Hit& hit : hits_) {
    const Remembered::Record& record = remembered_[hit.ordinal];
    float member = cosine(record);
    auto found = stories_.find(record.story);
    float centroid = found == stories_.end() ? member : cosine(found->second);
    std::uint32_t then = found == stories_.end() ? record.time : found->second.latest;
    float days = now > then ? static_cast<float>(now - then) / 86400.0F : 0;
    float score = tuning.best * member + (1 - tuning.best) * centroid;
    score -= tuning.decay * days;
    if (score > best) {
      best = score;
      story = record.story;
    }
  }
  return best >= tuning.join ? story : 0;
}

void Stories::add(std::uint32_t ordinal, std::uint32_t story, std::uint64_t name) {
  Remembered::Record& record = remembered_[ordinal];
  for (Remembered::PackedTerm term : record.terms())
    ++counts()[term_hash(term) % kCounts];
  ++articles_;
  record.story = story == 0 ? ordinal : story;
  if (story == 0 && name == record.article) {
    ++singles_;
  } else {
    auto [found, is_new] = stories_.try_emplace(record.story);
    Story& all = found->second;
    if (is_new)
      all.name = name;
    if (is_new && story != 0) {
      const Remembered::Record& first = remembered_[story];
      all.name = first.article;
      all.count = 1;
      --singles_;
      absorb(all, first);
    }
    ++all.count;
    all.latest = std::max(all.latest, record.time);
    absorb(all, record);
  }
  if (table_.is_full())
    rebuild();
  post(ordinal);
}

void Stories::post(std::uint32_t ordinal) {
  std::span<const Remembered::PackedTerm> terms = remembered_[ordinal].terms();
  for (Remembered::PackedTerm term : terms.first(std::min(kProbes, terms.size()))) {
    table_.insert_recent(spread(term_hash(term)), ordinal, remembered_.first(),
                         kMaxPostings);
  }
}

void Stories::rebuild() {
  table_.clear(articles_ * kProbes);
  for (std::uint32_t i = remembered_.first(); i + 1 < remembered_.end(); ++i) {
    if (remembered_.is_alive(i))
      post(i);
  }
}

void Stories::absorb(Story& story, const Remembered::Record& record) {
  for (Remembered::PackedTerm term : record.terms()) {
    Weight add{term_hash(term), raw_weight(term)};
    auto at = std::lower_bound(
        story.centroid.begin(), story.centroid.end(), add,
        [](const Weight& a, const Weight& b) { return a.hash < b.hash; });
    if (at != story.centroid.end() && at->hash == add.hash)
      at->weight += add.weight;
    else
      story.centroid.insert(at, add);
  }
  while (story.centroid.size() > kCentroidTerms) {
    story.centroid.erase(std::min_element(
        story.centroid.begin(), story.centroid.end(),
        [](const Weight& a, const Weight& b) { return a.weight < b.weight; }));
  }
}

void Stories::remove(std::uint32_t ordinal) {
  const Remembered::Record& record = remembered_[ordinal];
  for (Remembered::PackedTerm term : record.terms())
    --counts()[term_hash(term) % kCounts];
  --articles_;
  auto found = stories_.find(record.story);
  if (found == stories_.end()) {
    --singles_;
  } else if (--found->second.count == 0) {
    stories_.erase(found);
  }
}

std::uint64_t Stories::name(std::uint32_t story) const {
  auto found = stories_.find(story);
  return found == stories_.end() ? remembered_[story].article : found->second.name;
}

std::size_t Stories::bytes() const {
  constexpr std::size_t kNode = sizeof(Story) + 48;
  return table_.bytes() + kCounts * sizeof(std::uint32_t) +
         stories_.size() * (kNode + kCentroidTerms * sizeof(Weight));
}

}  // namespace siftd
