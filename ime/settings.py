"""Settings as one typed tree, and the folders that user files live in.

Nothing here may keep the program from starting: a settings file that cannot be read, parsed or
believed gives defaults and a notice for the user, never an exception. Only `save` raises.
"""

from __future__ import annotations

import difflib
import os
import reprlib
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Literal, TypeVar, get_args, get_origin

import msgspec
import platformdirs
import tomli_w
from msgspec import Meta, Struct

from ime import atomic_write, private_folder, untrusted_files
from ime.errors import Message, SettingsError

HOME_VARIABLE = "MOYIN_HOME"
"""Environment variable that puts all user folders under one folder."""


MOST_NOTICES = 3
"""Of what is wrong in a file; the others are counted."""

PAGE_SIZE = 5
"""Candidates on a page, where nobody chose."""

Orientation = Literal["horizontal", "vertical"]
THEMES = ("system", "light", "dark")
"""Values of `window.theme` that come with the program; own ones have other names."""

Language = Literal["auto", "zh_CN", "en"]
Tier = Literal["auto", "ngram"]
Device = Literal["auto", "cpu", "cuda", "mps"]
ModeKey = Literal["shift", "control", "none"]
SCHEMES = ("flypy", "ziranma", "mspy", "sogou", "abc", "ziguang", "pyjj")
"""Shuangpin schemes that come with the program."""


def _pair(written: str) -> Meta:
    return Meta(description=f"Take {written} for each other; an exact reading stays first.")


class AppearanceSettings(Struct, frozen=True):
    """What Moyin itself speaks."""

    language: Annotated[
        Language,
        Meta(description="Language of menus, messages and reports; auto follows the system."),
    ] = "auto"


_FAMILY = {"values": "name of a family"}


class WindowSettings(Struct, frozen=True):
    """How the window and the candidate panel look."""

    page_size: Annotated[
        int,
        Meta(ge=3, le=9, description="Candidates on a page.", extra={"unit": "candidates"}),
    ] = PAGE_SIZE
    orientation: Annotated[
        Orientation, Meta(description="Candidates beside or below each other.")
    ] = "horizontal"
    font_size: Annotated[
        int,
        Meta(ge=8, le=48, description="Size of the text.", extra={"unit": "points"}),
    ] = 14
    key_map: Annotated[
        bool, Meta(description="Show below the text what the keys of shuangpin are.")
    ] = False
    text_font: Annotated[
        str, Meta(description="Font of the text; empty for the system's.", extra=_FAMILY)
    ] = ""
    candidate_font: Annotated[
        str, Meta(description="Font of the candidates; empty for the text's.", extra=_FAMILY)
    ] = ""
    candidate_size: Annotated[
        int,
        Meta(
            ge=0,
            le=48,
            description="Size of the candidates; 0 for that of the text.",
            extra={"unit": "points"},
        ),
    ] = 0
    theme: Annotated[
        str,
        Meta(
            description="Colours; system follows the desktop's light or dark mode.",
            pattern=r"^[^/\\]+$",
            extra={"values": ", ".join(THEMES) + ", or a file of the folder themes by name"},
        ),
    ] = "system"
    source_marks: Annotated[
        bool, Meta(description="A small mark says where each candidate comes from.")
    ] = False
    doubts: Annotated[
        bool,
        Meta(description="Characters of the first candidate that are doubtful are underlined."),
    ] = False


class KeySettings(Struct, frozen=True):
    """What keys do while candidates are shown; - = PgUp and PgDn always turn the page."""

    comma_period_page: Annotated[
        bool,
        Meta(description=", and . turn the page instead of committing with punctuation."),
    ] = False
    bracket_char: Annotated[
        bool,
        Meta(description="[ and ] choose the first or last character of the highlight."),
    ] = True
    semicolon_select: Annotated[bool, Meta(description="; chooses the second candidate.")] = (
        False
    )
    apostrophe_select: Annotated[
        bool, Meta(description="' chooses the third candidate instead of cutting syllables.")
    ] = False
    keypad_select: Annotated[
        bool,
        Meta(description="Digits of the keypad choose, instead of being typed as numbers."),
    ] = False
    mode_key: Annotated[
        ModeKey,
        Meta(description="Tapped alone, it switches between Chinese and English."),
    ] = "shift"
    own: Annotated[
        dict[str, tuple[str, ...]],
        Meta(
            description="Actions with keys of your own, instead of the shipped ones.",
            extra={"values": 'such as pin = ["Alt+1"]; the settings dialog names them all'},
        ),
    ] = msgspec.field(default_factory=dict)


