#!/bin/sh
# Prints a C file that holds preset or lesson files as strings (include/lrd/io/builtin_files.h).
# usage: presets/embed-presets.sh preset_builtin presets/*.ini > presets_data.c
set -eu
[ $# -gt 1 ] || { echo "usage: $0 preset_builtin|lesson_builtin FILE.ini..." >&2; exit 2; }
table=$1
shift
LC_ALL=C
export LC_ALL

echo '/* Made by presets/embed-presets.sh from the files that it names; edit those. */'
echo '#include <lrd/io/builtin_files.h>'
echo
echo "const BuiltinFile $table[] = {"
for file in "$@"; do
    printf '%s\n' "$file"
done | sort | while IFS= read -r file; do
    printf '    {"%s",\n' "$(basename "$file" .ini)"
    awk '{ gsub(/\\/, "\\\\\\\\"); gsub(/"/, "\\\""); gsub(/\?/, "\\?"); gsub(/\r/, "\\r"); gsub(/\t/, "\\t"); printf "     \"%s\\n\"\n", $0 }' "$file"
    echo '    },'
done
echo '};'
echo
echo "const int ${table}_count = $#;"
