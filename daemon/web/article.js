// One article with its life: the text with what was taken out, copies beside it,
// revisions, its story.
import {ask, count, element, link, time} from "./dom.js";
import {difference} from "./diff.js";

function paragraphs(text) {
  return (text || "").split(/\n+/).filter((line) => line.trim() !== "");
}

function facts(...given) {
  const line = element("p", {class: "quiet"});
  given.filter(Boolean).forEach((fact, i) => line.append(i ? " · " : "", fact));
  return line;
}

function removedBlock(removed) {
  return element("del", {"aria-label": `Removed by ${removed.rule}`}, removed.text,
    element("span", {class: "rule"}, removed.rule));
}

// `after` of a passage counts the paragraphs of the clean text before it; passages
// without it (an event's, or of an older siftd) stand at the end.
function textBlock(text, removed) {
  const block = element("div", {class: "text"});
  const places = new Map();
  const lines = paragraphs(text);
  for (const passage of removed || []) {
    const place = Math.min(passage.after ?? lines.length, lines.length);
    places.set(place, [...(places.get(place) || []), passage]);
  }
  for (let i = 0; i <= lines.length; ++i) {
    block.append(...(places.get(i) || []).map(removedBlock));
    if (i < lines.length) {
      block.append(element("p", {}, lines[i]));
    }
  }
  if (!lines.length) {
    block.append(element("p", {class: "quiet"}, "The text is no longer kept."));
  }
  return block;
}

function articleLink(article) {
  return element("a", {href: `#article/${article.id}`}, article.title || article.url || article.id);
}

// Two texts next to each other; what only one has is marked.
function sides(leftTitle, leftText, rightTitle, rightText) {
  const left = element("div", {}, element("h4", {}, leftTitle));
  const right = element("div", {}, element("h4", {}, rightTitle));
  for (const [kind, words] of difference(leftText, rightText)) {
    if (kind !== "ins") {
      left.append(kind === "del" ? element("del", {}, words) : words);
    }
    if (kind !== "del") {
      right.append(kind === "ins" ? element("ins", {}, words) : words);
    }
  }
  return element("div", {class: "sides"}, left, right);
}

function copiesBlock(detail) {
  const block = element("section", {"aria-label": "Copies"});
  const {article, original, copies} = detail;
  if (original) {
    block.append(element("h3", {}, "Copy of"), facts(articleLink(original), original.feed,
      `${article.kind}, ${Math.round(article.similarity * 100)} % alike`));
    if (original.text && article.text) {
      block.append(sides(`Earlier: ${original.feed}`, original.text, `This: ${article.feed}`,
        article.text));
    }
  }
  if (copies.length) {
    block.append(element("h3", {}, `${count(copies.length)} ${copies.length === 1 ? "copy" : "copies"}`));
  }
  for (const copy of copies) {
    const more = element("details", {}, element("summary", {},
      `${copy.feed}: ${copy.title || copy.url} (${copy.kind}, ${Math.round(copy.similarity * 100)} % alike)`));
    more.addEventListener("toggle", () => {
      if (more.open && more.children.length === 1) {
        more.append(facts(link(copy.url), time(copy.first_seen)),
          copy.text && article.text ? sides(`This: ${article.feed}`, article.text,
            `Copy: ${copy.feed}`, copy.text) : element("p", {class: "quiet"}, "Its text is not kept."));
      }
    });
    block.append(more);
  }
  return block;
}

function changeBlock(before, after) {
  const line = element("p", {class: "change"});
  for (const [kind, words] of difference(before, after)) {
    line.append(kind === "same" ? words : element(kind, {}, words));
  }
  return line;
}

function revisionsBlock(events) {
  const block = element("section", {"aria-label": "Revisions"});
  if (events.length < 2) {
    return block;
  }
  block.append(element("h3", {}, "Its life"));
  let before = null;
  for (const event of events) {
    const own = event.data._siftd || {};
    const word = event.type.replace("siftd.article.", "");
    const head = element("summary", {}, `${word}, revision ${own.revision}, `, time(event.time));
    const more = element("details", {}, head);
    if (own.reason) {
      more.append(element("p", {}, own.reason));
    }
    if (before !== null && word === "updated") {
      more.append(changeBlock(before, event.data.content_text || ""));
    } else {
      more.append(textBlock(event.data.content_text, own.removed));
    }
    before = event.data.content_text || before;
    block.append(more);
  }
  return block;
}

function storyBlock(detail) {
  const block = element("section", {"aria-label": "Story"});
  if (detail.story.length) {
    const list = element("ul");
    for (const other of detail.story) {
      list.append(element("li", {}, articleLink(other), ` ${other.feed} `, time(other.first_seen)));
    }
    block.append(element("h3", {}, "The same story"), list);
  }
  return block;
}

export async function showArticle(view, which) {
  view.replaceChildren(element("p", {class: "quiet"}, "Loading…"));
  const detail = await ask(`/api/articles/${encodeURIComponent(which)}`);
  const {article} = detail;
  const {removed} = article;
  view.replaceChildren(
    element("p", {}, element("a", {href: "#back", id: "article-back"}, "← Back")),
    element("h2", {id: "article-title"}, article.title || article.url || article.id),
    facts(link(article.url), article.feed, time(article.first_seen),
      article.text_from === "page" ? "from its page" : "from the feed",
      article.revision > 1 ? `revision ${article.revision}` : "",
      article.taken_back ? element("strong", {class: "wrong"}, "taken back by its publisher") : "",
      removed.length ? `${count(removed.length)} ${removed.length === 1 ? "passage" : "passages"} removed` : "",
      `id ${article.id}`),
    textBlock(article.text, removed),
    revisionsBlock(detail.events), copiesBlock(detail), storyBlock(detail));
  view.focus();
}
