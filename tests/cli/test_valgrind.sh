#!/bin/sh
# A short run of every decay under valgrind: no value is used before it was set, nothing is lost. PROGRAM is the
# argument. (The sanitizers of the other tests do not see uninitialised memory.)

program=${1:?usage: test_valgrind.sh PROGRAM}
if ! command -v valgrind >/dev/null 2>&1; then
    echo "ok valgrind # SKIP valgrind is not installed"
    exit 0
fi
box=$(mktemp -d) || exit 2
trap 'rm -rf "$box"' EXIT
failed=0
for kind in none l2 lrd polar svt elastic radial tangential; do
    if valgrind -q --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite \
        "$program" train --set task.p=7 --set model.dim=8 --set model.depth=2 --set model.heads=2 \
        --set model.mlp=16 --set train.batch=8 --set train.eval_every=5 --set train.threads=2 \
        --set decay.kind=$kind --steps 12 --log "$box/$kind.jsonl" --save "$box/$kind.safetensors" --quiet \
        >"$box/out" 2>&1; then
        echo "ok valgrind: $kind"
    else
        tail -n 40 "$box/out"
        echo "not ok valgrind: $kind"
        failed=1
    fi
done
exit $failed
