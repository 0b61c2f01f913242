"""Opening shipped files that are whole, missing, cut off or tampered with."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from ime.decode.opening import OpenedConverter, open_converter
from ime.decode.options import ModelOptions
from ime.errors import AssetError, Message
from ime.texts.catalogue import told as in_words
from ime.values import DecodeRequest, LeftContext
from model.network.adapter import base_digest
from model.network.checkpoint import save_weights, sha256_of
from model.ngram.build_word_pairs import write as write_pairs
from model.ngram.trie import ORDER, quantise, write_levels
from tests.fakes import write_lexicon
from tests.tiny_network import tiny_adapters, tiny_network, tiny_vocabulary

REPOSITORY = Path(__file__).parents[2]
AUTO = ModelOptions()
NGRAM = ModelOptions(tier="ngram")
SHARES = '{"network_share": [0.9, 0.8, 0.7, 0.6]}'


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Assets of twelve hanzi, with a network. Not to be written to."""
    folder = tmp_path_factory.mktemp("assets")
    vocabulary = tiny_vocabulary()
    vocabulary.save(folder / "vocab.tsv")
    digest = sha256_of(folder / "vocab.tsv")
    save_weights(tiny_network(), digest, folder / "weights", {})
    (folder / "weights" / "mixture.json").write_text(SHARES, encoding="utf-8")
    size = len(vocabulary)
    (folder / "ngram").mkdir()
    parents = np.arange(size)
    bigrams = (parents, np.full(size, size - 1, np.uint16), quantise(np.full(size, 0.1)))
    none = (np.zeros(0, np.int64), np.zeros(0, np.uint16), np.zeros(0, np.uint8))
    levels = [bigrams] + [none] * (ORDER - 2)
    write_levels(folder / "ngram", np.full(size, 1 / size), levels)
    write_lexicon(folder / "lexicon", [("你好", "ni hao", 9), ("世界", "shi jie", 5)])
    (folder / "characters").mkdir()
    for name in ("readings", "sounds", "strokes", "parts"):
        (folder / "characters" / f"{name}.tsv").write_text("", encoding="utf-8")
    none_followed = (np.array([5, 3, 2]), np.zeros(3, np.int64))
    write_pairs(folder / "pairs", ["", "你好", "世界"], none_followed,
                np.zeros(0, np.uint64), np.zeros(0, np.int64))  # fmt: skip
    return folder


@pytest.fixture
def assets(whole: Path, tmp_path: Path) -> Path:
    return shutil.copytree(whole, tmp_path / "assets")


def first(converter: OpenedConverter) -> str:
    answer = converter.convert(DecodeRequest(1, LeftContext(), "nihao"))
    assert answer is not None
    return answer.items[0].text


# --- whole ----------------------------------------------------------------------------------


def test_adapter_in_use_serves_where_it_may_be_the_users_text(
    whole: Path, tmp_path: Path
) -> None:
    adapters = tiny_adapters(tmp_path / "adapters", whole / "weights")
    mine = ModelOptions(adapter=adapters / "v0001.safetensors")
    converter = open_converter(whole, model=mine)
    plain = open_converter(whole, model=AUTO)
    assert (converter.adapter, plain.adapter) == ("v0001", "")
    assert converter.explanation.figures["version"] == "v0001"
    rows = [
        opened.score.log_probs(np.array([opened.score.start(LeftContext())]))
        for opened in (converter, plain)
    ]
    assert np.abs(rows[0] - rows[1]).max() > 0.01


def test_whole_assets_open_at_the_highest_tier(whole: Path) -> None:
    noticed: list[str | Message] = []
    converter = open_converter(whole, model=AUTO, notify=noticed.append)
    assert converter.notices == ()
    assert noticed == []
    assert converter.description.code == "engine.network"
    assert "mixed with the n-gram" in in_words(converter.explanation)
    assert base_digest(whole / "weights").startswith(converter.model)
    assert len(converter.model) == 16
    assert len(first(converter)) == 2


