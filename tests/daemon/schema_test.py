#!/usr/bin/env python3
"""docs/event.schema.json against what siftd writes, docs/openapi.json against what it
answers: schema_test.py SIFTD PAGE_SERVER DOCS.

Events come from `siftd run --once` over feeds of our own writing, with every kind of
copy and update that one run can make. Without python3-jsonschema: skipped (77)."""
import json
import os
import socket
import subprocess
import sys
import tempfile

try:
    from jsonschema import Draft202012Validator
except ImportError:
    print("SKIPPED: no python3-jsonschema")
    sys.exit(77)

FEED = """<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel><title>Test</title><link>https://news.example/</link><language>en</language>{items}</channel></rss>"""
ITEM = """<item><guid>{guid}</guid><link>https://news.example/{guid}</link><title>{title}</title>
<author>ann@news.example (Ann Author)</author><category>world</category><pubDate>Thu, 08 Jan 2026 18:04:11 GMT</pubDate>
<enclosure url="https://news.example/{guid}.mp3" length="1200" type="audio/mpeg"/>
<content:encoded><![CDATA[{text}]]></content:encoded></item>"""
HARBOUR = """<p>The harbour opened again on Monday after three days of storm, and the first two ferries left before noon
with four hundred passengers who had slept in a school.</p><p>Harbour master Ida Holm said that the northern mole had lost
ninety metres of its wall; divers will look at the rest of it on Wednesday.</p><p>Fishing boats stay tied up until the buoys
of the western channel have been found and laid out again.</p>"""
BRIDGE = """<p>Engineers closed the old railway bridge at Lund to lorries on Tuesday because rust had eaten into two of its main
girders.</p><p>The council wants to spend six million on a new deck, but the county pays only when the bridge is listed as a
monument, which takes a year at least.</p><p>Bus line 7 goes by the motorway until then, and pupils get up twenty minutes
earlier.</p>"""
CLOSED = """<p>On Thursday cracks were found in a pillar as well, and since then nobody but cyclists may cross; a ferry will
replace the bridge from Monday on, every half hour.</p>"""
CONFIG = """
state_dir = "{dir}/state"
http = {{ listen = "" }}
fetch = {{ allow_file = true, full_text = "never" }}
dedup = {{ action = "mark" }}
[[feed]]
url = "file://{dir}/one.xml"
name = "one"
[[feed]]
url = "file://{dir}/two.xml"
name = "two"
[[feed]]
url = "file://{dir}/none.xml"
name = "none"
[[sink]]
type = "file"
name = "events"
path = "{dir}/events.jsonl"
"""


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def events_of(siftd, directory):
    def feed(name, *items):
        write(f"{directory}/{name}.xml", FEED.format(items="".join(
            ITEM.format(guid=guid, title=title, text=text) for guid, title, text in items)))

    write(f"{directory}/siftd.toml", CONFIG.format(dir=directory))
    feed("one", ("a", "Harbour \u202e &amp; \"storm\"", HARBOUR), ("b", "Bridge", BRIDGE))
    feed("two", ("c", "Harbour again", HARBOUR))
    for attempt in range(2):
        subprocess.run([siftd, "run", "--once", "-c", f"{directory}/siftd.toml"], timeout=60,
                       stderr=subprocess.DEVNULL, check=False)
        feed("one", ("a", "Harbour & storm", HARBOUR), ("b", "Bridge closed", BRIDGE + CLOSED))
    with open(f"{directory}/events.jsonl", encoding="utf-8", newline="\n") as file:
        return file.read().splitlines()


def check_events(siftd, schema):
    validator = Draft202012Validator(schema)
    with tempfile.TemporaryDirectory() as directory:
        lines = events_of(siftd, directory)
    types = set()
    for i, line in enumerate(lines, 1):
        event = json.loads(line)
        errors = [f"{'/'.join(map(str, e.path))}: {e.message}" for e in validator.iter_errors(event)]
        assert not errors, f"event {i}: {errors}\n{line}"
        assert int(event["sequence"]) == i, f"sequence {event['sequence']} at line {i}"
        types.add(event["type"].replace("siftd.", ""))
    print(f"ok: {len(lines)} events of {sorted(types)} keep to the schema")
    assert {"article.new", "article.duplicate", "article.updated"} <= types, f"too few kinds of events: {types}"
    broken = json.loads(lines[0])
    del broken["data"]["_siftd"]["removed"]
    assert list(validator.iter_errors(broken)), "a schema that takes everything tests nothing"


