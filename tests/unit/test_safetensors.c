/* The safetensors reader takes what is right and refuses everything else; the writer's bytes are fixed; a file that
 * cannot be written leaves the old one. */
#include "files_fixture.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <lrd/io/atomic_file.h>
#include <lrd/io/safetensors.h>

static const float numbers[6] = {1, -2, 3.5F, 0, 1e-40F, 6};
static const int64_t counts[2] = {-5, INT64_MAX};

static Status write_sample(const char *path)
{
    const SafetensorsOut tensors[] = {
        {.name = "a.weight", .type = SAFETENSORS_F32, .rank = 2, .shape = {2, 3}, .data = numbers},
        {.name = "empty", .type = SAFETENSORS_F64, .rank = 2, .shape = {0, 3}, .data = numbers},
        {.name = "count", .type = SAFETENSORS_I64, .rank = 1, .shape = {2}, .data = counts},
    };
    const MetadataOut metadata[] = {{"title", "two \"words\"\n\\ and \xc3\xa9"}, {"empty", ""}};
    return safetensors_write(path, tensors, 3, metadata, 2);
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    const char *path = files_path("round.safetensors");
    SafetensorsFile f;
    assert_ok(write_sample(path));
    assert_ok(safetensors_open(&f, path));
    assert_int_equal(f.entry_count, 3);
    assert_string_equal(safetensors_metadata(&f, "title"), "two \"words\"\n\\ and \xc3\xa9");
    assert_string_equal(safetensors_metadata(&f, "empty"), "");
    assert_null(safetensors_metadata(&f, "a.weight"));
    const SafetensorsEntry *a = safetensors_find(&f, "a.weight"), *count = safetensors_find(&f, "count");
    char shape[40];
    assert_string_equal(safetensors_shape_text(a->shape, a->rank, shape, sizeof shape), "[2, 3]");
    float read_numbers[6];
    int64_t read_counts[2];
    assert_int_equal(a->bytes, sizeof read_numbers);
    assert_int_equal(a->begin % 8, 0);
    assert_ok(safetensors_read(&f, a, read_numbers));
    assert_ok(safetensors_read(&f, count, read_counts));
    assert_memory_equal(read_numbers, numbers, sizeof numbers);
    assert_memory_equal(read_counts, counts, sizeof counts);
    safetensors_close(&f);
}

static void equal_contents_are_equal_bytes(void **state)
{
    (void)state;
    const char *first = files_path("one.safetensors"), *second = files_path("two.safetensors");
    assert_ok(write_sample(first));
    assert_ok(write_sample(second));
    Text a = file_get(first), b = file_get(second);
    assert_int_equal(a.length, b.length);
    assert_memory_equal(a.data, b.data, a.length);
    assert_memory_equal(a.data + 8, "{\"__metadata__\":{\"title\":", 25);
    text_free(&a);
    text_free(&b);
}

/* A file of this header and so many bytes of data. */
static Status open_header_of(const char *header, size_t length, size_t data)
{
    Text bytes = {0};
    for (int i = 0; i < 8; i++) {
        char byte = (char)(length >> (8 * i) & 0xFF);
        text_add_bytes(&bytes, &byte, 1);
    }
    text_add_bytes(&bytes, header, length);
    for (size_t i = 0; i < data; i++)
        text_add_bytes(&bytes, "", 1);
    const char *path = files_path("header.safetensors");
    file_put(path, bytes.data, bytes.length);
    text_free(&bytes);
    SafetensorsFile f;
    Status status = safetensors_open(&f, path);
    if (status_is_ok(status))
        safetensors_close(&f);
    return status;
}

static Status open_header(const char *header, size_t data)
{
    return open_header_of(header, strlen(header), data);
}

#define T(dtype, shape, offsets) "{\"dtype\":\"" dtype "\",\"shape\":" shape ",\"data_offsets\":" offsets "}"

