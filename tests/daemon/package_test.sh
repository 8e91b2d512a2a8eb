#!/bin/sh
# What comes with the program: unit, configuration, man pages, completions, alert rules,
# metrics, and the commands against a running server: package_test.sh SIFTD PAGE_SERVER SOURCE.
# A check whose tool is missing is skipped and says so.
siftd=$1 page_server=$2 source=$3
failed=0
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# try NAME COMMAND...: its output only matters when it fails.
try() {
	name=$1
	shift
	if "$@" >"$dir/out" 2>&1; then
		echo "ok: $name"
	else
		echo "FAILED: $name: $*"
		cat "$dir/out"
		failed=1
	fi
}
has() {
	command -v "$1" >/dev/null && return
	echo "SKIPPED: $2 ($1 is not installed)"
	return 1
}

has systemd-analyze "the unit's exposure" &&
	try "the unit's exposure is 1.3 at most" \
		systemd-analyze security --offline=true --threshold=13 --no-pager "$source/systemd/siftd.service"
try "the configuration that is installed is accepted" "$siftd" check -c "$source/systemd/siftd.toml"
# Every line that is commented out is right as well. What needs files stays out.
sed -e 's/^# *\(\[\[feed\]\]\|\[[a-z]*\]\|[a-z_]* *= \)/\1/' -e '/opml/d' -e '/feeds.opml/d' -e '/^token/d' \
	"$source/systemd/siftd.toml" >"$dir/all.toml"
try "so it is with every default written out" "$siftd" check -c "$dir/all.toml"
has mandoc "man pages" &&
	try "the man pages are well formed" mandoc -T lint -W error "$source/docs/siftd.1" "$source/docs/siftd.toml.5"
for shell in bash zsh fish; do
	has $shell "completion of $shell" &&
		try "$shell reads its completion" $shell -n "$source/systemd/completions/siftd.$shell"
done
for word in $("$siftd" --help | sed -n '/^Subcommands:/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
	for file in docs/siftd.1 systemd/completions/siftd.bash systemd/completions/siftd.zsh systemd/completions/siftd.fish; do
		try "$file knows $word" grep -qw "$word" "$source/$file"
	done
done
for script in postinst prerm postrm; do
	try "$script is sh" sh -n "$source/systemd/debian/$script"
done
has promtool "alert rules" && try "the alert rules are good" promtool check rules "$source/systemd/alerts.yml"

mkfifo "$dir/in"
"$page_server" "$dir" 0 <"$dir/in" >"$dir/port" &
server=$!
exec 9>"$dir/in"
n=0
while [ ! -s "$dir/port" ] && [ $n -lt 100 ]; do
	sleep 0.1
	n=$((n + 1))
done
control="--socket $dir/control.sock"
status() { "$siftd" status $control >"$dir/status" && grep -q "feed-3.example/rss *failing" "$dir/status" && grep -q "^live *socket" "$dir/status"; }
tail_text() { "$siftd" tail $control --from beginning -n 4 >"$dir/tail" && grep -q "removed: newsletter" "$dir/tail" && ! grep -q "$(printf '\033')" "$dir/tail"; }
tail_json() { [ "$("$siftd" tail $control --json --from 2 --type article.new -n 1 | grep -c '^{"specversion"')" = 1 ]; }
tail_live() {
	"$siftd" tail $control --json -n 1 >"$dir/live" &
	follower=$!
	sleep 0.5
	echo "On the wire" >&9
	wait $follower && grep -q "On the wire" "$dir/live"
}
feeds_list() { [ "$("$siftd" feeds list $control | wc -l)" = 13 ]; }
feeds_json() { "$siftd" feeds list $control --json | grep -q '^\[{"name"'; }
feeds_change() {
	"$siftd" feeds add $control https://new.example/rss && "$siftd" feeds poll $control feed-1.example/rss &&
		"$siftd" feeds remove $control feed-1.example/rss
}
feeds_wrong() { ! "$siftd" feeds remove $control none 2>"$dir/err" && grep -q "^siftd: none: no feed none" "$dir/err"; }
feeds_opml() {
	echo '<opml version="2.0"><body><outline type="rss" xmlUrl="https://a.example/1"/><outline xmlUrl="exec:rm"/></body></opml>' >"$dir/in.opml"
	"$siftd" feeds import $control "$dir/in.opml" 2>"$dir/err"
	[ $? = 1 ] && grep -q "2 feeds added" "$dir/err" && grep -q "exec:rm" "$dir/err" && "$siftd" feeds export $control | grep -q "<opml"
}
why() { "$siftd" why $control https://news.example/1 | grep -q "listed by example"; }
replay() { "$siftd" replay $control --sink events --from beginning; }
nobody() { "$siftd" status --socket "$dir/none.sock" 2>"$dir/err"; [ $? = 66 ] && grep -q "is the daemon running" "$dir/err"; }
for check in status tail_text tail_json tail_live feeds_list feeds_json feeds_change feeds_wrong feeds_opml why replay nobody; do
	try "command: $check" $check
done
if has promtool "metrics" && has curl "metrics"; then
	metrics() { curl -sf "http://127.0.0.1:$(cat "$dir/port")/metrics" | promtool check metrics; }
	try "promtool accepts the metrics" metrics
fi
exec 9>&-
wait $server || failed=1
exit $failed
