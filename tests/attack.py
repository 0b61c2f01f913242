"""`python -m tests.attack`: damages every file that Moyin reads in every way.

For each file and damage the part that reads it is used as the program uses it, with shipped
files through links to the real ones. Printed is what came of it:

    refused   it says so, and nothing of the file is used
    told      it says so, and serves a tier below or what is left of the file
    right     it says nothing, and the answers are those of the whole file
    new       what is not there, or has no byte, is what a first start finds
    own text  it says nothing: the file is the user's to write, and this can be read
    WRONG, FAULT, HANG   are defects; the exit status is 1

`python -m tests.attack weights/ data/` takes only files whose names begin so; `--ngram` leaves
the network out. All of them take some minutes.
"""

from __future__ import annotations

import argparse
import logging
import os
import shutil
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import FrameType

import tomli_w

from ime.backend.backup import back_up, contents_of
from ime.backend.opening import open_by_settings
from ime.backend.restore import restore
from ime.errors import ImeError, Message
from ime.lexicon.phrases import load_phrases
from ime.manifest import NAME, read_manifest
from ime.personalize.active_version import ACTIVE, active_file
from ime.personalize.versions import AdapterFolder
from ime.pinyin.custom_scheme import read_scheme
from ime.pinyin.schemes import SCHEME_TABLES
from ime.settings import (
    HOME_VARIABLE,
    ModelSettings,
    Settings,
    assets_folder,
    load,
    save,
    user_folders,
)
from ime.ui.drafts import Draft, DraftFile
from ime.userdb.selection_log import SelectionLog
from ime.userdb.thread import Store
from ime.values import Commit, DecodeRequest, How, LeftContext, Selection
from model.network.adapter import base_digest
from tests.tiny_network import tiny_adapters, tiny_assets

SECONDS = 30  # after which a use hangs
INPUTS = ("nihaoshijie", "zhonghuarenmingongheguo", "womenyonggittijiaodaima", "biergaici")
READ = ("vocab.tsv", "ngram/", "pairs/", "lexicon/", "characters/", "weights/")
Damage = Callable[[Path], None]
Use = Callable[[Path], str]
"""Uses a folder of files; returns a word of the table."""


def changed(change: Callable[[bytes], bytes]) -> Damage:
    def damage(path: Path) -> None:
        data = change(path.read_bytes())
        path.unlink()  # it may be a link to the real one
        path.write_bytes(data)

    return damage


def flipped(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :] if data else b"x"


