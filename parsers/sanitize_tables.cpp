#include "parsers/sanitize_tables.hpp"

#include <array>
#include <cstddef>

#include "parsers/chars.hpp"

namespace siftd {
namespace {

using enum Treatment;

constexpr ElementRule kElements[] = {
    // text
    {"a", keep, Group::none, for_link},
    {"abbr", keep},
    {"acronym", keep},
    {"b", keep},
    {"bdi", keep},
    {"bdo", keep},
    {"big", keep},
    {"br", keep, Group::none, no_more, true, true},
    {"cite", keep},
    {"code", keep},
    {"data", keep},
    {"del", keep, Group::none, for_quote | for_time},
    {"dfn", keep},
    {"em", keep},
    {"font", keep},
    {"i", keep},
    {"ins", keep, Group::none, for_quote | for_time},
    {"kbd", keep},
    {"mark", keep},
    {"nobr", keep},
    {"q", keep, Group::none, for_quote},
    {"rp", keep},
    {"rt", keep},
    {"rtc", keep},
    {"ruby", keep},
    {"s", keep},
    {"samp", keep},
    {"small", keep},
    {"span", keep},
    {"strike", keep},
    {"strong", keep},
    {"sub", keep},
    {"sup", keep},
    {"time", keep, Group::none, for_time},
    {"tt", keep},
    {"u", keep},
    {"var", keep},
    {"wbr", keep, Group::none, no_more, true},
    // blocks
    {"address", keep, Group::block, no_more, false, true},
    {"article", keep, Group::block, no_more, false, true},
    {"aside", keep, Group::block, no_more, false, true},
    {"blockquote", keep, Group::block, for_quote, false, true},
    {"center", keep, Group::block, no_more, false, true},
    {"details", keep, Group::block, no_more, false, true},
    {"dir", keep, Group::block, no_more, false, true},
    {"div", keep, Group::block, no_more, false, true},
    {"figcaption", keep, Group::block, no_more, false, true},
    {"figure", keep, Group::block, no_more, false, true},
    {"footer", keep, Group::block, no_more, false, true},
    {"h1", keep, Group::block, no_more, false, true},
    {"h2", keep, Group::block, no_more, false, true},
    {"h3", keep, Group::block, no_more, false, true},
    {"h4", keep, Group::block, no_more, false, true},
    {"h5", keep, Group::block, no_more, false, true},
    {"h6", keep, Group::block, no_more, false, true},
    {"header", keep, Group::block, no_more, false, true},
    {"hgroup", keep, Group::block, no_more, false, true},
    {"hr", keep, Group::block, no_more, true, true},
    {"main", keep, Group::block, no_more, false, true},
    {"menu", keep, Group::block, no_more, false, true},
    {"nav", keep, Group::block, no_more, false, true},
    {"p", keep, Group::block, no_more, false, true},
    {"pre", keep, Group::block, no_more, false, true},
    {"section", keep, Group::block, no_more, false, true},
    {"summary", keep, Group::block, no_more, false, true},
    // lists and tables
    {"dl", keep, Group::block, no_more, false, true},
    {"dt", keep, Group::term, no_more, false, true},
    {"dd", keep, Group::term, no_more, false, true},
    {"ol", keep, Group::block, for_list, false, true},
    {"ul", keep, Group::block, for_list, false, true},
    {"li", keep, Group::list_item, for_list, false, true},
    {"table", keep, Group::block, no_more, false, true},
    {"caption", keep, Group::none, no_more, false, true},
    {"colgroup", keep, Group::none, for_cell},
    {"col", keep, Group::none, for_cell, true},
    {"thead", keep, Group::table_part, no_more, false, true},
    {"tbody", keep, Group::table_part, no_more, false, true},
    {"tfoot", keep, Group::table_part, no_more, false, true},
    {"tr", keep, Group::row, no_more, false, true},
    {"td", keep, Group::cell, for_cell, false, true},
    {"th", keep, Group::cell, for_cell, false, true},
    // pictures and sound
    {"img", keep, Group::none, for_image, true},
    {"picture", keep},
    {"source", keep, Group::none, for_media, true},
    {"audio", keep, Group::none, for_media},
    {"video", keep, Group::none, for_media | for_image},
    // known, not wanted, but what is in them is
    {"applet", unwrap},
    {"area", unwrap, Group::none, no_more, true},
    {"base", unwrap, Group::none, no_more, true},
    {"basefont", unwrap, Group::none, no_more, true},
    {"bgsound", unwrap, Group::none, no_more, true},
    {"blink", unwrap},
    {"body", unwrap, Group::none, no_more, false, true},
    {"button", unwrap},
    {"fieldset", unwrap, Group::none, no_more, false, true},
    {"form", unwrap, Group::none, no_more, false, true},
    {"html", unwrap, Group::none, no_more, false, true},
    {"iframe", unwrap},
    {"input", unwrap, Group::none, no_more, true},
    {"keygen", unwrap, Group::none, no_more, true},
    {"label", unwrap},
    {"legend", unwrap, Group::none, no_more, false, true},
    {"link", unwrap, Group::none, no_more, true},
    {"map", unwrap},
    {"marquee", unwrap},
    {"math", unwrap},  // a formula in a sentence: its letters are better than a gap
    {"meta", unwrap, Group::none, no_more, true},
    {"noscript", unwrap},
    {"object", unwrap},
    {"option", unwrap, Group::none, no_more, false, true},
    {"param", unwrap, Group::none, no_more, true},
    {"select", unwrap},
    {"track", unwrap, Group::none, no_more, true},
    // gone whole
    {"annotation", drop},      // a formula once more, as TeX
    {"annotation-xml", drop},  // or as a tree
    {"canvas", drop},
    {"embed", drop, Group::none, no_more, true},
    {"frame", drop, Group::none, no_more, true},
    {"frameset", drop},
    {"head", drop},
    {"noembed", drop},
    {"noframes", drop},
    {"plaintext", drop},
    {"script", drop},
    {"style", drop},
    {"svg", drop},
    {"template", drop},
    {"textarea", drop},
    {"title", drop},
    {"xml", drop},
    {"xmp", drop},
};

constexpr AttributeRule kAttributes[] = {
    {"title", 0xFF},
    {"lang", 0xFF},
    {"dir", 0xFF},
    {"class", 0xFF},
    {"href", for_link, true},
    {"hreflang", for_link},
    {"src", for_image | for_media, true},
    {"alt", for_image},
    {"width", for_image},
    {"height", for_image},
    {"longdesc", for_image, true},
    {"poster", for_media, true},
    {"controls", for_media},
    {"type", for_media | for_list},
    {"cite", for_quote, true},
    {"datetime", for_time},
    {"start", for_list},
    {"value", for_list},
    {"reversed", for_list},
    {"colspan", for_cell},
    {"rowspan", for_cell},
    {"headers", for_cell},
    {"scope", for_cell},
    {"span", for_cell},
    {"abbr", for_cell},
};

constexpr std::size_t kSlots = 1024;

constexpr std::size_t slot_of(std::string_view name) {
  std::uint32_t hash = 2166136261u;
  for (const char c : name) {
    hash = (hash ^ static_cast<unsigned char>(ascii_lower(c))) * 16777619u;
  }
  return (hash ^ hash >> 15) % kSlots;
}

// Open addressing; values are index + 1.
template <class Rule, std::size_t N>
constexpr std::array<std::uint8_t, kSlots> slots_of(const Rule (&rules)[N]) {
  std::array<std::uint8_t, kSlots> slots{};
  for (std::size_t i = 0; i < N; ++i) {
    std::size_t slot = slot_of(rules[i].name);
    while (slots[slot] != 0) {
      slot = (slot + 1) % kSlots;
    }
    slots[slot] = static_cast<std::uint8_t>(i + 1);
  }
  return slots;
}
constexpr auto kElementSlots = slots_of(kElements);
constexpr auto kAttributeSlots = slots_of(kAttributes);

template <class Rule, std::size_t N>
const Rule* find_rule(const Rule (&rules)[N],
                      const std::array<std::uint8_t, kSlots>& slots,
                      std::string_view name) {
  if (name.size() > 16) {
    return nullptr;
  }
  for (std::size_t slot = slot_of(name); slots[slot] != 0; slot = (slot + 1) % kSlots) {
    const Rule& rule = rules[slots[slot] - 1u];
    if (equals_ignoring_case(rule.name, name)) {
      return &rule;
    }
  }
  return nullptr;
}

}  // namespace

const ElementRule* element_rule(std::string_view name) {
  return find_rule(kElements, kElementSlots, name);
}

const AttributeRule* attribute_rule(std::string_view name) {
  return find_rule(kAttributes, kAttributeSlots, name);
}

bool is_tracker(std::string_view url) {
  for (const std::string_view part : {"feedburner.com/~r/",
                                      "feedburner.com/~ff/",
                                      "feeds.wordpress.com/1.0/",
                                      "stats.wordpress.com/b.gif",
                                      "pixel.wp.com/",
                                      "feedsportal.com/",
                                      "pheedo.com/",
                                      "doubleclick.net/",
                                      "/pagead/",
                                      "google-analytics.com/",
                                      "pixel.quantserve.com/",
                                      "scorecardresearch.com/",
                                      "facebook.com/tr?",
                                      "medium.com/_/stat",
                                      "buysellads.com/",
                                      "/mf.gif",
                                      "counter.yadro.ru/",
                                      "vgwort.de/",
                                      "ioam.de/",
                                      "pixel.gif?",
                                      "/pixel.png?",
                                      "rss-pixel",
                                      "/track.gif",
                                      "/tracking/rss"}) {
    if (url.find(part) != url.npos) {
      return true;
    }
  }
  return false;
}

}  // namespace siftd
