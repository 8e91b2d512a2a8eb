// Words that sites put into class, id and the like, by what they tell. Words are
// matched whole, after splitting names as people write them: entry-content,
// entryContent, entry_content. A pair is written with a space.
#include "sifters/vocabulary.hpp"

#include <algorithm>
#include <array>
#include <bitset>
#include <cstring>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace siftd {

namespace {

struct Entry {
  std::uint32_t mark;
  const char* words;  // separated by '|'
};

constexpr Entry kEntries[] = {
    {kMarkBody,
     "articlebody|article body|article text|articletext|article content|articlecontent|"
     "article copy|entry content|entrycontent|entry body|entry text|post "
     "content|postcontent|"
     "post body|postbody|post text|post entry|story body|storybody|story content|"
     "storycontent|story text|storytext|body copy|bodycopy|body text|bodytext|"
     "article main|rich text|richtext|text body|news body|news text|newstext|"
     "news content|newscontent|field body|fulltext|full text|single content|blog content|"
     "page content|content body|contentbody|artikel text|article "
     "inhalt|artikelinhalt|artikeltext|"
     "cuerpo noticia|texto noticia|cuerpo|articulo cuerpo|corps article|article corps|"
     "detail text|detail content|detail body|text content|main text|maintext|article "
     "detail|"
     "article paragraph|article paragraphs|body content|markdown body|prose|"
     "wysiwyg|td post content|paywall content|article html|noticia texto|"
     "news detail|content text|contenttext|article part|article section"},
    {kMarkArticle,
     "article|post|story|entry|hentry|main|content|maincontent|noticia|artikel|articulo|"
     "single|news|blog|body|text"},
    {kMarkNav,
     "nav|navbar|navigation|menu|menus|submenu|breadcrumb|breadcrumbs|pagination|pager|"
     "paging|"
     "pagenav|skiplink|skip link|skip links|toc list|toc container|ez toc|sitemap|mega "
     "menu|megamenu|topbar|"
     "navi|next prev|prev next|post navigation|jump links|table contents"},
    {kMarkComments,
     "comment|comments|disqus|respond|commentlist|livefyre|viafoura|"
     "spotim|kommentar|kommentare|comentarios|commentaires|comentario|commenti|coral|"
     "openweb|discussion|user "
     "comments|komentar|komentare|reacties|trackback|trackbacks|pings"},
    {kMarkShare,
     "share|sharing|shares|social|socials|sharebar|addthis|addtoany|a2a|sharedaddy|"
     "shareaholic|"
     "sharethis|facebook|whatsapp|follow us|followus|share buttons|socialmedia|"
     "social media|teilen|compartir|partage|condividi|share bar|like "
     "button|bookmark|print|"
     "printfriendly|social share|sharetools|article tools|"
     "articletools|page tools|tool bar|toolbar"},
    {kMarkRelated,
     "related|relateds|relatedposts|relatedstories|relatedarticles|recommended|"
     "recommendation|"
     "recommendations|recirc|recirculation|readmore|read more|readalso|read also|read "
     "next|more stories|more news|more "
     "from|morefrom|also like|mostread|most read|most popular|mostpopular|most "
     "viewed|popular|"
     "trending|see "
     "also|seealso|teaser|teasers|outbrain|taboola|zergnet|revcontent|mgid|yarpp|"
     "crosslink|crosslinks|relacionadas|relacionados|relacionado|similar|upnext|up next|"
     "you may|you might|whats next|further reading|more reading|more like|latest news|"
     "latest stories|latest posts|suggested|suggestions|suggestion|nextarticle|next "
     "article|"
     "other news|other articles|also read|alsoread|top "
     "stories|topstories|headlines|onward|"
     "jp relatedposts|correlati|correlate|"
     "verwandt|weiterlesen|mehr zum|leia mais|lea tambien|lire aussi|baca juga|bacajuga|"
     "inline recirc|storylist|story list|article list|articlelist|news list|newslist|"
     "interlink|internal link|dont miss|editors picks|editor picks|"
     "linkbox|link box|rail|pinned stories|story package|post list"},
    {kMarkNewsletter,
     "newsletter|newsletters|subscribe|subscription|subscriptions|signup|sign "
     "up|mailchimp|optin|"
     "opt in|mailing|email capture|suscribete|abonnieren|mc4wp|email form|nl signup"},
    {kMarkAd,
     "ad|ads|adv|advert|adverts|advertisement|advertising|advertorial|adsbygoogle|adslot|"
     "adsense|ad slot|"
     "adunit|adbox|adwrap|adcontainer|admarker|sponsored|sponsor|sponsors|"
     "promo|promos|promoted|promotion|promotional|promobox|dfp|gpt|werbung|anzeige|"
     "anzeigen|publicidad|reklama|"
     "publicite|pubblicita|reklame|annons|iklan|banner|banners|affiliate|"
     "affiliates|commercial|buybox|buy box|call action|cta|mpu|skyscraper|leaderboard|"
     "donate|donation|donations|merch|shop widget|deals|coupon"},
    {kMarkChrome,
     "footer|foot|sidebar|side "
     "bar|aside|widget|widgets|widgetarea|cookie|cookies|consent|gdpr|modal|"
     "popup|overlay|tooltip|login|masthead|dialog|"
     "offcanvas|screen reader|screenreader|visually hidden|visuallyhidden|sr only|site "
     "header|"
     "siteheader|site "
     "footer|colophon|copyright|legal|disclaimer|contentinfo|complementary|"
     "search form|searchform|searchbox|language switcher|right "
     "column|rightcolumn|rightcol|right rail|"
     "rightrail|leftcol|left column|left rail|leftrail|col right|col left|secondary|"
     "accessibility|infobar|alert bar|notification|toast|ticker|poll|quiz|survey|weather|"
     "app promo|feedback|rating|ratings|vote|votes|voting|"
     "error message|backtotop|back top|stats|views count|view count|user info|userinfo|"
     "userprofile|user profile|preferred source|googlenews|google news"},
    {kMarkCaption,
     "caption|captions|figcaption|imgcaption|image caption|photo "
     "caption|photocaption|credit|"
     "credits|photo credit|image credit|imagecredit|wp caption|media caption|media info|"
     "picture caption|bildunterschrift|bildunterzeile|bildtext|bildtekst|legende|"
     "image source|photographer|fotocredit|image description|photo description|"
     "media desc|copyright info|image meta|img desc|pie foto"},
    {kMarkByline,
     "byline|bylines|dateline|timestamp|author|authors|autor|autores|posted on|postedon|"
     "published|publish date|pubdate|postmeta|post meta|entry meta|entrymeta|"
     "article meta|articlemeta|meta|post info|post date|entry date|article date|article "
     "info|"
     "articleinfo|date|datetime|time ago|published date|last updated|lastupdated|updated|"
     "contributors|article author|writer|reading time|read time|readtime|post author|"
     "infoline|kicker|eyebrow|entry header meta|publishing "
     "info|reporter|journalist|article infos|"
     "source|sources"},
    {kMarkBio,
     "author bio|authorbio|author box|authorbox|author info|authorinfo|bio|about author|"
     "abouttheauthor|about the|author profile|author card|author description|author "
     "details|"
     "author block|post author|author area|author container|author desc|"
     "contributor bio|writer bio|author about|authors bio|autorenbox|about post"},
    {kMarkTags,
     "tags|taglist|tag list|tag cloud|tagcloud|keywords|categories|topics|topic list|cat "
     "links|"
     "post tags|posttags|entry footer|post footer|article tags|catlinks|tag links|tags "
     "links|labels|filed under|etiquetas|tagi|story tags|post categories|article footer|"
     "tag|taxonomy"},
    {kMarkMedia,
     "gallery|galleries|slideshow|carousel|slider|player|video player|videoplayer|audio "
     "player|"
     "lightbox|jwplayer|brightcove|playlist|podcast "
     "player|swiper|slick|flickity|photoswipe|"
     "video container|videocontainer|video js|speech|text "
     "to|texttospeech|listen|readspeaker|"
     "fotostrecke|bildergalerie"},
    {kMarkPaywall,
     "paywall|piano|subscriber only|regwall|paywall message|meter|metered|paid barrier|"
     "premium teaser|subscription wall|subscribe wall|premium box|tp modal|barrier"},
    {kMarkTitle, "headline|entry title|post title|article title|story title|page title"},
    {kMarkLead,
     "lead|lede|standfirst|intro|subtitle|subheadline|sub "
     "headline|subhead|dek|deck|excerpt|summary|"
     "abstract|teaser text|teasertext|lead text|leadtext|article intro|article "
     "summary|article lead|"
     "vorspann|anreisser|chapo|entradilla|sommario|occhiello|bajada|ingress|perex|"
     "post excerpt|sub title|article subtitle|article dek|article description|chapeau"},
    {kMarkForm, "form|forms|input|button|buttons|btn"},
    {kMarkCorrection, "correction|corrections|clarification|editors note|editor note"},
};

// The words and pairs with their marks. Most that are looked up are none of them: a
// few of their bytes say so before the whole is hashed.
class Dictionary {
 public:
  template <std::size_t kSize>
  explicit Dictionary(const Entry (&entries)[kSize]) {
    for (const Entry& entry : entries) {
      std::string_view rest = entry.words;
      while (!rest.empty()) {
        const std::size_t bar = rest.find('|');
        marks_[rest.substr(0, bar)] |= entry.mark;
        hints_.set(hint_of(rest.substr(0, bar)));
        rest = bar == std::string_view::npos ? "" : rest.substr(bar + 1);
      }
    }
  }

