#!/bin/sh
# Fails when two headers or sources define a type of one name outside an anonymous
# namespace: the linker would silently take the one's destructor for the other's
# (the One Definition Rule, [basic.def.odr]).
cd "$(dirname "$0")/.." || exit 2
twice=$(find "$@" -name '*.[ch]pp' -exec awk '
  FNR == 1 { hidden = 0 }
  /^namespace \{/ { hidden = 1 }
  /^\}  \/\/ namespace$/ { hidden = 0 }
  !hidden && /^(struct|class|union|enum|enum class) [A-Za-z_:]+ *(final *)?(:[^;]*)?\{/ {
    print ($1 == "enum" && $2 == "class") ? $3 : $2, FILENAME
  }' {} + | sort | awk '
  $1 == name { print $1 ": " file " and " $2 }
  { name = $1; file = $2 }')
[ -z "$twice" ] || { echo "$twice"; exit 1; }
