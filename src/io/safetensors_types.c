#include <lrd/io/safetensors_types.h>

#include <math.h>
#include <string.h>

typedef struct TypeRow {
    const char *name;
    size_t size;
} TypeRow;

/* The first rows are ours, in the order of SafetensorsType; the others can only be skipped over. */
static const TypeRow type_rows[] = {
    [SAFETENSORS_F32] = {"F32", 4},
    [SAFETENSORS_F64] = {"F64", 8},
    [SAFETENSORS_I32] = {"I32", 4},
    [SAFETENSORS_I64] = {"I64", 8},
    [SAFETENSORS_U64] = {"U64", 8},
    [SAFETENSORS_U8] = {"U8", 1},
    [SAFETENSORS_BOOL] = {"BOOL", 1},
    [SAFETENSORS_F16] = {"F16", 2},
    [SAFETENSORS_BF16] = {"BF16", 2},
    {"I8", 1},
    {"I16", 2},
    {"U16", 2},
    {"U32", 4},
    {"F8_E4M3", 1},
    {"F8_E5M2", 1},
};
enum { TYPE_ROWS = sizeof type_rows / sizeof *type_rows };

static int type_row_find(const char *name)
{
    for (int i = 0; i < TYPE_ROWS; i++)
        if (strcmp(type_rows[i].name, name) == 0)
            return i;
    return -1;
}

size_t safetensors_type_size(const char *name)
{
    int row = type_row_find(name);
    return row < 0 ? 0 : type_rows[row].size;
}

SafetensorsType safetensors_type_find(const char *name)
{
    int row = type_row_find(name);
    return row < 0 || row >= SAFETENSORS_TYPE_COUNT ? SAFETENSORS_TYPE_FOREIGN : (SafetensorsType)row;
}

const char *safetensors_type_name(SafetensorsType type)
{
    return type_rows[type].name;
}

void safetensors_swap(void *data, uint64_t bytes, size_t size)
{
    const uint16_t probe = 1;
    unsigned char first;
    memcpy(&first, &probe, 1);
    if (first == 1 || size == 1)
        return;
    unsigned char *at = data;
    for (uint64_t i = 0; i + size <= bytes; i += size)
        for (size_t low = i, high = i + size - 1; low < high; low++, high--) {
            unsigned char t = at[low];
            at[low] = at[high];
            at[high] = t;
        }
}

bool safetensors_is_float(SafetensorsType type)
{
    return type == SAFETENSORS_F32 || type == SAFETENSORS_F64 || type == SAFETENSORS_F16 || type == SAFETENSORS_BF16;
}

/* The upper half of a float. */
static float bfloat_value(uint16_t bits)
{
    const uint32_t whole = (uint32_t)bits << 16;
    float value;
    memcpy(&value, &whole, sizeof value);
    return value;
}

/* IEEE binary16: 1 bit of sign, 5 of exponent, 10 of fraction. */
static float half_value(uint16_t bits)
{
    enum { FRACTION = 10, BIAS = 15, TOP = 31 };
    const int exponent = bits >> FRACTION & TOP, fraction = bits & 0x3FF;
    float size = exponent == TOP && fraction == 0 ? INFINITY
                 : exponent == TOP                ? NAN
                 : exponent == 0                  ? ldexpf((float)fraction, 1 - BIAS - FRACTION)
                                                  : ldexpf((float)(fraction | 0x400), exponent - BIAS - FRACTION);
    return bits >> 15 ? -size : size;
}

void safetensors_to_float(SafetensorsType type, const void *values, uint64_t count, float *out)
{
    const uint16_t *small = values;
    const double *large = values;
    for (uint64_t i = 0; i < count; i++)
        out[i] = type == SAFETENSORS_F64    ? (float)large[i]
                 : type == SAFETENSORS_BF16 ? bfloat_value(small[i])
                                            : half_value(small[i]);
}
