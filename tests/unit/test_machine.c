/* What of the processors a process may use: quotas of cgroups as their files tell them, in a tree made for it. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* sched_setaffinity */
#endif
#include "approx.h"

#include <lrd/base/machine.h>
#include <lrd/base/text.h>

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char root[64];

/* Makes the folders too. */
static void put(const char *path, const char *bytes)
{
    char whole[512];
    snprintf(whole, sizeof whole, "%s/%s", root, path);
    for (char *at = whole + strlen(root) + 1; (at = strchr(at, '/')); at++) {
        *at = '\0';
        mkdir(whole, 0700);
        *at = '/';
    }
    FILE *f = fopen(whole, "w");
    assert_non_null(f);
    fputs(bytes, f);
    assert_int_equal(fclose(f), 0);
}

static int make_root(void **state)
{
    (void)state;
    strcpy(root, "/tmp/lrd-machine-XXXXXX");
    return mkdtemp(root) ? 0 : -1;
}

static int remove_root(void **state)
{
    (void)state;
    char command[96];
    snprintf(command, sizeof command, "rm -rf %s", root);
    return system(command);
}

static const char v2_mount[] = "22 1 0:20 / /proc rw - proc proc rw\n"
                               "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";

static void test_no_files_no_limit(void **state)
{
    (void)state;
    assert_true(isinf(machine_read_quota(root)));
    put("proc/self/cgroup", "0::/\n");
    assert_true(isinf(machine_read_quota(root)));
    put("proc/self/mountinfo", v2_mount);
    assert_true(isinf(machine_read_quota(root)));
    put("sys/fs/cgroup/cpu.max", "max 100000\n");
    assert_true(isinf(machine_read_quota(root)));
    put("sys/fs/cgroup/cpu.max", "rubbish\n");
    assert_true(isinf(machine_read_quota(root)));
}

static void test_least_of_the_groups_above(void **state)
{
    (void)state;
    put("proc/self/cgroup", "0::/user.slice/job/step\n");
    put("proc/self/mountinfo", v2_mount);
    put("sys/fs/cgroup/user.slice/job/step/cpu.max", "400000 100000\n");
    assert_true(machine_read_quota(root) == 4);
    put("sys/fs/cgroup/user.slice/cpu.max", "150000 100000\n");
    assert_true(machine_read_quota(root) == 1.5);
    put("sys/fs/cgroup/user.slice/job/cpu.max", "25000 50000\n");
    assert_true(machine_read_quota(root) == .5);
}

static void test_a_neighbour_does_not_count(void **state)
{
    (void)state;
    put("proc/self/cgroup", "0::/job\n");
    put("proc/self/mountinfo", v2_mount);
    put("sys/fs/cgroup/other/cpu.max", "100000 100000\n");
    put("sys/fs/cgroup/job/inner/cpu.max", "100000 100000\n");
    put("sys/fs/cgroup/job/cpu.max", "300000 100000\n");
    assert_true(machine_read_quota(root) == 3);
}

static void test_v1(void **state)
{
    (void)state;
    put("proc/self/cgroup", "9:cpuset:/small\n4:cpu,cpuacct:/job\n1:name=systemd:/cpu\n0::/\n");
    put("proc/self/mountinfo", "40 23 0:35 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n"
                               "41 23 0:36 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n");
    put("sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us", "-1\n");
    put("sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_period_us", "100000\n");
    assert_true(isinf(machine_read_quota(root)));
    put("sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us", "200000\n");
    assert_true(machine_read_quota(root) == 2);
    put("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "100000\n");
    put("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
    assert_true(machine_read_quota(root) == 1);
}

/* The mount's top is the container's own group: its name counts from the machine's. */
static void test_in_a_container(void **state)
{
    (void)state;
    put("proc/self/cgroup", "0::/docker/abc/inner\n");
    put("proc/self/mountinfo", "30 23 0:26 /docker/abc /sys/fs/cgroup ro - cgroup2 cgroup rw\n");
    put("sys/fs/cgroup/cpu.max", "200000 100000\n");
    assert_true(machine_read_quota(root) == 2);
    put("sys/fs/cgroup/inner/cpu.max", "100000 100000\n");
    assert_true(machine_read_quota(root) == 1);
    put("proc/self/cgroup", "0::/docker/abcdef\n"); /* another's, not below this one */
    assert_true(machine_read_quota(root) == 2);
    put("proc/self/cgroup", "0::/../../elsewhere\n");
    assert_true(machine_read_quota(root) == 2);
}

static void test_whole_cores_and_affinity(void **state)
{
    (void)state;
    const MachineCores before = machine_look_at_cores();
    assert_true(before.cores >= 1 && before.cores <= before.allowed && before.allowed <= before.online);
    assert_int_equal(machine_cores(), before.cores);
#ifdef __linux__
    cpu_set_t all, one;
    assert_int_equal(sched_getaffinity(0, sizeof all, &all), 0);
    size_t first = 0;
    while (!CPU_ISSET(first, &all))
        first++;
    CPU_ZERO(&one);
    CPU_SET(first, &one);
    assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
    const MachineCores held = machine_look_at_cores();
    assert_int_equal(sched_setaffinity(0, sizeof all, &all), 0);
    assert_int_equal(held.allowed, 1);
    assert_int_equal(held.cores, 1);
    assert_int_equal(held.online, before.online);
#endif
}

int main(void)
{
#define IN_A_TREE(test) cmocka_unit_test_setup_teardown(test, make_root, remove_root)
    const struct CMUnitTest tests[] = {
        IN_A_TREE(test_no_files_no_limit),
        IN_A_TREE(test_least_of_the_groups_above),
        IN_A_TREE(test_a_neighbour_does_not_count),
        IN_A_TREE(test_v1),
        IN_A_TREE(test_in_a_container),
        cmocka_unit_test(test_whole_cores_and_affinity),
    };
    return cmocka_run_group_tests_name("machine", tests, NULL, NULL);
}