def ask(path, method, url, body=None):
    """Over the control socket: status, content type, body."""
    peer = socket.socket(socket.AF_UNIX)
    peer.settimeout(20)
    peer.connect(path)
    data = (body or "").encode()
    peer.sendall(f"{method} {url} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {len(data)}\r\n\r\n".encode() + data)
    answer = b""
    while piece := peer.recv(65536):
        answer += piece
        if url.startswith("/events") and b"data: " in answer:
            break  # a stream does not end
    peer.close()
    head, _, rest = answer.partition(b"\r\n\r\n")
    kind = [line.split(b":", 1)[1].strip().decode() for line in head.split(b"\r\n") if line.lower().startswith(b"content-type:")]
    return int(head.split()[1]), (kind or [""])[0].split(";")[0], rest.decode()


CALLS = [
    ("GET", "/", "/", None), ("GET", "/events", "/events?from=beginning", None),
    ("GET", "/events", "/events?from=soon", None), ("GET", "/api/status", "/api/status", None),
    ("GET", "/api/feeds", "/api/feeds?limit=3&health=healthy", None),
    ("GET", "/api/feeds/{feed}", "/api/feeds/feed-1.example%2Frss", None),
    ("GET", "/api/feeds/{feed}", "/api/feeds/none", None),
    ("POST", "/api/feeds", "/api/feeds", '{"url":"https://new.example/rss"}'),
    ("POST", "/api/feeds", "/api/feeds", '{"url":"https://new.example/rss"}'),
    ("POST", "/api/feeds", "/api/feeds", "{}"),
    ("POST", "/api/feeds/{feed}/poll", "/api/feeds/feed-1.example%2Frss/poll", None),
    ("DELETE", "/api/feeds/{feed}", "/api/feeds/feed-1.example%2Frss", None),
    ("DELETE", "/api/feeds/{feed}", "/api/feeds/none", None),
    ("GET", "/api/feeds.opml", "/api/feeds.opml", None), ("POST", "/api/feeds.opml", "/api/feeds.opml", "<opml/>"),
    ("GET", "/api/sinks", "/api/sinks", None),
    ("POST", "/api/sinks/{sink}/replay", "/api/sinks/events/replay", '{"from":"beginning"}'),
    ("POST", "/api/sinks/{sink}/replay", "/api/sinks/events/replay", "{}"),
    ("GET", "/api/articles", "/api/articles?q=Harbour", None), ("GET", "/api/articles", "/api/articles?story=x", None),
    ("GET", "/api/articles/{article}", "/api/articles/0000000000000001", None),
    ("GET", "/api/articles/{article}", "/api/articles/none", None), ("GET", "/api/stories", "/api/stories", None),
    ("GET", "/api/why", "/api/why?url=https%3A%2F%2Fnews.example%2F1", None),
    ("GET", "/api/openapi.json", "/api/openapi.json", None), ("GET", "/metrics", "/metrics", None),
    ("GET", "/healthz", "/healthz", None), ("GET", "/readyz", "/readyz", None),
    ("GET", "/websub/{key}", "/websub/secret?hub.challenge=x", None), ("GET", "/websub/{key}", "/websub/none", None),
    ("POST", "/websub/{key}", "/websub/secret", "<rss/>"),
]


def check_api(program, described):
    untried = {(method.upper(), path) for path, item in described["paths"].items() for method in item}
    with tempfile.TemporaryDirectory() as directory:
        server = subprocess.Popen([program, directory, "0"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        server.stdout.readline()
        for method, path, url, body in CALLS:
            print(method, url, flush=True)
            status, kind, text = ask(f"{directory}/control.sock", method, url, body)
            responses = described["paths"][path][method.lower()]["responses"]
            assert str(status) in responses, f"{method} {url}: status {status} is not described: {text[:200]}"
            content = responses[str(status)].get("content", {})
            assert kind in content or not content, f"{method} {url}: {kind} is not described"
            schema = content.get("application/json", {}).get("schema")
            if schema:
                whole = {**schema, "components": described["components"]}
                errors = [f"{'/'.join(map(str, e.path))}: {e.message}" for e in Draft202012Validator(whole).iter_errors(json.loads(text))]
                assert not errors, f"{method} {url}: {errors[:3]}"
            untried.discard((method, path))
        server.stdin.close()
        server.wait(10)
    assert not untried, f"described, but not tried: {untried}"
    print(f"ok: {len(CALLS)} calls are answered as described")


def main():
    siftd, program, docs = sys.argv[1:4]
    with open(os.path.join(docs, "openapi.json"), encoding="utf-8") as file:
        check_api(program, json.load(file))
    with open(os.path.join(docs, "event.schema.json"), encoding="utf-8") as file:
        schema = json.load(file)
    Draft202012Validator.check_schema(schema)
    check_events(siftd, schema)


if __name__ == "__main__":
    main()