static void right_headers_are_taken(void **state)
{
    (void)state;
    assert_ok(open_header("{}", 0));
    assert_ok(open_header("{\"a\":" T("F32", "[2]", "[0,8]") "}      ", 8));
    assert_ok(open_header("{\"b\":" T("F32", "[]", "[8,12]") ",\"a\":" T("BF16", "[2,2]", "[0,8]") "}", 12));
    assert_ok(open_header("{\"e\":" T("F32", "[0,9223372036854775807,9]", "[0,0]") "}", 0));
    assert_ok(open_header("{\"__metadata__\":{}}", 0));
}

static void padding_by_nul_bytes_is_called_that(void **state)
{
    (void)state;
    static const char padded[] = "{\"a\":" T("F32", "[2]", "[0,8]") "}\0\0";
    assert_says(open_header_of(padded, sizeof padded - 1, 8), STATUS_INPUT, "padded with NUL bytes");
    assert_says(open_header_of(padded, sizeof padded - 2, 8), STATUS_INPUT, "padded with NUL bytes");
    assert_ok(open_header_of(padded, sizeof padded - 3, 8));
}

static void wrong_headers_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        size_t data;
        const char *says;
    } cases[] = {
        {"[]", 0, "not a JSON object"},
        {" {}", 0, "not a JSON object"},
        {"{\"a\":", 0, "header is not right"},
        {"{\"a\":1,\"a\":1}", 0, "header is not right"},
        {"{\"\xff\":1}", 0, "header is not right"},
        {"{} x", 0, "header is not right"},
        {"{\"__metadata__\":{\"a\":1}}", 0, "is not a string"},
        {"{\"__metadata__\":[]}", 0, "__metadata__"},
        {"{\"a\":7}", 0, "not described by an object"},
        {"{\"a\":" T("F99", "[2]", "[0,8]") "}", 8, "dtype"},
        {"{\"a\":" T("F32", "[-2]", "[0,8]") "}", 8, "shape"},
        {"{\"a\":" T("F32", "[2.0]", "[0,8]") "}", 8, "shape"},
        {"{\"a\":" T("F32", "[1,1,1,1,1,1,1,1,2]", "[0,8]") "}", 8, "shape"},
        {"{\"a\":" T("F32", "[2]", "[0]") "}", 8, "data_offsets"},
        {"{\"a\":" T("F32", "[2]", "[8,0]") "}", 8, "data_offsets"},
        {"{\"a\":" T("F32", "[2]", "[-8,0]") "}", 8, "data_offsets"},
        {"{\"a\":" T("F32", "[3]", "[0,8]") "}", 8, "length"},
        {"{\"a\":" T("F32", "[4611686018427387904,4]", "[0,0]") "}", 0, "length"},
        {"{\"a\":" T("F32", "[4294967296,4294967296,1]", "[0,0]") "}", 0, "length"},
        {"{\"a\":" T("F32", "[2]", "[4,12]") "}", 12, "does not start where"},
        {"{\"a\":" T("F32", "[2]", "[0,8]") ",\"b\":" T("F32", "[2]", "[4,12]") "}", 12, "does not start where"},
        {"{\"a\":" T("F32", "[2]", "[0,8]") "}", 7, "cut short"},
        {"{\"a\":" T("F32", "[2]", "[0,8]") "}", 9, "after its last tensor"},
        {"{\"a\":" T("F32", "[2]", "[0,9223372036854775800]") "}", 9, "length"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8],\"more\":1}}", 8, "beside"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_says(open_header(cases[i].header, cases[i].data), STATUS_INPUT, cases[i].says);
}

