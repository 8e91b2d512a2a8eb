// Each field is looked for in the places that pages use, in the order of how far
// those can be trusted: JSON-LD, OpenGraph, microdata, named meta elements, <time>,
// the URL, the visible text.
#include "parsers/metadata.hpp"

#include <algorithm>
#include <array>

#include "base/limits.hpp"
#include "parsers/chars.hpp"
#include "parsers/date.hpp"
#include "parsers/json_ld.hpp"
#include "parsers/page_title.hpp"
#include "parsers/person_names.hpp"
#include "parsers/url.hpp"

namespace siftd {

namespace {

using Index = HtmlTree::Index;
using Date = std::optional<std::chrono::sys_seconds>;

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> list) {
  return std::any_of(list.begin(), list.end(), [&](std::string_view word) {
    return equals_ignoring_case(text, word);
  });
}

// True when one of the words of a class or rel attribute is, or contains, `part`.
bool names(std::string_view attribute, std::string_view part) {
  return find_ignoring_case(attribute, part) != std::string_view::npos;
}

// What one pass over the page finds, before anything is judged.
struct Findings {
  LinkedData linked;
  std::string og_title, twitter_title, meta_title, title, headline;
  std::string og_site, application_name, twitter_site;
  std::string og_description, description;
  std::string og_image, twitter_image, item_image;
  std::string og_url, canonical, base;
  std::string og_type, og_locale, html_lang, content_language;
  std::string published_og, published_item, published_meta, published_time,
      published_text;
  std::string modified_og, modified_item, modified_meta, modified_time;
  std::string section;
  std::vector<std::string> tags, keywords;
  std::vector<std::string> meta_authors, item_authors, rel_authors, byline_authors;
};

class Scan {
 public:
  Scan(const HtmlTree& tree, Findings& found) : tree_(tree), found_(found) {}

  void run() {
    for (Index i = 1; i < tree_.size(); ++i) {
      visit(i);
    }
  }

 private:
  static void keep(std::string& field, std::string_view value) {
    if (field.empty()) {
      field = collapse_spaces(value.substr(0, limits::kMaxMetaBytes));
    }
  }

  void visit(Index i) {
    const Tag tag = tree_[i].tag;
    switch (tag) {
      case Tag::html:
        keep(found_.html_lang, tree_.attribute(i, Attr::lang));
        break;
      case Tag::title:
        if (tree_[i].depth <= 4) {
          keep(found_.title, tree_.text_below(i));
        }
        break;
      case Tag::meta:
        visit_meta(i);
        break;
      case Tag::link:
        visit_link(i);
        break;
      case Tag::base:
        keep(found_.base, tree_.attribute(i, Attr::href));
        break;
      case Tag::script:
        if (names(tree_.attribute(i, Attr::type), "ld+json")) {
          read_json_ld(tree_.text_below(i), found_.linked);
        }
        break;
      case Tag::h1:
        visit_headline(i);
        break;
      case Tag::text:
        break;
      default:
        visit_element(i);
    }
  }

  // The first h1 that is no logo: the text of the page's own headline.
  void visit_headline(Index i) {
    const std::string text = collapse_spaces(tree_.text_below(i));
    if (text.size() > found_.headline.size() && found_.headline.size() < 12) {
      found_.headline = text;
    }
    visit_element(i);
  }

  void visit_link(Index i) {
    const std::string_view rel = tree_.attribute(i, Attr::rel);
    if (equals_ignoring_case(rel, "canonical")) {
      keep(found_.canonical, tree_.attribute(i, Attr::href));
    }
    visit_item(i);
  }

