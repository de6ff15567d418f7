/* io/safetensors_types: the element types of the safetensors format, and its byte order.
 *
 * Ownership: none kept. Threads: any. */
#ifndef LRD_IO_SAFETENSORS_TYPES_H
#define LRD_IO_SAFETENSORS_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum SafetensorsType {
    SAFETENSORS_F32,
    SAFETENSORS_F64,
    SAFETENSORS_I32,
    SAFETENSORS_I64,
    SAFETENSORS_U64,
    SAFETENSORS_U8,
    SAFETENSORS_BOOL,
    SAFETENSORS_F16,
    SAFETENSORS_BF16,
    SAFETENSORS_TYPE_COUNT,
    SAFETENSORS_TYPE_FOREIGN = SAFETENSORS_TYPE_COUNT /* known to the format, not used here: I8, F8_E4M3, ... */
} SafetensorsType;

/* Bytes of an element by its name in the file, 0 for a name that the format does not know. */
size_t safetensors_type_size(const char *name);
/* SAFETENSORS_TYPE_FOREIGN for a name that is known but not used here. */
SafetensorsType safetensors_type_find(const char *name);
const char *safetensors_type_name(SafetensorsType type);

/* Turns elements of size bytes between the machine's order and the file's: nothing on little-endian machines. */
void safetensors_swap(void *data, uint64_t bytes, size_t size);

#endif
