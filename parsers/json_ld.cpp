#include "parsers/json_ld.hpp"

#include <algorithm>
#include <rapidjson/document.h>
#include <unordered_map>

#include "base/limits.hpp"
#include "parsers/chars.hpp"
#include "parsers/html.hpp"

namespace siftd {

namespace {

using Value = rapidjson::Value;

constexpr std::string_view kArticleTypes[] = {"NewsArticle",
                                              "Article",
                                              "BlogPosting",
                                              "ReportageNewsArticle",
                                              "OpinionNewsArticle",
                                              "AnalysisNewsArticle",
                                              "ReviewNewsArticle",
                                              "BackgroundNewsArticle",
                                              "AskPublicNewsArticle",
                                              "LiveBlogPosting",
                                              "TechArticle",
                                              "ScholarlyArticle",
                                              "Report",
                                              "SocialMediaPosting",
                                              "DiscussionForumPosting",
                                              "AdvertiserContentArticle",
                                              "SatiricalArticle",
                                              "Blog",
                                              "MedicalScholarlyArticle",
                                              "Recipe",
                                              "Review",
                                              "HowTo",
                                              "NewsItem"};

// Sites that describe the page only; what they say is taken where no article does.
constexpr std::string_view kPageTypes[] = {"WebPage",   "ItemPage", "MedicalWebPage",
                                           "AboutPage", "QAPage",   "FAQPage"};

std::string text_of(const Value& value) {
  return value.IsString()
             ? resolve_references({value.GetString(), value.GetStringLength()})
             : std::string();
}

const Value* member(const Value& object, const char* key) {
  const auto found = object.FindMember(key);
  return found == object.MemberEnd() ? nullptr : &found->value;
}

std::string text_member(const Value& object, const char* key) {
  const Value* value = member(object, key);
  if (value != nullptr && value->IsArray() && !value->Empty()) {
    value = &(*value)[0];
  }
  return value == nullptr ? std::string() : text_of(*value);
}

// Calls `use` for the value, or for each of its elements.
template <class Use>
void each(const Value* value, Use use) {
  if (value == nullptr) {
    return;
  }
  if (!value->IsArray()) {
    use(*value);
    return;
  }
  for (const Value& element : value->GetArray()) {
    use(element);
  }
}

std::string type_name(const Value& type) {
  std::string name = text_of(type);
  const std::size_t slash = name.find_last_of("/:");
  return slash == std::string::npos ? name : name.substr(slash + 1);
}

class Reader {
 public:
  explicit Reader(LinkedData& data) : data_(data) {}

  void read(const Value& root) {
    collect(root);
    const Value* best = nullptr;
    int best_rank = 0;
    for (const Value* object : objects_) {
      const int rank = rank_of(*object);
      if (rank > best_rank) {
        best = object;
        best_rank = rank;
      }
    }
    if (best != nullptr) {
      take(*best, best_rank >= kArticleRank);
    }
    for (const Value* object : objects_) {
      note_site(*object);
    }
  }

 private:
  // All objects that stand at the top or under the keys that lead to the page's
  // subject; never those of lists, comments or parts.
  void collect(const Value& root) {
    std::vector<const Value*> open{&root};
    while (!open.empty() && objects_.size() < limits::kMaxJsonLdObjects) {
      const Value& value = *open.back();
      open.pop_back();
      if (value.IsArray()) {
        for (rapidjson::SizeType i = value.Size(); i-- > 0;) {
          open.push_back(&value[i]);
        }
      } else if (value.IsObject()) {
        objects_.push_back(&value);
        if (const Value* id = member(value, "@id"); id != nullptr && id->IsString()) {
          by_id_.emplace(text_of(*id), &value);
        }
        for (const char* key : {"@graph", "mainEntity", "mainEntityOfPage"}) {
          if (const Value* inner = member(value, key); inner != nullptr) {
            open.push_back(inner);
          }
        }
      }
    }
  }

  // 0: of no use. Articles before pages; among them those that name their text.
  int rank_of(const Value& object) {
    int rank = 0;
    each(member(object, "@type"), [&](const Value& type) {
      const std::string name = type_name(type);
      data_.types.push_back(name);
      if (std::find(std::begin(kArticleTypes), std::end(kArticleTypes), name) !=
          std::end(kArticleTypes)) {
        rank = kArticleRank;
      } else if (std::find(std::begin(kPageTypes), std::end(kPageTypes), name) !=
                 std::end(kPageTypes)) {
        rank = std::max(rank, kPageRank);
      }
    });
    if (rank == 0) {
      return 0;
    }
    return rank + (member(object, "articleBody") != nullptr ? 2 : 0) +
           (member(object, "headline") != nullptr ? 1 : 0);
  }

  static constexpr int kPageRank = 4;
  static constexpr int kArticleRank = 12;

  static void fill(std::string& field, std::string value) {
    if (field.empty()) {
      field = std::move(value);
    }
  }