  void visit_meta(Index i) {
    std::string_view name = tree_.attribute(i, Attr::property);
    if (name.empty()) {
      name = tree_.attribute(i, Attr::name);
    }
    const std::string_view value = trim(tree_.attribute(i, Attr::content));
    if (!name.empty() && !value.empty()) {
      // Several names may stand in one attribute.
      const std::string lower = to_ascii_lower(name.substr(0, 200));
      std::size_t at = 0;
      while (at < lower.size()) {
        const std::size_t end = std::min(lower.find(' ', at), lower.size());
        take_meta(std::string_view(lower).substr(at, end - at), value);
        at = end + 1;
      }
    }
    visit_item(i);
  }

  void take_meta(std::string_view name, std::string_view value) {
    struct Field {
      std::string_view name;
      std::string Findings::*field;
    };
    static constexpr Field kFields[] = {
        {"og:title", &Findings::og_title},
        {"twitter:title", &Findings::twitter_title},
        {"title", &Findings::meta_title},
        {"dc.title", &Findings::meta_title},
        {"dcterms.title", &Findings::meta_title},
        {"dc:title", &Findings::meta_title},
        {"citation_title", &Findings::meta_title},
        {"parsely-title", &Findings::meta_title},
        {"sailthru.title", &Findings::meta_title},
        {"og:site_name", &Findings::og_site},
        {"application-name", &Findings::application_name},
        {"twitter:site", &Findings::twitter_site},
        {"og:description", &Findings::og_description},
        {"description", &Findings::description},
        {"twitter:description", &Findings::description},
        {"dc.description", &Findings::description},
        {"og:image", &Findings::og_image},
        {"og:image:url", &Findings::og_image},
        {"og:image:secure_url", &Findings::og_image},
        {"twitter:image", &Findings::twitter_image},
        {"twitter:image:src", &Findings::twitter_image},
        {"og:url", &Findings::og_url},
        {"og:type", &Findings::og_type},
        {"og:locale", &Findings::og_locale},
        {"content-language", &Findings::content_language},
        {"dc.language", &Findings::content_language},
        {"language", &Findings::content_language},
        {"article:published_time", &Findings::published_og},
        {"og:article:published_time", &Findings::published_og},
        {"og:published_time", &Findings::published_og},
        {"og:pubdate", &Findings::published_og},
        {"article:published", &Findings::published_og},
        {"article:modified_time", &Findings::modified_og},
        {"og:updated_time", &Findings::modified_og},
        {"og:modified_time", &Findings::modified_og},
        {"parsely-pub-date", &Findings::published_meta},
        {"sailthru.date", &Findings::published_meta},
        {"pubdate", &Findings::published_meta},
        {"publishdate", &Findings::published_meta},
        {"publish-date", &Findings::published_meta},
        {"publish_date", &Findings::published_meta},
        {"publication_date", &Findings::published_meta},
        {"publication-date", &Findings::published_meta},
        {"publicationdate", &Findings::published_meta},
        {"published_date", &Findings::published_meta},
        {"article_date_original", &Findings::published_meta},
        {"article.published", &Findings::published_meta},
        {"article.created", &Findings::published_meta},
        {"originalpublicationdate", &Findings::published_meta},
        {"original-publish-date", &Findings::published_meta},
        {"displaydate", &Findings::published_meta},
        {"ptime", &Findings::published_meta},
        {"pdate", &Findings::published_meta},
        {"date", &Findings::published_meta},
        {"dc.date", &Findings::published_meta},
        {"dc.date.issued", &Findings::published_meta},
        {"dc.date.created", &Findings::published_meta},
        {"dcterms.created", &Findings::published_meta},
        {"dcterms.issued", &Findings::published_meta},
        {"dcterms.date", &Findings::published_meta},
        {"dcterms.available", &Findings::published_meta},
        {"citation_publication_date", &Findings::published_meta},
        {"citation_date", &Findings::published_meta},
        {"cxenseparse:recs:publishtime", &Findings::published_meta},
        {"cxenseparse:publishtime", &Findings::published_meta},
        {"rnews:datepublished", &Findings::published_meta},
        {"created", &Findings::published_meta},
        {"lastmod", &Findings::modified_meta},
        {"last-modified", &Findings::modified_meta},
        {"dc.date.modified", &Findings::modified_meta},
        {"dcterms.modified", &Findings::modified_meta},
        {"article:section", &Findings::section},
        {"parsely-section", &Findings::section},
    };
    for (const Field& field : kFields) {
      if (field.name == name) {
        keep(found_.*field.field, value);
        return;
      }
    }
    take_lists(name, value);
  }

