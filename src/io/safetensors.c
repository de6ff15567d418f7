#include <lrd/io/safetensors.h>
#include <lrd/base/quote.h>
#include <lrd/base/util.h>
#include <lrd/io/json_text.h>
#include <lrd/io/safetensors_types.h>

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LENGTH_BYTES = 8, SHOWN_MAX = 80 };

static uint64_t length_decode(const unsigned char bytes[LENGTH_BYTES])
{
    uint64_t n = 0;
    for (int i = LENGTH_BYTES - 1; i >= 0; i--)
        n = n << 8 | bytes[i];
    return n;
}

/* Reads count bytes at offset. A file that ends early has changed under our hands. */
static Status file_read_at(const SafetensorsFile *f, void *into, uint64_t count, uint64_t offset)
{
    unsigned char *at = into;
    while (count > 0) {
        ssize_t n = pread(f->descriptor, at, count < INT_MAX ? count : INT_MAX, (off_t)offset);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return status_input("%s cannot be read: %s", f->path, strerror(errno));
        if (n == 0)
            return status_input("%s ended while it was read: copy it again", f->path);
        at += n;
        offset += (uint64_t)n;
        count -= (uint64_t)n;
    }
    return status_ok();
}

/* The product of shape times the element, false when it is beyond what a file can hold. */
static bool shape_bytes(const SafetensorsEntry *e, uint64_t *bytes)
{
    uint64_t n = safetensors_type_size(e->type_name);
    for (int i = 0; i < e->rank; i++)
        if (e->shape[i] == 0)
            return *bytes = 0, true;
    for (int i = 0; i < e->rank; i++) {
        if (n > (uint64_t)INT64_MAX / (uint64_t)e->shape[i])
            return false;
        n *= (uint64_t)e->shape[i];
    }
    return *bytes = n, true;
}

static bool entry_read_shape(SafetensorsEntry *e, const json_t *shape)
{
    if (!json_is_array(shape) || json_array_size(shape) > SAFETENSORS_RANK_MAX)
        return false;
    e->rank = (int)json_array_size(shape);
    for (int i = 0; i < e->rank; i++) {
        const json_t *n = json_array_get(shape, (size_t)i);
        if (!json_is_integer(n) || json_integer_value(n) < 0)
            return false;
        e->shape[i] = json_integer_value(n);
    }
    return true;
}

static bool entry_read_offsets(SafetensorsEntry *e, const json_t *offsets, uint64_t data)
{
    const json_t *begin = json_array_get(offsets, 0), *end = json_array_get(offsets, 1);
    if (json_array_size(offsets) != 2 || !json_is_integer(begin) || !json_is_integer(end) ||
        json_integer_value(begin) < 0 || json_integer_value(end) < json_integer_value(begin))
        return false;
    e->bytes = (uint64_t)(json_integer_value(end) - json_integer_value(begin));
    e->begin = data + (uint64_t)json_integer_value(begin);
    return true;
}

/* What is wrong with a tensor's description, NULL for nothing. data is where tensors start in the file. */
static const char *entry_parse(SafetensorsEntry *e, const json_t *json, uint64_t data)
{
    const char *type = json_string_value(json_object_get(json, "dtype"));
    uint64_t bytes;
    if (!json_is_object(json))
        return "is not described by an object";
    if (!type || safetensors_type_size(type) == 0)
        return "has a dtype that the format does not know";
    snprintf(e->type_name, sizeof e->type_name, "%s", type);
    e->type = safetensors_type_find(type);
    if (!entry_read_shape(e, json_object_get(json, "shape")))
        return "has a shape that is not a list of at most 8 whole numbers";
    if (!entry_read_offsets(e, json_object_get(json, "data_offsets"), data))
        return "has data_offsets that are not two rising whole numbers";
    if (json_object_size(json) != 3)
        return "has fields beside dtype, shape and data_offsets";
    if (!shape_bytes(e, &bytes) || bytes != e->bytes)
        return "has a length that is not its shape times its element";
    return NULL;
}

static int entry_compare(const void *a, const void *b)
{
    const SafetensorsEntry *x = a, *y = b;
    if (x->begin != y->begin)
        return x->begin < y->begin ? -1 : 1;
    return (x->bytes > y->bytes) - (x->bytes < y->bytes); /* empty ones first: they share their place with the next */
}

static Status file_parse_metadata(SafetensorsFile *f, json_t *metadata)
{
    if (!json_is_object(metadata))
        return status_input("%s: __metadata__ is not an object of strings", f->path);
    f->metadata = xcalloc(json_object_size(metadata) + 1, sizeof *f->metadata);
    const char *key;
    json_t *value;
    json_object_foreach(metadata, key, value)
    {
        if (!json_is_string(value))
            return status_input("%s: __metadata__ %s is not a string", f->path, quote_word(key).text);
        f->metadata[f->metadata_count++] =
            (MetadataPair){.key = xstrdup(key), .value = xstrdup(json_string_value(value))};
    }
    return status_ok();
}

/* The tensors must cover data..size without gap or overlap. */
static Status file_check_cover(const SafetensorsFile *f, uint64_t data, uint64_t size)
{
    uint64_t at = data;
    for (int i = 0; i < f->entry_count; i++) {
        const SafetensorsEntry *e = &f->entries[i];
        if (e->begin != at)
            return status_input("%s: tensor %s does not start where the one before it ends", f->path,
                                quote_word(e->name).text);
        if (e->bytes > size - at)
            return status_input("%s is cut short: tensor %s ends beyond the file", f->path, quote_word(e->name).text);
        at += e->bytes;
    }
    if (at != size)
        return status_input("%s holds %llu bytes after its last tensor, so it is not a whole safetensors file", f->path,
                            (unsigned long long)(size - at));
    return status_ok();
}