def test_setting_may_ask_for_the_ngram_without_a_notice(whole: Path) -> None:
    converter = open_converter(whole, model=NGRAM)
    assert converter.description.code == "engine.ngram"
    assert converter.model == ""
    assert converter.notices == ()
    assert len(first(converter)) == 2


@pytest.mark.parametrize(
    ("bfloat16", "near"),
    [
        pytest.param(False, 1e-4, id="fp32"),
        pytest.param(True, 0.1, id="bf16"),  # near equals may change places
    ],
)
def test_deleting_and_typing_works_with_the_mixture(
    whole: Path, monkeypatch: pytest.MonkeyPatch, bfloat16: bool, near: float
) -> None:
    monkeypatch.setattr("model.device.has_fast_bfloat16", lambda _: bfloat16)

    def scores(converter: OpenedConverter, raw: str) -> dict[str, float]:
        answer = converter.convert(DecodeRequest(1, LeftContext("你"), raw))
        assert answer is not None
        return {item.text: item.score for item in answer.items}

    converter = open_converter(whole, model=AUTO)
    for raw in ("n", "nih", "nihaoshijie", "nih", "n", "ni", "nihaos", "'", "shi"):
        found, fresh = scores(converter, raw), scores(open_converter(whole, model=AUTO), raw)
        assert found == pytest.approx(fresh, abs=near)
        assert bfloat16 or list(found) == list(fresh)


# --- what is needed -------------------------------------------------------------------------

Damage = Callable[[Path], object]


def gone(name: str) -> Damage:
    return lambda folder: (folder / name).unlink()


def cut(name: str, keep: int) -> Damage:
    """Keep that many bytes; from the end where it is negative."""
    return lambda folder: (folder / name).write_bytes((folder / name).read_bytes()[:keep])


def written(name: str, content: bytes) -> Damage:
    return lambda folder: (folder / name).write_bytes(content)


def values(name: str, array: np.ndarray) -> Damage:
    return lambda folder: np.save(folder / name, array)


def without_line(name: str, number: int) -> Damage:
    def damage(folder: Path) -> None:
        lines = (folder / name).read_text(encoding="utf-8").splitlines(keepends=True)
        del lines[number]
        (folder / name).write_text("".join(lines), encoding="utf-8")

    return damage


NEEDED = [
    pytest.param(gone("vocab.tsv"), "vocab.tsv", id="vocabulary missing"),
    pytest.param(cut("vocab.tsv", 0), "vocab.tsv", id="vocabulary empty"),
    pytest.param(cut("vocab.tsv", -3), "vocab.tsv", id="vocabulary cut off"),
    pytest.param(without_line("vocab.tsv", -4), "vocab.tsv", id="vocabulary lost a line"),
    pytest.param(without_line("vocab.tsv", 2), "vocab.tsv", id="vocabulary lost a special"),
    pytest.param(written("vocab.tsv", b"\xff\xfe"), "vocab.tsv", id="vocabulary no text"),
    pytest.param(gone("ngram/unigrams-0.npy"), "unigrams-0.npy", id="unigrams missing"),
    pytest.param(gone("ngram/alphas2-0.npy"), "alphas2-0.npy", id="piece missing"),
    pytest.param(cut("ngram/tokens2-0.npy", -2), "tokens2-0.npy", id="piece cut off"),
    pytest.param(cut("ngram/tokens2-0.npy", 60), "tokens2-0.npy", id="header cut off"),
    pytest.param(cut("ngram/children3-0.npy", 0), "children3-0.npy", id="piece empty"),
    pytest.param(written("ngram/alphas2-0.npy", b"x" * 400), "alphas2-0.npy", id="no array"),
    pytest.param(
        values("ngram/tokens2-0.npy", np.full(58, 999, np.uint16)), "tokens2", id="no tokens"
    ),
    pytest.param(
        values("ngram/children2-0.npy", np.full(58, 2, np.uint8)), "order 2", id="sums differ"
    ),
    pytest.param(
        values("ngram/many2-0.npy", np.full(2, 300, np.uint16)), "order 2", id="many too many"
    ),
    pytest.param(
        values("ngram/unigrams-0.npy", np.zeros(58)), "unigrams-0.npy", id="unigrams zero"
    ),
    pytest.param(
        values("ngram/unigrams-0.npy", np.full(58, np.nan)), "unigrams-0.npy", id="no numbers"
    ),
    pytest.param(
        values("ngram/unigrams-0.npy", np.full((58, 2), 0.5)),
        "unigrams-0.npy",
        id="two columns",
    ),
    pytest.param(gone("lexicon/words.tsv"), "words.tsv", id="words missing"),
    pytest.param(cut("lexicon/words.tsv", 9), "words.tsv", id="words cut off"),
    pytest.param(cut("lexicon/by_initials.npy", 0), "lexicon", id="index empty"),
]