  void take_lists(std::string_view name, std::string_view value) {
    if (is_one_of(name, {"author",
                         "article:author",
                         "parsely-author",
                         "sailthru.author",
                         "dc.creator",
                         "dc:creator",
                         "dcterms.creator",
                         "byl",
                         "citation_author",
                         "article.author",
                         "og:article:author",
                         "creator",
                         "dc.contributor",
                         "cxenseparse:author",
                         "authors",
                         "article:author_name",
                         "dcterms.creator",
                         "og:author",
                         "rbauthors",
                         "weibo:article:creator"})) {
      if (found_.meta_authors.size() < limits::kMaxAuthors) {
        found_.meta_authors.emplace_back(value.substr(0, limits::kMaxMetaBytes));
      }
    } else if (name == "article:tag" || name == "og:article:tag") {
      add_tag(found_.tags, value);
    } else if (is_one_of(name, {"keywords", "news_keywords", "parsely-tags",
                                "sailthru.tags"})) {
      add_list(value);
    }
  }

  static void add_tag(std::vector<std::string>& tags, std::string_view value) {
    const std::string tag = collapse_spaces(value.substr(0, 200));
    if (!tag.empty() && tags.size() < limits::kMaxTags &&
        std::find(tags.begin(), tags.end(), tag) == tags.end()) {
      tags.push_back(tag);
    }
  }

  void add_list(std::string_view list) {
    std::size_t at = 0;
    while (at < list.size()) {
      const std::size_t comma = std::min(list.find(',', at), list.size());
      add_tag(found_.keywords, trim(list.substr(at, comma - at)));
      at = comma + 1;
    }
  }

  // Microdata: a value in content, datetime or the element's text.
  void visit_item(Index i) {
    const std::string_view property = tree_.attribute(i, Attr::itemprop);
    if (property.empty()) {
      return;
    }
    if (names(property, "datePublished")) {
      keep(found_.published_item, item_value(i));
    } else if (names(property, "dateModified")) {
      keep(found_.modified_item, item_value(i));
    } else if (property == "image") {
      keep(found_.item_image,
           first_of(tree_.attribute(i, Attr::src), tree_.attribute(i, Attr::href),
                    tree_.attribute(i, Attr::content)));
    } else if (names(property, "author") && !names(property, "authority")) {
      add_author(found_.item_authors, item_author(i));
    }
  }

  static std::string_view first_of(std::string_view a, std::string_view b,
                                   std::string_view c) {
    return !a.empty() ? a : !b.empty() ? b : c;
  }

  std::string item_value(Index i) const {
    const std::string_view value = first_of(tree_.attribute(i, Attr::datetime),
                                            tree_.attribute(i, Attr::content), "");
    return value.empty() ? tree_.text_below(i).substr(0, 200) : std::string(value);
  }

  // The name inside an author item, where it is marked, else all of its text.
  std::string item_author(Index i) const {
    for (Index k = i + 1; k < tree_[i].end; ++k) {
      if (names(tree_.attribute(k, Attr::itemprop), "name")) {
        return item_value(k);
      }
    }
    return item_value(i);
  }

  static void add_author(std::vector<std::string>& authors, std::string_view text) {
    const std::string name = collapse_spaces(text.substr(0, limits::kMaxMetaBytes));
    if (!name.empty() && authors.size() < limits::kMaxAuthors) {
      authors.push_back(name);
    }
  }

