"""The catalogues: the same keys and figures in each, every key used, no text outside them."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from ime.errors import BugError, ImeError, Message, StoreError
from ime.personalize.documents.own_prose import LeftOut
from ime.personalize.idle import Sign
from ime.personalize.protocol import Stage
from ime.personalize.report import Reason
from ime.session.bindings import SCOPES
from ime.session.events import Refusal
from ime.session.keys import FUNCTION_KEYS, MODIFIER_KEYS, Key, KeyAction
from ime.settings import SCHEMES, THEMES, Device, Language, ModeKey, Orientation, Tier
from ime.texts.catalogue import (
    LANGUAGES,
    Text,
    catalogue,
    language,
    say,
    system_locale,
    told,
    use_language,
)
from ime.ui import (
    dialogs,
    keys_page,
    personalize_dialog,
    settings_dialog,
    statistics_dialog,
    tour,
    words_dialog,
    words_model,
)
from ime.values import MarkKind, Shares, Source

IME = Path(__file__).parents[2] / "ime"
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in IME.rglob("*.py")}
ENGLISH = catalogue("en")


def forms(text: Text) -> list[str]:
    return [text] if isinstance(text, str) else list(text.values())


def fields(text: Text) -> set[str]:
    found = (part[1] for form in forms(text) for part in string.Formatter().parse(form))
    return {name for name in found if name}


# --- the files ---------------------------------------------------------------------------


@pytest.mark.parametrize("other", [one for one in LANGUAGES if one != "en"])
def test_catalogues_have_the_same_keys_and_figures(other: str) -> None:
    texts = catalogue(other)
    assert set(texts) == set(ENGLISH)
    for code, text in texts.items():
        assert fields(text) == fields(ENGLISH[code]), code
        assert [code for form in forms(text) if not form.strip()] == []


def test_chinese_is_chinese() -> None:
    """What has no hanzi in Chinese is the same in both languages, as names of keys are."""
    for code, text in catalogue("zh_CN").items():
        words = re.sub(r"{[^}]*}|\W", "", "".join(forms(text)))
        if words and not re.search("[一-鿿]", words):
            assert text == ENGLISH[code], code


@pytest.mark.parametrize("code", [code for code in ENGLISH if code.startswith("menu.")])
def test_access_keys_are_the_same_in_both_languages(code: str) -> None:
    letters = [re.findall("&(.)", forms(catalogue(one)[code])[0]) for one in LANGUAGES]
    assert len(letters[0]) == 1
    assert letters[0][0].upper() == letters[1][0].upper()


# --- use ---------------------------------------------------------------------------------

NAMED_KEYS = (
    set(Key) - FUNCTION_KEYS - MODIFIER_KEYS - {Key.CHARACTER, Key.CAPS_LOCK, Key.UNKNOWN}
)
SAYING = ("say", "Message", "of", "_wording", "wording")

FAMILIES: dict[str, list[str]] = {
    "documents.kind": [kind.value for kind in LeftOut],
    "engine.details": [],
    "keys": [f"{name}.{part}" for name in dialogs.LETTERS for part in ("key", "does")],
    "key_name": [key.name.lower() for key in NAMED_KEYS],
    "keys_page.action": [action.value for action in (*SCOPES, KeyAction.INSERT)],
    "keys_page.fault": ["unknown", "modifier", "letter", "digit", "text"],
    "keys_page.group": [*keys_page.GROUPS, "menus"],
    "language": list(get_args(Language)),
    "mark": [kind.value for kind in MarkKind],
    "words.column": list(words_model.COLUMNS),
    "tour": [f"{step}.{part}" for step in tour.STEPS for part in ("title", "text")],
    "words.source": ["added", "documents", "learned"],
    "statistics.page": list(statistics_dialog.PAGES),
    "words.page": list(words_dialog.PAGES),
    "words.kind": [MarkKind.PINNED.value, MarkKind.HIDDEN.value],
    "personalize.page": list(personalize_dialog.PAGES),
    "personalize.refused": [reason.value for reason in Reason],
    "personalize.stage": [stage.value for stage in Stage],
    "settings.keys": list(settings_dialog.KEYS),
    "settings.mode_key": list(get_args(ModeKey)),
    "settings.orientation": list(get_args(Orientation)),
    "settings.personalize": ["idle_minutes", "idle_choices"],
    "settings.scheme": ["full", *SCHEMES, "own"],
    "settings.page": list(settings_dialog.PAGES),
    "settings.tier": list(get_args(Tier)),
    "settings.device": list(get_args(Device)),
    "settings.model": ["threads", "beam"],
    "settings.theme": list(THEMES),
    "theme.fault": ["unreadable", "toml", "lacking", "unknown", "dark", "colour"],
    "settings.typing": list(settings_dialog.TYPING),
    "settings.window": [
        *("language", "page_size", "orientation", "text_font", "candidate_font"),
        *settings_dialog.WINDOW,
    ],
    "status.learning": [sign.value for sign in Sign if sign is not Sign.NOTHING],
    "store.cannot": ["opened", "closed", "read", "written", "changed", "compacted"],
    "why.mark": [s.value for s in Source if s not in (Source.USER, Source.PINNED)],
    "why.share": list(Shares.__dataclass_fields__),
    "why.source": [source.value for source in Source],
    "window.refused": [why.value for why in Refusal],
}
"""Codes that are put together: what they begin with, and every ending there can be."""


def literals() -> Iterator[str]:
    for tree in TREES.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def test_every_ending_of_a_code_has_a_text() -> None:
    wanted = {f"{head}.{end}" for head, ends in FAMILIES.items() for end in ends}
    assert wanted <= set(ENGLISH)


def test_every_text_is_used() -> None:
    composed = {f"{head}.{end}" for head, ends in FAMILIES.items() for end in ends}
    assert sorted(set(ENGLISH) - composed - set(literals())) == []


def test_every_code_that_is_put_together_is_in_a_known_family() -> None:
    heads = {
        str(node.values[0].value).rstrip(".")
        for tree in TREES.values()
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and getattr(call.func, "attr", getattr(call.func, "id", "")) in SAYING
        for node in call.args
        if isinstance(node, ast.JoinedStr)
        and isinstance(node.values[0], ast.Constant)
        and re.fullmatch(r"[a-z_.]+\.", str(node.values[0].value))
    }
    assert heads <= set(FAMILIES)


def test_every_code_that_is_said_has_a_text() -> None:
    said = {
        given.value
        for tree in TREES.values()
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and getattr(call.func, "attr", getattr(call.func, "id", "")) in SAYING
        for given in ast.walk(call)
        if isinstance(given, ast.Constant)
        and re.fullmatch(r"[a-z_]+(\.[a-z_]+)+", str(given.value))
    }
    assert len(said) > 100
    assert said - set(ENGLISH) == set()


def calls() -> Iterator[tuple[str, str, set[str]]]:
    """Place, code and figures of each call that names a code and its figures."""
    for path, tree in TREES.items():
        for call in ast.walk(tree):
            if not isinstance(call, ast.Call) or any(one.arg is None for one in call.keywords):
                continue
            for given in call.args[:2]:
                if isinstance(given, ast.Constant) and given.value in ENGLISH:
                    figures = {one.arg for one in call.keywords if one.arg}
                    yield f"{path.name}:{call.lineno}", str(given.value), figures


def test_every_text_gets_its_figures() -> None:
    lacking = {
        place: missing
        for place, code, figures in calls()
        if (missing := fields(ENGLISH[code]) - figures)
    }
    assert lacking == {}


# --- no text outside -----------------------------------------------------------------------

SHOWN = {
    *("setText", "setToolTip", "setWindowTitle", "setTitle", "setPlaceholderText"),
    *("setAccessibleName", "setAccessibleDescription", "setStatusTip", "setWhatsThis"),
    *("setHeaderLabels", "setTabText", "setLabelText", "setInformativeText"),
    *("addAction", "addMenu", "addTab", "addRow", "addButton", "addItem"),
    *("QLabel", "QPushButton", "QCheckBox", "QRadioButton", "QGroupBox", "QAction", "QMenu"),
    *("QTreeWidgetItem", "QListWidgetItem", "QMessageBox", "Switch", "InfoDialog"),
    *("question", "warning", "critical", "information", "about", "getText"),
    *("getOpenFileName", "getSaveFileName", "getExistingDirectory", "showMessage"),
    *("notice", "notify", "say_text", "add_text", "show_message", "show_engine", "tr"),
    *("tell", "fromNativeError", "Entry", "add"),
}
"""What shows its arguments to the user, or hands them on to what does."""

ALLOWED = {
    ("setText", "✕"): "a sign, the same in every language; it has an accessible name",
    ("setText", "−"): "a sign",
    ("setText", "+"): "a sign",
    ("setText", "A"): "the sign of Caps Lock",
    ("setText", "双"): "the sign of shuangpin",
    ("getSaveFileName", "moyin-"): "the name of a file",
    ("getSaveFileName", ".safetensors"): "the name of a file",
}


def shown_literals() -> Iterator[tuple[str, str, str]]:
    """Place, what shows it, and the text."""
    for path, tree in TREES.items():
        if path.parent.name != "ui" and path.name != "app.py":
            continue
        for call in ast.walk(tree):
            if not isinstance(call, ast.Call):
                continue
            name = getattr(call.func, "attr", getattr(call.func, "id", ""))
            if name not in SHOWN:
                continue
            for given in [*call.args, *(one.value for one in call.keywords)]:
                for node in ast.walk(given):
                    text = getattr(node, "value", None)
                    if isinstance(node, ast.Constant) and isinstance(text, str) and text:
                        yield f"{path.name}:{call.lineno}", name, text


def is_code(text: str) -> bool:
    return text in ENGLISH or re.fullmatch(r"\.?[a-z_]+(\.[a-z_]+)*\.?", text) is not None


def test_no_text_for_the_user_stands_outside_the_catalogue() -> None:
    shortcut = re.compile(r"(Ctrl|Shift|Alt)(\+\w+)*\+?.|F\d+|Ctrl\+")
    assert [
        (place, text)
        for place, name, text in shown_literals()
        if (name, text) not in ALLOWED
        and re.search(r"\w", text)
        and not is_code(text)
        and not shortcut.fullmatch(text)
    ] == []


def test_no_sentence_stands_anywhere_in_the_window() -> None:
    """Three words in a row, outside docstrings, logs and faults of our own."""
    found = []
    for path, tree in TREES.items():
        if path.parent.name != "ui" or path.name in SENTENCES:
            continue
        for node in ast.walk(tree):
            inside = _exempt(node)
            for child in ast.walk(node) if inside else ():
                child.exempt = True  # type: ignore[attr-defined]
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                sentence = re.search(r"[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}", node.value)
                if sentence and not hasattr(node, "exempt"):
                    found.append(f"{path.name}:{node.lineno} {node.value[:50]}")
    assert found == []


SENTENCES = {
    "screen.py": "says, without Qt and before it, why no window can open: for the terminal",
    "drafts.py": "what is wrong inside a draft's file; it ends in the same room",
    "theme.py": "a style sheet",
    "language.py": "texts of Qt, which are looked up by their English",
}


def _exempt(node: ast.AST) -> bool:
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)  # a docstring
    if isinstance(node, ast.Call):
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        return name in ("BugError", "setObjectName", "debug", "warning", "error")
    return False


# --- the door ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("setting", "system", "spoken"),
    [
        ("auto", "zh_CN.UTF-8", "zh_CN"),
        ("auto", "zh_TW", "zh_CN"),
        ("auto", "zh-Hans-CN", "zh_CN"),
        ("auto", "Chinese (Simplified)_China", "zh_CN"),
        ("auto", "en_US.UTF-8", "en"),
        ("auto", "de_DE", "en"),
        ("auto", "C", "en"),
        ("auto", "", "en"),
        ("zh_CN", "en_US.UTF-8", "zh_CN"),
        ("en", "zh_CN.UTF-8", "en"),
    ],
)
def test_language_is_that_of_the_setting_or_of_the_system(
    setting: str, system: str, spoken: str
) -> None:
    use_language(setting, system)
    assert language() == spoken


@pytest.mark.parametrize(
    ("environ", "found"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh_CN.UTF-8"),
        ({"LANG": "en_US", "LC_MESSAGES": "zh_CN"}, "zh_CN"),
        ({"LANG": "zh_CN", "LC_MESSAGES": "zh_CN", "LC_ALL": "C"}, "C"),
        ({"LANG": "zh_CN", "LC_ALL": ""}, "zh_CN"),
    ],
)
def test_locale_is_found_as_programs_for_the_terminal_do(
    environ: dict[str, str], found: str
) -> None:
    assert system_locale(environ) == found


def test_number_chooses_the_form() -> None:
    one, many = (say("proof.removed", count=count) for count in (1, 1200))
    assert one == "1 choice deleted and overwritten."
    assert many == "1,200 choices deleted and overwritten."
    use_language("zh_CN", "")
    assert say("proof.removed", count=1) == "已删除并覆写 1 次选择。"


def test_message_may_be_part_of_another() -> None:
    message = Message.of("personalize.paused", stage=Message("personalize.stage.training"))
    assert told(message) == "Learning… (paused)"
    use_language("zh_CN", "")
    assert told(message) == "正在学习…（已暂停）"


def test_unknown_code_and_missing_figure_are_faults_of_ours() -> None:
    with pytest.raises(BugError, match="no text has the code nothing"):
        say("nothing")
    with pytest.raises(BugError, match="lacks the figure 'count'"):
        say("proof.removed")


@pytest.mark.parametrize("kind", [ImeError, StoreError])
def test_error_is_told_in_the_language_of_the_user_and_logged_as_code(
    kind: type[ImeError],
) -> None:
    error = kind(Message.of("personalize.fault.no_version", name="v0009"))
    assert "There is no version v0009" in told(error.told)
    assert str(error) == "personalize.fault.no_version name=v0009"
    assert told(kind("A sentence.").told) == str(kind("A sentence.")) == "A sentence."
