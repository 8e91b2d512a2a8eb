#compdef siftd

_siftd_names() {
	local -a names
	names=(${(f)"$(siftd feeds list --json 2>/dev/null | grep -o '"name":"[^"]*"' | cut -d'"' -f4)"})
	compadd -a names
}

_siftd_feeds() {
	local -a actions control
	control=('(-c --config)'{-c,--config}'[the configuration file]:file:_files'
		'--socket[the control socket]:path:_files')
	actions=('list:the feeds with their health' 'add:add feeds; lasts'
		'remove:remove feeds; lasts' 'poll:poll feeds now' 'import:add the feeds of OPML files'
		'export:print the feeds as OPML')
	if ((CURRENT == 2)); then
		_describe action actions
		return
	fi
	case $words[2] in
		list) _arguments $control '--json[as JSON]' ;;
		remove|poll) _arguments $control '*:feed:_siftd_names' ;;
		import) _arguments $control '*:OPML file:_files' ;;
		add) _arguments $control '*:URL:_urls' ;;
		*) _arguments $control ;;
	esac
}

_siftd() {
	local -a commands control config page
	local type='(siftd.article.new siftd.article.updated siftd.article.duplicate siftd.article.removed siftd.feed.status)'
	config=('(-c --config)'{-c,--config}'[the configuration file]:file:_files')
	control=($config '--socket[the control socket]:path:_files')
	page=('--url[where it came from]:URL:_urls' '--content-type[the Content-Type header]:type:')
	commands=('run:run the daemon in the foreground' 'check:validate the configuration'
		'fetch:poll feeds once and print their events' 'parse:feeds to JSON Feed'
		'extract:find the article in pages' 'clean:take the boilerplate out of text'
		'dedup:tell copies and stories' 'tail:follow a running daemon'
		'status:health of feeds and sinks' 'feeds:list and change feeds'
		'why:the life of an article' 'replay:give a sink its events again')
	if ((CURRENT == 2)); then
		_describe command commands
		return
	fi
	shift words
	((CURRENT--))
	case $words[1] in
		run) _arguments $config '--once[poll once, deliver, end]' ;;
		check) _arguments $config '--state[check the state too]' ;;
		fetch) _arguments '--allow-private[private addresses too]' '--allow-file[file: too]' '*:URL:_urls' ;;
		parse) _arguments $page '*:file:_files' ;;
		extract) _arguments $page '--batch[lines of JSON on stdin]' '--explain[which block won]' '*:file:_files' ;;
		clean) _arguments '--explain[print what was removed]' '--batch[lines of JSON on stdin]' '--source[the site]:name:' '--rules[more rules]:file:_files' '*:file:_files' ;;
		dedup) _arguments '--threshold[how sure, 0 to 1]:number:' '--no-stories[faster]' '*:file:_files' ;;
		tail) _arguments $control '--from[where to begin]:position:(now beginning)' '--json[the lines themselves]' "*--type[only this type]:type:$type" '*--feed[only this feed]:feed:_siftd_names' '(-n --count)'{-n,--count}'[end after so many]:number:' ;;
		status) _arguments $control '--json[as JSON]' '--watch[again and again]' ;;
		why) _arguments $control '--json[as JSON]' ':URL or id:_urls' ;;
		replay) _arguments $control '--sink[its name]:name:' '--from[where to begin]:position:(beginning)' ;;
		feeds) _siftd_feeds ;;
	esac
}

_siftd "$@"