  void visit_element(Index i) {
    if (tree_[i].attributes == 0) {
      return;
    }
    visit_item(i);
    if (tree_[i].tag == Tag::time) {
      visit_time(i);
    }
    const std::string_view rel = tree_.attribute(i, Attr::rel);
    if (tree_[i].tag == Tag::a &&
        (names(rel, "author") || names(tree_.attribute(i, Attr::href), "/author/") ||
         names(tree_.attribute(i, Attr::href), "/autor/"))) {
      add_author(found_.rel_authors, tree_.text_below(i));
    }
    visit_byline(i);
  }

  void visit_time(Index i) {
    const std::string value = item_value(i);
    const std::string_view names_of = first_of(tree_.attribute(i, Attr::class_),
                                               tree_.attribute(i, Attr::itemprop), "");
    if (names(names_of, "updat") || names(names_of, "modif")) {
      keep(found_.modified_time, value);
    } else if (tree_.attribute(i, Attr::datetime).empty()) {
      keep(found_.published_text, value);
    } else {
      keep(found_.published_time, value);
    }
  }

  // Elements that call themselves byline or author, and dates near them.
  void visit_byline(Index i) {
    const std::string_view classes = tree_.attribute(i, Attr::class_);
    const std::string_view id = tree_.attribute(i, Attr::id);
    if (classes.empty() && id.empty()) {
      return;
    }
    const bool is_author = is_author_name(classes) || is_author_name(id);
    const bool is_date = names(classes, "date") || names(classes, "publish") ||
                         names(classes, "time") || names(id, "date");
    if (!is_author && !is_date) {
      return;
    }
    const std::string text = collapse_spaces(text_until(i, 300));
    if (is_author && text.size() < 200) {
      add_author(found_.byline_authors, text);
    }
    if (is_date && text.size() < 80 && found_.published_text.empty() &&
        parse_date(text)) {
      found_.published_text = text;
    }
  }

  static bool is_author_name(std::string_view attribute) {
    return (names(attribute, "byline") || names(attribute, "author") ||
            names(attribute, "autor")) &&
           !names(attribute, "authority") && !names(attribute, "authorization") &&
           !names(attribute, "comment") && !names(attribute, "bio") &&
           !names(attribute, "image");
  }

  std::string text_until(Index i, std::size_t bytes) const {
    std::string all;
    for (Index k = i; k < tree_[i].end && all.size() < bytes; ++k) {
      if (tree_[k].tag == Tag::text) {
        all += tree_.text(k);
        all += ' ';
      }
    }
    return all;
  }

