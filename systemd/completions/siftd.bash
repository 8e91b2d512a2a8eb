# bash completion for siftd                                -*- shell-script -*-

_siftd_names() {
	siftd feeds list --json 2>/dev/null | grep -o '"name":"[^"]*"' | cut -d'"' -f4
}

_siftd() {
	local cur prev words cword
	_init_completion -n : 2>/dev/null || {
		COMPREPLY=()
		cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
		words=("${COMP_WORDS[@]}") cword=$COMP_CWORD
	}
	local commands="run check fetch parse extract clean dedup tail status feeds why replay"
	local command=${words[1]} options=""
	case $prev in
		-c|--config|--socket|--rules) COMPREPLY=($(compgen -f -- "$cur")); return ;;
		--from) COMPREPLY=($(compgen -W "now beginning" -- "$cur")); return ;;
		--feed) COMPREPLY=($(compgen -W "$(_siftd_names)" -- "$cur")); return ;;
		--type) COMPREPLY=($(compgen -W "siftd.article.new siftd.article.updated
			siftd.article.duplicate siftd.article.removed siftd.feed.status" -- "$cur")); return ;;
	esac
	if ((cword == 1)); then
		COMPREPLY=($(compgen -W "$commands --help --version" -- "$cur"))
		return
	fi
	case $command in
		run) options="--config --once" ;;
		check) options="--config --state" ;;
		fetch) options="--allow-private --allow-file" ;;
		parse) options="--url --content-type" ;;
		extract) options="--url --content-type --batch --explain" ;;
		clean) options="--explain --batch --source --rules" ;;
		dedup) options="--threshold --no-stories" ;;
		tail) options="--config --socket --from --json --type --feed --count" ;;
		status) options="--config --socket --json --watch" ;;
		why) options="--config --socket --json" ;;
		replay) options="--config --socket --sink --from" ;;
		feeds)
			if ((cword == 2)); then
				COMPREPLY=($(compgen -W "list add remove poll import export" -- "$cur"))
				return
			fi
			options="--config --socket"
			case ${words[2]} in
				list) options+=" --json" ;;
				remove|poll)
					[[ $cur == -* ]] || { COMPREPLY=($(compgen -W "$(_siftd_names)" -- "$cur")); return; } ;;
			esac ;;
	esac
	if [[ $cur == -* ]]; then
		COMPREPLY=($(compgen -W "$options --help" -- "$cur"))
	else
		COMPREPLY=($(compgen -f -- "$cur"))
	fi
} && complete -o filenames -F _siftd siftd
