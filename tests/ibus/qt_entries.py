"""The entries of `gtk_entries.py` in Qt, whose own plugin speaks to IBus."""

from __future__ import annotations

import json
import sys

from PySide6.QtCore import QSocketNotifier, QTimer
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget

_shown = {"preedit": "", "line": ""}


class Entry(QLineEdit):
    """Tells what is composed."""

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        _shown["preedit"] = event.preeditString()
        super().inputMethodEvent(event)


def main() -> int:
    app = QApplication([])
    window = QWidget()
    window.setWindowTitle("moyin-test")
    box = QVBoxLayout(window)
    entries = {name: Entry() for name in ("first", "second", "password")}
    entries["password"].setEchoMode(QLineEdit.EchoMode.Password)
    for entry in entries.values():
        box.addWidget(entry)

    def show() -> None:
        focus = app.focusWidget()
        state = {name: entry.text() for name, entry in entries.items()}
        state["preedit"] = _shown["preedit"]
        state["focus"] = next((name for name, one in entries.items() if one is focus), "")
        line = json.dumps(state)
        if line != _shown["line"]:
            _shown["line"] = line
            sys.stdout.write(line + "\n")
            sys.stdout.flush()

    def told() -> None:
        line = sys.stdin.readline().strip()
        if line:
            entries[line].setFocus()
        else:
            app.quit()

    notifier = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
    notifier.activated.connect(told)
    timer = QTimer(interval=50)
    timer.timeout.connect(show)
    timer.start()
    window.show()
    return app.exec()


if __name__ == "__main__":
    sys.exit(main())
