"""Pictures of candidates in a GTK and in a Qt program, drawn by the panel of IBus.

    python -m tests.ibus.pictures FOLDER

Writes gtk.png and qt.png. It wants the programs of the tests and `import` of ImageMagick.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.ibus.daemon import Daemon, Editor, killed_at_end
from tests.ibus.programs import Program, Toolkit, lacking, lacking_for, x_server

PICTURES = {"gtk.png": Toolkit.GTK3, "qt.png": Toolkit.QT}
LETTERS = "jintiantianqihenhao"
SETTLE_SECONDS = 3.0
_CUT = ("mogrify", "-trim", "+repage", "-bordercolor", "white", "-border", "8", "-strip")


def main(folder: Path) -> None:
    """Take them."""
    lacks = [lacking(), *map(lacking_for, PICTURES.values())]
    if missing := " ".join(filter(None, lacks)) or ("" if shutil.which("import") else "import"):
        sys.exit(f"not installed: {missing}")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home, x_server() as display:
        component = f"{home}/component:/usr/share/ibus/component"  # the panel is one, too
        environ = {"DISPLAY": display, "IBUS_COMPONENT_PATH": component}
        daemon = Daemon(Path(home), environ, without=())
        with killed_at_end(daemon):
            for name, toolkit in PICTURES.items():
                with Program(daemon, toolkit) as program:
                    _take(daemon, program, folder / name)


def _take(daemon: Daemon, program: Program, path: Path) -> None:
    chooser = Editor(daemon)
    chooser.choose()
    program.tool("key", "End")
    program.type("nihao ")
    program.is_("first", "你好")
    program.type(LETTERS)
    program.is_("preedit", LETTERS)
    time.sleep(SETTLE_SECONDS)  # the panel draws when it likes
    for words in (("import", "-window", "root"), _CUT):
        subprocess.run([*words, str(path)], env=program.environ, check=True)
    program.tool("key", "Escape")
    chooser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