def rotated(data: bytes) -> bytes:
    return data[len(data) // 2 :] + data[: len(data) // 2]


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def unreadable(path: Path) -> None:
    changed(bytes)(path)
    path.chmod(0)


DAMAGES: dict[str, Damage] = {
    "flip": changed(flipped),
    "truncate": changed(lambda data: data[: len(data) // 2]),
    "empty": changed(lambda _: b""),
    "zeros": changed(lambda data: bytes(len(data))),
    "junk": changed(lambda data: (b"\xfe\x01[{" * len(data))[: len(data)]),
    "swap": changed(rotated),
    "append": changed(lambda data: data + data[:100]),
    "missing": Path.unlink,
    "folder": a_folder,
    "pipe": a_pipe,
    "unreadable": unreadable,
}


@contextmanager
def a_limit_of(seconds: int) -> Iterator[None]:
    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def outcome(use: Use, folder: Path) -> str:
    """What comes of a use, as a word of the table."""
    try:
        with a_limit_of(SECONDS):
            return use(folder)
    except TimeoutError:
        return "HANG"
    except ImeError:
        return "refused"
    except Exception as error:  # noqa: BLE001  what is looked for
        return f"FAULT {type(error).__name__}"


# --- shipped files ----------------------------------------------------------------------------


def linked(folder: Path) -> Path:
    """The shipped files as links."""
    shipped = assets_folder()
    for entry in [NAME, *(entry.path for entry in read_manifest(shipped))]:
        place = folder / entry
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(shipped / entry)
    return folder


def answers(settings: Settings, assets: Path) -> tuple[list[str], list[str | Message]]:
    told: list[str | Message] = []
    converter = open_by_settings(settings, told.append, assets=assets)
    lists = (converter.convert(DecodeRequest(1, LeftContext(), raw)) for raw in INPUTS)
    return [found.items[0].text for found in lists if found is not None], told


def shipped_use(settings: Settings, whole: list[str]) -> Use:
    def use(folder: Path) -> str:
        found, told = answers(settings, folder)
        if told:
            return "told"
        return "right" if found == whole else "WRONG"

    return use


# --- files of the user ------------------------------------------------------------------------


def made_home(folder: Path) -> Path:
    """One of each file that the user may have."""
    folders = user_folders({HOME_VARIABLE: str(folder)})
    save(Settings(), folders.settings_file)
    folders.phrases_file.write_text("dz\t某路 1 号\t1\n" * 20, encoding="utf-8")
    table = SCHEME_TABLES["flypy"]
    scheme = {
        "name": "x",
        "zero": "spelled",
        "initials": table.initials,
        "finals": table.finals,
    }
    (folders.config / "scheme.toml").write_text(tomli_w.dumps(scheme), encoding="utf-8")
    store = Store(folders.database, lambda _: None)
    for number in range(50):
        store.append(chosen(number))
    store.close()
    file = DraftFile(folders.data / "drafts")
    file.claim()
    file.write(Draft("没有保存的话" * 20))
    file.release()
    (folders.data / "drafts" / "draft-1.lock").write_bytes(b"9")
    tiny_adapters(folders.adapters, tiny_assets(folder / "tiny") / "weights")
    back_up(folders, folder / "backup.zip", 0.0)
    return folder


def copied(home: Path, folder: Path) -> Path:
    """A home to be damaged."""
    return Path(shutil.copytree(home, folder))


def chosen(number: int) -> Commit:
    context = LeftContext("前文" * 10)
    selection = Selection(context, "nihao", ("ni", "hao"), ("你好",), "你好", 0, How.SPACE)
    return Commit(number, "你好", selections=(selection,))


def use_settings(home: Path) -> str:
    loaded = load(home / "config" / "settings.toml")
    return "told" if loaded.notices else "own text"


def use_phrases(home: Path) -> str:
    return "told" if load_phrases(home / "config" / "phrases.txt")[1] else "own text"


def use_scheme(home: Path) -> str:
    read_scheme(home / "config" / "scheme.toml")
    return "own text"


def use_database(home: Path) -> str:
    told: list[str | Message] = []
    path = home / "data" / "user.sqlite"
    gone = not path.exists() or (path.is_file() and not path.stat().st_size)
    store = Store(path, told.append)
    kept = store.append(chosen(50)).result()
    store.close()
    if not kept:
        return "told" if told else "WRONG"
    log = SelectionLog(path, run=0)
    rows = list(log.rows())
    log.close()
    whole = chosen(0).selections[0]
    if any(row.selection != whole for row in rows) or not rows:
        return "WRONG"
    if len(rows) == 51:
        return "right"
    if gone and len(rows) == 1:
        return "new"
    return "told" if told or log.damaged else "WRONG"


def use_draft(home: Path) -> str:
    file = DraftFile(home / "data" / "drafts")
    there = (home / "data" / "drafts" / "draft-1.json").exists()
    try:
        draft = file.claim()
    finally:
        file.release()
    if draft is None:
        return "WRONG" if there else "right"
    return "right" if draft.text == "没有保存的话" * 20 else "WRONG"


def use_active(home: Path) -> str:
    path = active_file(home / "data" / "adapters")
    return "right" if path is None or path.name == "v0001.safetensors" else "WRONG"


def use_adapter(home: Path) -> str:
    folder = AdapterFolder(home / "data" / "adapters")
    adapter = folder.load("v0001", base_digest(home / "tiny" / "weights"))
    return "right" if adapter.info.rank == 2 else "WRONG"


def use_backup(home: Path) -> str:
    folders = user_folders({HOME_VARIABLE: str(home)})
    whole = contents_of(folders)
    folders.database.unlink()
    restore(folders, home / "backup.zip", 1.0)
    return "right" if contents_of(folders) == whole else "WRONG"


USER: dict[str, Use] = {
    "backup.zip": use_backup,
    "config/settings.toml": use_settings,
    "config/phrases.txt": use_phrases,
    "config/scheme.toml": use_scheme,
    "data/user.sqlite": use_database,
    "data/drafts/draft-1.json": use_draft,
    "data/drafts/draft-1.lock": use_draft,
    f"data/adapters/{ACTIVE}": use_active,
    "data/adapters/v0001.safetensors": use_adapter,
}


# --- the table --------------------------------------------------------------------------------


def attack(make: Callable[[Path], Path], name: str, use: Use) -> dict[str, str]:
    """What comes of each damage of a file."""
    found = {}
    for kind, damage in DAMAGES.items():
        if kind == "unreadable" and os.geteuid() == 0:
            found[kind] = "-"  # the administrator reads everything
            continue
        with tempfile.TemporaryDirectory() as place:
            folder = make(Path(place) / "files")
            damage(folder / name)
            found[kind] = outcome(use, folder)
    print(f"{name:<34}" + "".join(f"{found[kind]:<11}" for kind in DAMAGES), flush=True)
    return found


def tables(wanted: tuple[str, ...], *, network: bool) -> Iterator[dict[str, str]]:
    print(f"{'file':<34}" + "".join(f"{kind:<11}" for kind in DAMAGES))
    quick = Settings(model=ModelSettings(tier="ngram"))
    whole = answers(quick, assets_folder())[0]
    names = [entry.path for entry in read_manifest(assets_folder())]
    for name in [NAME, *(name for name in names if name.startswith(READ))]:
        if not name.startswith(wanted):
            continue
        if not name.startswith("weights/"):
            yield attack(linked, name, shipped_use(quick, whole))
        elif network:
            best = answers(Settings(), assets_folder())[0]
            yield attack(linked, name, shipped_use(Settings(), best))
    with tempfile.TemporaryDirectory() as place:
        home = made_home(Path(place) / "home")
        for name, use in USER.items():
            if name.startswith(wanted):
                yield attack(partial(copied, home), name, use)


def main() -> int:
    """Attack; 1 if a defect was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.attack")
    parser.add_argument("names", nargs="*", help="beginnings of names; all files without")
    parser.add_argument("--ngram", action="store_true", help="leave the network out")
    wanted = parser.parse_args()
    logging.disable()  # the table says it
    with tempfile.TemporaryDirectory() as home:
        os.environ[HOME_VARIABLE] = home
        found = list(tables(tuple(wanted.names) or ("",), network=not wanted.ngram))
    words = Counter(word.split()[0] for row in found for word in row.values() if word != "-")
    print(f"{len(found)} files, {words.total()} attacks: " + ", ".join(
        f"{count} {word}" for word, count in words.most_common()
    ))  # fmt: skip
    return int(any(word.isupper() for word in words))


if __name__ == "__main__":
    sys.exit(main())
