#include "sifters/identify.hpp"

#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <xxhash.h>

#include "sifters/identity.hpp"

namespace siftd {

namespace {

// Chains the hashes of fields, so that they cannot run into one another.
class Hash {
 public:
  void add(std::string_view field) {
    value_ = XXH3_64bits_withSeed(field.data(), field.size(), value_);
  }
  std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0;
};

std::uint64_t item_hash(const Item& item) {
  Hash content;
  content.add(item.url);
  content.add(item.title);
  content.add(item.summary);
  content.add(item.content_html);
  content.add(item.content_text);
  content.add(item.image);
  Hash dates;
  for (const auto& date : {item.published, item.updated}) {
    dates.add(date ? std::to_string(date->time_since_epoch().count()) : std::string());
  }
  return (content.value() >> 32 << 32) | (dates.value() >> 32);
}

// With how many different URLs each guid occurs, and the other way round. What is
// missing is stood for by the title, so that one guid for all items is seen then too.
class Sharing {
 public:
  void count(const Item& item, const std::string& url) {
    if (!item.id.empty()) {
      urls_of_guid_[item.id].insert(url.empty() ? item.title : url);
    }
    if (!url.empty()) {
      guids_of_url_[url].insert(item.id.empty() ? item.title : item.id);
    }
  }
  bool is_own_guid(const std::string& guid) const { return is_own(urls_of_guid_, guid); }
  bool is_own_url(const std::string& url) const { return is_own(guids_of_url_, url); }

 private:
  using Others = std::unordered_map<std::string, std::unordered_set<std::string>>;
  static bool is_own(const Others& others, const std::string& name) {
    const auto found = others.find(name);
    return found != others.end() && found->second.size() == 1;
  }
  Others urls_of_guid_;
  Others guids_of_url_;
};

// Of an item that has only a guid to be known by.
std::uint64_t said_key(std::string_view feed_url, const Item& item) {
  const std::string& said = !item.summary.empty()        ? item.summary
                            : !item.content_text.empty() ? item.content_text
                                                         : item.content_html;
  if (item.title.empty() && said.empty()) {
    return 0;
  }
  const auto& date = item.published ? item.published : item.updated;
  const std::string when =
      date ? std::to_string(date->time_since_epoch().count()) : std::string();
  Hash hash;
  for (const std::string_view field : {feed_url, std::string_view(item.title),
                                       std::string_view(said), std::string_view(when)}) {
    hash.add(field);
  }
  return hash.value() == 0 ? 1 : hash.value();
}

IdentityKeys keys_of(std::string_view feed_url, const Item& item, const std::string& url,
                     const Sharing& sharing) {
  IdentityKeys keys;
  if (sharing.is_own_url(url)) {
    keys.url = url_key(url);
  }
  if (sharing.is_own_guid(item.id)) {
    keys.own = guid_key(feed_url, item.id);
  } else if (keys.url != 0) {
    keys.own = guid_key(feed_url, url);
  } else {
    keys.own = text_key(std::string(feed_url) + '\n' + item.title, item.summary);
  }
  keys.text =
      keys.url == 0 && sharing.is_own_guid(item.id) ? said_key(feed_url, item) : 0;
  return keys;
}

// What several items of a document say alike tells none of them.
void keep_own_text_keys(std::vector<IdentifiedItem>& items) {
  std::unordered_map<std::uint64_t, std::size_t> counts;
  for (const IdentifiedItem& item : items) {
    ++counts[item.keys.text];
  }
  for (IdentifiedItem& item : items) {
    item.keys.text = counts[item.keys.text] == 1 ? item.keys.text : 0;
  }
}

}  // namespace

std::vector<IdentifiedItem> identify(std::string_view feed_url, std::vector<Item> items) {
  Sharing sharing;
  std::vector<std::string> urls;
  urls.reserve(items.size());
  for (const Item& item : items) {
    urls.push_back(item.url.empty() ? std::string() : canonical_url(item.url));
    sharing.count(item, urls.back());
  }
  std::vector<IdentifiedItem> result;
  result.reserve(items.size());
  std::unordered_set<std::uint64_t> taken;
  for (std::size_t i = 0; i < items.size(); ++i) {
    IdentifiedItem known;
    known.keys = keys_of(feed_url, items[i], urls[i], sharing);
    if (!taken.insert(known.keys.own).second) {
      continue;
    }
    known.item_hash = item_hash(items[i]);
    known.item = std::move(items[i]);
    result.push_back(std::move(known));
  }
  keep_own_text_keys(result);
  return result;
}

}  // namespace siftd
