// Small things that the views share. Text from outside is only ever set as text.

// element("a", {href: url, class: "title"}, "words", child…)
export function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value !== undefined && value !== null && value !== false) {
      made.setAttribute(key, value);
    }
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

// A link, if the address is one that a browser may open; else plain text.
export function link(url, words) {
  if (!/^https?:\/\//i.test(url || "")) {
    return element("span", {}, words || url || "");
  }
  return element("a", {href: url, rel: "noopener noreferrer", target: "_blank"}, words || url);
}

// "in 4 min", "12 s ago"; the exact time is the title.
export function relative(iso) {
  const seconds = Math.round((new Date(iso) - Date.now()) / 1000);
  const size = Math.abs(seconds);
  const words = size < 90 ? `${size} s` : size < 5400 ? `${Math.round(size / 60)} min`
    : size < 172800 ? `${Math.round(size / 3600)} h` : `${Math.round(size / 86400)} d`;
  return seconds > 0 ? `in ${words}` : `${words} ago`;
}

export function time(iso) {
  if (!iso) {
    return null;
  }
  return element("time", {datetime: iso, title: new Date(iso).toLocaleString()}, relative(iso));
}

// Keeps what time() said true while the page stays open.
export function refreshTimes() {
  for (const one of document.querySelectorAll("time")) {
    one.textContent = relative(one.dateTime);
  }
}

export function count(value) {
  return Number(value).toLocaleString("en");
}

export function bytes(value) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    ++unit;
  }
  return `${value.toFixed(value >= 100 || unit === 0 ? 0 : 1)} ${units[unit]}`;
}

// A line of numbers; what it says is in its label, for those who do not see it.
export function sparkline(values, label) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const most = Math.max(1, ...values);
  const step = values.length > 1 ? 100 / (values.length - 1) : 100;
  const points = values.map((value, i) =>
    `${(i * step).toFixed(2)} ${(26 - 24 * value / most).toFixed(2)}`);
  svg.setAttribute("viewBox", "0 0 100 28");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", label);
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", points.length > 1 ? `M${points.join("L")}` : "M0 26L100 26");
  svg.append(path);
  return svg;
}

export async function ask(path, options) {
  const answer = await fetch(path, options);
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) {
    throw new Error(body.error || `${answer.status} ${answer.statusText}`);
  }
  return body;
}
