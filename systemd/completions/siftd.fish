# fish completion for siftd

function __siftd_names
    siftd feeds list --json 2>/dev/null | string match -ra '"name":"([^"]*)"' -g
end

set -l commands run check fetch parse extract clean dedup tail status feeds why replay
complete -c siftd -f -n "not __fish_seen_subcommand_from $commands" -l help -d 'Say what there is'
complete -c siftd -f -n "not __fish_seen_subcommand_from $commands" -l version -d 'The version'
for pair in 'run:Run the daemon in the foreground' 'check:Validate the configuration' \
        'fetch:Poll feeds once and print their events' 'parse:Feeds to JSON Feed' \
        'extract:Find the article in pages' 'clean:Take the boilerplate out of text' \
        'dedup:Tell copies and stories' 'tail:Follow a running daemon' \
        'status:Health of feeds and sinks' 'feeds:List and change feeds' \
        'why:The life of an article' 'replay:Give a sink its events again'
    set -l parts (string split -m 1 : $pair)
    complete -c siftd -f -n "not __fish_seen_subcommand_from $commands" -a $parts[1] -d $parts[2]
end

complete -c siftd -n '__fish_seen_subcommand_from run check tail status feeds why replay' -s c -l config -r -d 'The configuration file'
complete -c siftd -n '__fish_seen_subcommand_from tail status feeds why replay' -l socket -r -d 'The control socket'
complete -c siftd -n '__fish_seen_subcommand_from run' -l once -d 'Poll once, deliver, end'
complete -c siftd -n '__fish_seen_subcommand_from check' -l state -d 'Check the state too'
complete -c siftd -n '__fish_seen_subcommand_from fetch' -l allow-private -d 'Private addresses too'
complete -c siftd -n '__fish_seen_subcommand_from fetch' -l allow-file -d 'file: URLs too'
complete -c siftd -n '__fish_seen_subcommand_from parse extract' -l url -x -d 'Where it came from'
complete -c siftd -n '__fish_seen_subcommand_from parse extract' -l content-type -x -d 'The Content-Type header'
complete -c siftd -n '__fish_seen_subcommand_from extract clean' -l batch -d 'Lines of JSON on stdin'
complete -c siftd -n '__fish_seen_subcommand_from extract clean' -l explain -d 'Say why'
complete -c siftd -n '__fish_seen_subcommand_from clean' -l source -x -d 'The site'
complete -c siftd -n '__fish_seen_subcommand_from clean' -l rules -r -d 'More rules'
complete -c siftd -n '__fish_seen_subcommand_from dedup' -l threshold -x -d 'How sure, 0 to 1'
complete -c siftd -n '__fish_seen_subcommand_from dedup' -l no-stories -d 'Faster'
complete -c siftd -n '__fish_seen_subcommand_from tail replay' -l from -x -a 'now beginning' -d 'Where to begin'
complete -c siftd -n '__fish_seen_subcommand_from tail' -l type -x -a 'siftd.article.new siftd.article.updated siftd.article.duplicate siftd.article.removed siftd.feed.status' -d 'Only this type'
complete -c siftd -n '__fish_seen_subcommand_from tail' -l feed -x -a '(__siftd_names)' -d 'Only this feed'
complete -c siftd -n '__fish_seen_subcommand_from tail' -s n -l count -x -d 'End after so many'
complete -c siftd -n '__fish_seen_subcommand_from tail status why list' -l json -d 'As JSON'
complete -c siftd -n '__fish_seen_subcommand_from status' -l watch -d 'Again and again'
complete -c siftd -n '__fish_seen_subcommand_from replay' -l sink -x -d 'Its name'

set -l actions list add remove poll import export
complete -c siftd -f -n "__fish_seen_subcommand_from feeds; and not __fish_seen_subcommand_from $actions" -a "$actions"
complete -c siftd -f -n '__fish_seen_subcommand_from feeds; and __fish_seen_subcommand_from remove poll' -a '(__siftd_names)'
