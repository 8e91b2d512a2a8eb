// Each field is looked for in the places that pages use, in the order of how far
// those can be trusted: JSON-LD, OpenGraph, microdata, named meta elements, <time>,
// the URL, the visible text.
#include "parsers/metadata.hpp"

#include <algorithm>
#include <array>

#include "base/limits.hpp"
#include "parsers/chars.hpp"
#include "parsers/json_ld.hpp"
#include "parsers/page_dates.hpp"
#include "parsers/page_findings.hpp"
#include "parsers/page_title.hpp"
#include "parsers/person_names.hpp"
#include "parsers/url.hpp"

namespace siftd {

namespace {

constexpr std::string_view kGenericTitles[] = {
    "home",      "homepage", "startseite", "index",   "untitled", "untitled document",
    "unbenannt", "blog",     "news",       "article", "accueil",  "inicio",
    "post",      "page",     "detail",     "welcome"};

const std::string& first_filled(std::initializer_list<const std::string*> fields) {
  static const std::string kNone;
  for (const std::string* field : fields) {
    if (!field->empty()) {
      return *field;
    }
  }
  return kNone;
}

// An empty reference would resolve to the page itself.
std::string absolute(std::string_view base, const std::string& reference) {
  return reference.empty() ? std::string() : resolve_url(base, reference);
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

bool any_known(const std::vector<Author>& some, const std::vector<Author>& others) {
  return std::any_of(some.begin(), some.end(), [&](const Author& author) {
    return std::any_of(others.begin(), others.end(), [&](const Author& other) {
      return equals_ignoring_case(author.name, other.name);
    });
  });
}

// "Todd" where readers see "Todd Bates": the fuller one.
void fill_first_names(const std::vector<Author>& visible, std::vector<Author>& authors) {
  for (Author& author : authors) {
    const auto fuller = std::find_if(
        visible.begin(), visible.end(),
        [&](const Author& other) { return other.name.starts_with(author.name + " "); });
    if (author.name.find(' ') == std::string::npos && fuller != visible.end()) {
      author.name = fuller->name;
    }
  }
}

std::string_view surname_of(std::string_view name) {
  return name.substr(name.rfind(' ') + 1);
}

// Whether the names in the byline right below the headline go before those that JSON-LD
// has: it names an editor then, or the first of several.
bool tells_more(const std::vector<Author>& byline, const std::vector<Author>& linked,
                const std::vector<std::string>& texts) {
  if (byline.empty() || linked.empty() ||
      !std::all_of(byline.begin(), byline.end(),
                   [](const Author& author) { return is_full_name(author.name); })) {
    return false;
  }
  bool is_related = false;
  for (const Author& author : linked) {
    const std::string name = to_ascii_lower(author.name);
    if (std::any_of(texts.begin(), texts.end(), [&](const std::string& text) {
          return find_ignoring_case(text, name) != std::string::npos;
        })) {
      return false;
    }
    is_related =
        is_related || std::any_of(byline.begin(), byline.end(), [&](const Author& other) {
          return equals_ignoring_case(surname_of(other.name), surname_of(author.name));
        });
  }
  return !is_related || byline.size() > linked.size();
}

// "viktor", "CC7567": what people call themselves when they sign up somewhere.
bool is_user_name(std::string_view name) {
  return (name[0] >= 'a' && name[0] <= 'z' && name.size() > 5) ||
         (name.find(' ') == name.npos &&
          std::any_of(name.begin(), name.end(), is_ascii_digit));
}

// The agency or paper that JSON-LD names, unless it is the site itself or a user.
std::vector<Author> credits_of(const Findings& found, std::string_view base,
                               const std::vector<std::string>& sites) {
  std::vector<Author> credits;
  for (const Author& author : found.linked.authors) {
    const std::string name = collapse_spaces(author.name);
    const bool is_site = std::any_of(
        sites.begin(), sites.end(),
        [&](const std::string& site) { return equals_ignoring_case(site, name); });
    const bool is_user = !sites.empty() && !name.empty() && is_user_name(name);
    if (credits.empty() && !is_site && !is_user && name.size() >= 3 &&
        name.size() <= 60 && is_credit(name)) {
      credits.push_back({name, absolute(base, author.url), ""});
    }
  }
  return credits;
}

// JSON-LD's persons first. When meta elements and the visible byline agree on others,
// JSON-LD names who put the page online. An agency that JSON-LD names goes before what
// stands about the page; the site itself is named only when nobody else is.
std::vector<Author> authors_of(const Findings& found,
                               const std::vector<std::string>& sites,
                               std::string_view base, bool& are_site) {
  std::vector<Author> linked;
  for (const Author& author : found.linked.authors) {
    add_names(author.name, absolute(base, author.url), sites, linked);
  }
  const auto all_names = [&](const std::vector<std::string>& bylines) {
    std::vector<Author> authors;
    for (const std::string& byline : bylines) {
      add_names(byline, "", sites, authors);
    }
    return authors;
  };
  std::vector<Author> meta = all_names(found.meta_authors);
  const std::vector<Author> under_headline = all_names(found.headline_authors);
  std::vector<Author> visible = all_names(found.item_authors);
  for (const auto* bylines : {&found.rel_authors, &found.byline_authors}) {
    if (visible.empty()) {
      visible = all_names(*bylines);
    }
  }
  fill_first_names(visible, linked);
  fill_first_names(visible, meta);
  if (!linked.empty() && any_known(meta, visible) && !any_known(linked, meta) &&
      !any_known(linked, visible)) {
    return meta;
  }
  if (tells_more(under_headline, linked, found.headline_authors)) {
    return under_headline;
  }
  std::vector<Author> credits = credits_of(found, base, sites);
  for (std::vector<Author>* authors : {&linked, &meta, &credits, &visible}) {
    if (!authors->empty()) {
      return std::move(*authors);
    }
  }
  are_site = true;
  return credits_of(found, base, {});  // whoever it is
}

std::string host_of(std::string_view url) {
  const auto parts = split_url(url);
  return parts ? std::string(parts->host) : std::string();
}

// "example" of www.example.co.uk: what many sites call themselves.
std::string label_of(std::string_view host) {
  host.remove_prefix(host.starts_with("www.") ? 4 : 0);
  return std::string(host.substr(0, host.find('.')));
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
                    ? 1U
                    : 0U;
    }
    at = end + 1;
  }
  return words == 0 ? 0 : static_cast<double>(shared) / static_cast<double>(words);
}

// Whether a page that is called `raw` was left unnamed by who made it.
bool is_generic(std::string_view raw) {
  return std::any_of(
      std::begin(kGenericTitles), std::end(kGenericTitles),
      [&](std::string_view word) { return equals_ignoring_case(trim(raw), word); });
}

// Whether a heading is the site's name: the title ends in it, or is it and what the
// page calls itself for networks.
bool is_site_heading(const Findings& found, std::string_view heading) {
  return ends_title(found.title, heading) || ends_title(found.og_title, heading) ||
         begins_title(found.title, heading, found.og_title);
}

// Of the page's h1 the one that says most of what its titles say: pages put their
// site's name, a kicker and the headline there.
std::string headline_of(const Findings& found, std::string_view titles) {
  std::string best;
  double most = -1;
  for (const std::string& heading : found.headings) {
    if (heading.size() >= 300 || is_site_heading(found, heading)) {
      continue;
    }
    const double shared =
        shared_words(heading, titles) + (heading.size() >= 12 ? 0.5 : 0);
    if (shared > most) {
      most = shared;
      best = heading;
    }
  }
  return best;
}

// What readers see above the text is the title, when what the page says elsewhere (for
// search engines and networks) agrees that it is about the same.
std::string title_of(const Findings& found, const std::vector<std::string>& sites,
                     std::string_view host) {
  const std::string none;
  const std::string& last = found.headings.empty() ? none : found.headings.front();
  const std::string raw = resolve_references(
      first_filled({&found.linked.headline, &found.og_title, &found.twitter_title,
                    &found.title, &found.meta_title, &last}));
  const std::string titles = raw + " " + found.og_title + " " + found.title;
  const std::string headline = headline_of(found, titles);
  if (is_generic(raw) && !headline.empty()) {
    return article_title(headline, "", sites, host);
  }
  std::vector<std::string> names = sites;
  for (const std::string& heading : found.headings) {
    if (is_site_heading(found, heading)) {
      names.push_back(heading);
    }
  }
  if (headline.size() >= 15 && shared_words(headline, titles) >= 0.3) {
    return article_title(headline, "", names, host);
  }
  return article_title(raw, headline, names, host);
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

PageMetadata read_metadata(const HtmlTree& tree, std::string_view url) {
  Findings found = scan_page(tree);
  const std::string base =
      found.base.empty() ? std::string(url) : resolve_url(url, found.base);
  PageMetadata metadata;
  metadata.canonical_url =
      absolute(base, first_filled({&found.canonical, &found.og_url, &found.linked.url}));
  const std::string host =
      host_of(url.empty() ? std::string_view(metadata.canonical_url) : url);
  metadata.site_name = resolve_references(
      first_filled({&found.og_site, &found.linked.site_name, &found.linked.publisher,
                    &found.application_name}));
  const std::vector<std::string> sites = {metadata.site_name,     found.linked.publisher,
                                          found.linked.site_name, found.application_name,
                                          found.twitter_site,     label_of(host)};
  metadata.title = title_of(found, sites, host);
  metadata.authors = authors_of(found, sites, base, metadata.authors_are_site);
  read_dates(found, url.empty() ? metadata.canonical_url : url, metadata);
  metadata.language = language_of(found);
  metadata.image =
      absolute(base, first_filled({&found.linked.image, &found.og_image,
                                   &found.item_image, &found.twitter_image}));
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
