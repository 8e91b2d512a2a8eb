#include "sifters/identity.hpp"

#include <algorithm>
#include <array>
#include <vector>
#include <xxhash.h>

#include "parsers/url.hpp"
#include "sifters/words.hpp"

// The rules of canonical_url(), in order:
//   1 what stands behind a known redirector or AMP cache is the URL
//   2 scheme and host in lower case, no default port, no user information
//   3 a mobile or AMP label of the host goes: m.example.org, amp.example.org
//   4 AMP goes from the path: /amp/x, x/amp, x.amp.html
//   5 ;jsessionid and the like go from the path
//   6 tracking parameters go from the query; the others keep their order
//   7 needless percent-encoding goes, the needed one is in capitals
//   8 the fragment goes, unless it begins with '!', an old way to name pages
// and for url_key() alone, because such URLs are one page but the other form may
// not be served: http is https, www. is nothing, a slash or index.html at the end
// is nothing, parameters are sorted.
namespace siftd {

namespace {

// Parameters that tell where a reader comes from, not where he goes.
constexpr std::string_view kTrackingPrefixes[] = {
    "utm_", "at_",     "ns_",   "mtm_",  "pk_",    "piwik_", "matomo_", "hsa_",
    "_hs",  "oly_",    "vero_", "mc_",   "cm_mmc", "cm_ven", "fb_",     "ga_",
    "itm_", "int_cmp", "soc_",  "guce_", "sc_",    "trk_",   "asc_",    "__twitter"};
constexpr std::string_view kTracking[] = {
    "_ga",          "_gl",      "_openstat", "campaign_id", "ck_subscriber_id",
    "cmp",          "cmpid",    "dclid",     "emc",         "fbclid",
    "feedname",     "feedtype", "gbraid",    "gclid",       "gclsrc",
    "guccounter",   "icid",     "igsh",      "igshid",      "intcid",
    "intcmp",       "ito",      "mibextid",  "mkt_tok",     "msclkid",
    "ncid",         "ocid",     "partner",   "phpsessid",   "ref",
    "ref_src",      "ref_url",  "rpc",       "s_cid",       "s_kwcid",
    "sfmc_id",      "share",    "smid",      "smtyp",       "spm",
    "sr_share",     "taid",     "trk",       "tsrc",        "ttclid",
    "twclid",       "usqp",     "wbraid",    "wt.mc_id",    "wt_mc",
    "xtor",         "yclid",    "cvid",      "elqtrackid",  "jsessionid",
    "aspsessionid", "sref",     "cid_rss",   "amp_js_v",    "amp_gsa"};
// Parameters that are tracking when they have such a value.
constexpr std::string_view kSourceNames[] = {
    "source", "src",  "from", "feed", "via", "output", "format",
    "mode",   "view", "type", "rss",  "amp", "mod",    "outputtype"};
constexpr std::string_view kSourceValues[] = {
    "rss", "rss2",    "atom",     "feed",       "rssfeed", "rss_feed", "feeds",
    "amp", "twitter", "facebook", "newsletter", "email",   "rss.xml",  "mobile"};

char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), to_lower);
  return result;
}

template <std::size_t N>
bool is_one_of(std::string_view text, const std::string_view (&list)[N]) {
  return std::find(std::begin(list), std::end(list), text) != std::end(list);
}

