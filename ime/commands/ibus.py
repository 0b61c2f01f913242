"""`moyin ibus`: Moyin as an input method of the desktop, by IBus."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable

from ime.desktop.own_command import own_command
from ime.errors import EnvironmentFaultError
from ime.ibus.component import component_file
from ime.ibus.registration import Registration, Step
from ime.settings import assets_folder, load, user_folders

_INSTALLED = (
    "Choose 墨音拼音 Moyin in the list of input methods: GNOME switches with Super+Space, "
    "other desktops by `ibus-setup`. Where the list lacks it, log out and in again."
)


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    below = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    serve = below.add_parser("serve", help="be the engine; ibus-daemon runs this")
    serve.add_argument("--unattended", action="store_true", help=argparse.SUPPRESS)
    serve.add_argument("--again", action="store_true", help=argparse.SUPPRESS)
    for action, told in (
        ("install", "make Moyin known to IBus, for this user and without root"),
        ("uninstall", "take back all that install did"),
    ):
        one = below.add_parser(action, help=told)
        one.add_argument("--dry-run", action="store_true", help="say what would be done")
    below.add_parser("status", help="say what IBus knows; exit status 1 where Moyin is not")
    component = below.add_parser("component", help="print the component file, for packages")
    component.add_argument("--exec", default="", metavar="COMMAND", help="runs `moyin`")
    component.add_argument("--icon", default="moyin", help="file or name of the icon")


def run(args: argparse.Namespace) -> int:
    """Do what the action says."""
    match args.action:
        case "serve":
            return _serve(args)
        case "install":
            status = _carry_out(_registration().install(), dry=args.dry_run)
            print(_INSTALLED)
            return status
        case "uninstall":
            return _carry_out(_registration().uninstall(), dry=args.dry_run)
        case "component":
            command = args.exec.split() or own_command()
            print(component_file((*command, "ibus", "serve"), args.icon), end="")
            return 0
        case _:
            return _status()


def _serve(args: argparse.Namespace) -> int:
    if not args.unattended:
        from ime.ibus.supervisor import supervise

        return supervise([*own_command(), "ibus", "serve", "--unattended"])
    from ime.backend.restore import finish_interrupted
    from ime.commands.log_file import log_to
    from ime.ibus.serve import serve

    folders = user_folders()
    log_to(folders.cache / "ibus.log")
    finish_interrupted(folders)
    settings = load(folders.settings_file).settings
    return serve(settings, folders, parent=sys.stdin.fileno(), again=args.again)


def _registration() -> Registration:
    if sys.platform != "linux":
        raise EnvironmentFaultError("IBus is for Linux alone.")
    icon = assets_folder() / "icons" / "moyin.svg"
    return Registration(user_folders().data, icon, os.environ)


def _carry_out(steps: Iterable[Step], *, dry: bool) -> int:
    """Do the steps in turn, saying each."""
    for step in steps:
        if not step.needed:
            print(f"nothing to do: {step.told}")
        elif dry:
            print(f"would {step.told}")
        else:
            step.do()
            print(f"done: {step.told}")
    return 0


def _status() -> int:
    found = dict(_registration().status())
    for told, there in found.items():
        print(f"{'yes' if there else 'no ':4}{told}")
    return 0 if found["ibus-daemon knows the engine"] else 1
