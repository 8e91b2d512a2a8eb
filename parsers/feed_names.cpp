#include "parsers/feed_names.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "parsers/chars.hpp"

namespace siftd {
namespace {

using enum Namespace;

struct Uri {
  std::string_view start;  // without "http(s)://", "www." and in lower case
  Namespace space;
};
// The first that the URI begins with counts.
constexpr Uri kUris[] = {
    {"w3.org/2005/atom", atom},
    {"purl.org/atom", atom},
    {"example.com/newformat", atom},
    {"purl.org/rss/1.0/modules/content", content},
    {"purl.org/rss/1.0/modules/syndication", sy},
    {"purl.org/rss/1.0/modules/slash", slash},
    {"purl.org/rss/1.0/modules/threading", unknown},
    {"purl.org/rss/1.0/modules", unknown},
    {"purl.org/rss/1.0", none},
    {"purl.org/net/rss1.1", none},
    {"my.netscape.com", none},
    {"channel.netscape.com", none},
    {"backend.userland.com/creativecommonsrssmodule", cc},
    {"backend.userland.com/blogchannelmodule", unknown},
    {"backend.userland.com", none},
    {"blogs.law.harvard.edu/tech", none},
    {"cyber.law.harvard.edu", none},
    {"rssboard.org/rss-specification", none},
    {"sitemaps.org/schemas/sitemap", none},
    {"google.com/schemas/sitemap-news", news},
    {"google.com/schemas/sitemap-image", image},
    {"google.com/schemas/sitemap-video", video},
    {"google.com/schemas/sitemap/", none},
    {"google.com/schemas/play-podcasts", googleplay},
    {"w3.org/1999/02/22-rdf-syntax-ns", rdf},
    {"purl.org/dc/elements", dc},
    {"purl.org/dc/terms", dcterms},
    {"purl.org/dc", dc},
    {"search.yahoo.com/mrss", media},
    {"tools.search.yahoo.com/mrss", media},
    {"video.search.yahoo.com/mrss", media},
    {"search.yahoo.com/rss", media},
    {"itunes.com/dtds/podcast", itunes},
    {"itunes.apple.com/dtds/podcast", itunes},
    {"example.com/dtds/podcast", itunes},
    {"podcastindex.org/namespace", podcast},
    {"github.com/podcastindex-org", podcast},
    {"georss.org/georss", georss},
    {"w3.org/2003/01/geo", geo},
    {"opengis.net/gml", gml},
    {"wellformedweb.org/commentapi", wfw},
    {"purl.org/syndication/thread", thr},
    {"purl.org/syndication/history", history},
    {"rssnamespace.org/feedburner", feedburner},
    {"w3.org/1999/xhtml", xhtml},
    {"w3.org/xml/1998", Namespace::xml},
    {"creativecommons.org/ns", cc},
    {"web.resource.org/cc", cc},
    {"cyber.law.harvard.edu/rss/creativecommons", cc},
    {"podlove.org/simple-chapters", psc},
};

struct Prefix {
  std::string_view prefix;
  Namespace space;
};
constexpr Prefix kPrefixes[] = {{"atom", atom},
                                {"atom10", atom},
                                {"a10", atom},
                                {"atom03", atom},
                                {"rss", none},
                                {"rdf", rdf},
                                {"dc", dc},
                                {"dcterms", dcterms},
                                {"dct", dcterms},
                                {"content", content},
                                {"media", media},
                                {"mrss", media},
                                {"itunes", itunes},
                                {"podcast", podcast},
                                {"googleplay", googleplay},
                                {"georss", georss},
                                {"geo", geo},
                                {"gml", gml},
                                {"slash", slash},
                                {"wfw", wfw},
                                {"thr", thr},
                                {"sy", sy},
                                {"fh", history},
                                {"feedburner", feedburner},
                                {"xhtml", xhtml},
                                {"news", news},
                                {"image", image},
                                {"video", video},
                                {"cc", cc},
                                {"creativecommons", cc},
                                {"psc", psc},
                                {"xml", Namespace::xml}};

// The short forms of keys below.
constexpr std::string_view short_form(Namespace space) {
  switch (space) {
    case none:
    case atom:
      return "";
    case rdf:
      return "rdf";
    case dc:
      return "dc";
    case dcterms:
      return "dct";
    case content:
      return "content";
    case media:
      return "media";
    case itunes:
    case googleplay:
      return "it";
    case podcast:
      return "pod";
    case georss:
      return "georss";
    case geo:
      return "geo";
    case gml:
      return "gml";
    case slash:
      return "slash";
    case wfw:
      return "wfw";
    case thr:
      return "thr";
    case sy:
      return "sy";
    case history:
      return "fh";
    case feedburner:
      return "fb";
    case xhtml:
      return "xhtml";
    case news:
      return "news";
    case image:
      return "simg";
    case video:
      return "svid";
    case cc:
      return "cc";
    case psc:
      return "psc";
    case Namespace::xml:
    case unknown:
      return "?";
  }
  return "?";
}

struct Name {
  std::string_view key;  // short form, ':', local name in lower case
  Element element;
};
constexpr Name kNames[] = {
    {":rss", Element::rss},
    {":rdf", Element::rdf},
    {"rdf:rdf", Element::rdf},
    {":feed", Element::feed},
    {":channel", Element::channel},
    {":item", Element::item},
    {":entry", Element::item},
    {":urlset", Element::url_set},
    {":sitemapindex", Element::sitemap_index},
    {":url", Element::url},
    {":sitemap", Element::sitemap},
    {":html", Element::html},
    {"xhtml:html", Element::html},
    {":opml", Element::opml},
    {":title", Element::title},
    {"dc:title", Element::title},
    {"dct:title", Element::title},
    {":link", Element::link},
    {":description", Element::description},
    {"dc:description", Element::description},
    {"dct:abstract", Element::summary},
    {":abstract", Element::description},
    {":info", Element::unknown},
    {":summary", Element::summary},
    {":content", Element::content},
    {"content:encoded", Element::encoded},
    {":encoded", Element::encoded},
    {":fullitem", Element::encoded},
    {":content_encoded", Element::encoded},
    {"xhtml:body", Element::xhtml_body},
    {":body", Element::xhtml_body},
    {"xhtml:div", Element::xhtml_body},
    {":subtitle", Element::subtitle},
    {":tagline", Element::subtitle},
    {":id", Element::id},
    {":guid", Element::guid},
    {"dc:identifier", Element::unknown},
    {":published", Element::published},
    {":issued", Element::issued},
    {":pubdate", Element::pub_date},
    {":date", Element::dc_date},
    {"dc:date", Element::dc_date},
    {"dct:date", Element::dc_date},
    {":updated", Element::updated},
    {":modified", Element::modified},
    {":lastbuilddate", Element::last_build_date},
    {":created", Element::created},
    {":lastmod", Element::last_modified},
    {"news:publication_date", Element::publication_date},
    {"svid:publication_date", Element::publication_date},
    {"dct:issued", Element::dcterms_issued},
    {"dct:modified", Element::dcterms_modified},
    {"dct:created", Element::dcterms_created},
    {":author", Element::author},
    {":contributor", Element::contributor},
    {"dc:creator", Element::creator},
    {"dc:author", Element::creator},
    {"dct:creator", Element::creator},
    {"dc:contributor", Element::dc_contributor},
    {"dct:contributor", Element::dc_contributor},
    {"dc:publisher", Element::publisher},
    {"dct:publisher", Element::publisher},
    {":managingeditor", Element::managing_editor},
    {":webmaster", Element::web_master},
    {":name", Element::person_name},
    {":uri", Element::person_uri},
    {":homepage", Element::person_uri},
    {":email", Element::person_email},
    {"it:author", Element::itunes_author},
    {"it:owner", Element::itunes_owner},
    {"it:name", Element::itunes_name},
    {"it:email", Element::itunes_email},
    {"media:credit", Element::media_credit},
    {"pod:person", Element::podcast_person},
    {":category", Element::category},
    {"dc:subject", Element::subject},
    {"dct:subject", Element::subject},
    {"it:keywords", Element::keywords},
    {":keywords", Element::keywords},
    {"news:keywords", Element::keywords},
    {"svid:tag", Element::subject},
    {"media:keywords", Element::media_keywords},
    {"media:category", Element::subject},
    {":enclosure", Element::enclosure},
    {":source", Element::source},
    {"dc:source", Element::unknown},
    {":comments", Element::comments},
    {":rights", Element::rights},
    {":copyright", Element::rights},
    {"dc:rights", Element::rights},
    {"dct:rights", Element::rights},
    {"media:copyright", Element::unknown},
    {":generator", Element::generator},
    {":language", Element::language},
    {"dc:language", Element::language},
    {"dct:language", Element::language},
    {"news:language", Element::language},
    {"news:name", Element::unknown},
    {":ttl", Element::ttl},
    {":skiphours", Element::skip_hours},
    {":hour", Element::hour},
    {":skipdays", Element::skip_days},
    {":day", Element::day},
    {":image", Element::image},
    {":textinput", Element::text_input},
    {":logo", Element::logo},
    {":icon", Element::icon},
    {":cloud", Element::cloud},
    {":docs", Element::docs},
    {":rating", Element::rating},
    {":loc", Element::location},
    {":items", Element::items_sequence},
    {"media:content", Element::media_content},
    {"media:thumbnail", Element::media_thumbnail},
    {"media:group", Element::media_group},
    {"media:title", Element::media_title},
    {"media:description", Element::media_description},
    {"media:text", Element::unknown},
    {"media:rating", Element::media_rating},
    {"it:image", Element::itunes_image},
    {"it:link", Element::itunes_link},
    {"it:summary", Element::itunes_summary},
    {"it:description", Element::itunes_summary},
    {"it:subtitle", Element::itunes_subtitle},
    {"it:duration", Element::itunes_duration},
    {"it:category", Element::itunes_category},
    {"it:explicit", Element::itunes_other},
    {"it:episode", Element::itunes_other},
    {"it:season", Element::itunes_other},
    {"it:episodetype", Element::itunes_other},
    {"it:type", Element::itunes_other},
    {"it:block", Element::itunes_other},
    {"it:title", Element::itunes_other},
    {"it:order", Element::itunes_other},
    {"it:complete", Element::itunes_other},
    {"it:new-feed-url", Element::new_feed_url},
    {"pod:guid", Element::podcast_other},
    {"pod:season", Element::podcast_other},
    {"pod:episode", Element::podcast_other},
    {"pod:medium", Element::podcast_other},
    {"pod:locked", Element::podcast_other},
    {"pod:location", Element::podcast_other},
    {"pod:license", Element::podcast_other},
    {"pod:transcript", Element::transcript},
    {"pod:chapters", Element::chapters},
    {"fb:origlink", Element::orig_link},
    {"wfw:commentrss", Element::comment_feed},
    {"slash:comments", Element::comment_count},
    {"thr:total", Element::comment_count},
    {"thr:in-reply-to", Element::in_reply_to},
    {"sy:updateperiod", Element::update_period},
    {"sy:updatefrequency", Element::update_frequency},
    {"sy:updatebase", Element::update_base},
    {"cc:license", Element::license},
    {"georss:point", Element::geo_point},
    {"georss:line", Element::geo_line},
    {"georss:polygon", Element::geo_polygon},
    {"georss:box", Element::geo_box},
    {"geo:lat", Element::geo_lat},
    {"geo:long", Element::geo_long},
    {"geo:lon", Element::geo_long},
    {"geo:lat_long", Element::geo_lat_long},
    {"gml:pos", Element::gml_positions},
    {"gml:poslist", Element::gml_positions},
    {"gml:linestring", Element::gml_line},
    {"gml:polygon", Element::gml_polygon},
    {"simg:loc", Element::image_location},
    {"svid:thumbnail_loc", Element::video_thumbnail},
    {"svid:title", Element::news_title},
    {"news:title", Element::news_title},
    {"psc:chapter", Element::psc_chapter},
    {"fh:complete", Element::complete},
    {"fh:archive", Element::archive},
};

constexpr std::size_t kSlots = 1024;

struct Hash {
  std::uint32_t value = 2166136261u;
  constexpr void add(char c) {
    value = (value ^ static_cast<unsigned char>(ascii_lower(c))) * 16777619u;
  }
  constexpr void add(std::string_view text) {
    for (const char c : text) {
      add(c);
    }
  }
  constexpr std::size_t slot() const { return (value ^ value >> 15) % kSlots; }
};

constexpr std::array<std::uint8_t, kSlots> name_slots() {
  static_assert(std::size(kNames) < 255);
  std::array<std::uint8_t, kSlots> slots{};
  for (std::size_t i = 0; i < std::size(kNames); ++i) {
    Hash hash;
    hash.add(kNames[i].key);
    std::size_t slot = hash.slot();
    while (slots[slot] != 0) {
      slot = (slot + 1) % kSlots;
    }
    slots[slot] = static_cast<std::uint8_t>(i + 1);
  }
  return slots;
}
constexpr auto kNameSlots = name_slots();

}  // namespace

Namespace namespace_of(std::string_view prefix, std::string_view uri) {
  std::string plain = to_ascii_lower(trim(uri));
  for (const std::string_view start : {"http://", "https://", "www."}) {
    if (plain.starts_with(start)) {
      plain.erase(0, start.size());
    }
  }
  for (const Uri& known : kUris) {
    if (plain.starts_with(known.start)) {
      return known.space;
    }
  }
  for (const Prefix& known : kPrefixes) {
    if (equals_ignoring_case(known.prefix, prefix)) {
      return known.space;
    }
  }
  return unknown;
}

Element element_of(Namespace space, std::string_view local) {
  const std::string_view form = short_form(space);
  Hash hash;
  hash.add(form);
  hash.add(':');
  hash.add(local);
  for (std::size_t slot = hash.slot(); kNameSlots[slot] != 0;
       slot = (slot + 1) % kSlots) {
    const Name& name = kNames[kNameSlots[slot] - 1u];
    if (name.key.size() == form.size() + 1 + local.size() && name.key.starts_with(form) &&
        equals_ignoring_case(name.key.substr(form.size() + 1), local)) {
      return name.element;
    }
  }
  return Element::unknown;
}

}  // namespace siftd
