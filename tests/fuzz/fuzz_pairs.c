/* A list of training pairs. The first byte chooses the task, the second its modulus. */
#include "fuzz.h"

#include <lrd/train/pairs.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    TaskOp op = (TaskOp)(data[0] % TASK_OP_COUNT);
    int p = 2 + data[1];
    if (task_domain_size(op, p) <= 0)
        return 0; /* a modulus that the settings refuse */
    Pairs pairs;
    Status status = pairs_parse("fuzz.txt", (const char *)data + 2, size - 2, op, p, &pairs);
    fuzz_check_status(&status);
    PROMISE(status_is_ok(status) || pairs.count == 0);
    for (int64_t i = 0; i < 2 * pairs.count; i++)
        PROMISE(pairs.rows[i] >= 0 && pairs.rows[i] < (p > 120 ? p : 120));
    pairs_free(&pairs);
    return 0;
}
