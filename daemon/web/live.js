// The stream of events: the latest few, then each as it comes.
import {count, element, time} from "./dom.js";

const MOST_KEPT = 300;
const AT_START = 30;
const TYPES = ["siftd.article.new", "siftd.article.updated", "siftd.article.duplicate",
  "siftd.article.removed", "siftd.feed.status"];

const byId = (id) => document.getElementById(id);
let events = [];  // newest first
let held = [];    // came while paused
let isPaused = false;

function wordsOf(event) {
  const own = event.data._siftd || {};
  return [event.data.title, event.data.content_text, own.feed, event.data.feed, event.data.reason,
    event.subject, ...(own.removed || []).map((passage) => passage.rule)].join(" ").toLowerCase();
}

function isWanted(event) {
  const type = byId("live-type").value;
  const words = byId("live-filter").value.toLowerCase().split(/\s+/).filter(Boolean);
  const text = words.length ? wordsOf(event) : "";
  return (!type || event.type === type) && words.every((word) => text.includes(word));
}

function statusRow(event) {
  return element("li", {}, element("div", {class: "top"}, time(event.time),
    element("span", {class: "kind", "data-kind": event.data.status}, `feed ${event.data.status}`),
    element("span", {}, event.data.feed)), element("span", {class: "title"}, event.data.reason));
}

function row(event) {
  if (event.type === "siftd.feed.status") {
    return statusRow(event);
  }
  const own = event.data._siftd || {};
  const kind = event.type.replace("siftd.article.", "");
  const removed = (own.removed || []).length;
  return element("li", {},
    element("div", {class: "top"}, time(event.time),
      element("span", {class: "kind", "data-kind": kind}, kind),
      element("span", {}, own.feed),
      own.duplicate_of ? element("a", {href: `#article/${own.duplicate_of}`},
        `${own.kind} copy, ${Math.round(own.similarity * 100)} %`) : null,
      own.words ? element("span", {}, `${count(own.words)} words`) : null,
      removed ? element("span", {}, `${removed} removed`) : null),
    element("a", {class: "title", href: `#article/${own.article}`}, event.data.title || event.subject),
    element("p", {}, own.reason || (event.data.content_text || "").slice(0, 400)));
}

function draw() {
  const wanted = events.filter(isWanted);
  byId("live-list").replaceChildren(...wanted.map(row));
  tell();
}

function tell() {
  const shown = byId("live-list").children.length;
  byId("live-note").textContent = isPaused ? `Paused; ${count(held.length)} waiting.`
    : events.length ? `${count(shown)} of the latest ${count(events.length)} events`
      : "No event yet: they appear here as soon as a feed has something new.";
}

function take(event) {
  if (isPaused) {
    held = [...held, event].slice(-MOST_KEPT);
    tell();
    return;
  }
  events.unshift(event);
  events.length = Math.min(events.length, MOST_KEPT);
  if (isWanted(event)) {
    const made = row(event);
    made.classList.add("fresh");
    byId("live-list").prepend(made);
    while (byId("live-list").children.length > MOST_KEPT) {
      byId("live-list").lastChild.remove();
    }
  }
  tell();
}

export function togglePause() {
  isPaused = !isPaused;
  byId("live-pause").setAttribute("aria-pressed", String(isPaused));
  byId("live-pause").textContent = isPaused ? "Go on" : "Pause";
  const waiting = held;
  held = [];
  waiting.forEach(take);
  tell();
}

export function startLive(journal) {
  byId("live-filter").addEventListener("input", draw);
  byId("live-type").addEventListener("change", draw);
  byId("live-pause").addEventListener("click", togglePause);
  const from = Math.max(journal.oldest, journal.newest + 1 - AT_START, 1);
  const source = new EventSource(`/events?from=${from}`);
  for (const type of TYPES) {
    source.addEventListener(type, (message) => take(JSON.parse(message.data)));
  }
  source.addEventListener("gap", () => {
    byId("live-note").textContent = "Some events are no longer kept.";
  });
  source.addEventListener("open", tell);
  source.addEventListener("error", () => {
    byId("live-note").textContent = "The connection is lost; trying again…";
  });
}
