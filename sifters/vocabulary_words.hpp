#pragma once

#include <cstdint>

#include "sifters/vocabulary.hpp"

// Words that sites put into class, id and the like, by what they tell. Words are
// matched whole, after splitting names as people write them: entry-content,
// entryContent, entry_content. A pair is written with a space.
// For sifters/vocabulary only.
namespace siftd {

struct VocabularyEntry {
  std::uint32_t mark;
  const char* words;  // separated by '|'
};

inline constexpr VocabularyEntry kVocabulary[] = {
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

// Names that hide their element; whole, because "field-label-hidden" hides a label.
inline constexpr VocabularyEntry kHidingNames[] = {
    {kMarkHidden,
     "hidden|is-hidden|visually-hidden|visuallyhidden|sr-only|d-none|screen-reader-text|"
     "invisible|u-hidden|hide|noprint|element-invisible|no-print|print-only|printonly|"
     "offscreen|element-hidden|show-for-print|only-print|u-hide"},
};

// Beginnings of words that run on ("relatedposttitle", "commentarea").
inline constexpr VocabularyEntry kVocabularyStems[] = {
    {kMarkRelated, "related|recommend|readmore|readalso|mostread|mostpopular|youmaylike"},
    {kMarkComments,
     "commentlist|commentarea|commentform|commentbox|commentsection|disqus"},
    {kMarkShare, "sharebar|sharebutton|sharing|social|sharelink|shareicon"},
    {kMarkNewsletter, "newsletter|subscribe"},
    {kMarkNav, "breadcrumb|navigation|pagination"},
    {kMarkAd, "advert|sponsor|promo|adsense|adslot|outbrain|taboola"},
    {kMarkChrome, "sidebar|cookie|gdpr|consent|footer"},
};

}  // namespace siftd
