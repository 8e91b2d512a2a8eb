#include "sifters/site_memory.hpp"

#include <algorithm>
#include <utility>

#include "base/limits.hpp"
#include "sifters/site_lines.hpp"

namespace siftd {

namespace {
// Articles whose first sightings may be lost by a crash: they cost a write
// each. The first of a process is written at once, so that many short runs
// learn too; in a burst of articles it is every eighth.
constexpr unsigned kUnsavedArticles = 8;

bool is_due(const SiteLines& lines) {
  return lines.is_urgent() ||
         lines.unsaved() >= std::min(kUnsavedArticles, 1 + lines.saves());
}
}  // namespace

struct SiteMemory::Site {
  std::string name;
  SiteLines lines;
};

SiteMemory::SiteMemory(Load load) : load_(std::move(load)) {}
SiteMemory::~SiteMemory() = default;

std::size_t SiteMemory::size() const {
  return sites_.size();
}

Cleaned SiteMemory::apply(std::string_view site, std::uint64_t article, Cleaned cleaned,
                          const Rules& rules) {
  if (site.empty() || cleaned.text.empty()) {
    return cleaned;
  }
  Site& known = find(site);
  const bool was_due = is_due(known.lines);
  Cleaned out = known.lines.apply(article, std::move(cleaned), rules);
  if (!was_due && is_due(known.lines)) {
    due_.push_back(known.name);
  }
  return out;
}

SiteMemory::Site& SiteMemory::find(std::string_view name) {
  const auto known = index_.find(name);
  if (known != index_.end()) {
    sites_.splice(sites_.begin(), sites_, known->second);
    return sites_.front();
  }
  make_room();
  sites_.push_front({std::string(name), {}});
  Site& site = sites_.front();
  index_.emplace(site.name, sites_.begin());
  for (auto evicted = evicted_.rbegin(); evicted != evicted_.rend(); ++evicted) {
    if (evicted->site == name) {  // not yet saved
      site.lines.decode(evicted->blob);
      return site;
    }
  }
  if (load_) {
    if (const auto blob = load_(name)) {
      site.lines.decode(*blob);
    }
  }
  return site;
}

void SiteMemory::make_room() {
  if (sites_.size() < limits::kMaxSitesInMemory) {
    return;
  }
  Site& oldest = sites_.back();
  if (oldest.lines.unsaved() != 0) {
    evicted_.push_back({oldest.name, oldest.lines.encode()});
  }
  index_.erase(oldest.name);
  sites_.pop_back();
}

std::vector<SiteMemory::Saved> SiteMemory::take_changed(bool all) {
  std::vector<SiteMemory::Saved> changed = std::exchange(evicted_, {});
  const auto save = [&](Site& site) {
    if (site.lines.unsaved() != 0) {
      changed.push_back({site.name, site.lines.encode()});
      site.lines.saved();
    }
  };
  for (const std::string& name : std::exchange(due_, {})) {
    const auto site = index_.find(name);
    if (site != index_.end()) {
      save(*site->second);
    }
  }
  if (all) {
    std::for_each(sites_.begin(), sites_.end(), save);
  }
  return changed;
}

}  // namespace siftd