bool is_tracking(std::string_view parameter) {
  std::size_t equals = std::min(parameter.find('='), parameter.size());
  std::string name = lower(parameter.substr(0, equals));
  if (name.empty())
    return true;
  for (std::string_view prefix : kTrackingPrefixes) {
    if (name.starts_with(prefix))
      return true;
  }
  if (is_one_of(name, kTracking))
    return true;
  std::string value =
      equals < parameter.size() ? lower(parameter.substr(equals + 1)) : std::string();
  bool is_flag = value.empty() || value == "1" || value == "true";
  if ((name == "rss" || name == "amp") && is_flag)
    return true;
  return is_one_of(name, kSourceNames) && is_one_of(value, kSourceValues);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    std::size_t end = std::min(text.find(separator), text.size());
    if (end > 0)
      parts.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

int hex(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  c = to_lower(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool is_unreserved(int c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         c == '-' || c == '.' || c == '_' || c == '~';
}

// RFC 3986, 6.2.2: %7E is ~, %c3 is %C3.
std::string normalise_escapes(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    bool is_escape = text[i] == '%' && i + 2 < text.size() && hex(text[i + 1]) >= 0 &&
                     hex(text[i + 2]) >= 0;
    if (!is_escape) {
      result += text[i];
      continue;
    }
    int byte = hex(text[i + 1]) * 16 + hex(text[i + 2]);
    if (is_unreserved(byte)) {
      result += static_cast<char>(byte);
    } else {
      constexpr char kDigits[] = "0123456789ABCDEF";
      result += '%';
      result += kDigits[byte / 16];
      result += kDigits[byte % 16];
    }
    i += 2;
  }
  return result;
}

std::string decode_escapes(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex(text[i + 1]) >= 0 &&
        hex(text[i + 2]) >= 0) {
      result += static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2]));
      i += 2;
    } else {
      result += text[i];
    }
  }
  return result;
}

// What a parameter of a redirector's query holds: a URL, or nothing.
std::string url_parameter(std::string_view query, std::string_view name) {
  for (std::string_view parameter : split(query, '&')) {
    if (parameter.size() > name.size() && parameter.starts_with(name) &&
        parameter[name.size()] == '=')
      return resolve_url("", decode_escapes(parameter.substr(name.size() + 1)));
  }
  return "";
}

// "/amp/s/www.example.org/x" after its "/amp/".
std::string behind_cache(std::string_view rest) {
  bool is_secure = rest.starts_with("s/");
  if (is_secure)
    rest.remove_prefix(2);
  std::size_t dot = rest.find('.');
  if (dot == std::string_view::npos || dot > std::min(rest.find('/'), rest.size()))
    return "";
  return resolve_url("", (is_secure ? "https://" : "http://") + std::string(rest));
}

// The URL that a redirector or an AMP cache names; empty: it is none.
std::string unwrap(const UrlParts& url) {
  std::string_view host = url.host;
  if (host.starts_with("www."))
    host.remove_prefix(4);
  bool is_google = host.starts_with("google.");
  if (is_google || host == "bing.com") {
    if (url.path.starts_with("/amp/"))
      return behind_cache(url.path.substr(5));
  }
  if (is_google && url.path == "/url") {
    std::string target = url_parameter(url.query, "url");
    return target.empty() ? url_parameter(url.query, "q") : target;
  }
  if ((host == "l.facebook.com" || host == "lm.facebook.com") && url.path == "/l.php")
    return url_parameter(url.query, "u");
  if (host.ends_with(".cdn.ampproject.org") || host == "cdn.ampproject.org") {
    for (std::string_view kind : {"/c/", "/v/", "/wp/"}) {
      if (url.path.starts_with(kind))
        return behind_cache(url.path.substr(kind.size()));
    }
  }
  return "";
}

bool is_mobile_label(std::string_view label) {
  return label == "m" || label == "mobile" || label == "mobil" || label == "amp" ||
         label == "touch";
}

// Without the label of a mobile or AMP edition; what stays still has a name of its
// own: m.co and amp.co.uk are whole names.
std::string plain_host(std::string_view host) {
  std::vector<std::string_view> labels = split(host, '.');
  if (host.starts_with("["))
    return std::string(host);
  std::size_t least = 2;
  if (labels.size() >= 2 && labels.back().size() == 2) {
    std::string_view second = labels[labels.size() - 2];
    if (second.size() <= 3 || second == "gouv")
      least = 3;
  }
  // The first label, or the one behind it (en.m.wikipedia.org).
  for (std::size_t i = 0; i < 2 && labels.size() > least;) {
    if (is_mobile_label(labels[i])) {
      labels.erase(labels.begin() + static_cast<std::ptrdiff_t>(i));
    } else {
      ++i;
    }
  }
  std::string result;
  for (std::string_view label : labels) {
    if (!result.empty())
      result += '.';
    result += label;
  }
  return result;
}