  void take(const Value& object, bool is_article) {
    if (is_article) {
      each(member(object, "@type"),
           [&](const Value& type) { fill(data_.type, type_name(type)); });
      std::string body = text_member(object, "articleBody");
      if (body.size() > data_.article_body.size()) {
        data_.article_body = std::move(body);
      }
    }
    fill(data_.headline, text_member(object, "headline"));
    fill(data_.headline, text_member(object, "name"));
    fill(data_.description, text_member(object, "description"));
    fill(data_.section, text_member(object, "articleSection"));
    fill(data_.language, text_member(object, "inLanguage"));
    fill(data_.url, text_member(object, "url"));
    fill(data_.published, text_member(object, "datePublished"));
    fill(data_.published, text_member(object, "dateCreated"));
    fill(data_.modified, text_member(object, "dateModified"));
    take_image(member(object, "image"));
    take_people(object);
    take_keywords(member(object, "keywords"));
    if (const Value* free = member(object, "isAccessibleForFree"); free != nullptr) {
      const std::string word = to_ascii_lower(text_of(*free));
      data_.is_free = free->IsBool() ? free->GetBool() : word != "false";
    }
  }

  void take_people(const Value& object) {
    if (data_.authors.empty()) {
      each(member(object, "author"), [&](const Value& author) { take_author(author); });
    }
    if (data_.authors.empty()) {
      each(member(object, "creator"), [&](const Value& author) { take_author(author); });
    }
    each(member(object, "publisher"), [&](const Value& publisher) {
      if (const Value* named = resolve(publisher); named != nullptr) {
        fill(data_.publisher, text_member(*named, "name"));
      }
    });
  }

  // An object, or the one that its @id stands for.
  const Value* resolve(const Value& value) {
    if (!value.IsObject()) {
      return nullptr;
    }
    if (member(value, "name") == nullptr) {
      if (const Value* id = member(value, "@id"); id != nullptr && id->IsString()) {
        const auto found = by_id_.find(text_of(*id));
        return found == by_id_.end() ? &value : found->second;
      }
    }
    return &value;
  }

  void take_author(const Value& value) {
    if (data_.authors.size() >= limits::kMaxAuthors) {
      return;
    }
    if (value.IsString()) {
      data_.authors.push_back({text_of(value), "", ""});
      return;
    }
    const Value* author = resolve(value);
    if (author == nullptr) {
      return;
    }
    // Some put a list of names into one person.
    each(member(*author, "name"), [&](const Value& name) {
      if (data_.authors.size() < limits::kMaxAuthors && name.IsString()) {
        data_.authors.push_back({text_of(name), text_member(*author, "url"), ""});
      }
    });
  }

  void take_image(const Value* value) {
    each(value, [&](const Value& image) {
      if (image.IsString()) {
        fill(data_.image, text_of(image));
      } else if (const Value* object = resolve(image); object != nullptr) {
        fill(data_.image, text_member(*object, "url"));
        fill(data_.image, text_member(*object, "contentUrl"));
      }
    });
  }

  void take_keywords(const Value* value) {
    if (!data_.keywords.empty()) {
      return;
    }
    each(value, [&](const Value& keyword) {
      const std::string text = text_of(keyword);
      for (std::size_t at = 0;
           at < text.size() && data_.keywords.size() < limits::kMaxTags;) {
        const std::size_t comma = std::min(text.find(',', at), text.size());
        const std::string_view one = trim(std::string_view(text).substr(at, comma - at));
        if (!one.empty()) {
          data_.keywords.emplace_back(one);
        }
        at = comma + 1;
      }
    });
  }

  void note_site(const Value& object) {
    each(member(object, "@type"), [&](const Value& type) {
      if (type_name(type) == "WebSite") {
        fill(data_.site_name, text_member(object, "name"));
      }
    });
  }

  LinkedData& data_;
  std::vector<const Value*> objects_;
  std::unordered_map<std::string, const Value*> by_id_;
};

}  // namespace

void read_json_ld(std::string_view script, LinkedData& data) {
  constexpr std::string_view kMark = "<![CDATA[";
  if (const std::size_t mark = script.find(kMark); mark < 20) {
    script.remove_prefix(mark + kMark.size());
  }
  const std::size_t start = script.find_first_of("{[");
  if (start == std::string_view::npos || script.size() > limits::kMaxJsonLdBytes) {
    return;
  }
  std::string json(script.substr(start));
  json.resize(json.find_last_of("}]") == std::string::npos ? 0
                                                           : json.find_last_of("}]") + 1);
  for (char& c : json) {
    c = static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  rapidjson::Document document;
  constexpr unsigned kForgiving =
      rapidjson::kParseIterativeFlag | rapidjson::kParseCommentsFlag |
      rapidjson::kParseTrailingCommasFlag | rapidjson::kParseNanAndInfFlag |
      rapidjson::kParseStopWhenDoneFlag;
  document.Parse<kForgiving>(json.data(), json.size());
  if (!document.HasParseError()) {
    Reader(data).read(document);
  }
}

std::string resolve_references(std::string_view text) {
  if (text.find('&') == std::string_view::npos) {
    return std::string(text);
  }
  const bool has_tags = text.find('<') != std::string_view::npos;
  if (has_tags) {
    return std::string(text);  // HTML: whoever reads it as such resolves them
  }
  return parse_html(text).text_below(0);
}

}  // namespace siftd
