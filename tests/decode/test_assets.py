from __future__ import annotations

import gc
import os
import shutil
import sys
import weakref
from pathlib import Path

import pytest

from ime.decode.assets import load_shipped
from ime.decode.opening import open_converter
from ime.decode.options import ModelOptions
from ime.errors import AssetError
from ime.values import DecodeRequest, LeftContext

ASSETS = Path(__file__).parents[2] / "assets"
QUICK = ModelOptions(tier="ngram")


def test_converters_share_what_they_read() -> None:
    first, second = (open_converter(ASSETS, model=QUICK) for _ in range(2))
    assert first.shipped is second.shipped is load_shipped(ASSETS)


@pytest.fixture
def own_assets(tmp_path: Path) -> Path:
    """The shipped ones in a folder that no other test holds converters of."""
    assets = tmp_path / "assets"
    assets.mkdir()
    for name in ("ngram", "pairs", "lexicon", "vocab.tsv"):
        (assets / name).symlink_to(ASSETS / name)
    return assets


def test_files_are_given_back_with_the_last_converter(own_assets: Path) -> None:
    converter = open_converter(own_assets, model=QUICK)
    assert converter.shipped is not None
    watched = weakref.ref(converter.shipped)
    del converter
    gc.collect()
    assert watched() is None


def mapped_kilobytes() -> int:
    """What this process has in memory of the mapped files below `ASSETS`."""
    total, ours = 0, False
    for line in Path("/proc/self/smaps").read_text().splitlines():
        first, *rest = line.split()
        if "-" in first and not first.endswith(":"):
            ours = str(ASSETS) in line
        elif first == "Rss:" and ours:
            total += int(rest[0])
    return total


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing tells it")
def test_what_was_read_of_mapped_files_can_be_let_go(own_assets: Path) -> None:
    gc.collect()
    of_others = mapped_kilobytes()
    converter = open_converter(own_assets, model=QUICK)
    assert converter.shipped is not None
    request = DecodeRequest(1, LeftContext(), "zhonghuarenmingongheguo")
    before = converter.convert(request)
    assert mapped_kilobytes() - of_others > 3_000
    converter.shipped.tidy()
    assert mapped_kilobytes() - of_others < 3_000
    converter.prepare(LeftContext("换"))
    assert converter.convert(request) == before


def test_changed_files_are_read_again(tmp_path: Path) -> None:
    assets = tmp_path / "assets"
    for name in ("ngram", "pairs", "lexicon"):
        shutil.copytree(ASSETS / name, assets / name)
    shutil.copy(ASSETS / "vocab.tsv", assets)
    before = load_shipped(assets)
    assert load_shipped(assets) is before
    words = assets / "lexicon" / "words.tsv"
    os.utime(words, ns=(1, 1))
    after = load_shipped(assets)
    assert after is not before
    words.unlink()
    with pytest.raises(AssetError, match="lexicon"):
        load_shipped(assets)
