"""Run by the system's Python, which has GTK: an entry, another one and one for a password.

Prints a line of JSON with their texts, the preedit and who has the keyboard at each change; a
line on standard input names the entry that is to get it. The argument is the version of GTK.
"""

import json
import sys

import gi

gi.require_version("Gtk", sys.argv[1])
from gi.repository import GLib, Gtk  # noqa: E402

gtk4 = sys.argv[1] == "4.0"
loop = GLib.MainLoop()
window = Gtk.Window(title="moyin-test")
box = Gtk.Box(orientation=Gtk.Orientation.VERTICAL)
make = Gtk.Text if gtk4 else Gtk.Entry
entries = {name: make() for name in ("first", "second", "password")}
entries["password"].set_visibility(False)
entries["password"].set_input_purpose(Gtk.InputPurpose.PASSWORD)
shown = {"preedit": "", "line": ""}


def show(*_: object) -> bool:
    active = window.is_active() if gtk4 else window.has_toplevel_focus()
    focus = window.get_focus() if active else None
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
    if gtk4:
        box.append(entry)
    else:
        box.pack_start(entry, False, False, 0)
    entry.connect("preedit-changed", composed)
    entry.connect("changed", show)
GLib.io_add_watch(sys.stdin.fileno(), GLib.IO_IN | GLib.IO_HUP, told)
GLib.timeout_add(50, show)
if gtk4:
    window.set_child(box)
    window.present()
else:
    window.add(box)
    window.show_all()
loop.run()
