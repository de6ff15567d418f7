/* Pictures of the screen: their names, and that no file is ever written over. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <lrd/ui/picture.h>

static long file_size(const char *name)
{
    FILE *f = fopen(name, "rb");
    if (!f)
        return -1;
    fseek(f, 0, SEEK_END);
    long size = ftell(f);
    fclose(f);
    return size;
}

static void test_names_never_collide(void **state)
{
    (void)state;
    static const char *const names[] = {"lrdlab-840.svg", "lrdlab-840-2.svg", "lrdlab-840-3.svg"};
    char folder[] = "/tmp/lrdlab-picture-XXXXXX", home[4096], name[PICTURE_NAME_MAX];
    assert_non_null(getcwd(home, sizeof home));
    assert_non_null(mkdtemp(folder));
    assert_int_equal(chdir(folder), 0);
    FILE *mine = fopen(names[0], "wb");
    assert_non_null(mine);
    fclose(mine); /* empty, and it must stay so */
    Canvas *c = canvas_new(20, 4);
    canvas_text(c, 0, 0, ROLE_BOLD, "accuracy");
    for (int i = 1; i < 3; i++) {
        assert_true(status_is_ok(picture_write(c, SCHEME_DARK, 840, name)));
        assert_string_equal(name, names[i]);
        assert_true(file_size(name) > 0);
    }
    assert_int_equal(file_size(names[0]), 0);
    canvas_free(c);
    for (int i = 0; i < 3; i++)
        assert_int_equal(unlink(names[i]), 0);
    assert_int_equal(chdir(home), 0);
    assert_int_equal(rmdir(folder), 0);
}

static void test_a_folder_that_is_gone_is_said(void **state)
{
    (void)state;
    char folder[] = "/tmp/lrdlab-picture-XXXXXX", home[4096], name[PICTURE_NAME_MAX];
    assert_non_null(getcwd(home, sizeof home));
    assert_non_null(mkdtemp(folder));
    assert_int_equal(chdir(folder), 0);
    assert_int_equal(rmdir(folder), 0);
    Canvas *c = canvas_new(20, 4);
    Status status = picture_write(c, SCHEME_DARK, 1, name);
    assert_int_equal(status.code, STATUS_FAILED);
    assert_non_null(strstr(status.text, "lrdlab-1.svg"));
    canvas_free(c);
    assert_int_equal(chdir(home), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_never_collide),
        cmocka_unit_test(test_a_folder_that_is_gone_is_said),
    };
    return cmocka_run_group_tests_name("ui_picture", tests, NULL, NULL);
}
