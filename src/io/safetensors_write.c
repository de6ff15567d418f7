#include <lrd/io/safetensors.h>
#include <lrd/base/text.h>
#include <lrd/base/util.h>
#include <lrd/io/atomic_file.h>
#include <lrd/io/json_text.h>
#include <lrd/io/safetensors_types.h>

#include <stdlib.h>
#include <string.h>

static uint64_t out_bytes(const SafetensorsOut *t)
{
    uint64_t n = safetensors_type_size(safetensors_type_name(t->type));
    for (int i = 0; i < t->rank; i++)
        n *= (uint64_t)t->shape[i];
    return n;
}

static void header_add_metadata(Text *header, const MetadataOut *metadata, int count)
{
    text_add(header, "\"__metadata__\":{");
    for (int i = 0; i < count; i++) {
        text_add(header, i ? "," : "");
        json_add_string(header, metadata[i].key);
        text_add(header, ":");
        json_add_string(header, metadata[i].value);
    }
    text_add(header, "}");
}

static void header_add_tensor(Text *header, const SafetensorsOut *t, uint64_t begin)
{
    json_add_string(header, t->name);
    text_addf(header, ":{\"dtype\":\"%s\",\"shape\":[", safetensors_type_name(t->type));
    for (int i = 0; i < t->rank; i++)
        text_addf(header, i ? ",%lld" : "%lld", (long long)t->shape[i]);
    text_addf(header, "],\"data_offsets\":[%llu,%llu]}", (unsigned long long)begin,
              (unsigned long long)(begin + out_bytes(t)));
}

static void header_make(Text *header, const SafetensorsOut *tensors, int tensor_count, const MetadataOut *metadata,
                        int metadata_count)
{
    text_add(header, "{");
    if (metadata_count > 0)
        header_add_metadata(header, metadata, metadata_count);
    uint64_t begin = 0;
    for (int i = 0; i < tensor_count; i++) {
        text_add(header, i || metadata_count > 0 ? "," : "");
        header_add_tensor(header, &tensors[i], begin);
        begin += out_bytes(&tensors[i]);
    }
    text_add(header, "}");
    while (header->length % 8 != 0) /* the data then starts on a boundary that fits every element */
        text_add(header, " ");
}

static void file_write_tensor(AtomicFile *f, const SafetensorsOut *t)
{
    enum { PIECE = 1 << 16 };
    unsigned char *piece = xmalloc(PIECE);
    const unsigned char *data = t->data;
    size_t element = safetensors_type_size(safetensors_type_name(t->type));
    for (uint64_t left = out_bytes(t); left > 0;) {
        size_t n = left < PIECE ? (size_t)left : PIECE;
        memcpy(piece, data, n);
        safetensors_swap(piece, n, element);
        atomic_file_write(f, piece, n);
        data += n;
        left -= n;
    }
    free(piece);
}

Status safetensors_write(const char *path, const SafetensorsOut *tensors, int tensor_count, const MetadataOut *metadata,
                         int metadata_count)
{
    AtomicFile f;
    Status status = atomic_file_open(&f, path);
    if (!status_is_ok(status))
        return status;
    Text header = {0};
    header_make(&header, tensors, tensor_count, metadata, metadata_count);
    unsigned char length[8];
    for (int i = 0; i < 8; i++)
        length[i] = (unsigned char)((uint64_t)header.length >> (8 * i));
    atomic_file_write(&f, length, sizeof length);
    atomic_file_write(&f, header.data, header.length);
    text_free(&header);
    for (int i = 0; i < tensor_count; i++)
        file_write_tensor(&f, &tensors[i]);
    return atomic_file_commit(&f);
}