static void deep_and_huge_headers_are_refused(void **state)
{
    (void)state;
    char *deep = malloc(100001);
    memset(deep, '[', 100000);
    deep[100000] = '\0';
    memcpy(deep, "{\"a\":", 5);
    assert_says(open_header(deep, 0), STATUS_INPUT, "header is not right");
    free(deep);
    static const unsigned char lengths[][16] = {
        {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, '{', '}'},
        {0, 0, 0, 0, 0, 0, 0, 0, '{', '}'},
        {9, 0, 0, 0, 0, 0, 0, 0, '{', '}'},
        {0, 0, 0, 0, 0, 0, 0, 0x80, '{', '}'},
    };
    SafetensorsFile f;
    const char *path = files_path("length.safetensors");
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        file_put(path, lengths[i], 10);
        assert_says(safetensors_open(&f, path), STATUS_INPUT, "safetensors");
    }
    file_put(path, "", 0);
    assert_says(safetensors_open(&f, path), STATUS_INPUT, "too short");
}

static void only_regular_files_are_read(void **state)
{
    (void)state;
    SafetensorsFile f;
    const char *pipe_path = files_path("pipe");
    assert_int_equal(mkfifo(pipe_path, 0600), 0);
    assert_says(safetensors_open(&f, pipe_path), STATUS_INPUT, "regular file");
    assert_says(safetensors_open(&f, "/dev/zero"), STATUS_INPUT, "regular file");
    assert_says(safetensors_open(&f, files_folder), STATUS_INPUT, "regular file");
    assert_says(safetensors_open(&f, files_path("nothing")), STATUS_INPUT, "No such file");
}

static void a_full_disk_leaves_the_old_file(void **state)
{
    (void)state;
    const char *path = files_path("kept.safetensors"), *temporary = files_path("kept.safetensors.tmp");
    file_put(path, "old", 3);
    struct rlimit was, small;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
    small = was;
    small.rlim_cur = 64; /* SIGXFSZ is ignored below, so that write fails with EFBIG */
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    Status status = write_sample(path);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
    assert_says(status, STATUS_FAILED, "unchanged");
    Text text = file_get(path);
    assert_string_equal(text_str(&text), "old");
    text_free(&text);
    assert_int_not_equal(access(temporary, F_OK), 0);
}

static void devices_are_written_straight(void **state)
{
    (void)state;
    assert_says(write_sample("/dev/full"), STATUS_FAILED, "No space left");
    assert_ok(write_sample("/dev/null"));
    assert_says(write_sample(files_path("no/such/folder")), STATUS_INPUT, "No such file");
}

static void links_and_modes_stay(void **state)
{
    (void)state;
    const char *path = files_path("target"), *link = files_path("link");
    struct stat info;
    file_put(path, "old", 3);
    assert_int_equal(chmod(path, 0640), 0);
    assert_int_equal(symlink(path, link), 0);
    assert_ok(atomic_file_store(link, "new words", 9));
    assert_int_equal(lstat(link, &info), 0);
    assert_true(S_ISLNK(info.st_mode));
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0640);
    assert_int_equal(info.st_size, 9);
}

static void what_is_abandoned_is_gone(void **state)
{
    (void)state;
    const char *path = files_path("abandoned"), *temporary = files_path("abandoned.tmp");
    AtomicFile f;
    assert_ok(atomic_file_open(&f, path));
    atomic_file_write(&f, "half", 4);
    atomic_file_abandon(&f);
    assert_int_not_equal(access(path, F_OK), 0);
    assert_int_not_equal(access(temporary, F_OK), 0);
}

int main(void)
{
    signal(SIGXFSZ, SIG_IGN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(equal_contents_are_equal_bytes),
        cmocka_unit_test(right_headers_are_taken),
        cmocka_unit_test(wrong_headers_are_refused),
        cmocka_unit_test(padding_by_nul_bytes_is_called_that),
        cmocka_unit_test(deep_and_huge_headers_are_refused),
        cmocka_unit_test(only_regular_files_are_read),
        cmocka_unit_test(a_full_disk_leaves_the_old_file),
        cmocka_unit_test(devices_are_written_straight),
        cmocka_unit_test(links_and_modes_stay),
        cmocka_unit_test(what_is_abandoned_is_gone),
    };
    return cmocka_run_group_tests_name("safetensors", tests, files_setup, files_teardown);
}