  const HtmlTree& tree_;
  Findings& found_;
};

const std::string& first_filled(std::initializer_list<const std::string*> fields) {
  static const std::string kNone;
  for (const std::string* field : fields) {
    if (!field->empty()) {
      return *field;
    }
  }
  return kNone;
}

// "+05:30" at the end of a date: minutes east of UTC.
int offset_of(std::string_view date) {
  const std::size_t sign = date.find_last_of("+-");
  if (sign == std::string_view::npos || sign < 16) {
    return 0;
  }
  std::string digits;
  for (const char c : date.substr(sign + 1)) {
    if (is_ascii_digit(c)) {
      digits.push_back(c);
    } else if (c != ':') {
      return 0;
    }
  }
  if (digits.size() != 4) {
    return 0;
  }
  const int minutes = ((digits[0] - '0') * 10 + digits[1] - '0') * 60 +
                      (digits[2] - '0') * 10 + digits[3] - '0';
  return minutes > 14 * 60 ? 0 : date[sign] == '-' ? -minutes : minutes;
}

Date first_date(std::initializer_list<const std::string*> fields, int* offset = nullptr) {
  for (const std::string* field : fields) {
    if (!field->empty()) {
      if (const Date date = parse_date(*field)) {
        if (offset != nullptr) {
          *offset = offset_of(*field);
        }
        return date;
      }
    }
  }
  return std::nullopt;
}

bool is_date_part(char c) {
  return is_ascii_alnum(c) || static_cast<unsigned char>(c) >= 0x80;
}

// /2022/01/08/ in a path, or -2022-01-08; a month alone is no date.
Date date_in_url(std::string_view url) {
  for (std::size_t i = 0; i + 10 < url.size(); ++i) {
    const char mark = url[i + 5];
    if ((url[i] != '/' && url[i] != '-') || url[i + 1] != '2' ||
        (mark != '/' && mark != '-') || url[i + 8] != mark) {
      continue;
    }
    std::string text(url.substr(i + 1, 10));
    text[4] = text[7] = '-';
    const bool ends = i + 11 == url.size() || !is_ascii_digit(url[i + 11]);
    if (ends && std::count_if(text.begin(), text.end(), is_ascii_digit) == 8) {
      return parse_date(text);
    }
  }
  return std::nullopt;
}

void add_names(std::string_view byline, std::string_view url,
               const std::vector<std::string>& sites, std::vector<Author>& authors) {
  for (std::string& name : person_names(byline)) {
    const bool is_site = std::any_of(
        sites.begin(), sites.end(),
        [&](const std::string& site) { return equals_ignoring_case(site, name); });
    const bool is_known = std::any_of(
        authors.begin(), authors.end(),
        [&](const Author& author) { return equals_ignoring_case(author.name, name); });
    if (!is_site && !is_known && authors.size() < limits::kMaxAuthors) {
      authors.push_back({std::move(name), std::string(url), ""});
    }
  }
}

std::vector<Author> authors_of(const Findings& found,
                               const std::vector<std::string>& sites,
                               std::string_view base) {
  std::vector<Author> authors;
  for (const Author& author : found.linked.authors) {
    add_names(author.name, resolve_url(base, author.url), sites, authors);
  }
  for (const auto* list : {&found.meta_authors, &found.item_authors, &found.rel_authors,
                           &found.byline_authors}) {
    if (!authors.empty()) {
      break;
    }
    for (const std::string& byline : *list) {
      add_names(byline, "", sites, authors);
    }
  }
  // No person anywhere: the agency or paper that the page names.
  for (const Author& author : found.linked.authors) {
    const std::string name = collapse_spaces(author.name);
    if (authors.empty() && name.size() >= 3 && name.size() <= 60 && is_credit(name)) {
      authors.push_back({name, resolve_url(base, author.url), ""});
    }
  }
  return authors;
}

std::string host_of(std::string_view url) {
  const auto parts = split_url(url);
  return parts ? std::string(parts->host) : std::string();
}

// How many of the words of `text` stand in `other`, as a share.
double shared_words(std::string_view text, std::string_view other) {
  const std::string all = " " + to_ascii_lower(other) + " ";
  std::size_t words = 0;
  std::size_t shared = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    if (end - at > 3) {
      ++words;
      shared += all.find(to_ascii_lower(text.substr(at, end - at))) != std::string::npos
                    ? 1
                    : 0;
    }
    at = end + 1;
  }
  return words == 0 ? 0 : static_cast<double>(shared) / static_cast<double>(words);
}

// What readers see above the text is the title, when what the page says elsewhere (for
// search engines and networks) agrees that it is about the same.
std::string title_of(const Findings& found, const std::vector<std::string>& sites,
                     std::string_view host) {
  const std::string raw = resolve_references(
      first_filled({&found.linked.headline, &found.og_title, &found.twitter_title,
                    &found.title, &found.meta_title, &found.headline}));
  std::string title = article_title(raw, found.headline, sites, host);
  if (found.headline.size() >= 15 && found.headline.size() < 300 &&
      shared_words(found.headline, raw + " " + found.og_title + " " + found.title) >=
          0.3) {
    title = article_title(found.headline, "", sites, host);
  }
  return title;
}

