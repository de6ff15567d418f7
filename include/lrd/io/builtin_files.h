/* io/builtin_files: the shipped presets and lessons, compiled in so that the bare program works from anywhere.
 *
 * The tables are generated from the folders presets and presets/lessons by presets/embed-presets.sh while the program
 * is built.
 *
 * Ownership: constant. Threads: any. */
#ifndef LRD_IO_BUILTIN_FILES_H
#define LRD_IO_BUILTIN_FILES_H

typedef struct BuiltinFile {
    const char *name;  /* the file's name without .ini */
    const char *bytes; /* the file's bytes, a C string */
} BuiltinFile;

extern const BuiltinFile preset_builtin[]; /* sorted by name */
extern const int preset_builtin_count;
extern const BuiltinFile lesson_builtin[]; /* likewise */
extern const int lesson_builtin_count;

#endif
