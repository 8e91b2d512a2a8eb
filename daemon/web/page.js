// The status page: views by the address's fragment, the daemon's state every few
// seconds, events as they come.
import {ask, bytes, count, element, link, refreshTimes, sparkline, time} from "./dom.js";
import {showArticle} from "./article.js";
import {startLive, togglePause} from "./live.js";

const byId = (id) => document.getElementById(id);
const feedPage = 100;
let view = "live";
let feedsShown = feedPage;
let cameFrom = "#live";

// ---- totals and health

function tile(name, value, history, seconds, unit) {
  const recent = history.slice(-12);
  const sum = recent.reduce((a, b) => a + b, 0);
  const perMinute = recent.length ? sum * 60 / (recent.length * seconds) : 0;
  const rate = unit === "bytes" ? `${bytes(perMinute)} a minute`
    : `${perMinute >= 10 ? Math.round(perMinute) : perMinute.toFixed(1)} a minute`;
  return element("div", {class: "tile"},
    element("div", {class: "name"}, name),
    element("div", {class: "value"}, unit === "bytes" ? bytes(value) : count(value)),
    history.length ? sparkline(history, `${name}, last ${Math.round(history.length * seconds / 60)} minutes: ${rate}`) : null,
    element("div", {class: "rate"}, history.length ? rate : ""));
}

function showTotals(status) {
  const {totals, history, feeds} = status;
  byId("totals").replaceChildren(
    tile("New articles", totals.articles, history.articles, history.seconds),
    tile("Copies recognised", totals.copies, history.copies, history.seconds),
    tile("Polls", totals.polls, history.polls, history.seconds),
    tile("Failed polls", totals.failures, history.failures, history.seconds),
    tile("Fetched", totals.bytes, history.bytes, history.seconds, "bytes"),
    element("div", {class: "tile"}, element("div", {class: "name"}, "Feeds"),
      element("div", {class: "value"}, count(feeds.total)),
      element("div", {class: feeds.failing + feeds.gone ? "wrong" : "rate"},
        feeds.failing + feeds.gone ? `${count(feeds.failing)} failing, ${count(feeds.gone)} gone`
          : `${count(feeds.healthy)} healthy`),
      element("div", {class: "rate"}, `${count(totals.passages_removed)} passages removed`)));
}

function showHealth(status) {
  const good = status.live && status.ready;
  const state = byId("state");
  state.dataset.state = good ? "good" : "bad";
  const words = good ? "Running" : status.live ? "Not ready" : "Stuck";
  if (state.textContent !== words) {
    state.textContent = words;
  }
  const problems = [...status.problems];
  if (status.reload_error) {
    problems.push(`The last reload changed nothing: ${status.reload_error}`);
  }
  byId("problems").replaceChildren(...problems.map((line) => element("p", {}, line)));
  byId("problems").hidden = problems.length === 0;
  byId("about").replaceChildren(`siftd ${status.version}, started `, time(status.started),
    `, events ${count(status.journal.oldest)} to ${count(status.journal.newest)} kept`);
}

function showSinks(sinks) {
  byId("sink-list").replaceChildren(...sinks.map((sink) => element("tr", {},
    element("td", {}, element("span", {class: "health", "data-health": sink.error ? "failing" : "healthy"},
      sink.name), element("span", {class: sink.error ? "sub wrong" : "sub"}, sink.error || sink.type)),
    element("td", {"data-name": "Writes to"}, sink.target),
    element("td", {"data-name": "Position", class: "number"}, count(sink.position)),
    element("td", {"data-name": "Behind", class: "number"}, count(sink.behind)),
    element("td", {"data-name": "Delivered", class: "number"}, `${count(sink.delivered)} (${bytes(sink.bytes)})`),
    element("td", {"data-name": "Clients", class: "number"}, sink.type === "socket" ? count(sink.clients) : ""))));
  byId("sink-note").textContent = sinks.length ? "" : "No sink is configured: events are kept, and shown here.";
}

