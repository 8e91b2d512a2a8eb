#!/usr/bin/env python3
"""Runs what README.md and docs/*.md show: docs_test.py SIFTD SOURCE

Every command in a fenced block is run against a daemon on files of its own, with the
paths and the port of that daemon in place of the documented ones; every block of
siftd.toml is checked, every Python program run; of commands in running text the words
and options are held against --help. What needs root or systemd stands in ELSEWHERE with
the test that runs it. A command that is neither run nor listed there fails."""
import glob
import os
import pty
import re
import select
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

# Beginning of the command: the file that runs it, and what stands there.
ELSEWHERE = {
    "script/run": ("script/run", "script/build"),
    "script/test": (".ci/run", "script/test"),
    "script/bootstrap": ("script/test", "script/bootstrap"),
    "script/build": ("script/test", "script/build"),
    "cmake --install": ("systemd/CMakeLists.txt", "install("),
    "systemd-sysusers": ("systemd/debian/postinst", "sysusers"),
    "systemctl enable --now": ("tests/daemon/install_test.sh", "the unit is enabled"),
    "apt install ./siftd": ("tests/daemon/install_test.sh", "apt-get install"),
    "journalctl -u siftd": ("tests/end_to_end/journal_test.sh", "SIFTD_FEED=example"),
}
# Goes on until it is ended.
FOLLOWS = ("siftd tail", "tail -F", "nc -U", "curl -N")
ARTICLE = "https://news.example/harbour"
FEED = f"""<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>
<link>https://news.example/</link><item><guid>1</guid><link>{ARTICLE}</link><title>Harbour reopens</title>
<description>The harbour opened again on Monday after three days of storm, and the first two ferries left before noon, said
the harbour master, who had slept in his office since Friday and was looking forward to his bed at home.</description>
</item></channel></rss>"""

failures = []


def tell(ok, what, why=""):
    print(("ok: " if ok else "FAILED: ") + what + ("" if ok else "\n" + why), flush=True)
    if not ok:
        failures.append(what)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Daemon:
    def __init__(self, siftd, place):
        self.place, self.port = place, free_port()
        for name in ("run", "log", "state", "bin", "credstore"):
            os.mkdir(os.path.join(place, name))
        self.config = os.path.join(place, "siftd.toml")
        self.write(os.path.join(place, "feed.xml"), FEED)
        self.write(self.config, f"""state_dir = "{place}/state"
[http]
listen = "127.0.0.1:{self.port}"
[fetch]
allow_file = true
full_text = "never"
[[feed]]
url = "file://{place}/feed.xml"
name = "example"
[[sink]]
type = "file"
name = "events"
path = "{place}/log/events.jsonl"
[[sink]]
type = "socket"
name = "live"
listen = "unix:{place}/run/events.sock"
""")
        self.tool("siftd", f"""case $1 in
feeds) sub=$2; shift 2; exec "{siftd}" feeds $sub -c "{self.config}" "$@" ;;
run|check|tail|status|why|replay) sub=$1; shift; exec "{siftd}" $sub -c "{self.config}" "$@" ;;
*) exec "{siftd}" "$@" ;;
esac""")
        self.process = subprocess.Popen([siftd, "run", "-c", self.config], stderr=open(os.path.join(place, "err"), "w"))
        self.tool("systemctl", f'[ "$*" = "reload siftd" ] && kill -HUP {self.process.pid}')
        self.wait(lambda: os.path.getsize(os.path.join(place, "log/events.jsonl")) > 0)

    @staticmethod
    def write(path, text):
        with open(path, "w") as file:
            file.write(text)

    def tool(self, name, text):
        path = os.path.join(self.place, "bin", name)
        self.write(path, "#!/bin/sh\n" + text + "\n")
        os.chmod(path, 0o755)

    @staticmethod
    def wait(holds):
        end = time.time() + 20
        while time.time() < end:
            try:
                if holds():
                    return
            except OSError:
                pass
            time.sleep(.05)
        raise SystemExit("the daemon does not begin")

    def here(self, text):
        for documented, own in (("/run/siftd", "run"), ("/var/log/siftd", "log"), ("/etc/credstore", "credstore"),
                                ("/var/lib/siftd", "state")):
            text = text.replace(documented, os.path.join(self.place, own))
        return text.replace("127.0.0.1:7600", f"127.0.0.1:{self.port}")

    def run(self, argv, patience, follows=False):
        """-> (status, output); 124: it went on until it was ended, what follows soon after it has said something"""
        env = dict(os.environ, PATH=os.path.join(self.place, "bin") + ":" + os.environ["PATH"])
        # A terminal, as the reader has one: a filter there writes each line at once.
        terminal, end = pty.openpty() if HAS_TERMINALS else os.pipe()
        process = subprocess.Popen(argv, env=env, cwd=self.place, stdin=subprocess.DEVNULL, stdout=end, stderr=end,
                                   start_new_session=True)
        os.close(end)
        output, deadline, was_ended = b"", time.time() + patience, False
        while select.select([terminal], [], [], max(0, deadline - time.time()))[0]:
            try:
                some = os.read(terminal, 1 << 16)
            except OSError:
                some = b""
            if not some:
                break  # all of its writers have ended
            output += some
            if follows:
                deadline = min(deadline, time.time() + 1)
        else:
            was_ended = True
            os.killpg(process.pid, signal.SIGTERM)
        os.close(terminal)
        status = process.wait(10)
        return 124 if was_ended else status, output.decode(errors="replace")

    def end(self):
        self.process.terminate()
        tell(self.process.wait(30) == 0, "the daemon ends with 0")