void replace_end(std::string& path, std::string_view end, std::string_view by) {
  if (path.size() > end.size() && path.ends_with(end))
    path.replace(path.size() - end.size(), end.size(), by);
}

std::string plain_path(std::string_view given) {
  std::string path = normalise_escapes(given);
  std::string small = lower(path);
  for (std::string_view session : {";jsessionid=", ";phpsessid=", ";sid="}) {
    std::size_t at = small.find(session);
    if (at == std::string::npos)
      continue;
    std::size_t end = std::min(path.find('/', at), path.size());
    path.erase(at, end - at);
    small = lower(path);
  }
  if (path.starts_with("/amp/") && path.size() > 5)
    path.erase(0, 4);
  while (path.ends_with("/amp/") && path.size() > 5) {
    replace_end(path, "/amp/", "/");
  }
  while (path.ends_with("/amp") && path.size() > 4) {
    replace_end(path, "/amp", "");
  }
  replace_end(path, ".amp.html", ".html");
  replace_end(path, ".amp", "");
  return path.empty() ? "/" : path;
}

std::string plain_query(std::string_view query) {
  std::string result;
  for (std::string_view parameter : split(query, '&')) {
    if (is_tracking(parameter))
      continue;
    result += result.empty() ? '?' : '&';
    result += normalise_escapes(parameter);
  }
  return result;
}

std::uint64_t key(std::uint64_t kind, std::string_view a, std::string_view b) {
  std::uint64_t hash = XXH3_64bits_withSeed(
      b.data(), b.size(), XXH3_64bits_withSeed(a.data(), a.size(), kind));
  return hash == 0 ? 1 : hash;
}

}  // namespace

std::string canonical_url(std::string_view given) {
  std::string url = resolve_url("", given);
  std::optional<UrlParts> parts;
  // A redirector may stand before a cache; more is a game.
  for (int i = 0; i < 3; ++i) {
    parts = split_url(url);
    if (!parts)
      return "";
    std::string behind = unwrap(*parts);
    if (behind.empty())
      break;
    url = std::move(behind);
  }
  parts = split_url(url);
  if (!parts)
    return "";
  std::string result(parts->scheme);
  result += "://";
  result += plain_host(parts->host);
  if (!parts->port.empty()) {
    result += ':';
    result += parts->port;
  }
  result += plain_path(parts->path);
  result += plain_query(parts->query);
  if (parts->fragment.starts_with("!")) {
    result += '#';
    result += parts->fragment;
  }
  return result;
}

std::uint64_t guid_key(std::string_view feed_url, std::string_view guid) {
  return key(1, feed_url, guid);
}

std::uint64_t url_key(std::string_view canonical) {
  std::optional<UrlParts> parts = split_url(canonical);
  if (!parts)
    return key(2, "", canonical);
  std::string_view host = parts->host;
  if (host.starts_with("www."))
    host.remove_prefix(4);
  std::string_view path = parts->path;
  for (std::string_view page : {"index.html", "index.htm", "index.php", "default.aspx"}) {
    if (!path.ends_with(page))
      continue;
    std::string_view before = path.substr(0, path.size() - page.size());
    if (before.ends_with("/"))
      path = before;
  }
  while (path.ends_with("/"))
    path.remove_suffix(1);
  std::vector<std::string_view> parameters = split(parts->query, '&');
  std::sort(parameters.begin(), parameters.end());
  std::string rest(path);
  for (std::string_view parameter : parameters) {
    rest += '&';
    rest += parameter;
  }
  rest += '#';
  rest += parts->fragment;
  std::string origin(host);
  if (!parts->port.empty()) {
    origin += ':';
    origin += parts->port;
  }
  return key(2, origin, rest);
}

std::uint64_t text_key(std::string_view title, std::string_view text) {
  std::vector<Word> words;
  read_words(title, words);
  words.push_back({});  // where the title ends
  read_words(text, words);
  std::vector<std::uint64_t> hashes;
  hashes.reserve(words.size());
  for (const Word& word : words)
    hashes.push_back(word.hash);
  std::uint64_t hash = XXH3_64bits_withSeed(hashes.data(), hashes.size() * 8, 3);
  return hash == 0 ? 1 : hash;
}

}  // namespace siftd
