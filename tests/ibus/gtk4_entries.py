"""The entries of `gtk3_entries.py` in GTK 4; run by the system's Python."""

import json
import sys

import gi

gi.require_version("Gtk", "4.0")
from gi.repository import GLib, Gtk  # noqa: E402

loop = GLib.MainLoop()
window = Gtk.Window(title="moyin-test")
box = Gtk.Box(orientation=Gtk.Orientation.VERTICAL)
window.set_child(box)
entries = {name: Gtk.Text() for name in ("first", "second", "password")}
entries["password"].set_visibility(False)
entries["password"].set_input_purpose(Gtk.InputPurpose.PASSWORD)
shown = {"preedit": "", "line": ""}


def show(*_: object) -> bool:
    focus = window.get_focus() if window.is_active() else None
    state = {name: entry.get_text() for name, entry in entries.items()}
    state["preedit"] = shown["preedit"]
    state["focus"] = next((name for name, one in entries.items() if one is focus), "")
    line = json.dumps(state)
    if line != shown["line"]:
        shown["line"] = line
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
    return True


def composed(_: object, text: str) -> None:
    shown["preedit"] = text
    show()


def told(*_: object) -> bool:
    line = sys.stdin.readline().strip()
    if not line:
        loop.quit()
        return False
    entries[line].grab_focus()
    return True


for entry in entries.values():
    box.append(entry)
    entry.connect("preedit-changed", composed)
    entry.connect("changed", show)
GLib.io_add_watch(sys.stdin.fileno(), GLib.IO_IN | GLib.IO_HUP, told)
GLib.timeout_add(50, show)
window.present()
loop.run()