  std::uint32_t find(std::string_view word) const {
    if (word.size() < 2 || !hints_[hint_of(word)]) {
      return 0;
    }
    const auto found = marks_.find(word);
    return found == marks_.end() ? 0 : found->second;
  }

 private:
  static constexpr std::size_t kHints = 16384;

  static std::size_t hint_of(std::string_view word) {
    const auto byte = [&](std::size_t i) {
      return static_cast<std::size_t>(static_cast<unsigned char>(word[i]));
    };
    const std::size_t last = word.size() - 1;
    return (byte(0) * 31 + byte(1) * 1031 + byte(last) * 257 + byte(last / 2) * 5003 +
            word.size() * 7919) %
           kHints;
  }

  std::unordered_map<std::string_view, std::uint32_t> marks_;
  std::bitset<kHints> hints_;
};

// Names that hide their element; whole, because "field-label-hidden" hides a label.
constexpr Entry kHidingNames[] = {
    {kMarkHidden,
     "hidden|is-hidden|visually-hidden|visuallyhidden|sr-only|d-none|screen-reader-text|"
     "invisible|u-hidden|hide|noprint|element-invisible|no-print|print-only|printonly|"
     "offscreen|element-hidden|show-for-print|only-print|u-hide"},
};

bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

// Beginnings of words that run on ("relatedposttitle", "commentarea").
constexpr Entry kStems[] = {
    {kMarkRelated, "related|recommend|readmore|readalso|mostread|mostpopular|youmaylike"},
    {kMarkComments,
     "commentlist|commentarea|commentform|commentbox|commentsection|disqus"},
    {kMarkShare, "sharebar|sharebutton|sharing|social|sharelink|shareicon"},
    {kMarkNewsletter, "newsletter|subscribe"},
    {kMarkNav, "breadcrumb|navigation|pagination"},
    {kMarkAd, "advert|sponsor|promo|adsense|adslot|outbrain|taboola"},
    {kMarkChrome, "sidebar|cookie|gdpr|consent|footer"},
};

// The stems by their first letter.
using Stems = std::array<std::vector<std::pair<std::string_view, std::uint32_t>>, 26>;
Stems read_stems() {
  Stems stems;
  for (const Entry& entry : kStems) {
    std::string_view rest = entry.words;
    while (!rest.empty()) {
      const std::size_t bar = rest.find('|');
      stems[static_cast<std::size_t>(rest[0] - 'a')].emplace_back(rest.substr(0, bar),
                                                                  entry.mark);
      rest = bar == std::string_view::npos ? "" : rest.substr(bar + 1);
    }
  }
  return stems;
}

// `word` is in lower case and not empty.
std::uint32_t look_up_stem(std::string_view word) {
  static const Stems stems = read_stems();
  for (const auto& [stem, mark] : stems[static_cast<std::size_t>(word[0] - 'a')]) {
    if (word.starts_with(stem)) {
      return mark;
    }
  }
  return 0;
}

std::uint32_t look_up(std::string_view word, bool is_pair) {
  static const Dictionary words(kEntries);
  const std::uint32_t marks = words.find(word);
  return marks == 0 && word.size() > 6 && !is_pair ? look_up_stem(word) : marks;
}

// One class name: tells of its words and of its pairs of neighbours. WordPress puts
// an article's own topics there ("tag-newsletter", "category-sport"), and state and
// layout come as "has-sidebar", "no-comments": those say nothing about the element.
class NameReader {
 public:
  std::uint32_t read(std::string_view name) {
    if (name.empty() || name.size() > kLongest) {
      return 0;
    }
    constexpr std::string_view kPrefixes[] = {"tag-",   "category-", "has-",
                                              "no-",    "with-",     "without-",
                                              "topic-", "post_tag-", "js-has"};
    for (const std::string_view prefix : kPrefixes) {
      if (name[0] == prefix[0] && name.starts_with(prefix)) {
        return 0;
      }
    }
    marks_ = 0;
    size_ = 0;
    std::size_t words = 0;
    for (std::size_t at = 0; at < name.size(); ++words) {
      at = read_word(name, at);
    }
    return words > kMostWords ? 0 : marks_;
  }