std::string language_of(const Findings& found) {
  std::string language = first_filled({&found.html_lang, &found.linked.language,
                                       &found.og_locale, &found.content_language});
  std::replace(language.begin(), language.end(), '_', '-');
  language = language.substr(0, language.find_first_of(", ;"));
  const bool is_tag = language.size() >= 2 && language.size() <= 35 &&
                      std::all_of(language.begin(), language.end(),
                                  [](char c) { return is_ascii_alnum(c) || c == '-'; }) &&
                      (language.size() <= 3 || language.find('-') != std::string::npos);
  return is_tag ? language : std::string();
}

}  // namespace

std::optional<std::chrono::sys_seconds> date_within(std::string_view text) {
  text = text.substr(0, 300);
  if (const Date whole = parse_date(text)) {
    return whole;
  }
  // Up to three words that begin with a digit or a letter: "8 January 2022",
  // "January 8, 2022", "22.04.2024".
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!is_date_part(text[at]) || (at > 0 && is_date_part(text[at - 1]))) {
      continue;
    }
    std::size_t end = at;
    for (int words = 0; words < 4 && end < text.size(); ++words) {
      end = std::min(text.find(' ', end + 1), text.size());
      const std::string_view part = text.substr(at, end - at);
      const auto digits = std::count_if(part.begin(), part.end(), is_ascii_digit);
      if (digits >= 5 && digits <= 8) {
        const std::size_t stop = part.find_last_not_of(" ,;|)");
        if (const Date date = parse_date(part.substr(0, stop + 1))) {
          return date;
        }
      }
    }
  }
  return std::nullopt;
}

PageMetadata read_metadata(const HtmlTree& tree, std::string_view url) {
  Findings found;
  Scan(tree, found).run();
  const std::string base =
      found.base.empty() ? std::string(url) : resolve_url(url, found.base);
  PageMetadata metadata;
  metadata.canonical_url = resolve_url(
      base, first_filled({&found.canonical, &found.og_url, &found.linked.url}));
  const std::string host =
      host_of(url.empty() ? std::string_view(metadata.canonical_url) : url);
  metadata.site_name = resolve_references(
      first_filled({&found.og_site, &found.linked.site_name, &found.linked.publisher,
                    &found.application_name}));
  const std::vector<std::string> sites = {metadata.site_name, found.linked.publisher,
                                          found.linked.site_name, found.application_name,
                                          found.twitter_site};
  metadata.title = title_of(found, sites, host);
  metadata.authors = authors_of(found, sites, base);
  metadata.published =
      first_date({&found.linked.published, &found.published_og, &found.published_item,
                  &found.published_meta, &found.published_time},
                 &metadata.published_offset);
  if (!metadata.published) {
    metadata.published =
        date_in_url(url.empty() ? std::string_view(metadata.canonical_url) : url);
  }
  if (!metadata.published) {
    metadata.published = date_within(found.published_text);
  }
  metadata.modified =
      first_date({&found.linked.modified, &found.modified_og, &found.modified_item,
                  &found.modified_meta, &found.modified_time});
  if (!metadata.published) {
    metadata.published = metadata.modified;
  }
  metadata.language = language_of(found);
  const std::string image = first_filled(
      {&found.linked.image, &found.og_image, &found.item_image, &found.twitter_image});
  // An empty reference resolves to the page itself.
  metadata.image = image.empty() ? "" : resolve_url(base, image);
  metadata.section =
      resolve_references(first_filled({&found.linked.section, &found.section}));
  metadata.summary = resolve_references(first_filled(
      {&found.linked.description, &found.og_description, &found.description}));
  metadata.tags = !found.linked.keywords.empty() ? found.linked.keywords
                  : !found.tags.empty()          ? found.tags
                                                 : found.keywords;
  metadata.article_body = std::move(found.linked.article_body);
  metadata.type = found.linked.has_article() ? found.linked.type : found.og_type;
  metadata.is_free = found.linked.is_free;
  return metadata;
}

}  // namespace siftd