async function refresh() {
  try {
    const status = await ask("/api/status");
    showHealth(status);
    showTotals(status);
    showSinks(status.sinks);
    return status;
  } catch (error) {
    byId("state").dataset.state = "bad";
    byId("state").textContent = `Not reachable: ${error.message}`;
    return null;
  }
}

// ---- feeds

function feedRow(feed) {
  const poll = element("button", {type: "button", "aria-label": `Poll ${feed.name} now`}, "Poll");
  poll.addEventListener("click", () => change("POST", `/api/feeds/${encodeURIComponent(feed.name)}/poll`));
  return element("tr", {},
    element("td", {}, element("span", {class: "health", "data-health": feed.health}, feed.name),
      element("span", {class: "hidden"}, ` ${feed.health}`),
      feed.title ? element("span", {class: "sub"}, feed.title) : null,
      element("span", {class: "sub"}, link(feed.url)),
      feed.reason ? element("span", {class: "sub wrong"}, feed.reason) : null),
    element("td", {"data-name": "Last poll"}, time(feed.last_poll) || "never",
      element("span", {class: "sub"}, feed.http_status ? `status ${feed.http_status}` : "",
        feed.failures ? `, ${feed.failures} failures in a row` : "")),
    element("td", {"data-name": "Next poll"}, feed.polling ? "now" : time(feed.next_poll) || "none",
      element("span", {class: "sub"}, feed.why)),
    element("td", {"data-name": "Asked for"}, feed.asked),
    element("td", {"data-name": "Articles", class: "number"}, count(feed.articles)),
    element("td", {"data-name": "Copies", class: "number"}, count(feed.copies)),
    element("td", {}, poll));
}

async function showFeeds() {
  const query = new URLSearchParams({q: byId("feed-filter").value, health: byId("feed-health").value,
    limit: feedsShown});
  try {
    const answer = await ask(`/api/feeds?${query}`);
    const focused = document.activeElement && document.activeElement.getAttribute("aria-label");
    byId("feed-list").replaceChildren(...answer.feeds.map(feedRow));
    if (focused && focused.startsWith("Poll ")) {
      const again = byId("feed-list").querySelector(`[aria-label="${CSS.escape(focused)}"]`);
      again && again.focus();
    }
    byId("feed-more").hidden = answer.total <= answer.feeds.length || feedsShown >= 500;
    note("feed-note", `${count(answer.total)} ${answer.total === 1 ? "feed" : "feeds"}`);
  } catch (error) {
    note("feed-note", error.message);
  }
}

function note(id, words) {
  if (byId(id).textContent !== words) {
    byId(id).textContent = words;
  }
}

async function change(method, path, body) {
  const headers = {"Content-Type": "application/json"};
  if (byId("token").value) {
    headers.Authorization = `Bearer ${byId("token").value}`;
  }
  try {
    await ask(path, {method, headers, body: body && JSON.stringify(body)});
    await showFeeds();
    note("feed-note", "Done.");
  } catch (error) {
    note("feed-note", error.message);
    byId("changes").open = true;
  }
}

// ---- articles and stories

function articleRow(article) {
  return element("li", {},
    element("div", {class: "top"}, element("span", {}, article.feed), time(article.first_seen),
      article.kind ? element("span", {class: "kind", "data-kind": "copy"}, `copy: ${article.kind}`) : null,
      article.revision > 1 ? element("span", {}, `revision ${article.revision}`) : null),
    element("a", {class: "title", href: `#article/${article.id}`}, article.title || article.url || article.id),
    element("p", {}, article.text));
}

async function search(after) {
  const query = new URLSearchParams({q: byId("search-words").value, feed: byId("search-feed").value,
    limit: 30, after: after || ""});
  try {
    const page = await ask(`/api/articles?${query}`);
    if (!after) {
      byId("article-list").replaceChildren();
    }
    byId("article-list").append(...page.articles.map(articleRow));
    byId("article-more").hidden = !page.next;
    byId("article-more").dataset.after = page.next;
    const shown = byId("article-list").children.length;
    note("search-note", shown ? `${count(shown)} shown` : "Nothing found.");
  } catch (error) {
    note("search-note", error.message);
  }
}

