#!/bin/sh
# The package in a fresh Debian, as a new user would try it: install_test.sh BUILD_DIR
#
# SIFTD_DEBIAN_ROOT names a root to copy (as debootstrap makes it); without it one is
# made. SIFTD_DEBIAN_SUITE names another Debian than this machine's (trixie): there the
# package is built in a second root, from this tree, as it has to be; that takes minutes.
# Needs root, and the network for what the package depends on; where one of them is
# missing the test is skipped (77). There is no systemd running in a chroot: the
# daemon is started with the user, directories and environment of the unit.
set -eu
build=$1
skip() {
	echo "SKIPPED: $1"
	exit 77
}
[ "$(id -u)" = 0 ] || skip "needs root"
command -v cpack >/dev/null || skip "needs cpack"
[ -n "${SIFTD_DEBIAN_ROOT:-}" ] || command -v debootstrap >/dev/null || skip "needs debootstrap or SIFTD_DEBIAN_ROOT"

work=$(mktemp -d /var/tmp/siftd-install.XXXXXX)
root=$work/root
daemon=""
cleanup() {
	[ -z "$daemon" ] || { kill "$daemon" && wait "$daemon"; } 2>/dev/null || true
	umount "$work/builder/proc" 2>/dev/null || true
	umount "$root/var/log/siftd" 2>/dev/null || true
	rm -rf "$work"
}
trap cleanup EXIT INT TERM
ok() { echo "ok: $1"; }
fail() {
	echo "FAILED: $1"
	[ ! -f "$root/tmp/log" ] || tail -20 "$root/tmp/log"
	exit 1
}
# The command must hold within ten seconds.
soon() {
	what=$1
	shift
	n=0
	until "$@" >/dev/null 2>&1; do
		n=$((n + 1))
		[ $n -lt 100 ] || fail "$what"
		sleep 0.1
	done
	ok "$what"
}
in_root() { chroot "$root" "$@"; }

. /etc/os-release
suite=${SIFTD_DEBIAN_SUITE:-$VERSION_CODENAME}
if [ -n "${SIFTD_DEBIAN_ROOT:-}" ]; then
	cp -a "$SIFTD_DEBIAN_ROOT" "$root"
else
	debootstrap --variant=minbase "$suite" "$root" >"$work/debootstrap.log" 2>&1 || skip "debootstrap failed: no network?"
fi
cp /etc/resolv.conf "$root/etc/resolv.conf"
if [ "$suite" = "$VERSION_CODENAME" ]; then
	(cd "$build" && cpack -G DEB -B "$work/deb" >"$work/cpack.log" 2>&1) || {
		cat "$work/cpack.log"
		fail "cpack"
	}
else
	# In a copy, so that what building needs does not hide what the package forgot to name.
	builder=$work/builder
	cp -a "$root" "$builder"
	mkdir -p "$builder/src" "$work/deb"
	(cd "$(dirname "$0")/../.." && tar -c --exclude=./build --exclude=./.git .) | tar -x -C "$builder/src"
	mount -t proc proc "$builder/proc"
	# dpkg-shlibdeps needs dpkg-dev, which a compiler brings only as a recommendation.
	chroot "$builder" sh -c 'apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends dpkg-dev file &&
		cd /src && script/bootstrap && script/build release siftd package_files && cd build/release && cpack -G DEB -B /tmp/deb' \
		>"$work/build.log" 2>&1 || {
		tail -30 "$work/build.log"
		fail "the package cannot be built in $suite"
	}
	mv "$builder"/tmp/deb/siftd_*.deb "$work/deb/"
	umount "$builder/proc"
	rm -rf "$builder"
	ok "the package is built in $suite"
fi
deb=$(echo "$work"/deb/siftd_*.deb)
if command -v lintian >/dev/null; then
	lintian --fail-on error,warning "$deb" || fail "lintian has complaints"
	ok "lintian has no complaint"
else
	echo "SKIPPED: lintian is not installed"
fi

cp "$deb" "$root/tmp/siftd.deb"
in_root sh -c 'apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends /tmp/siftd.deb' \
	>"$work/apt.log" 2>&1 || {
	tail -20 "$work/apt.log"
	grep -q "Temporary failure\|Could not resolve\|Unable to fetch" "$work/apt.log" && skip "no network"
	fail "the package cannot be installed"
}
ok "the package is installed in Debian $(cat "$root/etc/debian_version")"

in_root id siftd | grep -q siftd-readers || fail "the user siftd is in siftd-readers"
[ "$(in_root stat -c %U:%G:%a /etc/siftd/siftd.toml)" = root:siftd:640 ] || fail "who may read the configuration"
in_root siftd check >/dev/null 2>&1 || fail "the configuration as installed is good"
[ -L "$root/etc/systemd/system/multi-user.target.wants/siftd.service" ] || fail "the unit is enabled"
ok "user, configuration and unit are there"

mkdir -p "$root/tmp/feeds"
for name in one two three; do
	cat >"$root/tmp/feeds/$name.xml" <<XML
<?xml version="1.0"?><rss version="2.0"><channel><title>$name</title><link>https://$name.example/</link>
<item><guid>$name-1</guid><title>News of $name</title><description>On Monday the mayor of $name opened the new $name
library, and said that the old $name house would become a school after the summer.</description></item></channel></rss>
XML
	printf '\n[[feed]]\nurl = "file:///tmp/feeds/%s.xml"\nname = "%s"\n' $name $name >>"$root/etc/siftd/siftd.toml"