class TypingSettings(Struct, frozen=True):
    """How what is typed is read, and whether it is remembered."""

    scheme: Annotated[
        str,
        Meta(
            description="Full pinyin, or a shuangpin scheme: two keys are a syllable.",
            extra={"values": "full, " + ", ".join(SCHEMES) + ", or the path of a .toml file"},
        ),
    ] = "full"
    correction: Annotated[
        bool,
        Meta(
            description="See through slips such as zhogn for zhong and, as rare ones, through "
            "the fuzzy sounds below."
        ),
    ] = True
    fixed_order: Annotated[
        bool,
        Meta(
            description="Only the first candidate follows the text and what was learned; the "
            "others stand where they always stand for the same letters."
        ),
    ] = False
    symbols: Annotated[
        bool, Meta(description="Emoji and symbols stand behind the words they are called by.")
    ] = True
    large_set: Annotated[
        bool,
        Meta(description="Characters beyond the 8,105 standard ones stand behind those."),
    ] = True
    chinese_punctuation: Annotated[
        bool, Meta(description="Marks are typed in their Chinese form.")
    ] = True
    number_marks: Annotated[
        bool,
        Meta(
            description=". , and : behind a digit are part of the number; pressed twice, they "
            "are Chinese. Off, they are Chinese at once."
        ),
    ] = True
    full_width: Annotated[
        bool, Meta(description="Letters and digits that go to the text are widened.")
    ] = False
    traditional: Annotated[
        bool, Meta(description="Hanzi are shown and typed in traditional characters.")
    ] = False
    literal_addresses: Annotated[
        bool, Meta(description="What begins like an address, www. or name@, stays as typed.")
    ] = True
    numerals: Annotated[bool, Meta(description="v and digits give Chinese numerals.")] = True
    next_words: Annotated[
        bool, Meta(description="Words that may follow are offered; digits take them.")
    ] = False
    private: Annotated[
        bool, Meta(description="Private mode: nothing is learned and nothing is written down.")
    ] = False


class FuzzySettings(Struct, frozen=True):
    """Sounds that the user does not keep apart; off, they are rare slips at most."""

    z_zh: Annotated[bool, _pair("z and zh")] = False
    c_ch: Annotated[bool, _pair("c and ch")] = False
    s_sh: Annotated[bool, _pair("s and sh")] = False
    n_l: Annotated[bool, _pair("n and l")] = False
    f_h: Annotated[bool, _pair("f and h")] = False
    r_l: Annotated[bool, _pair("r and l")] = False
    an_ang: Annotated[bool, _pair("an and ang")] = False
    en_eng: Annotated[bool, _pair("en and eng")] = False
    in_ing: Annotated[bool, _pair("in and ing")] = False

    def enabled(self) -> frozenset[str]:
        """Names of the pairs that are on, for instance {"z_zh"}."""
        return frozenset(name for name in self.__struct_fields__ if getattr(self, name))


class ModelSettings(Struct, frozen=True):
    """What converts, and on which part of the machine."""

    tier: Annotated[
        Tier,
        Meta(description="auto uses the Transformer; ngram the small, fast model alone."),
    ] = "auto"
    device: Annotated[
        Device, Meta(description="Where the Transformer runs; auto takes the best there is.")
    ] = "auto"
    threads: Annotated[
        int,
        Meta(
            ge=0,
            le=64,
            description="Processor threads of the Transformer; 0 lets the program choose.",
            extra={"unit": "threads"},
        ),
    ] = 0
    beam: Annotated[
        int,
        Meta(
            ge=0,
            le=32,
            description="Partial sentences kept while searching; 0 lets the program choose.",
            extra={"unit": "hypotheses"},
        ),
    ] = 0


class PersonalizeSettings(Struct, frozen=True):
    """Learning by itself while nobody types; off by default."""

    idle: Annotated[
        bool,
        Meta(
            description="Learn by itself after a rest, at most once a day and on mains power."
        ),
    ] = False
    idle_minutes: Annotated[
        int,
        Meta(ge=1, le=120, description="Rest before it begins.", extra={"unit": "minutes"}),
    ] = 5
    idle_choices: Annotated[
        int,
        Meta(
            ge=50,
            le=5000,
            description="New choices since the last run that it needs.",
            extra={"unit": "choices"},
        ),
    ] = 200