async function showStories() {
  try {
    const {stories} = await ask("/api/stories?limit=50");
    byId("story-list").replaceChildren(...stories.map((story) => {
      const row = element("li", {}, element("div", {class: "top"},
        element("span", {}, `${count(story.articles)} articles`), element("span", {}, story.feeds.join(", ")),
        time(story.last)));
      const more = element("details", {}, element("summary", {class: "title"}, story.title || story.id));
      more.addEventListener("toggle", async () => {
        if (more.open && more.children.length === 1) {
          const page = await ask(`/api/articles?story=${story.id}&limit=100`).catch(() => ({articles: []}));
          more.append(element("ol", {class: "rows"}, ...page.articles.map(articleRow)));
        }
      });
      row.append(more);
      return row;
    }));
    note("story-note", stories.length ? "" : "No story yet.");
  } catch (error) {
    note("story-note", error.message);
  }
}

// ---- views and keys

function show(hash) {
  const [name, ...rest] = (hash.slice(1) || "live").split("/");
  const argument = rest.join("/");
  if (name === "back") {
    location.hash = cameFrom;
    return;
  }
  if (name === "main" || !byId(`view-${name}`)) {
    return;
  }
  if (view !== "article") {
    cameFrom = `#${view}`;
  }
  view = name;
  for (const section of document.querySelectorAll("[data-view]")) {
    section.hidden = section.dataset.view !== name;
  }
  for (const one of document.querySelectorAll("nav a")) {
    one.getAttribute("href") === `#${name}` ? one.setAttribute("aria-current", "page") : one.removeAttribute("aria-current");
  }
  if (name === "article") {
    showArticle(byId("view-article"), argument).catch((error) =>
      byId("view-article").replaceChildren(element("p", {class: "notice"}, error.message),
        element("a", {href: "#back"}, "← Back")));
  } else if (name === "feeds") {
    showFeeds();
  } else if (name === "articles" && !byId("article-list").children.length) {
    search();
  } else if (name === "stories") {
    showStories();
  }
}

function moveFocus(step) {
  const titles = [...document.querySelectorAll(`#view-${view} .title, #view-${view} tbody button`)];
  const at = titles.indexOf(document.activeElement);
  const next = titles[Math.max(0, Math.min(titles.length - 1, at + step))];
  next && next.focus();
}

function onKey(event) {
  const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
  if (event.ctrlKey || event.metaKey || event.altKey) {
    return;
  }
  if (event.key === "Escape") {
    typing ? event.target.blur() : view === "article" && (location.hash = cameFrom);
  } else if (!typing && event.key === "/") {
    const field = document.querySelector(`#view-${view} input[type=search]`);
    if (field) {
      event.preventDefault();
      field.focus();
    }
  } else if (!typing && (event.key === "j" || event.key === "k")) {
    moveFocus(event.key === "j" ? 1 : -1);
  } else if (!typing && event.key === "p" && view === "live") {
    togglePause();
  }
}

function listen() {
  let wait = 0;
  const soon = () => {
    clearTimeout(wait);
    wait = setTimeout(showFeeds, 250);
  };
  byId("feed-filter").addEventListener("input", soon);
  byId("feed-health").addEventListener("change", showFeeds);
  byId("feed-more").addEventListener("click", () => {
    feedsShown += feedPage;
    showFeeds();
  });
  byId("feed-add").addEventListener("submit", (event) => {
    event.preventDefault();
    change("POST", "/api/feeds", {url: byId("feed-url").value});
  });
  byId("search").addEventListener("submit", (event) => {
    event.preventDefault();
    search();
  });
  byId("article-more").addEventListener("click", () => search(byId("article-more").dataset.after));
  document.addEventListener("keydown", onKey);
  window.addEventListener("hashchange", () => show(location.hash));
}

listen();
show(location.hash || "#live");
refresh().then((status) => startLive(status ? status.journal : {oldest: 1, newest: 0}));
setInterval(() => {
  if (!document.hidden) {
    refresh();
    refreshTimes();
    if (view === "feeds") {
      showFeeds();
    }
  }
}, 5000);
