#include <lrd/io/utf16.h>

#include <stdint.h>

static uint32_t unit_at(const char *bytes, size_t i, bool big_endian)
{
    const unsigned char *b = (const unsigned char *)bytes + 2 * i;
    const uint32_t first = b[0], second = b[1];
    return big_endian ? first << 8 | second : second << 8 | first;
}

static void add_point(Text *out, uint32_t c)
{
    char bytes[4];
    size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    if (n == 1) {
        bytes[0] = (char)c;
    } else {
        for (size_t i = n; i-- > 1; c >>= 6)
            bytes[i] = (char)(0x80 | (c & 0x3F));
        bytes[0] = (char)((0xF0U << (4 - n)) | c);
    }
    text_add_bytes(out, bytes, n);
}

void utf16_to_utf8(const char *bytes, size_t count, bool big_endian, Text *out)
{
    const size_t units = count / 2;
    for (size_t i = 0; i < units; i++) {
        uint32_t c = unit_at(bytes, i, big_endian);
        if (c == 0xFEFF && i == 0)
            continue;
        if (c >= 0xD800 && c < 0xDC00 && i + 1 < units) {
            uint32_t low = unit_at(bytes, i + 1, big_endian);
            if (low >= 0xDC00 && low < 0xE000) {
                c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
                i++;
            }
        }
        add_point(out, c >= 0xD800 && c < 0xE000 ? 0xFFFD : c);
    }
}
