/* io/safetensors: the file format of weights and checkpoints; a strict reader and a writer with fixed bytes.
 *
 *   u64 N, little-endian | N bytes of JSON: {"__metadata__": {string: string}, NAME: {"dtype", "shape",
 *   "data_offsets": [begin, end]}} | the tensors' bytes, little-endian, row-major, without gaps
 *
 * Opening reads and checks the header alone: JSON without repeated keys, known fields, tensors that cover the rest
 * of the file exactly, byte lengths that equal shape times element. Tensors are read one by one into memory that the
 * caller sizes, so that a huge file costs nothing before it was checked. Values are swapped on big-endian machines.
 * The order of the header's entries does not matter (PyTorch writes its own).
 *
 * Errors: STATUS_INPUT with the file's name for whatever is wrong with a file.
 * Ownership: safetensors_close gives back what open made. Threads: one owner.
 * Source: the format's description, https://huggingface.co/docs/safetensors. */
#ifndef LRD_IO_SAFETENSORS_H
#define LRD_IO_SAFETENSORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lrd/base/status.h>
#include <lrd/io/safetensors_types.h>

enum { SAFETENSORS_RANK_MAX = 8, SAFETENSORS_HEADER_MAX = 16 << 20 };

typedef struct SafetensorsEntry {
    char *name;
    SafetensorsType type;
    char type_name[12];
    int rank;
    int64_t shape[SAFETENSORS_RANK_MAX];
    uint64_t begin, bytes; /* begin: from the start of the file */
} SafetensorsEntry;

typedef struct MetadataPair {
    char *key, *value;
} MetadataPair;

typedef struct SafetensorsFile {
    int descriptor;
    char *path;
    int entry_count;
    SafetensorsEntry *entries; /* in the order of their bytes */
    int metadata_count;
    MetadataPair *metadata; /* in the order of the file */
} SafetensorsFile;

/* *f is only to be closed when the result is OK. */
Status safetensors_open(SafetensorsFile *f, const char *path);
void safetensors_close(SafetensorsFile *f);

/* NULL when there is none of that name. */
const SafetensorsEntry *safetensors_find(const SafetensorsFile *f, const char *name);
const char *safetensors_metadata(const SafetensorsFile *f, const char *key);
/* Copies the entry->bytes of a tensor. The caller has checked type and shape and made the room. */
Status safetensors_read(const SafetensorsFile *f, const SafetensorsEntry *entry, void *into);
/* count values of F64, F16 or BF16 as the nearest floats. */
void safetensors_to_float(SafetensorsType type, const void *values, uint64_t count, float *out);
bool safetensors_is_float(SafetensorsType type);
/* "[24, 32]" into text; returns text. */
const char *safetensors_shape_text(const int64_t *shape, int rank, char *text, size_t size);

/* A tensor to be written; data is row-major in the machine's byte order. */
typedef struct SafetensorsOut {
    const char *name;
    SafetensorsType type;
    int rank;
    int64_t shape[SAFETENSORS_RANK_MAX];
    const void *data;
} SafetensorsOut;

typedef struct MetadataOut {
    const char *key, *value;
} MetadataOut;

/* Writes through atomic_file, in the order given; equal arguments give equal bytes. */
Status safetensors_write(const char *path, const SafetensorsOut *tensors, int tensor_count, const MetadataOut *metadata,
                         int metadata_count);

#endif