@pytest.mark.parametrize(("damage", "named"), NEEDED)
@pytest.mark.parametrize("model", [NGRAM, AUTO], ids=["ngram", "auto"])
def test_damage_of_what_is_needed_is_an_asset_error(
    assets: Path, damage: Damage, named: str, model: ModelOptions
) -> None:
    damage(assets)
    with pytest.raises(AssetError) as caught:
        open_converter(assets, model=model)
    said = in_words(caught.value.told)
    assert named in said
    assert "Install Moyin again" in said


def test_missing_folder_is_an_asset_error(tmp_path: Path) -> None:
    with pytest.raises(AssetError) as caught:
        open_converter(tmp_path / "nowhere", model=NGRAM)
    assert "Install Moyin again" in in_words(caught.value.told)


# --- what can be done without ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("damage", "what"),
    [
        pytest.param(gone("pairs/pairs-0.npy"), "word pairs", id="pairs missing"),
        pytest.param(cut("pairs/words.npy", 20), "word pairs", id="pairs cut off"),
        pytest.param(gone("characters/parts.tsv"), "rare char", id="parts missing"),
        pytest.param(
            written("characters/sounds.tsv", b"\xff"), "rare char", id="sounds no text"
        ),
        pytest.param(gone("lexicon/symbols.tsv"), "emoji", id="symbols missing"),
        pytest.param(gone("lexicon/letters.tsv"), "English words", id="letters missing"),
        pytest.param(
            written("lexicon/letters.tsv", b"a\tb\tc\n"), "English words", id="no count"
        ),
        pytest.param(gone("lexicon/dotted_names.tsv"), "foreign names", id="names missing"),
        pytest.param(
            written("lexicon/dotted_names.tsv", b"\xff"), "foreign names", id="no text"
        ),
    ],
)
def test_without_what_is_not_needed_typing_goes_on_with_a_notice(
    assets: Path, damage: Damage, what: str
) -> None:
    damage(assets)
    told: list[str | Message] = []
    converter = open_converter(assets, model=AUTO, notify=told.append)
    assert len(first(converter)) == len("你好")
    assert told == list(converter.notices)
    assert what in in_words(told[0])
    assert "Install Moyin again" in in_words(told[0])


def flipped(name: str, place: int) -> Damage:
    def damage(folder: Path) -> None:
        data = bytearray((folder / name).read_bytes())
        data[place] ^= 0xFF
        (folder / name).write_bytes(data)

    return damage


def edited(name: str, change: Callable[[dict[str, Any]], object]) -> Damage:
    def damage(folder: Path) -> None:
        found = json.loads((folder / name).read_text(encoding="utf-8"))
        change(found)
        (folder / name).write_text(json.dumps(found), encoding="utf-8")

    return damage


