"""What the window needs before it can be seen."""

from __future__ import annotations

import subprocess
import sys


def test_window_is_built_without_loading_torch() -> None:
    program = """
import sys
import ime.app, ime.ui.application, ime.ui.window
print(sorted({"torch", "pypinyin", "opencc", "jieba"} & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    # The first paint would wait seconds for them; they belong to other threads and processes.
    assert done.stdout.strip() == "[]"
