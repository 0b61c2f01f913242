"""Opening by settings: what is told, and that options change on the open converter."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from ime.backend import opening
from ime.backend.opening import open_by_settings
from ime.backend.options import converter_options
from ime.decode.opening import OpenedConverter
from ime.decode.options import ModelOptions
from ime.errors import AssetError, Message
from ime.personalize.active_version import ACTIVE
from ime.settings import FuzzySettings, ModelSettings, Settings, assets_folder
from ime.texts import catalogue
from ime.values import CandidateList, Commit, DecodeRequest, How, LeftContext, Selection

QUICK = Settings(model=ModelSettings(tier="ngram"))
LETTERS = ("si", "zhogn", "nanjingshi", "womenzaizheli", "vhgo", "cirela", "chenre", "fanhui")


def changed(section: str, **values: object) -> Settings:
    part = msgspec.structs.replace(getattr(QUICK, section), **values)
    return msgspec.structs.replace(QUICK, **{section: part})


SWITCHES = [
    *(("fuzzy", name, True) for name in FuzzySettings.__struct_fields__),
    ("typing", "correction", False),
    ("typing", "scheme", "flypy"),
    ("typing", "fixed_order", True),
    ("model", "beam", 4),
]


def lists(converter: OpenedConverter) -> Iterator[CandidateList | None]:
    for raw in LETTERS:
        yield converter.convert(DecodeRequest(1, LeftContext("今天"), raw))


@pytest.fixture(scope="module")
def switched() -> OpenedConverter:
    """Opened once; each test turns one switch on it and back."""
    return open_by_settings(QUICK)


@pytest.mark.parametrize(("section", "name", "value"), SWITCHES)
def test_switch_turned_on_an_open_converter_is_as_if_opened_with_it(
    switched: OpenedConverter, section: str, name: str, value: object
) -> None:
    settings = changed(section, **{name: value})
    before = list(lists(switched))
    switched.set_options(converter_options(settings))
    found = list(lists(switched))
    assert found == list(lists(open_by_settings(settings)))
    assert found != before
    switched.set_options(converter_options(QUICK))
    assert list(lists(switched)) == before


def test_switch_keeps_what_was_learned() -> None:
    converter = open_by_settings(QUICK)
    read = ("gong", "shi")
    chosen = Selection(LeftContext(), "gongshi", read, ("公式",), "公示", 1, How.DIGIT)
    for commit in range(3):
        converter.learn(Commit(commit, "公示", read, (chosen,)))
    converter.set_options(converter_options(changed("fuzzy", s_sh=True)))
    answer = converter.convert(DecodeRequest(1, LeftContext(), "gongsi"))
    assert answer is not None
    assert "公示" in [item.text for item in answer.items[:5]]


def test_scheme_that_is_none_is_told() -> None:
    told: list[str | Message] = []
    open_by_settings(changed("typing", scheme="xiaohe"), told.append)
    assert len(told) == 1
    assert "xiaohe" in catalogue.told(told[0])


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[ModelOptions]:
    """What a converter was to be opened with; none is."""
    found: list[ModelOptions] = []
    monkeypatch.setattr(
        opening, "open_converter", lambda _, __, model, *rest: found.append(model)
    )
    return found


def of_tier(tier: str) -> Settings:
    return msgspec.convert({"model": {"tier": tier}}, Settings)


@pytest.mark.parametrize(("tier", "file"), [("auto", "v0007.safetensors"), ("ngram", None)])
def test_version_in_use_is_asked_for_where_a_transformer_is(
    tmp_path: Path, asked: list[ModelOptions], tier: str, file: str | None
) -> None:
    (tmp_path / ACTIVE).write_text('{"version": "v0007"}')
    open_by_settings(of_tier(tier), None, tmp_path)
    assert [model.adapter for model in asked] == [tmp_path / file if file else None]


@pytest.mark.parametrize("tier", ["auto", "ngram"])
def test_choice_of_a_version_that_is_damaged_is_told_where_it_counts(
    tmp_path: Path, asked: list[ModelOptions], tier: str
) -> None:
    (tmp_path / ACTIVE).write_text("{")
    told: list[str | Message] = []
    open_by_settings(of_tier(tier), told.append, tmp_path)
    assert [model.adapter for model in asked] == [None]
    codes = [line.code for line in told if isinstance(line, Message)]
    assert codes == ["engine.fault.personal"] * (tier == "auto")


# --- damaged shipped files --------------------------------------------------------------------


@pytest.fixture
def assets(tmp_path: Path) -> Path:
    """The shipped files, by links; not to be written through."""
    shipped = assets_folder()
    folder = tmp_path / "assets"
    folder.mkdir()
    for path in sorted(shipped.rglob("*")):
        place = folder / path.relative_to(shipped)
        if path.is_dir():
            place.mkdir(parents=True)
        else:
            place.symlink_to(path)
    return folder


def with_one_bit_changed(assets: Path, name: str, place: int) -> None:
    path = assets / name
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.unlink()
    path.write_bytes(data)


def first_of(converter: OpenedConverter) -> str:
    answer = converter.convert(DecodeRequest(1, LeftContext(), "nihaoshijie"))
    assert answer is not None
    return answer.items[0].text


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("pairs/pairs-0.npy", "engine.fault.pairs"),
        ("lexicon/letters.tsv", "engine.fault.letters"),
        ("lexicon/dotted_names.tsv", "engine.fault.names"),
    ],
)
def test_one_bit_of_what_is_not_needed_leaves_the_tier_below_and_a_notice(
    assets: Path, name: str, told: str
) -> None:
    with_one_bit_changed(assets, name, -100)
    notices: list[str | Message] = []
    converter = open_by_settings(QUICK, notices.append, assets=assets)
    assert [message.code for message in notices if isinstance(message, Message)] == [told]
    assert first_of(converter) == "你好世界"


@pytest.mark.parametrize(
    "name", ["vocab.tsv", "ngram/unigrams-0.npy", "ngram/tokens2-0.npy", "lexicon/words.tsv"]
)
def test_one_bit_of_what_is_needed_is_refused(assets: Path, name: str) -> None:
    with_one_bit_changed(assets, name, -7)
    with pytest.raises(AssetError, match=r"fault\.asset_changed"):
        open_by_settings(QUICK, assets=assets)


def test_one_bit_of_the_mixture_leaves_the_ngram_and_a_notice(assets: Path) -> None:
    with_one_bit_changed(assets, "weights/mixture.json", -10)
    notices: list[str | Message] = []
    converter = open_by_settings(Settings(), notices.append, assets=assets)
    assert converter.description.code == "engine.ngram"
    assert len(notices) == 1
    assert first_of(converter) == "你好世界"


@pytest.mark.parametrize("content", [None, b"\xff", b"a\tb\n"], ids=["none", "no text", "line"])
def test_without_sums_typing_goes_on_with_a_notice(assets: Path, content: bytes | None) -> None:
    (assets / "MANIFEST").unlink()
    if content is not None:
        (assets / "MANIFEST").write_bytes(content)
    notices: list[str | Message] = []
    converter = open_by_settings(QUICK, notices.append, assets=assets)
    assert [m.code for m in notices if isinstance(m, Message)] == ["fault.unverified"]
    assert first_of(converter) == "你好世界"
