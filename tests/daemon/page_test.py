#!/usr/bin/env python3
"""The status page in headless Chromium: page_test.py PAGE_SERVER [SCREENSHOTS].

Opens it, filters, follows a live event, opens an article, uses it by keyboard, in the
dark and on a phone; no console errors. With SCREENSHOTS, pictures are left there.
Without Chromium and its driver the test is skipped (77)."""
import os
import subprocess
import sys
import tempfile

import browser as browsers


def check(condition, what):
    if not condition:
        raise AssertionError(what)
    print("ok:", what)


class Server:
    def __init__(self, program, directory):
        self.process = subprocess.Popen([program, directory, "0"], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.url = f"http://127.0.0.1:{int(self.process.stdout.readline())}/"

    def say(self, title):
        self.process.stdin.write(title + "\n")
        self.process.stdin.flush()

    def close(self):
        self.process.stdin.close()
        check(self.process.wait(10) == 0, "the server ends by itself")


def live(page, server):
    page.open(server.url)
    page.wait("the first events", "document.querySelectorAll('#live-list > li').length >= 4")
    check(page.text("#state") == "Running", "the state is told")
    check("57" in page.text("#totals"), "the totals are there")
    server.say("Fresh from the wire")
    page.wait("a live event", "document.querySelector('#live-list .title').innerText === 'Fresh from the wire'")
    check(True, "a live event appears on top")
    page.run("const f = document.querySelector('#live-filter'); f.value = 'HARBOUR newsletter'; f.dispatchEvent(new Event('input'))")
    check(page.count("#live-list > li") == 2, "the filter finds words and rules")
    server.say("Kept out by the filter")
    page.wait("the note", "document.querySelector('#live-note').innerText.startsWith('2 of the latest 6')")
    page.run("const f = document.querySelector('#live-filter'); f.value = ''; f.dispatchEvent(new Event('input'))")
    check(page.count("#live-list > li") == 6, "without the filter all are back")
    check(page.count("#live-list script, #live-list img") == 0, "markup in a title stays text")
    page.wait("the sparklines", "document.querySelectorAll('#totals svg').length === 5")
    check(True, "each rate has its sparkline, as soon as there is a past")


def article(page):
    page.run("document.querySelector('#live-list a[href=\"#article/0000000000000001\"].title').click()")
    page.wait("the article", "document.querySelector('#article-title') && document.querySelector('#article-title').innerText.includes('Harbour reopens')")
    check(page.text("#view-article .text del").startswith("Sign up for our newsletter."), "what was removed is struck out, with its rule")
    check(page.run("return [...document.querySelector('#view-article > .text').children].map((e) => e.tagName).join(' ')") == "P DEL P",
          "where it stood")
    page.run("document.querySelectorAll('#view-article details').forEach((d) => d.open = true)")
    page.wait("the copy beside it", "document.querySelectorAll('.sides ins').length > 0")
    check(page.run("return [...document.querySelectorAll('.sides ins')].map((e) => e.innerText.trim()).join(' ')") == "four Three",
          "the copy's differences are marked")
    check(page.run("return [...document.querySelectorAll('.change ins')].some((e) => e.innerText.includes('three'))"),
          "the revision's changes are marked")
    check(page.text("#view-article [aria-label=Story] li").startswith("<script>"), "its story is told")


def keyboard(page):
    page.press(["\ue00c"])  # Escape
    page.wait("the way back", "!document.querySelector('#view-live').hidden")
    page.run("document.activeElement.blur()")
    page.press(["/"])
    check(page.run("return document.activeElement.id") == "live-filter", "/ leads to the filter")
    page.press(["\ue00c"])
    page.press(["j", "j"])
    check(page.run("return document.activeElement.classList.contains('title')"), "j walks the list")
    page.press(["\ue007"])  # Enter
    page.wait("the article by keyboard", "!document.querySelector('#view-article').hidden")
    check(True, "Enter opens what has the focus")


def feeds(page, server):
    page.open(server.url + "#feeds")
    page.wait("the feeds", "document.querySelectorAll('#feed-list tr').length === 12")
    check(page.text("#feed-list tr .health") == "feed-3.example/rss", "the feed in trouble comes first")
    check("4 failures in a row" in page.text("#feed-list tr"), "why it is polled when is told")
    page.run("document.querySelector('#feed-list button').click()")
    page.wait("the refusal", "document.querySelector('#feed-note').innerText.includes('token')")
    page.run("document.querySelector('#token').value = 'test-token'; document.querySelector('#feed-list button').click()")
    page.wait("the poll", "document.querySelector('#feed-note').innerText === 'Done.'")
    check(True, "a poll needs the token, and is taken with it")
    page.run("const f = document.querySelector('#feed-filter'); f.value = 'feed-11'; f.dispatchEvent(new Event('input'))")
    page.wait("the search", "document.querySelectorAll('#feed-list tr').length === 1")
    page.run("document.querySelector('#feed-filter').value = ''")


def others(page, server):
    page.open(server.url + "#articles")
    page.wait("the articles", "document.querySelectorAll('#article-list > li').length === 3")
    page.run("document.querySelector('#search-words').value = 'Harbour open'; document.querySelector('#search').requestSubmit()")
    page.wait("what was sought", "document.querySelectorAll('#article-list > li').length === 1")
    page.open(server.url + "#stories")
    page.wait("the stories", "document.querySelectorAll('#story-list > li').length === 1")
    page.open(server.url + "#sinks")
    page.wait("the sinks", "document.querySelectorAll('#sink-list tr').length === 2")
    check("unix:/run/siftd/events.sock" in page.text("#sink-list"), "sinks tell where they write")


def accessible(page):
    names = page.run("""
      return [...document.querySelectorAll('button, a[href], input, select')].filter((e) =>
        e.offsetParent && !(e.textContent.trim() || e.getAttribute('aria-label') || e.title ||
          (e.labels && e.labels.length) || e.value)).map((e) => e.outerHTML)""")
    check(names == [], f"everything that can be used has a name {names}")
    check(page.run("return document.querySelectorAll('main, nav, header, h1').length") == 4, "the landmarks are there")
    ids = page.run("const all = [...document.querySelectorAll('[id]')].map((e) => e.id); return all.filter((id, i) => all.indexOf(id) !== i)")
    check(ids == [], "no id is there twice")
    worst = page.run("""
      const rgb = (c) => c.match(/[\\d.]+/g).slice(0, 3).map(Number);
      const light = (c) => rgb(c).map((v) => v / 255).map((v) => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
        .reduce((s, v, i) => s + v * [.2126, .7152, .0722][i], 0);
      const back = (e) => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor;
        if (!c.endsWith(', 0)')) return c; } return 'rgb(255,255,255)'; };
      let worst = [99, ''];
      for (const e of document.querySelectorAll('body *')) {
        if (!e.offsetParent || ![...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim())) continue;
        const [a, b] = [light(getComputedStyle(e).color), light(back(e))].sort((x, y) => y - x);
        const ratio = (a + .05) / (b + .05);
        if (ratio < worst[0]) worst = [ratio, e.outerHTML.slice(0, 120)];
      }
      return worst""")
    check(worst[0] >= 4.5, f"text stands out from its ground ({worst[0]:.1f} to 1 at least: {worst[1]})")


def on_a_phone(server, pictures):
    page = browsers.Browser(dark=True)
    try:
        page.command("Emulation.setDeviceMetricsOverride", width=390, height=844, deviceScaleFactor=2, mobile=True)
        page.command("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])
        for view in ("live", "feeds", "sinks", "article/0000000000000001"):
            page.open(server.url + "#" + view)
            page.wait("the view", "document.querySelector('#state').innerText === 'Running'")
            page.wait("rows", "document.querySelectorAll('[data-view]:not([hidden]) li, [data-view]:not([hidden]) tr, #article-title').length > 0")
            wide = page.run("return document.documentElement.scrollWidth")
            check(wide <= 390, f"{view} fits a phone ({wide} px)")
            accessible(page)
            if pictures and view in ("live", "feeds"):
                page.shot(os.path.join(pictures, f"page-phone-{view}.png"))
        check(page.complaints() == [], "no console errors on the phone")
    finally:
        page.close()


def main():
    program, pictures = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None
    if browsers.find() is None:
        print("SKIPPED: no chromium and chromium-driver")
        return 77
    with tempfile.TemporaryDirectory() as directory:
        server = Server(program, directory)
        page = browsers.Browser()
        try:
            live(page, server)
            accessible(page)
            if pictures:
                page.shot(os.path.join(pictures, "page-live.png"))
            article(page)
            if pictures:
                page.shot(os.path.join(pictures, "page-article.png"))
            keyboard(page)
            refused = page.complaints()
            check(refused == [], f"no console errors {refused}")
            feeds(page, server)
            accessible(page)
            others(page, server)
            # The refused poll is the one thing that a browser reports by itself.
            rest = [entry for entry in page.complaints() if "/poll" not in entry["message"]]
            check(rest == [], f"no console errors in the other views {rest}")
            if pictures:
                page.open(server.url + "#feeds")
                page.wait("the feeds", "document.querySelectorAll('#feed-list tr').length === 12")
                page.shot(os.path.join(pictures, "page-feeds.png"))
        finally:
            page.close()
        on_a_phone(server, pictures)
        server.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
