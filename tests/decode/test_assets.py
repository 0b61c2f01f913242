from __future__ import annotations

import gc
import os
import shutil
import weakref
from pathlib import Path

import pytest

from ime.decode.assets import load_shipped
from ime.decode.opening import open_converter
from ime.decode.options import ModelOptions
from ime.errors import AssetError

ASSETS = Path(__file__).parents[2] / "assets"
QUICK = ModelOptions(tier="ngram")


def test_converters_share_what_they_read() -> None:
    first, second = (open_converter(ASSETS, model=QUICK) for _ in range(2))
    assert first.shipped is second.shipped is load_shipped(ASSETS)


def test_files_are_given_back_with_the_last_converter(tmp_path: Path) -> None:
    assets = tmp_path / "assets"  # a folder that no other test holds converters of
    assets.mkdir()
    for name in ("ngram", "pairs", "lexicon", "vocab.tsv"):
        (assets / name).symlink_to(ASSETS / name)
    converter = open_converter(assets, model=QUICK)
    assert converter.shipped is not None
    watched = weakref.ref(converter.shipped)
    del converter
    gc.collect()
    assert watched() is None


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
