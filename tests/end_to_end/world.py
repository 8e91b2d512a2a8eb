"""A web server on loopback that the tests write as they go, and a siftd that polls it."""

import http.server
import json
import os
import signal
import socket
import subprocess
import tempfile
import threading
import time

SIFTD = os.environ.get("SIFTD", "build/release/daemon/siftd")
# Sanitizers make everything slower; SIFTD_PATIENCE=3 makes every wait longer.
PATIENCE = float(os.environ.get("SIFTD_PATIENCE", "1"))

WORDS = ("harbour lantern orchard pebble thunder violin meadow copper saddle whisper "
         "lattice barrel cinder falcon garden hollow island jumper kettle ladder magnet "
         "needle oyster packet quarry ribbon shovel timber uncle valley walnut yellow").split()


def article(number, words=120):
    """A text of its own for each number: no two are alike."""
    state = number * 2654435761 % 2**32
    sentences = []
    for _ in range(words // 12):
        sentence = []
        for _ in range(12):
            state = (state * 1103515245 + 12345) % 2**31
            sentence.append(WORDS[(state >> 8) % len(WORDS)] + str((state >> 16) % 97))
        sentences.append(" ".join(sentence).capitalize() + ".")
    return sentences


def rss(items, title="Feed"):
    """items: (guid, title, link, html of the description, html of the content or None)"""
    out = ['<?xml version="1.0"?><rss version="2.0" '
           'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
           f"<title>{title}</title><link>http://127.0.0.1/</link><description/>"]
    for guid, name, link, description, content in items:
        out.append(f"<item><title>{name}</title><link>{link}</link>"
                   f'<guid isPermaLink="false">{guid}</guid>'
                   f"<description><![CDATA[{description}]]></description>")
        if content is not None:
            out.append(f"<content:encoded><![CDATA[{content}]]></content:encoded>")
        out.append("</item>")
    out.append("</channel></rss>")
    return "".join(out).encode()


def full_item(number, base="http://127.0.0.1"):
    paragraphs = "".join(f"<p>{s}</p>" for s in article(number))
    return (f"guid-{number}", f"Story number {number}", f"{base}/story/{number}",
            article(number)[0], paragraphs)


class Server:
    """Pages by path; what is put may be (type, bytes) or a function(handler)."""

    def __init__(self):
        self.pages = {}
        self.requests = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                outer.requests.append((time.time(), self.path))
                page = outer.pages.get(self.path.split("?")[0])
                if callable(page):
                    page(self)
                elif page is None:
                    self.answer(404, "text/plain", b"no such page")
                else:
                    self.answer(200, *page)

            def answer(self, status, kind, body, **headers):
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                for name, value in headers.items():
                    self.send_header(name.replace("_", "-"), value)
                self.end_headers()
                try:
                    self.wfile.write(body)
                except OSError:
                    pass  # the client was killed

            def log_message(self, *_):
                pass

        class Quiet(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, *_):
                pass  # clients are killed in mid-request here

        self.http = Quiet(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.http.server_address[1]}"
        threading.Thread(target=self.http.serve_forever, args=(0.05,), daemon=True).start()

    def put_feed(self, path, numbers):
        self.pages[path] = ("application/rss+xml",
                            rss([full_item(n, self.base) for n in numbers], title=path))

    def count(self, path):
        return sum(1 for _, p in self.requests if p == path)

    def close(self):
        self.http.shutdown()
        self.http.server_close()


class Daemon:
    """One state directory and its configuration; the process comes and goes."""

    def __init__(self, server, feeds, sinks=None, fetch="", extra=""):
        self.folder = tempfile.TemporaryDirectory(prefix="siftd-e2e-")
        self.path = self.folder.name
        self.server = server
        self.events_path = os.path.join(self.path, "events.jsonl")
        self.config = os.path.join(self.path, "siftd.toml")
        self.log_path = os.path.join(self.path, "log")
        self.process = None
        if sinks is None:
            sinks = f'[[sink]]\ntype = "file"\nname = "events"\npath = "{self.events_path}"\n'
        self.fetch = fetch
        self.sinks = sinks
        self.extra = extra
        self.configure(feeds)

    def configure(self, feeds):
        text = (f'state_dir = "{self.path}/state"\n[http]\nlisten = ""\n'
                '[fetch]\ninterval = "1s"\nmin_interval = "1s"\nmax_interval = "2s"\n'
                f"allow_private = true\nper_host = 16\n{self.fetch}\n{self.extra}\n")
        for feed in feeds:
            url = feed if ":" in feed else self.server.base + feed
            text += f'[[feed]]\nurl = "{url}"\nname = "{feed}"\n'
        self.write_config(text + self.sinks)

    def write_config(self, text):
        with open(self.config + ".new", "w") as file:
            file.write(text)
        os.rename(self.config + ".new", self.config)

    def start(self):
        with open(self.log_path, "ab") as log:
            self.started_at = log.tell()
            self.process = subprocess.Popen([SIFTD, "run", "-c", self.config],
                                            stdout=log, stderr=log,
                                            env=self.environment())
        return self

    def environment(self):
        env = {k: v for k, v in os.environ.items()
               if k not in ("NOTIFY_SOCKET", "RUNTIME_DIRECTORY", "http_proxy")}
        return env

    def once(self, timeout=60):
        with open(self.log_path, "ab") as log:
            return subprocess.run([SIFTD, "run", "--once", "-c", self.config], stdout=log,
                                  stderr=log, timeout=timeout * PATIENCE,
                                  env=self.environment()).returncode

    def command(self, *arguments, timeout=20):
        return subprocess.run([SIFTD, *arguments, "-c", self.config], capture_output=True,
                              text=True, timeout=timeout * PATIENCE, env=self.environment())

    def signal(self, number):
        self.process.send_signal(number)

    def stop(self, within=5):
        """SIGTERM; answers the exit status and the seconds that it took."""
        begin = time.monotonic()
        self.signal(signal.SIGTERM)
        status = self.process.wait(timeout=within * PATIENCE)
        self.process = None
        return status, time.monotonic() - begin

    def kill(self):
        self.signal(signal.SIGKILL)
        self.process.wait()
        self.process = None

    def says_that_it_runs(self):
        """Before that SIGTERM may find no handler yet, and ends it as any program."""
        with open(self.log_path, "rb") as file:
            file.seek(self.started_at)
            return b": siftd " in file.read()

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as file:
            return file.read()

    def lines(self):
        """The whole lines of the file sink."""
        try:
            with open(self.events_path, "rb") as file:
                return file.read().split(b"\n")[:-1]
        except FileNotFoundError:
            return []

    def events(self):
        return [json.loads(line) for line in self.lines()]

    def articles(self):
        return [e for e in self.events() if e["type"].startswith("siftd.article.")]

    def close(self):
        if self.process is not None:
            self.kill()
        self.folder.cleanup()


def wait_until(claim, seconds=20, step=0.05):
    """Waits for claim() and answers its value; the last one when it never came true."""
    end = time.monotonic() + seconds * PATIENCE
    while True:
        value = claim()
        if value or time.monotonic() > end:
            return value
        time.sleep(step)


class LineSocket:
    """One end of siftd's socket protocol."""

    def __init__(self, address, hello=None):
        family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        self.socket.settimeout(10 * PATIENCE)
        self.socket.connect(address)
        self.file = self.socket.makefile("rb")
        if hello is not None:
            self.send(hello)

    def send(self, value):
        self.socket.sendall(json.dumps(value).encode() + b"\n")

    def read(self):
        """The next line as JSON; None at the end."""
        line = self.file.readline()
        return json.loads(line) if line.endswith(b"\n") else None

    def close(self):
        self.file.close()
        self.socket.close()
