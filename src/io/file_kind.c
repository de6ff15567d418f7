#include <lrd/io/file_kind.h>
#include <lrd/base/text.h>
#include <lrd/base/util.h>
#include <lrd/io/utf16.h>

#include <ctype.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const kind_words[] = {
    [FILE_MISSING] = "not there",
    [FILE_FOLDER] = "a folder",
    [FILE_SPECIAL] = "a device or a pipe",
    [FILE_EMPTY] = "empty",
    [FILE_TENSORS] = "a checkpoint or weights (safetensors)",
    [FILE_JSON] = "JSON",
    [FILE_TABLE] = "a table",
    [FILE_SECTIONS] = "a preset or a spec ([section] lines)",
    [FILE_NUMBERS] = "a list of numbers",
    [FILE_TEXT] = "text",
    [FILE_GZIP] = "compressed; unpack it first (gunzip, unxz, unzip)",
    [FILE_BINARY] = "binary",
};

const char *file_kind_words(FileKind kind)
{
    return kind_words[kind];
}

size_t file_head_mark(const char *head, size_t count)
{
    return count >= 3 && memcmp(head, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
}

bool file_head_is_utf16(const char *head, size_t count, bool *big_endian)
{
    if (count < 2)
        return false;
    *big_endian = memcmp(head, "\xFE\xFF", 2) == 0 || (head[0] == '\0' && head[1] != '\0');
    if (memcmp(head, "\xFE\xFF", 2) == 0 || memcmp(head, "\xFF\xFE", 2) == 0)
        return true;
    size_t zeros = 0, pairs = count / 2 < 32 ? count / 2 : 32; /* no mark: every other byte of ASCII is zero */
    for (size_t i = 0; i < pairs; i++)
        zeros += head[2 * i + !*big_endian] == '\0' && head[2 * i + *big_endian] != '\0';
    return pairs >= 2 && zeros == pairs;
}

static bool head_is_packed(const char *head, size_t count)
{
    static const struct {
        const char *bytes;
        size_t count;
    } magic[] = {{"\x1F\x8B", 2},
                 {"\xFD"
                  "7zXZ",
                  5},
                 {"\x28\xB5\x2F\xFD", 4},
                 {"BZh", 3},
                 {"PK\x03\x04", 4}};
    for (size_t i = 0; i < sizeof magic / sizeof *magic; i++)
        if (count >= magic[i].count && memcmp(head, magic[i].bytes, magic[i].count) == 0)
            return true;
    return false;
}

char file_table_separator(const char *line, size_t length)
{
    static const char candidates[] = ",;\t";
    char best = '\0';
    int most = 0, count[sizeof candidates] = {0};
    bool letters = false, quoted = false;
    for (size_t i = 0; i < length; i++) {
        const char *c = line[i] ? strchr(candidates, line[i]) : NULL;
        quoted ^= line[i] == '"';
        if (c && !quoted && ++count[c - candidates] > most) {
            most = count[c - candidates];
            best = *c;
        }
        letters = letters || isalpha((unsigned char)line[i]);
    }
    return letters && !strpbrk("{}", (char[2]){length ? line[0] : '{', '\0'}) ? best : '\0';
}

/* A '[' begins a section of an INI file or a list in JSON. */
static bool bracket_is_list(const char *s)
{
    s += 1 + strspn(s + 1, " \t\r\n");
    return *s == '{' || *s == '[' || *s == ']' || *s == '"' || isdigit((unsigned char)*s) || *s == '-';
}

static FileKind kind_of_text(const char *s)
{
    bool comment = false;
    for (;;) {
        s += strspn(s, " \t\r\n");
        if (*s != '#' && *s != ';')
            break;
        comment = true;
        s += strcspn(s, "\n");
    }
    size_t line = strcspn(s, "\r\n");
    if (*s == '\0')
        return comment ? FILE_SECTIONS : FILE_EMPTY;
    if (*s == '{' || (*s == '[' && bracket_is_list(s)))
        return FILE_JSON;
    if (*s == '[')
        return FILE_SECTIONS;
    if (strstr(s, "\n{")) /* lines of JSON behind something else */
        return FILE_JSON;
    if (isdigit((unsigned char)*s))
        return FILE_NUMBERS;
    if (file_table_separator(s, line) && !memchr(s, '=', line) && !memchr(s, ':', line))
        return FILE_TABLE;
    return FILE_TEXT;
}

FileKind file_kind_of_bytes(const char *head, size_t count)
{
    bool big;
    if (count == 0)
        return FILE_EMPTY;
    if (head_is_packed(head, count))
        return FILE_GZIP;
    if (count > 8 && head[7] == '\0' && head[8] == '{') /* eight bytes of length, then JSON */
        return FILE_TENSORS;
    Text text = {0};
    size_t mark = file_head_mark(head, count);
    if (file_head_is_utf16(head, count, &big))
        utf16_to_utf8(head, count, big, &text);
    else
        text_add_bytes(&text, head + mark, count - mark);
    FileKind kind = memchr(text_str(&text), '\0', text.length) ? FILE_BINARY : kind_of_text(text_str(&text));
    text_free(&text);
    return kind;
}

FileKind file_kind(const char *path)
{
    char head[FILE_HEAD_MAX];
    struct stat info;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    FileKind kind = FILE_MISSING;
    if (descriptor >= 0 && fstat(descriptor, &info) == 0) {
        ssize_t n = S_ISREG(info.st_mode) ? read(descriptor, head, sizeof head) : 0;
        kind = S_ISDIR(info.st_mode)    ? FILE_FOLDER
               : !S_ISREG(info.st_mode) ? FILE_SPECIAL
               : n < 0                  ? FILE_MISSING
                                        : file_kind_of_bytes(head, (size_t)n);
    }
    if (descriptor >= 0)
        close(descriptor);
    return kind;
}
