#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "parsers/html.hpp"

namespace siftd {

// What the names of an element (class, id, role, ...) and its tag say about it.
// Bits, because one name may say several things.
enum Mark : std::uint32_t {
  kMarkBody = 1u << 0,        // the text of an article: "entry-content", articleBody
  kMarkArticle = 1u << 1,     // around an article: "post", "story", <article>, <main>
  kMarkNav = 1u << 2,         // menus, breadcrumbs, pagination
  kMarkComments = 1u << 3,    // what readers write
  kMarkShare = 1u << 4,       // share and follow bars
  kMarkRelated = 1u << 5,     // teasers of other articles
  kMarkNewsletter = 1u << 6,  // calls to sign up
  kMarkAd = 1u << 7,          // advertising and promotion
  kMarkChrome = 1u << 8,      // footers, sidebars, banners, dialogs, widgets
  kMarkCaption = 1u << 9,     // captions and credits of pictures
  kMarkByline = 1u << 10,     // author, date and such
  kMarkBio = 1u << 11,        // who the author is
  kMarkTags = 1u << 12,       // topics, categories, keywords
  kMarkMedia = 1u << 13,      // players, galleries
  kMarkPaywall = 1u << 14,    // subscribe to read on
  kMarkHidden = 1u << 15,     // not shown
  kMarkTitle = 1u << 16,      // the headline
  kMarkLead = 1u << 17,       // standfirst, summary above the text
  kMarkForm = 1u << 18,       // controls
  kMarkCorrection = 1u << 19,
  kMarkFrame = 1u << 20,  // <footer>, <aside>, <dialog> and their roles
};

// What was made of the values of a page's class attributes, by their numbers.
using KnownMarks = std::vector<std::optional<std::uint32_t>>;

// The marks of one element by its own tag and attributes. Linear in their size. `known`
// begins empty for a tree.
std::uint32_t marks_of(const HtmlTree& tree, HtmlTree::Index node, KnownMarks& known);

// The marks that a class or id attribute's words carry. ASCII words count, split
// at everything that is no letter and at camelCase humps; neighbours may form a pair.
std::uint32_t marks_of_names(std::string_view names);

}  // namespace siftd