class Settings(Struct, frozen=True):
    """Everything a user can set, by section of settings.toml."""

    appearance: AppearanceSettings = AppearanceSettings()
    window: WindowSettings = WindowSettings()
    keys: KeySettings = KeySettings()
    typing: TypingSettings = TypingSettings()
    fuzzy: FuzzySettings = FuzzySettings()
    model: ModelSettings = ModelSettings()
    personalize: PersonalizeSettings = PersonalizeSettings()


@dataclass(frozen=True, slots=True)
class Folders:
    """Where user files live; none of the folders need exist.

    Attributes:
        config: holds settings.toml.
        data: holds user.sqlite and the adapters: what cannot be made again.
        cache: may be deleted at any time.
    """

    config: Path
    data: Path
    cache: Path

    @property
    def settings_file(self) -> Path:
        """The settings, TOML."""
        return self.config / "settings.toml"

    @property
    def themes(self) -> Path:
        """Folder of the user's own themes, a TOML file each."""
        return self.config / "themes"

    @property
    def phrases_file(self) -> Path:
        """The user's own phrases, one a line."""
        return self.config / "phrases.txt"

    @property
    def log_file(self) -> Path:
        """What went wrong, without anything that was typed."""
        return self.cache / "moyin.log"

    @property
    def seals_file(self) -> Path:
        """Which shipped files have been compared with their sums."""
        return self.cache / "seals.json"

    @property
    def database(self) -> Path:
        """The selection log, sqlite."""
        return self.data / "user.sqlite"

    @property
    def documents(self) -> Path:
        """The list of files to learn from, JSON."""
        return self.data / "documents.json"

    @property
    def adapters(self) -> Path:
        """Folder of the personal adapters."""
        return self.data / "adapters"


def user_folders(environ: Mapping[str, str] = os.environ) -> Folders:
    """The user's folders: below $MOYIN_HOME where it is set, else the system's places."""
    home = environ.get(HOME_VARIABLE)
    if home:
        root = Path(home).expanduser().absolute()
        return Folders(root / "config", root / "data", root / "cache")
    return Folders(
        platformdirs.user_config_path("moyin", appauthor=False),
        platformdirs.user_data_path("moyin", appauthor=False),
        platformdirs.user_cache_path("moyin", appauthor=False),
    )


def assets_folder() -> Path:
    """The folder of the shipped weights, vocabulary and lexicon."""
    bundle: str | None = getattr(sys, "_MEIPASS", None)  # set in a frozen build
    return (Path(bundle) if bundle else Path(__file__).parents[1]) / "assets"


@dataclass(frozen=True, slots=True)
class LoadedSettings:
    """Settings as far as they could be read.

    Attributes:
        settings: complete; defaults stand in for what was missing or wrong.
        notices: one for each thing that was wrong; empty when all is well.
    """

    settings: Settings
    notices: tuple[Message, ...] = ()


def load(path: Path) -> LoadedSettings:
    """Read the settings file; whatever is wrong with it becomes a notice, never an error."""
    try:
        table = untrusted_files.read_toml(path)
    except FileNotFoundError:
        return LoadedSettings(Settings())
    except OSError as exc:
        return LoadedSettings(Settings(), (_kept_aside(path, exc.strerror or str(exc)),))
    except ValueError as exc:
        return LoadedSettings(Settings(), (_kept_aside(path, str(exc)),))
    faults: list[Callable[[], Message]] = []
    settings = _read(Settings, table, "", faults)
    notices = [
        Message.of("fault.settings.line", file=path.name, what=fault())
        for fault in faults[:MOST_NOTICES]
    ]
    if more := len(faults) - len(notices):
        notices.append(Message.of("fault.more", path=path.name, count=more))
    return LoadedSettings(settings, tuple(notices))


def _kept_aside(path: Path, why: str) -> Message:
    """Move a file that cannot be read out of the way, and say so."""
    try:
        aside = untrusted_files.set_aside(path, ".bad")
    except OSError:
        return Message.of("fault.settings.unreadable", path=str(path), why=why)
    return Message.of("fault.settings.aside", path=str(path), why=why, aside=aside.name)


StructT = TypeVar("StructT", bound=Struct)


