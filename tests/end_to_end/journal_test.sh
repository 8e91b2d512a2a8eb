#!/bin/sh
# The daemon's log in a real journal, with fields of its own: journal_test.sh SIFTD
#
# A journald is started in a mount namespace of the test, with a /run of its own. Needs
# root, util-linux and systemd's journald; without them the test is skipped (77).
set -eu
if [ "${2:-}" != inside ]; then
	skip() {
		echo "SKIPPED: $1"
		exit 77
	}
	[ "$(id -u)" = 0 ] || skip "needs root"
	for tool in unshare systemd-cat journalctl; do
		command -v $tool >/dev/null || skip "needs $tool"
	done
	[ -x /lib/systemd/systemd-journald ] || skip "needs systemd-journald"
	[ -s /etc/machine-id ] || skip "needs /etc/machine-id"
	unshare -m true 2>/dev/null || skip "may not make a namespace"
	exec unshare -m sh "$0" "$1" inside
fi

siftd=$1
mount -t tmpfs none /run || {
	echo "SKIPPED: nothing may be mounted"
	exit 77
}
mkdir -p /run/systemd/journal /run/log/journal /run/here
/lib/systemd/systemd-journald >/run/journald.log 2>&1 &
journald=$!
daemon=
trap 'kill $daemon $journald 2>/dev/null || true' EXIT
fail() {
	echo "FAILED: $1"
	journalctl -D /run/log/journal --no-pager -o json || true
	exit 1
}
soon() {
	n=0
	until "$@" >/dev/null 2>&1; do
		n=$((n + 1))
		[ $n -lt 100 ] || fail "$*"
		sleep 0.1
	done
	echo "ok: $*"
}
n=0
until [ -S /run/systemd/journal/stdout ]; do
	n=$((n + 1))
	[ $n -lt 100 ] || {
		echo "SKIPPED: journald does not start here"
		exit 77
	}
	sleep 0.1
done

cat >/run/here/siftd.toml <<TOML
state_dir = "/run/here/state"
[http]
listen = ""
[[feed]]
url = "http://127.0.0.1:9/none"
name = "example"
[[sink]]
type = "file"
name = "events"
path = "/run/here/none/events.jsonl"
TOML
# As systemd does for a service: JOURNAL_STREAM names what stderr is connected to.
systemd-cat -t outside sh -c \
	'JOURNAL_STREAM=$(stat -Lc %d:%i /proc/self/fd/2) exec "$0" run -c /run/here/siftd.toml' "$siftd" &
daemon=$!

# The commands of docs/operating.md; there is no unit here, so -t stands for -u.
of_feed() { journalctl -D /run/log/journal --no-pager -q -t siftd SIFTD_FEED=example | grep -q address-denied; }
warnings() { journalctl -D /run/log/journal --no-pager -q -t siftd -p warning -o cat | grep -q "^feed example: "; }
fields() {
	journalctl -D /run/log/journal --no-pager -q -t siftd -o json SIFTD_FEED=example |
		grep -q '"SIFTD_URL":"http://127.0.0.1:9/none"'
}
soon of_feed
soon warnings
soon fields
journalctl -D /run/log/journal --no-pager -q -t outside | grep -q . && fail "something came as plain text"
kill $daemon
wait $daemon || fail "the daemon ends with 0"
daemon=
