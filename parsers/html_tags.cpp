#include "parsers/html_tags.hpp"

#include <array>
#include <myhtml/myhtml.h>
#include <utility>

namespace siftd {

namespace {

using TagPair = std::pair<std::size_t, Tag>;

constexpr TagPair kTags[] = {
    {MyHTML_TAG__TEXT, Tag::text},
    {MyHTML_TAG_A, Tag::a},
    {MyHTML_TAG_ABBR, Tag::abbr},
    {MyHTML_TAG_ADDRESS, Tag::address},
    {MyHTML_TAG_ARTICLE, Tag::article},
    {MyHTML_TAG_ASIDE, Tag::aside},
    {MyHTML_TAG_AUDIO, Tag::audio},
    {MyHTML_TAG_B, Tag::b},
    {MyHTML_TAG_BASE, Tag::base},
    {MyHTML_TAG_BLOCKQUOTE, Tag::blockquote},
    {MyHTML_TAG_BODY, Tag::body},
    {MyHTML_TAG_BR, Tag::br},
    {MyHTML_TAG_BUTTON, Tag::button},
    {MyHTML_TAG_CANVAS, Tag::canvas},
    {MyHTML_TAG_CAPTION, Tag::caption},
    {MyHTML_TAG_CENTER, Tag::center},
    {MyHTML_TAG_CITE, Tag::cite},
    {MyHTML_TAG_CODE, Tag::code},
    {MyHTML_TAG_DD, Tag::dd},
    {MyHTML_TAG_DEL, Tag::del},
    {MyHTML_TAG_DETAILS, Tag::details},
    {MyHTML_TAG_DIALOG, Tag::dialog},
    {MyHTML_TAG_DIV, Tag::div},
    {MyHTML_TAG_DL, Tag::dl},
    {MyHTML_TAG_DT, Tag::dt},
    {MyHTML_TAG_EM, Tag::em},
    {MyHTML_TAG_EMBED, Tag::embed},
    {MyHTML_TAG_FIELDSET, Tag::fieldset},
    {MyHTML_TAG_FIGCAPTION, Tag::figcaption},
    {MyHTML_TAG_FIGURE, Tag::figure},
    {MyHTML_TAG_FONT, Tag::font},
    {MyHTML_TAG_FOOTER, Tag::footer},
    {MyHTML_TAG_FORM, Tag::form},
    {MyHTML_TAG_H1, Tag::h1},
    {MyHTML_TAG_H2, Tag::h2},
    {MyHTML_TAG_H3, Tag::h3},
    {MyHTML_TAG_H4, Tag::h4},
    {MyHTML_TAG_H5, Tag::h5},
    {MyHTML_TAG_H6, Tag::h6},
    {MyHTML_TAG_HEAD, Tag::head},
    {MyHTML_TAG_HEADER, Tag::header},
    {MyHTML_TAG_HR, Tag::hr},
    {MyHTML_TAG_HTML, Tag::html},
    {MyHTML_TAG_I, Tag::i},
    {MyHTML_TAG_IFRAME, Tag::iframe},
    {MyHTML_TAG_IMG, Tag::img},
    {MyHTML_TAG_INPUT, Tag::input},
    {MyHTML_TAG_INS, Tag::ins},
    {MyHTML_TAG_LABEL, Tag::label},
    {MyHTML_TAG_LEGEND, Tag::legend},
    {MyHTML_TAG_LI, Tag::li},
    {MyHTML_TAG_LINK, Tag::link},
    {MyHTML_TAG_MAIN, Tag::main},
    {MyHTML_TAG_MAP, Tag::map},
    {MyHTML_TAG_MARK, Tag::mark},
    {MyHTML_TAG_MATH, Tag::math},
    {MyHTML_TAG_MENU, Tag::menu},
    {MyHTML_TAG_META, Tag::meta},
    {MyHTML_TAG_NAV, Tag::nav},
    {MyHTML_TAG_NOSCRIPT, Tag::noscript},
    {MyHTML_TAG_OBJECT, Tag::object},
    {MyHTML_TAG_OL, Tag::ol},
    {MyHTML_TAG_OPTION, Tag::option},
    {MyHTML_TAG_P, Tag::p},
    {MyHTML_TAG_PRE, Tag::pre},
    {MyHTML_TAG_Q, Tag::q},
    {MyHTML_TAG_RP, Tag::rp},
    {MyHTML_TAG_RT, Tag::rt},
    {MyHTML_TAG_RUBY, Tag::ruby},
    {MyHTML_TAG_S, Tag::s},
    {MyHTML_TAG_SAMP, Tag::samp},
    {MyHTML_TAG_SCRIPT, Tag::script},
    {MyHTML_TAG_SECTION, Tag::section},
    {MyHTML_TAG_SELECT, Tag::select},
    {MyHTML_TAG_SMALL, Tag::small},
    {MyHTML_TAG_SOURCE, Tag::source},
    {MyHTML_TAG_SPAN, Tag::span},
    {MyHTML_TAG_STRONG, Tag::strong},
    {MyHTML_TAG_STYLE, Tag::style},
    {MyHTML_TAG_SUB, Tag::sub},
    {MyHTML_TAG_SUMMARY, Tag::summary},
    {MyHTML_TAG_SUP, Tag::sup},
    {MyHTML_TAG_SVG, Tag::svg},
    {MyHTML_TAG_TABLE, Tag::table},
    {MyHTML_TAG_TBODY, Tag::tbody},
    {MyHTML_TAG_TD, Tag::td},
    {MyHTML_TAG_TEMPLATE, Tag::template_},
    {MyHTML_TAG_TEXTAREA, Tag::textarea},
    {MyHTML_TAG_TFOOT, Tag::tfoot},
    {MyHTML_TAG_TH, Tag::th},
    {MyHTML_TAG_THEAD, Tag::thead},
    {MyHTML_TAG_TIME, Tag::time},
    {MyHTML_TAG_TITLE, Tag::title},
    {MyHTML_TAG_TR, Tag::tr},
    {MyHTML_TAG_U, Tag::u},
    {MyHTML_TAG_UL, Tag::ul},
    {MyHTML_TAG_VAR, Tag::var},
    {MyHTML_TAG_VIDEO, Tag::video},
    {MyHTML_TAG_WBR, Tag::wbr},
};

}  // namespace

Tag tag_of(std::size_t myhtml_id) {
  static const auto table = [] {
    std::array<Tag, MyHTML_TAG_LAST_ENTRY> made{};
    for (const auto& [number, tag] : kTags) {
      made[number] = tag;
    }
    return made;
  }();
  return myhtml_id < table.size() ? table[myhtml_id] : Tag::other;
}

bool is_block(Tag tag) {
  switch (tag) {
    case Tag::address:
    case Tag::article:
    case Tag::aside:
    case Tag::blockquote:
    case Tag::body:
    case Tag::caption:
    case Tag::center:
    case Tag::dd:
    case Tag::details:
    case Tag::dialog:
    case Tag::div:
    case Tag::dl:
    case Tag::dt:
    case Tag::fieldset:
    case Tag::figcaption:
    case Tag::figure:
    case Tag::footer:
    case Tag::form:
    case Tag::h1:
    case Tag::h2:
    case Tag::h3:
    case Tag::h4:
    case Tag::h5:
    case Tag::h6:
    case Tag::head:
    case Tag::header:
    case Tag::hr:
    case Tag::html:
    case Tag::legend:
    case Tag::li:
    case Tag::main:
    case Tag::menu:
    case Tag::nav:
    case Tag::ol:
    case Tag::option:
    case Tag::p:
    case Tag::pre:
    case Tag::section:
    case Tag::summary:
    case Tag::table:
    case Tag::tbody:
    case Tag::tfoot:
    case Tag::thead:
    case Tag::title:
    case Tag::tr:
    case Tag::ul:
      return true;
    default:
      return false;
  }
}

int heading_level(Tag tag) {
  return tag >= Tag::h1 && tag <= Tag::h6
             ? static_cast<int>(tag) - static_cast<int>(Tag::h1) + 1
             : 0;
}

}  // namespace siftd