def _read(
    kind: type[StructT],
    table: Mapping[str, object],
    prefix: str,
    faults: list[Callable[[], Message]],
) -> StructT:
    """`kind` with the values of `table` that are valid; one bad value spoils no other.

    Args:
        kind: a section, or all settings.
        table: as it stands in the file.
        prefix: of the names in it.
        faults: what is wrong is added; said only where it is told, there may be thousands.
    """
    fields = {field.name: field for field in msgspec.structs.fields(kind)}
    values: dict[str, object] = {}
    for key, value in table.items():
        name, field = prefix + key, fields.get(key)
        if field is None:
            faults.append(partial(_unknown, name, [prefix + known for known in fields]))
        elif field.default is msgspec.NODEFAULT:
            values[key] = _read_table(name, value, field.type, faults)
        elif isinstance(field.default, Struct):
            if isinstance(value, dict):
                values[key] = _read(type(field.default), value, f"{name}.", faults)
            else:
                faults.append(partial(Message.of, "fault.settings.section", name=name, key=key))
        else:
            try:
                values[key] = msgspec.convert(value, field.type)
            except (msgspec.ValidationError, OverflowError) as exc:
                faults.append(partial(_unfit, name, value, str(exc), field.default))
    return kind(**values)


def _read_table(
    name: str, table: object, kind: type, faults: list[Callable[[], Message]]
) -> dict[str, object]:
    """The entries of a table that are valid; see `_read`."""
    _, each = get_args(get_args(kind)[0])
    if not isinstance(table, dict):
        faults.append(partial(Message.of, "fault.settings.section", name=name, key=name))
        return {}
    found = {}
    for key, value in table.items():
        try:
            found[key] = msgspec.convert(value, each)
        except msgspec.ValidationError as exc:
            faults.append(partial(_unfit, f"{name}.{key}", value, str(exc)))
    return found


def _unfit(name: str, value: object, why: str, default: object = None) -> Message:
    try:
        shown = reprlib.repr(value)
    except ValueError:  # an integer of more digits than Python writes
        shown = "..."
    if default is None:
        return Message.of("fault.settings.entry", name=name, value=shown, why=why)
    return Message.of(
        "fault.settings.value", name=name, value=shown, why=why, default=repr(default)
    )


def _unknown(path: str, known: list[str]) -> Message:
    near = difflib.get_close_matches(path, known, n=1)
    if not near:
        return Message.of("fault.settings.unknown", name=reprlib.repr(path)[1:-1])
    return Message.of("fault.settings.misspelled", name=path, near=near[0])


def save(settings: Settings, path: Path) -> None:
    """Write the settings file so that a crash leaves the old one or the new one, never a half.

    Raises:
        SettingsError: it cannot be written; the old file is untouched.
    """
    try:
        private_folder.make(path.parent)
        path.resolve().parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # of a link
        atomic_write.replace(path, render(settings).encode(), mode=0o600)
    except OSError as exc:
        why = exc.strerror or str(exc)
        raise SettingsError(
            Message.of("fault.settings.unsaved", path=str(path), why=why)
        ) from exc


def render(settings: Settings) -> str:
    """The text of settings.toml: every setting below a comment that explains it."""
    lines = ["# Moyin reads this file when it starts; unknown keys are ignored."]
    for section in Settings.__struct_fields__:
        part: Struct = getattr(settings, section)
        summary = (type(part).__doc__ or section).splitlines()[0]  # the rest is for programmers
        lines += ["", f"# {summary}", f"[{section}]"]
        for name, doc in documentation(type(part)):
            value = getattr(part, name)
            table = {section: {name: value}} if isinstance(value, dict) else {name: value}
            lines += [f"# {doc}", tomli_w.dumps(table).rstrip("\n")]
    return "\n".join(lines) + "\n"


def documentation(kind: type[Struct]) -> Iterator[tuple[str, str]]:
    """(name, one line with meaning, range and unit) of every setting of a section."""
    for field in msgspec.structs.fields(kind):
        base, meta = get_args(field.type)
        yield field.name, f"{meta.description} {_range(base, meta)}"


def _range(base: type, meta: Meta) -> str:
    if get_origin(base) is Literal:
        return f"({', '.join(get_args(base))})"
    if base is bool:
        return "(true, false)"
    if base is str or get_origin(base) is dict:
        return f"({(meta.extra or {})['values']})"
    return f"({meta.ge} to {meta.le} {(meta.extra or {})['unit']})"