done
printf '\n[fetch]\nallow_file = true\ninterval = "2s"\nmin_interval = "2s"\n' >>"$root/etc/siftd/siftd.toml"
sed -i 's/127.0.0.1:7600/127.0.0.1:17699/' "$root/etc/siftd/siftd.toml"
for dir in var/lib/siftd:750 run/siftd:755 var/log/siftd:755; do
	in_root install -d -o siftd -g siftd -m "${dir#*:}" "/${dir%:*}"
done
# A small disk for the events, so that it can be filled.
small=no
if mount -t tmpfs -o size=1m,mode=755 tmpfs "$root/var/log/siftd" 2>/dev/null; then
	small=yes
	in_root chown siftd:siftd /var/log/siftd
fi
chroot --userspec=siftd:siftd --groups=siftd,siftd-readers "$root" env RUNTIME_DIRECTORY=/run/siftd \
	STATE_DIRECTORY=/var/lib/siftd LOGS_DIRECTORY=/var/log/siftd /usr/bin/siftd run >"$root/tmp/log" 2>&1 &
daemon=$!

events="$root/var/log/siftd/events.jsonl"
three() { [ "$(wc -l <"$events")" = 3 ]; }
soon "three feeds give three events in the file" three
[ "$(in_root stat -c %G:%a /var/log/siftd/events.jsonl)" = siftd-readers:640 ] || fail "who may read the events"
[ "$(in_root stat -c %G:%a /run/siftd/events.sock)" = siftd-readers:660 ] || fail "who may connect to the socket"
tail_all() { [ "$(in_root siftd tail --json --from beginning -n 3 | cmp - "$events" && echo same)" = same ]; }
soon "siftd tail shows the same bytes" tail_all
soon "siftd status shows three healthy feeds" sh -c "chroot '$root' siftd status | grep -q '3 feeds: 3 healthy'"
if command -v curl >/dev/null; then
	soon "the page is served" curl -sf http://127.0.0.1:17699/
	soon "the daemon is ready" curl -sf http://127.0.0.1:17699/readyz
fi

echo 'colour = "red"' >>"$root/etc/siftd/siftd.toml"
in_root siftd check >"$root/tmp/check" 2>&1 && fail "a mistake is found by siftd check"
grep -q 'siftd.toml:[0-9]*:[0-9]*: .*colour' "$root/tmp/check" || fail "a mistake is told with its place"
kill -HUP $daemon
soon "a reload with a mistake changes nothing and says so" sh -c "chroot '$root' siftd status | grep -q 'last reload changed nothing'"
sed -i '/colour/d' "$root/etc/siftd/siftd.toml"
kill -HUP $daemon
mended() { ! in_root siftd status | grep -q "last reload"; }
soon "the mended file is taken over" mended

written=3
if [ $small = yes ]; then
	dd if=/dev/zero of="$root/var/log/siftd/ballast" bs=64k 2>/dev/null || true
	# Long enough not to fit into what is left of the file's last block.
	long=$(n=0; while [ $n -lt 90 ]; do n=$((n + 1)); echo "Diver $n found crack $((n * 7)) in pillar $n of the old bridge on day $((n * 3))."; done | tr '\n' ' ')
	sed -i "s#</channel>#<item><guid>one-2</guid><title>The bridge is closed</title><description>$long</description></item></channel>#" "$root/tmp/feeds/one.xml"
	in_root siftd feeds poll one >/dev/null || fail "a feed is polled when asked for"
	soon "a full disk is told in siftd status" sh -c "chroot '$root' siftd status | grep -qi 'no space'"
	rm "$root/var/log/siftd/ballast"
	four() { [ "$(wc -l <"$events")" = 4 ] && tail -n 1 "$events" | grep -q "The bridge is closed"; }
	soon "with room again the event is in the file" four
	written=4
else
	echo "SKIPPED: the full disk (no tmpfs may be mounted)"
fi

kill -TERM $daemon
wait $daemon || fail "the daemon ends with 0 after SIGTERM"
daemon=""
[ "$(wc -l <"$events")" = $written ] || fail "nothing was said twice"
if [ $small = yes ]; then
	cp -a "$root/var/log/siftd" "$work/log"
	umount "$root/var/log/siftd"
	cp -a "$work/log/." "$root/var/log/siftd/"
fi
in_root env DEBIAN_FRONTEND=noninteractive apt-get remove -y -qq siftd >"$work/apt.log" 2>&1 || fail "remove"
[ -s "$root/var/lib/siftd/siftd.db" ] && [ -s "$events" ] && [ -e "$root/etc/siftd/siftd.toml" ] || fail "remove keeps state, events and configuration"
ok "remove keeps state, events and configuration"
in_root env DEBIAN_FRONTEND=noninteractive apt-get purge -y -qq siftd >"$work/apt.log" 2>&1 || fail "purge"
[ ! -e "$root/var/lib/siftd" ] && [ ! -e "$root/var/log/siftd" ] && [ ! -e "$root/etc/siftd" ] || fail "purge takes everything: $(ls -d "$root"/var/lib/siftd "$root"/var/log/siftd "$root"/etc/siftd 2>/dev/null)"
ok "purge takes everything"
