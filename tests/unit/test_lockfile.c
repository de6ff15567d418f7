/* Claims: one holder at a time, stale locks of processes that are gone and of machines that fell silent. */
#include "run_fixture.h"

#include <lrd/io/lockfile.h>
#include <lrd/io/file_read.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

static Lockfile *take(const char *path)
{
    Lockfile *lockfile;
    Text holder = {0};
    assert_int_equal(lockfile_take(path, &lockfile, &holder).code, STATUS_OK);
    text_free(&holder);
    return lockfile;
}

static void assert_held(const char *path)
{
    assert_null(take(path));
    assert_true(lockfile_is_held(path));
}

static void assert_free(const char *path)
{
    assert_false(lockfile_is_held(path));
    Lockfile *c = take(path);
    assert_non_null(c);
    lockfile_drop(c);
    assert_int_equal(access(path, F_OK), -1);
}

static void age(const char *path, int seconds)
{
    struct timespec times[2];
    clock_gettime(CLOCK_REALTIME, &times[0]);
    times[0].tv_sec -= seconds;
    times[1] = times[0];
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void one_holder_at_a_time(void **state)
{
    (void)state;
    const char *path = fixture_path("one.lock");
    assert_false(lockfile_is_held(path));
    Lockfile *c = take(path);
    assert_non_null(c);
    assert_true(lockfile_is_ours(c));
    Text holder = {0};
    Lockfile *second;
    assert_int_equal(lockfile_take(path, &second, &holder).code, STATUS_OK);
    assert_null(second);
    char process[32];
    snprintf(process, sizeof process, "process %lld on ", (long long)getpid());
    assert_memory_equal(text_str(&holder), process, strlen(process));
    text_free(&holder);
    assert_held(path);
    lockfile_drop(c);
    assert_free(path);
    assert_int_equal(access(fixture_path("one.lock.steal"), F_OK), -1);
}

static void a_dead_process_holds_nothing(void **state)
{
    (void)state;
    const char *path = fixture_path("dead.lock");
    pid_t child = fork();
    if (child == 0) {
        Lockfile *lockfile;
        Text holder = {0};
        (void)lockfile_take(path, &lockfile, &holder);
        _exit(lockfile ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(access(path, F_OK), 0);
    assert_free(path);
}

/* A process on this machine that stood still (^Z, a laptop asleep) is alive; one of its number that began at another
 * time is not the holder. */
static void a_holder_that_lives_holds_it_at_any_age(void **state)
{
    (void)state;
    const char *path = fixture_path("asleep.lock");
    Lockfile *c = take(path);
    assert_non_null(c);
    Text line = {0};
    assert_int_equal(file_read(path, 4096, &line).code, STATUS_OK);
    age(path, 100000);
    assert_held(path);
    assert_true(lockfile_is_ours(c));
    lockfile_drop(c);
    char *started = strrchr(text_str(&line), ' ') + 1;
    if (*started != '-') { /* where the kernel tells it */
        *started = *started == '9' ? '8' : '9';
        file_write(path, text_str(&line));
        assert_free(path);
    }
    text_free(&line);
}

static void what_is_no_lock_is_left_alone(void **state)
{
    (void)state;
    const char *path = fixture_path("notes.lock"), *steal = fixture_path("far2.lock.steal");
    file_write(path, "notes of the user's\n");
    age(path, 100000);
    assert_held(path);
    assert_int_equal(access(path, F_OK), 0);
    file_write(fixture_path("far2.lock"), "elsewhere 1 another-boot/pid:[1] 0.0\n");
    file_write(steal, "notes of the user's\n");
    age(fixture_path("far2.lock"), 700);
    age(steal, 100000);
    assert_null(take(fixture_path("far2.lock")));
    assert_int_equal(access(steal, F_OK), 0);
}

static void a_machine_that_fell_silent_loses_it(void **state)
{
    (void)state;
    const char *path = fixture_path("far.lock");
    file_write(path, "elsewhere 1 another-boot/pid:[1] 0.0\n");
    assert_held(path);
    age(path, 500);
    assert_held(path);
    age(path, 700);
    assert_free(path);
}

/* A crash between making a lock and writing into it, or a lock that is being written right now. */
static void an_empty_lock_is_judged_by_its_age(void **state)
{
    (void)state;
    const char *path = fixture_path("empty.lock");
    file_write(path, "");
    assert_held(path);
    age(path, 700);
    assert_free(path);
}

static void a_claim_that_was_taken_over_is_not_ours(void **state)
{
    (void)state;
    const char *path = fixture_path("lost.lock");
    Lockfile *c = take(path);
    file_write(path, "elsewhere 1 another-boot/pid:[1] 0.0\n");
    assert_false(lockfile_is_ours(c));
    lockfile_drop(c);
    assert_int_equal(access(path, F_OK), 0); /* the other's lock stays */
}

static void a_take_over_that_died_is_cleared(void **state)
{
    (void)state;
    const char *path = fixture_path("twice.lock"), *steal = fixture_path("twice.lock.steal");
    file_write(path, "elsewhere 1 another-boot/pid:[1] 0.0\n");
    file_write(steal, "");
    age(path, 700);
    assert_held(path); /* another process may be taking it over */
    age(steal, 700);
    assert_null(take(path)); /* this one clears the way */
    assert_free(path);
}

static void a_folder_that_is_not_there_is_said(void **state)
{
    (void)state;
    Lockfile *lockfile;
    Text holder = {0};
    Status s = lockfile_take(fixture_path("no/such/x.lock"), &lockfile, &holder);
    assert_int_equal(s.code, STATUS_FAILED);
    assert_non_null(strstr(s.text, "No such file"));
    text_free(&holder);
}

/* In the child: says whether it got the claim, and keeps it until the parent closes the other pipe. */
static void race_run(const char *path, int say, int wait)
{
    Lockfile *lockfile;
    Text holder = {0};
    char word = !status_is_ok(lockfile_take(path, &lockfile, &holder)) ? 'x' : lockfile ? '1' : '0';
    bool said = write(say, &word, 1) == 1;
    (void)!read(wait, &word, 1);
    _exit(said ? 0 : 1);
}

/* Eight processes want the same stale lock at once, many times over: one of them gets it. */
static void a_race_has_one_winner(void **state)
{
    (void)state;
    enum { PROCESSES = 8, ROUNDS = 25 };
    const char *path = fixture_path("race.lock");
    for (int round = 0; round < ROUNDS; round++) {
        int said[2], held[2], status, winners = 0;
        char word;
        assert_int_equal(pipe(said) | pipe(held), 0);
        file_write(path, "elsewhere 1 another-boot/pid:[1] 0.0\n");
        age(path, 700);
        for (int i = 0; i < PROCESSES; i++)
            if (fork() == 0) {
                close(held[1]);
                race_run(path, said[1], held[0]);
            }
        for (int i = 0; i < PROCESSES; i++) {
            assert_int_equal(read(said[0], &word, 1), 1);
            assert_int_not_equal(word, 'x');
            winners += word == '1';
        }
        close(held[1]);
        for (int i = 0; i < PROCESSES; i++) {
            assert_true(wait(&status) > 0);
            assert_int_equal(status, 0);
        }
        close(held[0]);
        close(said[0]);
        close(said[1]);
        assert_int_equal(winners, 1);
        unlink(path);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_holder_at_a_time),
        cmocka_unit_test(a_dead_process_holds_nothing),
        cmocka_unit_test(a_holder_that_lives_holds_it_at_any_age),
        cmocka_unit_test(what_is_no_lock_is_left_alone),
        cmocka_unit_test(a_machine_that_fell_silent_loses_it),
        cmocka_unit_test(an_empty_lock_is_judged_by_its_age),
        cmocka_unit_test(a_claim_that_was_taken_over_is_not_ours),
        cmocka_unit_test(a_take_over_that_died_is_cleared),
        cmocka_unit_test(a_folder_that_is_not_there_is_said),
        cmocka_unit_test(a_race_has_one_winner),
    };
    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