 private:
  std::size_t read_word(std::string_view name, std::size_t at) {
    while (at < name.size() && !is_upper(name[at]) && !is_lower(name[at])) {
      ++at;
    }
    if (at == name.size()) {
      return at;
    }
    // The buffer holds "previous word": the new one goes behind it.
    if (size_ > 0) {
      pair_[size_++] = ' ';
    }
    const std::size_t start = size_;
    bool was_lower = false;
    while (at < name.size() &&
           (is_lower(name[at]) || (is_upper(name[at]) && !was_lower))) {
      was_lower = is_lower(name[at]);
      pair_[size_++] = was_lower ? name[at] : static_cast<char>(name[at] - 'A' + 'a');
      ++at;
    }
    const std::string_view both(pair_.data(), size_);
    marks_ |= look_up(both.substr(start), false);
    if (start != 0) {
      marks_ |= look_up(both, true);
      size_ -= start;
      std::memmove(pair_.data(), pair_.data() + start, size_);
    }
    return at;
  }

  // More words than a name has: an anchor made of a heading's text.
  static constexpr std::size_t kMostWords = 7;
  static constexpr std::size_t kLongest = 200;

  std::uint32_t marks_ = 0;
  std::array<char, 2 * kLongest + 1> pair_;  // two words, a blank between them
  std::size_t size_ = 0;
};

std::uint32_t marks_of_tag(Tag tag) {
  switch (tag) {
    case Tag::article:
    case Tag::main:
      return kMarkArticle;
    case Tag::nav:
    case Tag::menu:
      return kMarkNav;
    case Tag::aside:
    case Tag::footer:
    case Tag::dialog:
      return kMarkFrame;
    case Tag::figcaption:
    case Tag::figure:
      return kMarkCaption;
    case Tag::button:
    case Tag::select:
    case Tag::textarea:
    case Tag::input:
    case Tag::option:
    case Tag::label:
      return kMarkForm;
    case Tag::noscript:
    case Tag::script:
    case Tag::style:
    case Tag::template_:
    case Tag::iframe:
    case Tag::object:
    case Tag::canvas:
    case Tag::svg:
    case Tag::audio:
    case Tag::video:
    case Tag::map:
    case Tag::head:
    case Tag::rp:
      return kMarkHidden;
    default:
      return 0;
  }
}

std::uint32_t marks_of_role(std::string_view role) {
  if (role == "navigation" || role == "menu" || role == "menubar" || role == "search") {
    return kMarkNav;
  }
  if (role == "complementary" || role == "contentinfo" || role == "banner" ||
      role == "dialog" || role == "alertdialog" || role == "tooltip") {
    return kMarkChrome;
  }
  if (role == "main" || role == "article") {
    return kMarkArticle;
  }
  return 0;
}

bool is_invisible(std::string_view style) {
  std::string plain;
  for (const char c : style.substr(0, 1000)) {
    if (!is_space(c)) {
      plain.push_back(is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c);
    }
  }
  return plain.find("display:none") != std::string::npos ||
         plain.find("visibility:hidden") != std::string::npos;
}

std::uint32_t marks_of_item(std::string_view property) {
  if (property == "articleBody") {
    return kMarkBody;
  }
  if (property == "author" || property == "datePublished") {
    return kMarkByline;
  }
  return property == "comment" ? std::uint32_t{kMarkComments} : 0;
}

constexpr std::size_t kLongestNames = 2000;

std::uint32_t marks_of_classes(std::uint32_t number, std::string_view value,
                               KnownMarks& known) {
  std::optional<std::uint32_t>& marks = known[number];
  if (!marks) {
    marks = marks_of_names(value.substr(0, kLongestNames));
  }
  return *marks;
}

// Of all attributes but class.
std::uint32_t marks_of_attribute(Attr attr, std::string_view value) {
  switch (attr) {
    case Attr::id:
      return std::count(value.begin(), value.end(), '-') <= 3
                 ? marks_of_names(value.substr(0, 200))
                 : 0;
    case Attr::test_id:
    case Attr::component:
      return marks_of_names(value.substr(0, kLongestNames));
    case Attr::role:
      return marks_of_role(value);
    case Attr::itemprop:
      return marks_of_item(value);
    case Attr::hidden:
      return kMarkHidden;
    case Attr::style:
      return is_invisible(value) ? std::uint32_t{kMarkHidden} : 0;
    case Attr::aria_hidden:
      return value == "true" ? std::uint32_t{kMarkHidden} : 0;
    default:
      return 0;
  }
}

}  // namespace

std::uint32_t marks_of_names(std::string_view names) {
  static const Dictionary hiding(kHidingNames);
  NameReader reader;
  std::uint32_t marks = 0;
  std::size_t at = 0;
  while (at < names.size()) {
    while (at < names.size() && is_space(names[at])) {
      ++at;
    }
    std::size_t end = at;
    while (end < names.size() && !is_space(names[end])) {
      ++end;
    }
    const std::string_view name = names.substr(at, end - at);
    marks |= reader.read(name);
    marks |= hiding.find(name);
    at = end;
  }
  return marks;
}

std::uint32_t marks_of(const HtmlTree& tree, HtmlTree::Index node, KnownMarks& known) {
  const Tag tag = tree[node].tag;
  std::uint32_t marks = marks_of_tag(tag);
  if (tree[node].attributes == 0 || tag == Tag::html || tag == Tag::body) {
    return marks;
  }
  if (known.empty()) {
    known.resize(tree.class_values() + std::size_t{1});
  }
  tree.each_attribute(node, [&](Attr attr, std::string_view value) {
    marks |= attr == Attr::class_ ? marks_of_classes(tree[node].classes, value, known)
                                  : marks_of_attribute(attr, value);
  });
  return marks;
}

}  // namespace siftd
