#!/bin/sh
# Prints a C file that holds preset files as strings (include/lrd/run/preset_builtin.h).
# usage: tools/embed-presets.sh presets/*.ini > presets_data.c
set -eu
[ $# -gt 0 ] || { echo "usage: $0 PRESET.ini..." >&2; exit 2; }
LC_ALL=C
export LC_ALL

echo '/* Made by tools/embed-presets.sh from the presets; edit those. */'
echo '#include <lrd/run/preset_builtin.h>'
echo
echo 'const PresetBuiltin preset_builtin[] = {'
for file in "$@"; do
    printf '%s\n' "$file"
done | sort | while IFS= read -r file; do
    printf '    {"%s",\n' "$(basename "$file" .ini)"
    awk '{ gsub(/\\/, "\\\\"); gsub(/"/, "\\\""); gsub(/\?/, "\\?"); gsub(/\r/, "\\r"); gsub(/\t/, "\\t"); printf "     \"%s\\n\"\n", $0 }' "$file"
    echo '    },'
done
echo '};'
echo
echo "const int preset_builtin_count = $#;"
