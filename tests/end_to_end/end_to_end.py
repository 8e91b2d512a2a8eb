"""The whole daemon against a real HTTP server: real sockets, real signals, real files.

  SIFTD=build/release/daemon/siftd python3 tests/end_to_end/end_to_end.py [-v] [CASE]
"""

import collections
import json
import os
import random
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from world import (PATIENCE, SIFTD, Daemon, LineSocket, Server, article, full_item, rss,
                   wait_until)

NEW = "siftd.article.new"


class Case(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        self.daemons = []

    def tearDown(self):
        for daemon in self.daemons:
            failed = any(error for _, error in getattr(self._outcome, "errors", []))
            if failed or getattr(self._outcome, "result", None) and self.has_failed():
                sys.stderr.write(f"\n--- log of {daemon.path}\n{daemon.log()[-4000:]}\n")
            daemon.close()
        self.server.close()

    def has_failed(self):
        result = self._outcome.result
        return any(test is self for test, _ in result.failures + result.errors)

    def daemon(self, feeds, **options):
        daemon = Daemon(self.server, feeds, **options)
        self.daemons.append(daemon)
        return daemon

    def assert_each_once(self, daemon, numbers):
        ids = collections.Counter(e["data"]["id"] for e in daemon.articles())
        missing = [n for n in numbers if f"guid-{n}" not in ids]
        twice = [i for i, n in ids.items() if n > 1]
        self.assertEqual((missing, twice), ([], []))
        self.assert_no_gaps(daemon)

    def assert_no_gaps(self, daemon):
        sequences = [int(e["sequence"]) for e in daemon.events()]
        self.assertEqual(sequences, list(range(sequences[0], sequences[0] + len(sequences))))


class Once(Case):
    def test_polls_every_feed_delivers_everything_and_ends(self):
        self.server.put_feed("/a.xml", range(5))
        self.server.put_feed("/b.xml", range(10, 15))
        daemon = self.daemon(["/a.xml", "/b.xml"])
        self.assertEqual(daemon.once(), 0)
        self.assert_each_once(daemon, [*range(5), *range(10, 15)])
        event = daemon.events()[0]
        self.assertEqual(event["specversion"], "1.0")
        self.assertEqual(event["type"], NEW)
        self.assertRegex(event["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        self.assertTrue(event["data"]["content_text"].startswith(
            article(int(event["data"]["id"][5:]))[0]))

    def test_says_nothing_twice(self):
        self.server.put_feed("/a.xml", range(5))
        daemon = self.daemon(["/a.xml"])
        self.assertEqual(daemon.once(), 0)
        self.server.put_feed("/a.xml", range(1, 7))
        self.assertEqual(daemon.once(), 0)
        self.assert_each_once(daemon, range(7))

    def test_ends_with_1_when_a_feed_fails_and_delivers_the_others(self):
        self.server.put_feed("/a.xml", range(3))
        self.server.pages["/no.xml"] = ("text/html", b"<p>this is no feed</p>")
        daemon = self.daemon(["/gone.xml", "/a.xml", "/no.xml"])
        self.assertEqual(daemon.once(), 1)
        self.assert_each_once(daemon, range(3))
        self.assertIn("/gone.xml", daemon.log())
        self.assertIn("/no.xml", daemon.log())

    def test_fetches_the_page_when_the_feed_has_only_a_summary(self):
        text = article(77)
        self.server.pages["/s.xml"] = ("application/rss+xml", rss([
            ("guid-77", "Story 77", self.server.base + "/story/77", text[0], None)]))
        self.server.pages["/story/77"] = ("text/html; charset=utf-8", (
            "<html><head><title>Story 77</title></head><body><nav><a href='/'>Home</a> "
            "<a href='/n'>News</a></nav><article><h1>Story 77</h1>"
            + "".join(f"<p>{s}</p>" for s in text)
            + "<p>Sign up for our free newsletter</p></article>"
            "<footer>All rights reserved.</footer></body></html>").encode())
        daemon = self.daemon(["/s.xml"])
        self.assertEqual(daemon.once(), 0)
        data = daemon.articles()[0]["data"]
        self.assertEqual(data["_siftd"]["text_from"], "page")
        self.assertEqual(data["content_text"], "\n\n".join(text))
        self.assertFalse(data.get("image"), "the page has none")

    def test_drops_a_copy_and_marks_it_when_told_to(self):
        self.server.put_feed("/a.xml", [1])
        guid, title, _, summary, html = full_item(1)
        self.server.pages["/b.xml"] = ("application/rss+xml", rss([
            ("other", title, self.server.base + "/b/1", summary, html)]))
        dropping = self.daemon(["/a.xml", "/b.xml"])
        self.assertEqual(dropping.once(), 0)
        self.assertEqual([e["type"] for e in dropping.articles()], [NEW])
        marking = self.daemon(["/a.xml", "/b.xml"], extra='[dedup]\naction = "mark"')
        self.assertEqual(marking.once(), 0)
        first, second = marking.articles()
        self.assertEqual(second["type"], "siftd.article.duplicate")
        self.assertEqual(second["data"]["_siftd"]["duplicate_of"],
                         first["data"]["_siftd"]["article"])

    def test_tells_a_correction(self):
        self.server.put_feed("/a.xml", [1])
        daemon = self.daemon(["/a.xml"])
        self.assertEqual(daemon.once(), 0)
        html = "".join(f"<p>{s}</p>" for s in article(1)[:4] + article(2)[:6])
        self.server.pages["/a.xml"] = ("application/rss+xml", rss([
            ("guid-1", "Story number 1", self.server.base + "/story/1", "changed", html)]))
        self.assertEqual(daemon.once(), 0)
        events = daemon.articles()
        self.assertEqual([e["type"] for e in events], [NEW, "siftd.article.updated"])
        self.assertEqual(events[1]["data"]["_siftd"]["revision"], 2)


class Refusals(Case):
    def test_private_addresses_and_files_are_refused_unless_allowed(self):
        self.server.put_feed("/a.xml", [1])
        daemon = self.daemon(["/a.xml"])
        path = os.path.join(daemon.path, "feed.xml")
        with open(path, "wb") as file:
            file.write(rss([full_item(2)]))
        with open(daemon.config) as file:
            text = file.read()
        text += f'[[feed]]\nurl = "file://{path}"\nname = "file"\n'
        daemon.write_config(text.replace("allow_private = true", "allow_private = false"))
        self.assertEqual(daemon.once(), 1)
        self.assertEqual(daemon.articles(), [])
        self.assertEqual(self.server.requests, [])
        daemon.write_config(text.replace("allow_private = true",
                                         'allow_private = ["127.0.0.0/8"]\nallow_file = true'))
        self.assertEqual(daemon.once(), 0)
        self.assert_each_once(daemon, [1, 2])

    def test_hostile_65_a_wrong_configuration_is_told_whole_and_ends_with_78(self):
        daemon = self.daemon([])
        daemon.write_config('state_dri = "/x"\n[fetch]\ninterval = "soon"\n')
        for command in (["check"], ["run"], ["run", "--once"]):
            result = daemon.command(*command)
            self.assertEqual(result.returncode, 78)
            lines = result.stderr.strip().split("\n")
            self.assertEqual(len(lines), 2, result.stderr)
            self.assertIn('siftd.toml:1:1: state_dri: unknown key; did you mean "state_dir"?',
                          lines[0])
            self.assertIn("siftd.toml:3:12: fetch.interval", lines[1])

    def test_a_second_daemon_on_one_state_ends_with_73(self):
        self.server.put_feed("/a.xml", [1])
        daemon = self.daemon(["/a.xml"]).start()
        self.assertTrue(wait_until(daemon.articles))
        result = daemon.command("run")
        self.assertEqual(result.returncode, 73, result.stderr)
        self.assertEqual(len(result.stderr.strip().split("\n")), 1, result.stderr)


class Running(Case):
    def test_new_items_arrive_while_it_runs_and_sigterm_ends_it_cleanly(self):
        self.server.put_feed("/a.xml", [1, 2])
        daemon = self.daemon(["/a.xml"]).start()
        self.assertTrue(wait_until(lambda: len(daemon.articles()) == 2))
        self.server.put_feed("/a.xml", [1, 2, 3])
        self.assertTrue(wait_until(lambda: len(daemon.articles()) == 3))
        self.assertEqual(daemon.stop()[0], 0)
        self.assert_each_once(daemon, [1, 2, 3])

    def test_sigterm_ends_it_within_5_seconds_whatever_servers_do(self):
        def never(handler):
            handler.send_response(200)
            handler.send_header("Content-Length", "1000000")
            handler.end_headers()
            while daemon.process is not None:
                time.sleep(0.2)
        self.server.put_feed("/a.xml", [1])
        for k in range(8):
            self.server.pages[f"/slow{k}.xml"] = never
        daemon = self.daemon(["/a.xml", *(f"/slow{k}.xml" for k in range(8))]).start()
        self.assertTrue(wait_until(lambda: daemon.articles()
                                   and self.server.count("/slow0.xml")))
        status, seconds = daemon.stop()
        self.assertEqual(status, 0)
        self.assertLess(seconds, 5 * PATIENCE)

    def test_hostile_65_sighup_takes_over_a_good_file_and_refuses_a_bad_one(self):
        self.server.put_feed("/a.xml", [1])
        self.server.put_feed("/b.xml", [2])
        self.server.put_feed("/c.xml", [3])
        daemon = self.daemon(["/a.xml"]).start()
        self.assertTrue(wait_until(lambda: len(daemon.articles()) == 1))
        daemon.configure(["/a.xml", "/b.xml"])
        daemon.signal(signal.SIGHUP)
        self.assertTrue(wait_until(lambda: len(daemon.articles()) == 2), "the new feed")
        with open(daemon.config, "a") as file:
            file.write("[[feed]]\nurl = 3\n")
        daemon.signal(signal.SIGHUP)
        self.assertTrue(wait_until(lambda: "feed.url" in daemon.log()), "the mistake is told")
        before = self.server.count("/b.xml")
        self.assertTrue(wait_until(lambda: self.server.count("/b.xml") > before),
                        "the old configuration goes on")
        daemon.configure(["/c.xml"])
        daemon.signal(signal.SIGHUP)
        self.assertTrue(wait_until(lambda: len(daemon.articles()) == 3), "the mended file")
        before = self.server.count("/a.xml")
        time.sleep(2.5 * PATIENCE)
        self.assertLessEqual(self.server.count("/a.xml"), before + 1, "/a.xml is gone")
        self.assertEqual(daemon.stop()[0], 0)

    def test_hostile_66_a_hundred_sighups_lose_nothing_of_a_feed_that_goes(self):
        held = threading.Event()

        def slowly(handler):
            held.wait(20 * PATIENCE)
            handler.answer(200, "application/rss+xml", rss([full_item(9)]))
        self.server.put_feed("/a.xml", [1])
        self.server.pages["/slow.xml"] = slowly
        daemon = self.daemon(["/a.xml", "/slow.xml"]).start()
        self.assertTrue(wait_until(lambda: len(daemon.articles()) == 1
                                   and self.server.count("/slow.xml")))
        daemon.configure(["/a.xml"])  # the other one is on its way
        for _ in range(100):
            daemon.signal(signal.SIGHUP)
            time.sleep(0.002)
        held.set()
        self.server.put_feed("/a.xml", [1, 2])
        self.assertTrue(wait_until(lambda: len(daemon.articles()) >= 2))
        time.sleep(1)
        polls = self.server.count("/slow.xml")
        self.assertEqual(daemon.stop()[0], 0)
        self.assertEqual(polls, 1, "a feed that went is not polled again")
        self.assert_no_gaps(daemon)
        ids = [e["data"]["id"] for e in daemon.articles()]
        self.assertEqual(len(ids), len(set(ids)))

    def test_hostile_64_few_descriptors_a_closed_log_and_no_notify_socket(self):
        numbers = range(30)
        for k in numbers:
            self.server.put_feed(f"/{k}.xml", [k])
        daemon = self.daemon([f"/{k}.xml" for k in numbers])
        reader, writer = os.pipe()
        os.close(reader)  # whoever read the log is gone: EPIPE at each line
        daemon.process = subprocess.Popen(
            [SIFTD, "run", "-c", daemon.config], stdout=writer, stderr=writer,
            env={**daemon.environment(), "NOTIFY_SOCKET": daemon.path + "/nobody"},
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (48, 48)))
        os.close(writer)
        self.assertTrue(wait_until(lambda: len(daemon.articles()) == len(numbers), 40))
        self.assertEqual(daemon.stop()[0], 0)
        self.assert_each_once(daemon, numbers)

    def test_hostile_67_sigterm_with_a_dead_sink_ends_in_time_and_loses_nothing(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.server.put_feed("/a.xml", range(5))
        sinks = ('[[sink]]\ntype = "socket"\nname = "dead"\n'
                 f'connect = "tcp:127.0.0.1:{port}"\n')
        daemon = self.daemon(["/a.xml"])
        with open(daemon.config, "a") as file:
            file.write(sinks)
        daemon.start()
        self.assertTrue(wait_until(lambda: len(daemon.articles()) == 5))
        status, seconds = daemon.stop()
        self.assertEqual(status, 0)
        self.assertLess(seconds, 5 * PATIENCE)
        with socket.socket() as peer:  # it comes back, and gets all of it
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            peer.bind(("127.0.0.1", port))
            peer.listen()
            peer.settimeout(30 * PATIENCE)
            daemon.start()
            connection, _ = peer.accept()
            connection.settimeout(30 * PATIENCE)
            with connection, connection.makefile("rb") as lines:
                got = [json.loads(lines.readline())["sequence"] for _ in range(5)]
        self.assertEqual(got, [e["sequence"] for e in daemon.events()][:5])
        self.assertEqual(daemon.stop()[0], 0)

    def test_the_clients_of_the_control_socket_see_what_the_file_has(self):
        self.server.put_feed("/a.xml", range(4))
        daemon = self.daemon(["/a.xml", "/gone.xml"]).start()
        self.assertTrue(wait_until(lambda: len(daemon.articles()) == 4))
        tail = daemon.command("tail", "--json", "--from", "beginning", "--type", NEW, "-n", "4")
        self.assertEqual(tail.returncode, 0, tail.stderr)
        lines = [line.decode() for line in daemon.lines() if f'"{NEW}"'.encode() in line]
        self.assertEqual(tail.stdout.splitlines(), lines)
        pretty = daemon.command("tail", "--from", "beginning", "-n", "4")
        self.assertIn("Story number 1", pretty.stdout)
        self.assertNotIn("\x1b", pretty.stdout, "no colours into a pipe")
        status = daemon.command("status")
        self.assertIn("/a.xml", status.stdout)
        self.assertIn("events", status.stdout)
        feeds = json.loads(daemon.command("feeds", "list", "--json").stdout)
        self.assertEqual(len(feeds["feeds"] if isinstance(feeds, dict) else feeds), 2)
        self.assertEqual(daemon.stop()[0], 0)


class Crashes(Case):
    def test_kill_9_loses_nothing_and_repeats_nothing(self):
        chance = random.Random(11)
        daemon = self.daemon([f"/{k}.xml" for k in range(6)])
        shown = 0
        for _ in range(6):
            shown += 5
            for k in range(6):
                self.server.put_feed(f"/{k}.xml", [k * 1000 + n for n in range(shown)])
            daemon.start()
            wait_until(lambda: daemon.process.poll() is not None, chance.uniform(0.2, 1.2) / PATIENCE)
            daemon.kill()
        daemon.start()
        self.assertTrue(wait_until(daemon.says_that_it_runs))
        numbers = [k * 1000 + n for k in range(6) for n in range(shown)]
        wait_until(lambda: len(daemon.articles()) >= len(numbers), 30)
        self.assertEqual(daemon.stop()[0], 0)
        self.assert_each_once(daemon, numbers)

    def test_a_file_sink_follows_its_path(self):
        self.server.put_feed("/a.xml", [1])
        daemon = self.daemon(["/a.xml"]).start()
        self.assertTrue(wait_until(lambda: len(daemon.articles()) == 1))
        os.rename(daemon.events_path, daemon.events_path + ".1")
        daemon.signal(signal.SIGHUP)
        self.server.put_feed("/a.xml", [1, 2])
        self.assertTrue(wait_until(lambda: len(daemon.articles()) == 1))
        self.assertEqual(daemon.articles()[0]["data"]["id"], "guid-2")
        self.assertEqual(daemon.stop()[0], 0)


class Sockets(Case):
    def test_a_named_consumer_goes_on_where_it_acknowledged(self):
        self.server.put_feed("/a.xml", range(6))
        daemon = self.daemon(["/a.xml"])
        path = daemon.path + "/events.sock"
        daemon.sinks += f'[[sink]]\ntype = "socket"\nname = "live"\nlisten = "unix:{path}"\n'
        daemon.configure(["/a.xml"])
        daemon.start()
        self.assertTrue(wait_until(lambda: len(daemon.articles()) == 6))
        first = LineSocket(path, {"from": "beginning", "consumer": "reader", "types": [NEW]})
        events = [first.read() for _ in range(6)]
        first.send({"ack": events[3]["sequence"]})
        # What was acknowledged before an article came is stored no later than it.
        self.server.put_feed("/a.xml", range(7))
        self.assertTrue(wait_until(lambda: len(daemon.articles()) == 7))
        first.close()
        daemon.kill()
        daemon.start()
        self.assertTrue(wait_until(lambda: os.path.exists(path)))

        def connect():
            try:
                return LineSocket(path, {"from": "beginning", "consumer": "reader",
                                         "types": [NEW]})
            except OSError:
                return None
        second = wait_until(connect)
        self.assertEqual([second.read()["sequence"] for _ in range(2)],
                         [e["sequence"] for e in events[4:]])
        second.close()
        self.assertEqual(daemon.stop()[0], 0)

    def test_a_client_that_only_reads_gets_live_events(self):
        self.server.put_feed("/a.xml", [1])
        daemon = self.daemon(["/a.xml"])
        path = daemon.path + "/events.sock"
        daemon.sinks += f'[[sink]]\ntype = "socket"\nname = "live"\nlisten = "unix:{path}"\n'
        daemon.configure(["/a.xml"])
        daemon.start()
        self.assertTrue(wait_until(lambda: len(daemon.articles()) == 1))
        reader = LineSocket(path)
        time.sleep(0.5 * PATIENCE)
        self.server.put_feed("/a.xml", [1, 2])
        event = reader.read()
        while event["type"] != NEW:
            event = reader.read()
        self.assertEqual(event["data"]["id"], "guid-2")
        wrong = LineSocket(path, {"form": "now"})
        self.assertIn("error", wrong.read())
        self.assertIsNone(wrong.read())
        reader.close()
        wrong.close()
        self.assertEqual(daemon.stop()[0], 0)


class Systemd(Case):
    def test_says_when_it_is_ready_and_when_it_stops(self):
        import socket as sockets
        self.server.put_feed("/a.xml", [1])
        daemon = self.daemon(["/a.xml"])
        path = daemon.path + "/notify"
        listener = sockets.socket(sockets.AF_UNIX, sockets.SOCK_DGRAM)
        listener.bind(path)
        listener.settimeout(10 * PATIENCE)
        with open(daemon.log_path, "ab") as log:
            daemon.process = subprocess.Popen(
                [SIFTD, "run", "-c", daemon.config], stdout=log, stderr=log,
                env={**daemon.environment(), "NOTIFY_SOCKET": path})
        self.assertIn("READY=1", listener.recv(4096).decode())
        self.assertTrue(wait_until(lambda: len(daemon.articles()) == 1))
        self.assertEqual(daemon.stop()[0], 0)
        said = ""
        listener.settimeout(0.5)
        try:
            while True:
                said += listener.recv(4096).decode() + "\n"
        except TimeoutError:
            pass
        self.assertIn("STOPPING=1", said)
        listener.close()


if __name__ == "__main__":
    unittest.main(verbosity=2 if sys.stdout.isatty() else 1)