PIECE = "weights/weights-00.safetensors"
INDEX = "weights/checkpoint.json"
MIXTURE = "weights/mixture.json"
DISPENSABLE = [
    pytest.param(gone(PIECE), "weights-00.safetensors", id="piece missing"),
    pytest.param(cut(PIECE, -8), "weights-00.safetensors", id="piece cut off"),
    pytest.param(cut(PIECE, 0), "weights-00.safetensors", id="piece empty"),
    pytest.param(flipped(PIECE, -20), "weights-00.safetensors", id="weights changed"),
    pytest.param(flipped(PIECE, 0), "weights-00.safetensors", id="header changed"),
    pytest.param(gone(INDEX), "checkpoint.json", id="index missing"),
    pytest.param(cut(INDEX, -9), "checkpoint.json", id="index cut off"),
    pytest.param(written(INDEX, b"\xff"), "checkpoint.json", id="index no text"),
    pytest.param(written(INDEX, b"[]"), "checkpoint.json", id="index a list"),
    pytest.param(edited(INDEX, lambda i: i.pop("files")), "checkpoint.json", id="no files"),
    pytest.param(edited(INDEX, lambda i: i.update(files={})), "weights", id="files empty"),
    pytest.param(
        edited(INDEX, lambda i: i["config"].update(width="x")),
        "checkpoint.json",
        id="width a text",
    ),
    pytest.param(edited(INDEX, lambda i: i["config"].update(layers=3)), "weights", id="shapes"),
    pytest.param(
        edited(INDEX, lambda i: i.update(vocabulary_sha256="0")), "vocabulary", id="other words"
    ),
    pytest.param(gone(MIXTURE), "mixture.json", id="shares missing"),
    pytest.param(cut(MIXTURE, -4), "mixture.json", id="shares cut off"),
    pytest.param(written(MIXTURE, b"[]"), "mixture.json", id="shares a list"),
    pytest.param(written(MIXTURE, b'{"network_share": null}'), "mixture.json", id="no shares"),
    pytest.param(
        written(MIXTURE, b'{"network_share": ["a"]}'), "mixture.json", id="shares of letters"
    ),
    pytest.param(written(MIXTURE, b'{"network_share": [2, 2, 2, 2]}'), "mixture.json", id="2"),
    pytest.param(written(MIXTURE, b'{"network_share": [0.5]}'), "mixture.json", id="one share"),
    pytest.param(
        written(MIXTURE, b'{"network_share": [NaN, 0, 0, 0]}'), "mixture.json", id="no number"
    ),
]


@pytest.mark.parametrize(("damage", "named"), DISPENSABLE)
def test_damage_of_the_network_leaves_the_ngram_and_a_notice(
    assets: Path, damage: Damage, named: str
) -> None:
    damage(assets)
    told: list[str | Message] = []
    converter = open_converter(assets, model=AUTO, notify=told.append)
    assert converter.description.code == "engine.ngram"
    assert len(first(converter)) == 2
    assert told == list(converter.notices)
    notice = in_words(*told)
    assert named in notice
    assert "Install Moyin again" in notice
    assert "Typing works" in notice


def test_device_that_is_not_there_leaves_the_ngram(
    whole: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    converter = open_converter(whole, model=ModelOptions(device="cuda"))
    assert converter.description.code == "engine.ngram"
    notice = in_words(*converter.notices)
    assert "'cuda' is not available" in notice
    assert "use 'cpu'" in notice
    assert "Install" not in notice


WITHOUT_TORCH = """
import sys
from pathlib import Path
sys.modules["torch"] = None  # importing it fails
from ime.decode.opening import open_converter
from ime.values import DecodeRequest, LeftContext
converter = open_converter(Path(sys.argv[1]), notify=print)
answer = converter.convert(DecodeRequest(1, LeftContext(), "nihao"))
print(converter.description.code, len(answer.items[0].text))
"""


def test_without_torch_the_ngram_serves(whole: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", WITHOUT_TORCH, str(whole)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    notice, result = done.stdout.splitlines()
    assert notice.startswith("engine.fault.fallback why=engine.fault.torch")
    assert result == "engine.ngram 2"


IMPORTS = """
import sys
from pathlib import Path
import ime.decode.opening as opening
from ime.decode.options import ModelOptions
opening.open_converter(Path(sys.argv[1]), model=ModelOptions(tier="ngram"))
print("torch" in sys.modules)
"""


def test_ngram_tier_does_not_load_torch(whole: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPORTS, str(whole)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "False\n"
