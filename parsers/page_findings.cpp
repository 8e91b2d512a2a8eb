#include "parsers/page_findings.hpp"

#include <algorithm>
#include <initializer_list>
#include <optional>

#include "base/limits.hpp"
#include "parsers/chars.hpp"
#include "parsers/date.hpp"
#include "parsers/page_dates.hpp"
#include "parsers/page_names.hpp"
#include "parsers/person_names.hpp"

namespace siftd {

namespace {

using Index = HtmlTree::Index;

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> list) {
  return std::any_of(list.begin(), list.end(), [&](std::string_view word) {
    return equals_ignoring_case(text, word);
  });
}

// True when one of the words of a class or rel attribute is, or contains, `part`.
bool names(std::string_view attribute, std::string_view part) {
  return find_ignoring_case(attribute, part) != std::string_view::npos;
}

class Scan {
 public:
  Scan(const HtmlTree& tree, Findings& found)
      : tree_(tree), found_(found), known_(tree.class_values() + std::size_t{1}) {}

  void run() {
    for (Index i = 1; i < tree_.size(); ++i) {
      visit(i);
    }
    if (found_.headings.empty()) {
      found_.headings = std::move(logos_);
    }
    if (found_.meta_authors.empty() && !card_author_.empty()) {
      found_.meta_authors.emplace_back(card_author_.substr(0, limits::kMaxMetaBytes));
    }
    found_.item_authors = beside_the_first(items_);
    found_.rel_authors = beside_the_first(links_);
    found_.byline_authors = beside_the_first(bylines_);
    found_.headline_authors = below_headline(bylines_);
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

  // An h1 that is nothing but a link to the front page is the site's logo.
  void visit_headline(Index i) {
    if (found_.headings.size() + logos_.size() < kMaxHeadings) {
      std::string text = collapse_spaces(text_within(i, limits::kMaxMetaBytes));
      if (!text.empty()) {
        (leads_home(i) ? logos_ : found_.headings).push_back(std::move(text));
        headline_at_ = headline_at_ == 0 ? i : headline_at_;
      }
    }
    visit_element(i);
  }

  bool leads_home(Index i) const {
    constexpr Index kNear = 50;  // nodes
    for (Index k = i + 1; k < std::min(tree_[i].end, i + kNear); ++k) {
      if (tree_[k].tag == Tag::a) {
        const std::string_view href = trim(tree_.attribute(k, Attr::href));
        const std::size_t host = href.find("://");
        const std::size_t path = host == href.npos ? 0 : href.find('/', host + 3);
        return !href.empty() && href[0] != '#' &&
               (path == href.npos || href.substr(path) == "/");
      }
    }
    return false;
  }

  void visit_link(Index i) {
    const std::string_view rel = tree_.attribute(i, Attr::rel);
    if (equals_ignoring_case(rel, "canonical")) {
      keep(found_.canonical, tree_.attribute(i, Attr::href));
    }
    visit_item(i, tree_.attribute(i, Attr::itemprop));
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
    visit_item(i, tree_.attribute(i, Attr::itemprop));
  }

  void take_meta(std::string_view name, std::string_view value) {
    if (const auto field = field_of_meta(name); field != nullptr) {
      keep(found_.*field, value);
    } else {
      take_lists(name, value);
    }
  }

  void take_lists(std::string_view name, std::string_view value) {
    if (name == "twitter:label1" || name == "twitter:label2") {
      label_ = value;
    } else if (name == "twitter:data1" || name == "twitter:data2") {
      card_author_ = says_author(label_) ? value : card_author_;
      label_ = {};
    } else if (names_author(name)) {
      if (found_.meta_authors.size() < limits::kMaxAuthors) {
        value = value.substr(0, limits::kMaxMetaBytes);
        found_.meta_authors.push_back(
            has_family_name_first(name) ? in_speaking_order(value) : std::string(value));
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
  void visit_item(Index i, std::string_view property) {
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
      add_author(items_, i, item_author(i));
    }
  }

  static std::string_view first_of(std::string_view a, std::string_view b,
                                   std::string_view c) {
    return !a.empty() ? a : !b.empty() ? b : c;
  }

  std::string item_value(Index i) const {
    const std::string_view value = first_of(tree_.attribute(i, Attr::datetime),
                                            tree_.attribute(i, Attr::content), "");
    return value.empty() ? text_within(i, 200) : std::string(value);
  }

  // The name inside an author item, where it is marked, else all of its text.
  std::string item_author(Index i) const {
    constexpr Index kNear = 200;  // nodes
    for (Index k = i + 1; k < std::min(tree_[i].end, i + kNear); ++k) {
      if (names(tree_.attribute(k, Attr::itemprop), "name")) {
        return item_value(k);
      }
    }
    return item_value(i);
  }

  struct Byline {
    Index at = 0;
    std::string text;
  };

  static void add_author(std::vector<Byline>& authors, Index i, std::string_view text) {
    std::string name = collapse_spaces(text.substr(0, limits::kMaxMetaBytes));
    if (!name.empty() && authors.size() < kMaxBylines) {
      authors.push_back({i, std::move(name)});
    }
  }

  // The article's authors stand together; those of teasers and of the site's other
  // columns stand elsewhere. The first that names a person below the headline decides
  // where, else the first of all.
  std::vector<std::string> beside_the_first(const std::vector<Byline>& bylines) const {
    const auto names_person = [](const Byline& byline) {
      return !person_names(byline.text).empty();
    };
    auto first = std::find_if(bylines.begin(), bylines.end(), [&](const Byline& byline) {
      return byline.at > headline_at_ && names_person(byline);
    });
    if (first == bylines.end()) {
      first = std::find_if(bylines.begin(), bylines.end(), names_person);
    }
    std::vector<std::string> texts;
    if (first != bylines.end()) {
      const Index end = end_of_company(first->at);
      for (auto byline = first; byline != bylines.end() && byline->at < end; ++byline) {
        if (texts.size() < limits::kMaxAuthors) {
          texts.push_back(byline->text);
        }
      }
    }
    return texts;
  }

  // The bylines between the page's first headline and its text: buttons to share may
  // stand there, hardly a word of text.
  std::vector<std::string> below_headline(const std::vector<Byline>& bylines) const {
    constexpr Index kFar = 120;  // nodes
    constexpr std::size_t kFewBytes = 300;
    std::vector<std::string> texts;
    if (headline_at_ == 0) {
      return texts;
    }
    const Index start = tree_[headline_at_].end;
    const Index end = std::min(tree_.size(), start + kFar);
    std::size_t bytes = 0;
    auto byline = bylines.begin();
    for (Index i = start; i < end && bytes < kFewBytes; ++i) {
      for (; byline != bylines.end() && byline->at <= i; ++byline) {
        if (byline->at == i) {
          texts.push_back(byline->text);
        }
      }
      bytes += tree_[i].tag == Tag::text ? trim(tree_.text(i)).size() : 0;
    }
    return texts;
  }

  // Where the surroundings of a byline end: its ancestors, while they are small.
  Index end_of_company(Index i) const {
    constexpr Index kFew = 30;  // nodes
    Index up = i;
    for (Index over = tree_[up].parent;
         over != HtmlTree::kNone && tree_[over].end - over <= kFew;
         over = tree_[up].parent) {
      up = over;
    }
    return tree_[up].end;
  }

  // The attributes that tell of authors and dates.
  struct Attributes {
    std::string_view id, classes, rel, href, item;
  };

  Attributes attributes_of(Index i) const {
    Attributes all;
    tree_.each_attribute(i, [&](Attr attr, std::string_view value) {
      switch (attr) {
        case Attr::id:
          all.id = value;
          break;
        case Attr::class_:
          all.classes = value;
          break;
        case Attr::rel:
          all.rel = value;
          break;
        case Attr::href:
          all.href = value;
          break;
        case Attr::itemprop:
          all.item = value;
          break;
        default:
          break;
      }
    });
    return all;
  }

  void visit_element(Index i) {
    if (tree_[i].attributes == 0 || i < comments_end_) {
      return;
    }
    const Attributes attributes = attributes_of(i);
    const ElementNames of_class =
        tree_[i].classes == 0 ? ElementNames{}
                              : what_is_named(tree_[i].classes, attributes.classes);
    // Readers' comments, below the headline: they have authors and dates of their own.
    if (headline_at_ != 0 &&
        (of_class.comment || starts_with_ignoring_case(attributes.id, "comment"))) {
      comments_end_ = tree_[i].end;
      return;
    }
    visit_item(i, attributes.item);
    if (tree_[i].tag == Tag::time) {
      visit_time(i);
    }
    if (tree_[i].tag == Tag::a &&
        (names(attributes.rel, "author") || leads_to_person(attributes.href))) {
      add_author(links_, i, text_until(i, 300));
    }
    visit_byline(i, attributes.id, of_class);
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
  void visit_byline(Index i, std::string_view id, const ElementNames& of_class) {
    const ElementNames of_id = id.empty() ? ElementNames{} : read_names(id);
    const bool is_author = of_class.author || of_id.author;
    const bool is_date = of_class.date || names(id, "date");
    if (!is_author && !is_date) {
      return;
    }
    const std::string text = collapse_spaces(text_until(i, 300));
    if (is_author && text.size() < 200) {
      add_author(bylines_, i, text);
    }
    if (is_date && text.size() < 80 && found_.published_text.empty() &&
        date_within(text)) {
      found_.published_text = text;
    }
  }

  ElementNames what_is_named(std::uint32_t number, std::string_view classes) {
    std::optional<ElementNames>& known = known_[number];
    if (!known) {
      known = read_names(classes);
    }
    return *known;
  }

  // The text of an element, cut at so many bytes: elements may be nested a thousand
  // deep. A blank where lines begin or end in it.
  std::string text_within(Index i, std::size_t bytes) const {
    std::string all;
    std::vector<Index> lines;  // where the blocks around end, the innermost last
    for (Index k = i; k < tree_[i].end && all.size() < bytes; ++k) {
      const Tag tag = tree_[k].tag;
      bool parts = tag == Tag::br;
      for (; !lines.empty() && lines.back() <= k; lines.pop_back()) {
        parts = true;
      }
      if (k != i && is_block(tag)) {
        parts = true;
        lines.push_back(tree_[k].end);
      }
      if (parts && !all.empty() && all.back() != ' ') {
        all += ' ';
      }
      if (tag == Tag::text) {
        all += tree_.text(k).substr(0, bytes);
      }
    }
    return all;
  }

  // The same, with blanks between its pieces.
  std::string text_until(Index i, std::size_t bytes) const {
    std::string all;
    for (Index k = i; k < tree_[i].end && all.size() < bytes; ++k) {
      if (tree_[k].tag == Tag::text) {
        all += tree_.text(k).substr(0, bytes);
        all += ' ';
      }
    }
    return all;
  }

  static constexpr std::size_t kMaxHeadings = 8;
  static constexpr std::size_t kMaxBylines = 40;

  const HtmlTree& tree_;
  Findings& found_;
  std::vector<std::string> logos_;
  std::vector<Byline> items_, links_, bylines_;
  std::string_view label_;        // of a card, whose value comes next
  std::string_view card_author_;  // the value of one that says "written by"
  std::vector<std::optional<ElementNames>> known_;  // by number of the class attribute
  Index headline_at_ = 0;
  Index comments_end_ = 0;  // of the comments that were met last
};

}  // namespace

Findings scan_page(const HtmlTree& tree) {
  Findings found;
  Scan(tree, found).run();
  return found;
}

}  // namespace siftd
