#include "sifters/page_verdict.hpp"

#include <algorithm>

#include "parsers/url.hpp"
#include "sifters/text.hpp"
#include "sifters/vocabulary.hpp"

namespace siftd {

namespace {

bool has_any(std::string_view text, std::initializer_list<std::string_view> phrases) {
  return std::any_of(phrases.begin(), phrases.end(), [&](std::string_view phrase) {
    return text.find(phrase) != std::string_view::npos;
  });
}

// Of folded text: lower case, plain quotes.
bool says_error(std::string_view title) {
  return has_any(title, {"404",
                         "not found",
                         "page not found",
                         "access denied",
                         "forbidden",
                         "just a moment",
                         "attention required",
                         "are you a robot",
                         "are you human",
                         "bad gateway",
                         "service unavailable",
                         "internal server error",
                         "seite nicht gefunden",
                         "nicht gefunden",
                         "page introuvable",
                         "página no encontrada",
                         "pagina non trovata",
                         "página não encontrada",
                         "pagina niet gevonden",
                         "security check",
                         "captcha",
                         "страница не найдена",
                         "an error occurred"});
}

bool says_withdrawn(std::string_view text) {
  return has_any(text, {"this article has been removed",
                        "this story has been removed",
                        "this article has been withdrawn",
                        "this article has been retracted",
                        "this story has been retracted",
                        "this story has been withdrawn",
                        "this article is no longer available",
                        "this story is no longer available",
                        "this article has been deleted",
                        "this article was removed",
                        "this article was retracted",
                        "has been taken down",
                        "dieser artikel wurde entfernt",
                        "dieser artikel ist nicht mehr verfügbar",
                        "dieser artikel wurde zurückgezogen",
                        "cet article a été supprimé",
                        "cet article a été retiré",
                        "cet article n'est plus disponible",
                        "este artículo ha sido eliminado",
                        "este artículo ha sido retirado",
                        "esta noticia ha sido eliminada",
                        "articolo non è più disponibile",
                        "este artigo foi removido"});
}

bool says_consent(std::string_view text) {
  std::size_t cookies = 0;
  for (std::size_t at = text.find("cookie"); at != std::string_view::npos;
       at = text.find("cookie", at + 6)) {
    ++cookies;
  }
  return cookies >= 3 ||
         has_any(text,
                 {"before you continue", "we value your privacy", "your privacy choices",
                  "consent to the use", "wir schätzen ihre privatsphäre",
                  "mit werbung und tracking", "nous respectons votre vie privée"});
}

bool has_marked(const PageBlocks& page, std::uint32_t mark) {
  return std::any_of(page.marks.begin(), page.marks.end(),
                     [&](std::uint32_t marks) { return (marks & mark) != 0; });
}

bool is_root(std::string_view url) {
  const auto parts = split_url(url);
  return parts && parts->path == "/" && parts->query.empty();
}

// The weight of links outside menus and footers, which the article does not hold.
double other_links(const PageBlocks& page, const Choice& choice) {
  double weight = 0;
  for (std::size_t i = 0; i < page.blocks.size(); ++i) {
    const Block& block = page.blocks[i];
    const bool is_title = block.link_weight >= 20 && block.link_weight * 2 > block.weight;
    const bool is_inside = i >= choice.first && i < choice.last && block.rule == nullptr;
    weight += is_title && !is_inside ? block.link_weight : 0;
  }
  return weight;
}

}  // namespace

PageVerdict judge_page(const PageBlocks& page, const Choice& choice,
                       const PageMetadata& metadata, std::string_view text,
                       std::string_view url) {
  const std::uint32_t weight = weight_of(text);
  if (weight == 0) {
    constexpr double kManyLinks = 400;
    return {other_links(page, choice) > kManyLinks ? "front page" : "no text", false};
  }
  if (weight >= 1500) {
    return {};
  }
  const std::string title = fold(metadata.title);
  const std::string folded = fold(text);
  if (weight < 800 && says_withdrawn(folded)) {
    return {"withdrawn", true};
  }
  if (says_error(title)) {
    return {"error page", false};
  }
  if (says_consent(folded)) {
    return {"consent wall", false};
  }
  const bool is_sold = metadata.is_free && !*metadata.is_free;
  if ((is_sold && weight < 500) || (has_marked(page, kMarkPaywall) && weight < 250)) {
    return {"paywall", false};
  }
  const bool claims_article = metadata.type.find("rticle") != std::string::npos;
  constexpr std::uint32_t kFewWords = 250;
  if (!claims_article && (is_root(url) || (!choice.headline && weight < kFewWords)) &&
      other_links(page, choice) > 3 * weight) {
    return {"front page", false};
  }
  if (!claims_article && weight < 120) {
    return {"no text", false};
  }
  return {};
}

}  // namespace siftd
