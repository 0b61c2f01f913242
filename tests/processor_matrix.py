"""Runs tests as on other processors, with more threads and in other orders; prints a table.

    python tests/processor_matrix.py [arguments of pytest ...]

The variables keep a library from what this processor could do, so that results differ in their
last bits as they do between machines. Where oneDNN is kept from its kernels for bf16, Moyin
computes in fp32.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np

REPOSITORY = Path(__file__).parents[1]


def beyond_avx2() -> str:
    """What numpy uses here and an AVX2 machine has not, by numpy's own names."""
    found = np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])
    return " ".join(name for name in found if "AVX512" in name or name == "X86_V4")


SEED = "1"
SETTINGS: list[tuple[str, dict[str, str]]] = [
    *((seed, {}) for seed in ("1", "2", "3")),
    (SEED, {"ATEN_CPU_CAPABILITY": "default"}),
    (SEED, {"ATEN_CPU_CAPABILITY": "avx2"}),
    (SEED, {"ONEDNN_MAX_CPU_ISA": "AVX2"}),
    (SEED, {"ONEDNN_MAX_CPU_ISA": "AVX512_CORE"}),
    (SEED, {"ONEDNN_MAX_CPU_ISA": "AVX512_CORE_BF16"}),
    (SEED, {"ATEN_CPU_CAPABILITY": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2"}),
    (SEED, {"NPY_DISABLE_CPU_FEATURES": beyond_avx2(), "OPENBLAS_CORETYPE": "Haswell"}),
    (SEED, {"OMP_NUM_THREADS": "2", "OMP_WAIT_POLICY": "PASSIVE"}),
]
NUMBER_FORMAT = """
import torch
from model.device import inference_dtype
print(str(inference_dtype(torch.device("cpu"))).removeprefix("torch."))
"""


def run(arguments: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run Python from the project's folder, with `environment` on top of this one's."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=REPOSITORY,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )


def counted(closing: str, what: str) -> int:
    """How many tests pytest's last line says have `what`."""
    found = re.search(rf"(\d+) {what}", closing)
    return int(found[1]) if found else 0


def main() -> None:
    """Run, print what failed at once and the table at the end; exit with 1 if anything did."""
    rows, green = [], True
    for seed, environment in SETTINGS:
        name = " ".join(f"{key}={value!r}" for key, value in environment.items())
        number_format = run(["-c", NUMBER_FORMAT], environment).stdout.strip()
        options = ["-q", f"--randomly-seed={seed}", *sys.argv[1:]]
        done = run(["-m", "pytest", *options], environment)
        closing = (done.stdout.splitlines() or [""])[-1]
        passed = counted(closing, "passed")
        failed = counted(closing, "failed") + counted(closing, "errors?")
        green &= done.returncode == 0
        row = f"| {name or 'as it is'} | {number_format} | {seed} | {passed:,} | {failed} |"
        rows.append(row)
        report = row if done.returncode == 0 else done.stdout
        sys.stderr.write(f"{report}\n")
    head = "| setting | computes in | seed | passed | failed |\n|---|---|---|---|---|"
    sys.stdout.write("\n".join([head, *rows]) + "\n")
    sys.exit(0 if green else 1)


if __name__ == "__main__":
    main()
