#!/usr/bin/env python3
"""count_words.py NEWS.jsonl OTHER.jsonl... > usual_words.txt

Counts in how many articles a word is used, for usual_words.txt. Each file has one
article a line, as `siftd dedup` reads them: {"text": ...}. The first is to be news of
many subjects, and half of the count; the others share the other half, and only words
that one of them uses too are kept, so that what one year or one trade talks about stays
out. So do names: a word has to begin with a small letter in most articles.
"""
import collections
import json
import math
import os
import re
import sys
import textwrap

LEAST = 0.002   # of the articles use the word, else it is not usual
STEP = 1.5      # from one line's share to the next
SMALL = 0.6     # of the articles that use it write it small
SHORT = 60      # words: texts below are left out

HEAD = """\
# How usual a word is: the share of English news articles that use it, then the words.
# What the stories know of words before they have read enough themselves
# (docs/recognising.md). Words of the stop list are not here, names neither. Counted by
# count_words.py over some 26,000 articles, from the wire of 1987 to sites of the 2020s.
"""


def stop_words():
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, "stop_words.cpp"), encoding="utf-8") as source:
        return set(" ".join(re.findall(r'"([^"]*)"', source.read())).split())


def count(path, share, small):
    """Adds the file's shares, by word; returns its shares alone."""
    word = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
    articles = 0
    uses = collections.Counter()
    uses_small = collections.Counter()
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            words = word.findall(json.loads(line).get("text") or "")
            if len(words) < SHORT:
                continue
            articles += 1
            seen = {}
            for w in words:
                folded = w.lower()
                seen[folded] = seen.get(folded, False) or w[0].islower()
            for folded, is_small in seen.items():
                uses[folded] += 1
                uses_small[folded] += is_small
    for folded, n in uses.items():
        share[folded] += n / articles
        small[folded] += uses_small[folded] / articles
    return {folded: n / articles for folded, n in uses.items()}


def main(paths):
    common = stop_words()
    of_first, small_of_first = collections.Counter(), collections.Counter()
    of_others, small_of_others = collections.Counter(), collections.Counter()
    first = count(paths[0], of_first, small_of_first)
    others = [count(path, of_others, small_of_others) for path in paths[1:]]
    lines = collections.defaultdict(list)
    for folded in set(of_first) | set(of_others):
        share = (of_first[folded] + of_others[folded] / len(others)) / 2
        small = (small_of_first[folded] + small_of_others[folded] / len(others)) / 2
        is_in_both = (first.get(folded, 0) >= LEAST / 8
                      and any(o.get(folded, 0) >= LEAST / 8 for o in others))
        plain = folded.replace("'", "").replace("’", "")
        if (share >= LEAST and small >= SMALL * share and is_in_both and len(folded) > 1
                and plain not in common and folded.isascii() and folded.isalpha()):
            lines[round(math.log(share, STEP))].append(folded)
    print(HEAD)
    for step in sorted(lines, reverse=True):
        words = f"{STEP ** step:.4f} " + " ".join(sorted(lines[step]))
        print(textwrap.fill(words, 96, subsequent_indent="  "))


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(sys.argv[1:])