def has_terminals():
    try:
        for end in pty.openpty():
            os.close(end)
        return True
    except OSError:
        return False


HAS_TERMINALS = has_terminals()


def blocks(path):
    """-> (language, line number, text) of each fenced block"""
    language, begin, lines = None, 0, []
    for number, line in enumerate(open(path), 1):
        if line.startswith("```"):
            if language is None:
                language, begin, lines = line[3:].strip(), number, []
            else:
                yield language, begin, "".join(lines)
                language = None
        elif language is not None:
            lines.append(line)


def commands(text):
    text = text.replace("\\\n", " ")
    for line in text.splitlines():
        line = re.sub(r"(^|\s{2,})#.*$", "", line).strip()
        if line:
            yield line


def run_command(daemon, source, where, command):
    for part in re.split(r"\s*&&\s*", command):
        place = next((known for known in ELSEWHERE if part.startswith(known)), None)
        if place:
            file, text = ELSEWHERE[place]
            with open(os.path.join(source, file)) as content:
                tell(text in content.read(), f"{where}: {part}: run by {file}")
            continue
        words = ["|"] + list(shlex.shlex(part, posix=True, punctuation_chars=True))
        tools = [words[i + 1] for i, word in enumerate(words) if word == "|"]
        missing = [tool for tool in tools if tool != "siftd" and tool != "systemctl" and not shutil.which(tool)]
        if missing:
            print(f"SKIPPED: {where}: {part} ({missing[0]} is not installed)")
            continue
        follows = part.startswith(FOLLOWS)
        if follows and not HAS_TERMINALS:
            print(f"SKIPPED: {where}: {part} (no terminals here: mount devpts at /dev/pts)")
            continue
        # What is shown live says nothing until something happens: begin at the beginning.
        live = part.startswith("nc -U")
        is_silent = live or part == "siftd tail"
        status, output = daemon.run(["sh", "-c", daemon.here(part)], 3 if is_silent else 30, follows)
        good = status in (0, 124) and (is_silent or output.strip()) if follows else status == 0
        tell(bool(good), f"{where}: {part}", f"status {status}\n{output}")


def check_toml(daemon, siftd, where, text):
    if "[sources." in text or "[transforms." in text:
        return  # of another program
    text = re.sub(r"^(\.\.\.|…)$", "", text, flags=re.M)
    path = os.path.join(daemon.place, "shown.toml")
    daemon.write(path, text)
    for name in ("ca.pem", "server.pem", "server.key", "clients.pem"):
        daemon.write(os.path.join(daemon.place, name), "")
    result = subprocess.run([siftd, "check", "-c", path], capture_output=True, text=True)
    if result.returncode != 0 and not re.search(r"^\[\[?(feed|sink|fetch|http|clean|dedup|store|opml)", text, re.M):
        # A file of rules.
        result = subprocess.run([siftd, "clean", "--rules", path], input="", capture_output=True, text=True)
    tell(result.returncode == 0, f"{where}: configuration", result.stderr)


def check_words(siftd, where, command, known={}):
    words = command.split()[1:]
    while words and words[0].startswith("-"):
        words = words[1:]
    path = []
    for word in words:
        if not re.fullmatch(r"[a-z]+", word) or len(path) == (2 if path[:1] == ["feeds"] else 1):
            break
        path.append(word)
    if not path:
        return
    key = tuple(path)
    if key not in known:
        result = subprocess.run([siftd, *path, "--help"], capture_output=True, text=True)
        known[key] = result.stdout if result.returncode == 0 else ""
    tell(known[key] != "", f"{where}: `{command}` is a command")
    for option in re.findall(r"(?<=\s)--?[a-z][a-z-]*", command):
        tell(re.search(re.escape(option) + r"\b", known[key]) is not None, f"{where}: `{command}`: {option} is in --help")


def main():
    siftd, source = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    place = tempfile.mkdtemp(prefix="siftd-docs.")
    daemon = Daemon(siftd, place)
    try:
        for path in [os.path.join(source, "README.md")] + sorted(glob.glob(os.path.join(source, "docs", "*.md"))):
            name = os.path.relpath(path, source)
            for language, line, text in blocks(path):
                where = f"{name}:{line}"
                if language == "sh":
                    for command in commands(text):
                        run_command(daemon, source, where, command)
                elif language == "python":
                    program = os.path.join(place, "shown.py")
                    # Each has its own consumer, for what is acknowledged does not come again.
                    daemon.write(program, daemon.here(text).replace('"consumer":"', f'"consumer":"{line}-'))
                    status, output = daemon.run([sys.executable, "-u", program], 30, True)
                    tell(status == 124 and "Harbour" in output, f"{where}: Python", f"status {status}\n{output}")
                elif language == "toml":
                    check_toml(daemon, siftd, where, text)
            text = re.sub(r"^```.*?^```$", "", open(path).read(), flags=re.S | re.M)
            for command in sorted(set(re.findall(r"`(siftd [^`]+)`", text))):
                check_words(siftd, name, command)
        for url in ("/healthz", "/readyz", "/metrics"):
            status, _ = daemon.run(["python3", "-c", f"import urllib.request; urllib.request.urlopen('http://127.0.0.1:{daemon.port}{url}')"], 10)
            tell(status == 0, f"{url} answers")
        status, output = daemon.run([os.path.join(place, "bin/siftd"), "why", ARTICLE], 10)
        tell(status == 0 and "example" in output, "siftd why tells the article's life", output)
    finally:
        daemon.end()
        shutil.rmtree(place, ignore_errors=True)
    print(f"{len(failures)} failed" if failures else "all is as shown")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
