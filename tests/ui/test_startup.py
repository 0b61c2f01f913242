"""What the window needs before it can be seen."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


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


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere Qt has one input method")
def test_keys_pass_no_other_input_method_and_children_keep_that_of_the_desktop() -> None:
    """Ten of ten keys went to an IBus that was running."""
    code = """
import os
from pathlib import Path
from ime.ui.application import make_application
app = make_application()
print(os.environ.get("QT_IM_MODULE"), os.environ.get("QT_IM_MODULES"))
print([name for name in ("ibus", "compose")
       if f"lib{name}platforminputcontext" in Path("/proc/self/maps").read_text()])
"""
    environ = {**os.environ, "QT_IM_MODULE": "ibus"}
    environ.pop("QT_IM_MODULES", None)
    done = subprocess.run(
        [sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == ["ibus None", "['compose']"]