static Status file_parse_tensors(SafetensorsFile *f, json_t *header, uint64_t data, uint64_t size)
{
    f->entries = xcalloc(json_object_size(header) + 1, sizeof *f->entries);
    const char *key;
    json_t *value;
    json_object_foreach(header, key, value)
    {
        if (strcmp(key, "__metadata__") == 0) {
            Status status = file_parse_metadata(f, value);
            if (!status_is_ok(status))
                return status;
            continue;
        }
        SafetensorsEntry *e = &f->entries[f->entry_count++];
        e->name = xstrdup(key);
        const char *fault = entry_parse(e, value, data);
        if (fault)
            return status_input("%s: tensor %s %s", f->path, quote_word(key).text, fault);
    }
    qsort(f->entries, (size_t)f->entry_count, sizeof *f->entries, entry_compare);
    return file_check_cover(f, data, size);
}

static Status file_parse_header(SafetensorsFile *f, const char *text, uint64_t length, uint64_t size)
{
    json_error_t error;
    json_t *header = json_loadb(text, length, JSON_REJECT_DUPLICATES, &error);
    if (!header && text[length - 1] == '\0')
        return status_input("%s: the header is padded with NUL bytes; the format pads it with blanks", f->path);
    if (!header) {
        char shown[SHOWN_MAX];
        return status_input("%s: the header is not right at byte %d: %s", f->path, error.position,
                            json_printable(error.text, shown, sizeof shown));
    }
    Status status = json_is_object(header) && text[0] == '{'
                        ? file_parse_tensors(f, header, LENGTH_BYTES + length, size)
                        : status_input("%s: the header is not a JSON object", f->path);
    json_decref(header);
    return status;
}

static Status file_read_header(SafetensorsFile *f)
{
    struct stat info;
    if (fstat(f->descriptor, &info) != 0)
        return status_input("%s cannot be read: %s", f->path, strerror(errno));
    if (!S_ISREG(info.st_mode))
        return status_input("%s is not a regular file; weights are read from one", f->path);
    uint64_t size = (uint64_t)info.st_size;
    unsigned char word[LENGTH_BYTES];
    if (size < LENGTH_BYTES + 2)
        return status_input("%s is too short to be a safetensors file", f->path);
    Status status = file_read_at(f, word, sizeof word, 0);
    if (!status_is_ok(status))
        return status;
    uint64_t length = length_decode(word);
    if (length < 2 || length > size - LENGTH_BYTES || length > SAFETENSORS_HEADER_MAX)
        return status_input("%s is not a whole safetensors file: its header's length cannot be right", f->path);
    char *text = xmalloc(length);
    status = file_read_at(f, text, length, LENGTH_BYTES);
    if (status_is_ok(status))
        status = file_parse_header(f, text, length, size);
    free(text);
    return status;
}

Status safetensors_open(SafetensorsFile *f, const char *path)
{
    /* O_NONBLOCK: a pipe without a writer is refused below instead of waited for. */
    *f = (SafetensorsFile){.descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), .path = xstrdup(path)};
    Status status =
        f->descriptor < 0 ? status_input("%s cannot be opened: %s", path, strerror(errno)) : file_read_header(f);
    if (!status_is_ok(status))
        safetensors_close(f);
    return status;
}

void safetensors_close(SafetensorsFile *f)
{
    if (f->descriptor >= 0)
        close(f->descriptor);
    for (int i = 0; i < f->entry_count; i++)
        free(f->entries[i].name);
    for (int i = 0; i < f->metadata_count; i++) {
        free(f->metadata[i].key);
        free(f->metadata[i].value);
    }
    free(f->entries);
    free(f->metadata);
    free(f->path);
    *f = (SafetensorsFile){.descriptor = -1};
}

const SafetensorsEntry *safetensors_find(const SafetensorsFile *f, const char *name)
{
    for (int i = 0; i < f->entry_count; i++)
        if (strcmp(f->entries[i].name, name) == 0)
            return &f->entries[i];
    return NULL;
}

const char *safetensors_metadata(const SafetensorsFile *f, const char *key)
{
    for (int i = 0; i < f->metadata_count; i++)
        if (strcmp(f->metadata[i].key, key) == 0)
            return f->metadata[i].value;
    return NULL;
}

Status safetensors_read(const SafetensorsFile *f, const SafetensorsEntry *entry, void *into)
{
    Status status = file_read_at(f, into, entry->bytes, entry->begin);
    if (status_is_ok(status))
        safetensors_swap(into, entry->bytes, safetensors_type_size(entry->type_name));
    return status;
}

const char *safetensors_shape_text(const int64_t *shape, int rank, char *text, size_t size)
{
    size_t at = 0;
    text[0] = '\0';
    for (int i = 0; i < rank && at < size; i++)
        at += (size_t)snprintf(text + at, size - at, "%s%lld", i ? ", " : "[", (long long)shape[i]);
    if (at < size)
        snprintf(text + at, size - at, rank ? "]" : "[]");
    return text;
}
