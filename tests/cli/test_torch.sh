#!/bin/sh
# Weights go to PyTorch and back: test_torch.sh PROGRAM. Skipped with a word where no python3 has torch.
program=${1:-./lrdlab}
case $program in /*) ;; *) program=$(pwd)/$program ;; esac
here=$(cd "$(dirname "$0")" && pwd)
for python in "${PYTHON:-python3}" /usr/bin/python3; do
    if "$python" -c 'import torch' 2>/dev/null; then
        exec "$python" "$here/torch_exchange.py" "$program"
    fi
done
echo "ok 1 # SKIP weights from and to PyTorch: no python3 here has torch (Debian: python3-torch)"
