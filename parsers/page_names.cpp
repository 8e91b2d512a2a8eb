#include "parsers/page_names.hpp"

#include <algorithm>
#include <array>

#include "parsers/chars.hpp"

namespace siftd {

namespace {

struct Field {
  std::string_view name;
  std::string Findings::*field;
};

constexpr Field kFields[] = {
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
    {"analyticsattributes.articledate", &Findings::published_meta},
    {"article:post_date", &Findings::published_meta},
    {"article:published_date", &Findings::published_meta},
    {"article:publicationdate", &Findings::published_meta},
    {"bt:pubdate", &Findings::published_meta},
    {"citation_online_date", &Findings::published_meta},
    {"content_create_date", &Findings::published_meta},
    {"date_created", &Findings::published_meta},
    {"date_published", &Findings::published_meta},
    {"datecreated", &Findings::published_meta},
    {"dateposted", &Findings::published_meta},
    {"datepublished", &Findings::published_meta},
    {"dc.created", &Findings::published_meta},
    {"dc.date.publication", &Findings::published_meta},
    {"dcsext.articlefirstpublished", &Findings::published_meta},
    {"dc:created", &Findings::published_meta},
    {"dc:date", &Findings::published_meta},
    {"mediator_published_time", &Findings::published_meta},
    {"og:article:published", &Findings::published_meta},
    {"og:datepublished", &Findings::published_meta},
    {"og:publish_date", &Findings::published_meta},
    {"og:regdate", &Findings::published_meta},
    {"og:release_date", &Findings::published_meta},
    {"prism.publicationdate", &Findings::published_meta},
    {"pub_date", &Findings::published_meta},
    {"publish_time", &Findings::published_meta},
    {"published-date", &Findings::published_meta},
    {"published_time", &Findings::published_meta},
    {"publisheddate", &Findings::published_meta},
    {"rbpubdate", &Findings::published_meta},
    {"release_date", &Findings::published_meta},
    {"shareaholic:article_published_time", &Findings::published_meta},
    {"vr:published_time", &Findings::published_meta},
    {"weibo:article:create_at", &Findings::published_meta},
    {"lastmod", &Findings::modified_meta},
    {"lastmodified", &Findings::modified_meta},
    {"modified", &Findings::modified_meta},
    {"article:modified", &Findings::modified_meta},
    {"article:modified_date", &Findings::modified_meta},
    {"bt:moddate", &Findings::modified_meta},
    {"datemodified", &Findings::modified_meta},
    {"dc.modified", &Findings::modified_meta},
    {"dc:modified", &Findings::modified_meta},
    {"og:article:modified_time", &Findings::modified_meta},
    {"last_updated_date", &Findings::modified_meta},
    {"mediator_modified_time", &Findings::modified_meta},
    {"shareaholic:article_modified_time", &Findings::modified_meta},
    {"weibo:article:update_at", &Findings::modified_meta},
    {"last-modified", &Findings::modified_meta},
    {"dc.date.modified", &Findings::modified_meta},
    {"dcterms.modified", &Findings::modified_meta},
    {"article:section", &Findings::section},
    {"parsely-section", &Findings::section},
};

constexpr std::string_view kAuthorNames[] = {"author",
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
                                             "weibo:article:creator",
                                             "article-author",
                                             "author_name",
                                             "bt:author",
                                             "citation_authors",
                                             "dable:author",
                                             "dc.creator.aut",
                                             "dcsext.author",
                                             "dcterms.creator.aut",
                                             "dd:author",
                                             "mediator_author",
                                             "shareaholic:article_author_name",
                                             "vr:author"};

// Parts of class names and ids: of authors and dates, and of what only sounds so.
enum class Says { author, date, other };
struct Word {
  std::string_view word;
  Says says;
};
// By first letter.
constexpr Word kWords[] = {
    {"auteur", Says::author},      {"authorization", Says::other},
    {"authority", Says::other},    {"autor", Says::author},
    {"author", Says::author},      {"audio", Says::other},
    {"byline", Says::author},      {"bio", Says::other},
    {"comment", Says::other},      {"caption", Says::other},
    {"columnist", Says::author},   {"contributor", Says::author},
    {"date", Says::date},          {"forfatter", Says::author},
    {"giornalist", Says::author},  {"image", Says::other},
    {"journalist", Says::author},  {"jurnalis", Says::author},
    {"kirjoittaja", Says::author}, {"kolumnist", Says::author},
    {"muhabir", Says::author},     {"media", Says::other},
    {"photo", Says::other},        {"postedby", Says::author},
    {"publish", Says::date},       {"penulis", Says::author},
    {"redactor", Says::author},    {"redakteur", Says::author},
    {"redacteur", Says::author},   {"redattore", Says::author},
    {"reporter", Says::author},    {"skribent", Says::author},
    {"schrijver", Says::author},   {"szerzo", Says::author},
    {"tacgia", Says::author},      {"time", Says::date},
    {"toimittaja", Says::author},  {"verfasser", Says::author},
    {"video", Says::other},        {"writer", Says::author},
    {"writtenby", Says::author},   {"wartawan", Says::author},
    {"yazar", Says::author},
};

// Where the words of each letter begin.
constexpr auto kStarts = [] {
  std::array<std::size_t, 27> starts{};
  for (const Word& word : kWords) {
    for (std::size_t after = static_cast<std::size_t>(word.word[0] - 'a') + 1;
         after < starts.size(); ++after) {
      ++starts[after];
    }
  }
  return starts;
}();

// For each first letter the second ones: most letters begin none of the words.
constexpr auto kSeconds = [] {
  std::array<std::uint32_t, 26> seconds{};
  for (const Word& word : kWords) {
    seconds[static_cast<std::size_t>(word.word[0] - 'a')] |= 1U << (word.word[1] & 31);
  }
  return seconds;
}();

// Folders of addresses in which authors have their pages.
bool is_of_authors(std::string_view folder) {
  switch (short_name(folder)) {
    case short_name("author"):
    case short_name("authors"):
    case short_name("autor"):
    case short_name("autore"):
    case short_name("autoren"):
    case short_name("autores"):
    case short_name("autori"):
    case short_name("auteur"):
    case short_name("auteurs"):
    case short_name("byline"):
    case short_name("penulis"):
    case short_name("reporter"):
    case short_name("writer"):
    case short_name("writers"):
      return true;
    case 0: {
      constexpr std::string_view kLong[] = {"journalist",  "journalists",  "reporters",
                                            "contributor", "contributors", "columnist",
                                            "columnists",  "signataires"};
      return folder.size() <= 12 &&
             std::find(std::begin(kLong), std::end(kLong), folder) != std::end(kLong);
    }
    default:
      return false;
  }
}

}  // namespace

ElementNames read_names(std::string_view attribute) {
  const std::string lower = to_ascii_lower(attribute);
  bool is_author = false;
  bool is_other = false;
  ElementNames names;
  for (std::size_t at = 0; at + 1 < lower.size(); ++at) {
    const std::size_t letter = static_cast<unsigned char>(lower[at] - 'a');
    if (letter >= kSeconds.size() ||
        (kSeconds[letter] >> (lower[at + 1] & 31) & 1) == 0) {
      continue;
    }
    const std::string_view rest = std::string_view(lower).substr(at);
    for (std::size_t k = kStarts[letter]; k < kStarts[letter + 1]; ++k) {
      if (rest.starts_with(kWords[k].word)) {
        is_author = is_author || kWords[k].says == Says::author;
        is_other = is_other || kWords[k].says == Says::other;
        names.date = names.date || kWords[k].says == Says::date;
      }
    }
    names.comment = names.comment || (rest.starts_with("comment") &&
                                      (at == 0 || is_ascii_space(lower[at - 1])));
  }
  names.author = is_author && !is_other;
  return names;
}

bool leads_to_person(std::string_view address) {
  std::string_view path = address.substr(0, 300);
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    if (slash == path.npos) {
      return false;  // a folder, not the page
    }
    const std::string_view folder = path.substr(0, slash);
    path.remove_prefix(slash + 1);
    if (!path.empty() && is_of_authors(folder)) {
      return true;
    }
  }
  return false;
}

std::string Findings::*field_of_meta(std::string_view name) {
  const auto found = std::find_if(std::begin(kFields), std::end(kFields),
                                  [&](const Field& field) { return field.name == name; });
  return found == std::end(kFields) ? nullptr : found->field;
}

bool names_author(std::string_view name) {
  return std::find(std::begin(kAuthorNames), std::end(kAuthorNames), name) !=
         std::end(kAuthorNames);
}

bool has_family_name_first(std::string_view name) {
  return name.starts_with("dc.") || name.starts_with("dc:") ||
         name.starts_with("dcterms.") || name.starts_with("citation_");
}

}  // namespace siftd
