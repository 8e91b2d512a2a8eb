// Every judgement about what a feed meant: which of several fields is the title, the
// text, the date. Each fallback names the feeds that need it.
#include <algorithm>

#include "base/limits.hpp"
#include "parsers/chars.hpp"
#include "parsers/entities.hpp"
#include "parsers/feed_draft.hpp"
#include "parsers/html_text.hpp"
#include "parsers/sanitize.hpp"
#include "parsers/url.hpp"

namespace siftd {
namespace {

std::string plain_text(const FeedText& text) {
  switch (text.kind) {
    case TextKind::none:
      return "";
    case TextKind::plain:
      // Plain text holds no references; those that stand there were escaped twice,
      // unless the text shows how markup is written.
      return collapse_spaces(text.value.find('<') == text.value.npos
                                 ? decode_references(text.value)
                                 : text.value);
    case TextKind::html:
    case TextKind::xhtml:
      return text_of_html(text.value);
  }
  return "";
}

const FeedText& first_of(std::initializer_list<const FeedText*> texts) {
  static const FeedText none;
  for (const FeedText* text : texts) {
    if (!text->empty()) {
      return *text;
    }
  }
  return none;
}

bool is_audio_or_video(const FeedMedia& media) {
  return media.medium == "audio" || media.medium == "video" ||
         media.type.starts_with("audio/") || media.type.starts_with("video/");
}

bool is_picture(const FeedMedia& media) {
  return media.medium == "image" || media.type.starts_with("image/");
}

void take_text(Item& item, const FeedDraft& draft) {
  const FeedText& whole = draft.content;
  const FeedText& part =
      first_of({&draft.description, &draft.summary, &draft.itunes_summary,
                &draft.media_description, &draft.itunes_subtitle});
  // Atom's content and content:encoded are the text; a description alone may be.
  const FeedText& text = whole.empty() ? part : whole;
  item.has_full_content = !whole.empty();
  if (text.kind == TextKind::plain) {
    item.content_text = text.value;
  } else if (!text.empty()) {
    item.content_html.reserve(text.value.size());
    sanitize_html(text.value, text.base, item.content_html);
  }
  if (!whole.empty()) {
    item.summary = plain_text(part);
  } else if (part.value.size() <= 4 * limits::kMaxSummary) {
    item.summary = plain_text(part);
    if (item.summary.size() > limits::kMaxSummary) {
      item.summary.clear();  // a whole article in its description
    }
  }
}

void take_people(Item& item, FeedDraft& draft) {
  // Podcasts name the show's owner in itunes:author next to the real author.
  item.authors = !draft.authors.empty()    ? std::move(draft.authors)
                 : !draft.creators.empty() ? std::move(draft.creators)
                                           : std::move(draft.itunes_authors);
}

void add_attachment(Item& item, Attachment attachment) {
  const bool known =
      std::any_of(item.attachments.begin(), item.attachments.end(),
                  [&](const Attachment& a) { return a.url == attachment.url; });
  if (!known && !attachment.url.empty() &&
      item.attachments.size() < limits::kMaxAttachments) {
    item.attachments.push_back(std::move(attachment));
  }
}

void take_attachments(Item& item, FeedDraft& draft) {
  for (Attachment& enclosure : draft.enclosures) {
    add_attachment(item, std::move(enclosure));
  }
  for (const FeedLink& link : draft.links) {
    if (link.rel == "enclosure") {
      std::optional<std::uint64_t> size;
      if (!link.length.empty() && link.length.size() < 19 &&
          link.length.find_first_not_of("0123456789") == link.length.npos) {
        size = std::stoull(link.length);
      }
      add_attachment(item, {link.url, link.type, link.title, size, std::nullopt});
    }
  }
  for (const FeedMedia& media : draft.media) {
    if (is_audio_or_video(media)) {
      add_attachment(item,
                     {media.url, media.type, media.title, media.size, media.duration});
    }
  }
  if (draft.duration && !item.attachments.empty() &&
      !item.attachments[0].duration_in_seconds) {
    item.attachments[0].duration_in_seconds = draft.duration;
  }
}

void take_image(Item& item, const FeedDraft& draft) {
  item.image = draft.image;
  if (item.image.empty() && !draft.thumbnails.empty()) {
    item.image = draft.thumbnails.front();
  }
  for (const FeedMedia& media : draft.media) {
    if (item.image.empty() && is_picture(media)) {
      item.image = media.url;
    }
  }
  for (const Attachment& attachment : item.attachments) {
    if (item.image.empty() && attachment.mime_type.starts_with("image/")) {
      item.image = attachment.url;
    }
  }
}

// The best link of a relation: HTML before other types, the first before later ones.
std::string link_of(const FeedDraft& draft, std::string_view rel) {
  std::string found;
  for (const FeedLink& link : draft.links) {
    if (link.rel != rel) {
      continue;
    }
    if (link.type.empty() || link.type.find("html") != link.type.npos) {
      return link.url;
    }
    found = found.empty() ? link.url : found;
  }
  return found;
}

void take_links(Item& item, const FeedDraft& draft) {
  item.url = link_of(draft, "alternate");
  if (item.url.empty()) {
    item.url = draft.link;
  }
  if (item.url.empty() && draft.id_is_permalink) {
    item.url = resolve_url({}, draft.id);
  }
  if (!draft.orig_link.empty()) {
    item.external_url = item.url == draft.orig_link ? "" : item.url;
    item.url = draft.orig_link;  // FeedBurner counts at the other one
  } else if (!draft.content_src.empty()) {
    item.external_url = draft.content_src;
  } else {
    item.external_url = link_of(draft, "related");
  }
}

bool is_email(std::string_view text) {
  const std::size_t at = text.find('@');
  return at != text.npos && at > 0 && at + 1 < text.size() &&
         text.find_first_of(" \t<>()") == text.npos;
}

}  // namespace

Author author_of(std::string_view raw) {
  std::string_view text = trim(raw);
  Author author;
  for (const auto& [open, close] : {std::pair{'(', ')'}, std::pair{'<', '>'}}) {
    const std::size_t start = text.find(open);
    const std::size_t end = text.rfind(close);
    if (start == text.npos || end == text.npos || end < start) {
      continue;
    }
    const std::string_view outside = trim(text.substr(0, start));
    std::string_view inside = trim(text.substr(start + 1, end - start - 1));
    if (inside.starts_with("mailto:")) {
      inside.remove_prefix(7);
    }
    if (is_email(inside)) {
      author.email = inside;
      author.name = outside;
      return author;
    }
    if (is_email(outside)) {
      author.email = outside;
      author.name = inside;
      return author;
    }
  }
  if (is_email(text)) {
    author.email = text;
    author.name = text;
    return author;
  }
  // "me@example.org Ann Lee"
  const std::size_t blank = text.find(' ');
  if (blank != text.npos && is_email(text.substr(0, blank))) {
    author.email = text.substr(0, blank);
    author.name = trim(text.substr(blank));
    return author;
  }
  author.name = text;
  return author;
}

Item adapt_item(FeedDraft draft) {
  Item item;
  item.title =
      plain_text(first_of({&draft.title, &draft.media_title, &draft.itunes_title}));
  take_text(item, draft);
  take_links(item, draft);
  take_attachments(item, draft);
  take_image(item, draft);
  item.extensions_json = item_extensions(draft);
  take_people(item, draft);
  item.id = std::move(draft.id);
  item.tags = std::move(draft.tags);
  item.published = draft.published.time ? draft.published.time : draft.created.time;
  item.updated = draft.updated.time;
  item.language = std::move(draft.language);
  return item;
}

FeedInfo adapt_feed(ChannelDraft draft) {
  FeedInfo info;
  info.format = draft.format;
  info.title = plain_text(draft.title);
  info.description =
      plain_text(first_of({&draft.description, &draft.summary, &draft.itunes_summary}));
  info.home_page_url = link_of(draft, "alternate");
  if (info.home_page_url.empty()) {
    info.home_page_url = draft.link;
  }
  info.self = link_of(draft, "self");
  info.feed_url = info.self;
  for (const FeedLink& link : draft.links) {
    if (link.rel == "hub") {
      info.hubs.push_back(link.url);
    }
  }
  info.next_url = link_of(draft, "next");
  if (info.next_url.empty()) {
    info.next_url = link_of(draft, "prev-archive");
  }
  info.language = draft.language;
  info.icon = draft.image.empty() ? draft.icon : draft.image;
  info.favicon = info.icon == draft.icon ? "" : draft.icon;
  info.ttl = draft.ttl ? std::optional(std::chrono::minutes(*draft.ttl)) : std::nullopt;
  for (const int hour : draft.skip_hours) {
    info.skip_hours |= 1u << hour;
  }
  for (const int day : draft.skip_days) {
    info.skip_days = static_cast<std::uint8_t>(info.skip_days | 1u << day);
  }
  using namespace std::chrono_literals;
  struct Period {
    std::string_view name;
    std::chrono::seconds length;
  };
  for (const Period& period :
       {Period{"hourly", 1h}, Period{"daily", 24h}, Period{"weekly", 168h},
        Period{"monthly", 720h}, Period{"yearly", 8760h}}) {
    if (draft.update_period == period.name) {
      info.update_period =
          period.length / std::max(1, draft.update_frequency.value_or(1));
    }
  }
  info.extensions_json = feed_extensions(draft);
  info.sitemaps = std::move(draft.sitemaps);
  info.authors = !draft.authors.empty()    ? std::move(draft.authors)
                 : !draft.creators.empty() ? std::move(draft.creators)
                                           : std::move(draft.itunes_authors);
  return info;
}

}  // namespace siftd
