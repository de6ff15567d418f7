#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <lrd/app/hints_seen.h>
#include <lrd/ui/ui.h>
#include <lrd/panel/ui_state.h>

static void test_hints_fit(void **state)
{
    (void)state;
    for (int i = 0; i < HINT_COUNT; i++) {
        const char *stop = strstr(hints[i], ". ");
        assert_true(strlen(hints[i]) < UI_MESSAGE_MAX);
        assert_non_null(stop);
        assert_in_range(stop - hints[i], 20, 57); /* the first sentence on the narrowest screen */
    }
}

static void test_seen_is_kept(void **state)
{
    (void)state;
    char folder[] = "/tmp/lrdlab-hints-XXXXXX", file[128], inner[64];
    assert_non_null(mkdtemp(folder));
    setenv("XDG_STATE_HOME", folder, 1);
    assert_int_equal(hints_seen_load(), 0);
    hints_seen_store(2);
    assert_int_equal(hints_seen_load(), 2);
    hints_seen_store(3);
    assert_int_equal(hints_seen_load(), 3);
    snprintf(inner, sizeof inner, "%s/lrdlab", folder);
    snprintf(file, sizeof file, "%s/hints", inner);
    FILE *f = fopen(file, "w");
    assert_non_null(f);
    fputs("many\n", f);
    fclose(f);
    assert_int_equal(hints_seen_load(), 0);
    assert_int_equal(unlink(file) | rmdir(inner) | rmdir(folder), 0);
}

static void test_nowhere_to_keep_it_does_no_harm(void **state)
{
    (void)state;
    setenv("XDG_STATE_HOME", "/dev/null/nowhere", 1);
    hints_seen_store(1);
    assert_int_equal(hints_seen_load(), 0);
    setenv("XDG_STATE_HOME", "relative", 1);
    unsetenv("HOME");
    hints_seen_store(1);
    assert_int_equal(hints_seen_load(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hints_fit),
        cmocka_unit_test(test_seen_is_kept),
        cmocka_unit_test(test_nowhere_to_keep_it_does_no_harm),
    };
    return cmocka_run_group_tests_name("hints", tests, NULL, NULL);
}
