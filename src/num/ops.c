#include <lrd/num/ops.h>

/* Made by compiling kernels.c once for each: KERNELS names the table. */
extern const Ops ops_base;
#ifdef __x86_64__
extern const Ops ops_avx2, ops_avx512;
#endif

int ops_version_count(void)
{
#ifdef __x86_64__
    return 3;
#else
    return 1;
#endif
}

const Ops *ops_version(int index)
{
#ifdef __x86_64__
    if (index == 1)
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? &ops_avx2 : 0;
    if (index == 2)
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                       __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")
                   ? &ops_avx512
                   : 0;
#endif
    return index == 0 ? &ops_base : 0;
}

const Ops *ops_best(void)
{
    for (int i = ops_version_count() - 1; i > 0; i--)
        if (ops_version(i))
            return ops_version(i);
    return &ops_base;
}
