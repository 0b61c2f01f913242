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


OPEN_WINDOW = """
import sys
from ime.app import Parts
from ime.backend.opening import open_by_settings
from ime.settings import ModelSettings, Settings, user_folders
from ime.ui.application import make_application
app = make_application()
parts = Parts(Settings(model=ModelSettings(tier="ngram")), user_folders(), open_by_settings)
parts.show()
while not parts.window.input_context.ready:
    app.processEvents()
print(*sys.modules)
parts.window.close()
parts.close()
"""


def test_open_window_of_the_ngram_has_loaded_no_torch() -> None:
    done = subprocess.run(
        [sys.executable, "-c", OPEN_WINDOW], capture_output=True, text=True, check=True
    )
    modules = set(done.stdout.split())
    assert "PySide6.QtWidgets" in modules
    assert "ime.convert.search" in modules
    heavy = {"torch", "safetensors", "pypinyin", "opencc", "jieba", "matplotlib"}
    assert modules & heavy == set()
