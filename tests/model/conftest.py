"""A vocabulary of twenty hanzi, a text of a few sentences over it, and models made of that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import torch

from model.data.shards import LineCounts, save_lines
from model.network.config import ModelConfig
from model.network.scorer import NetworkScorer
from model.network.transformer import Network, embedding_parts
from model.ngram.build import build
from model.ngram.trie import Ngram, NgramScorer
from model.vocab import BEGIN, BREAK, Vocabulary
from tests.tokens import id_of

# Two heteronyms, 重 and 行, and five syllables that several characters share.
PAIRS = (
    ("我", "wo"), ("你", "ni"), ("他", "ta"), ("她", "ta"), ("们", "men"), ("是", "shi"),
    ("事", "shi"), ("时", "shi"), ("要", "yao"), ("很", "hen"), ("重", "zhong"),
    ("中", "zhong"), ("重", "chong"), ("新", "xin"), ("心", "xin"), ("银", "yin"),
    ("行", "hang"), ("行", "xing"), ("走", "zou"), ("好", "hao"),
)  # fmt: skip
# `|` stands between words; 在 is no token, so it is unknown in the text.
SENTENCES = (
    "我/wo 们/men|是/shi|好/hao|银/yin 行/hang|，",
    "你/ni|走/zou|重/chong 新/xin|走/zou|。",
    "他/ta|很/hen|重/zhong 要/yao|，|她/ta|很/hen|好/hao|。",
    "重/zhong 心/xin|在|中/zhong 心/xin|。",
    "行/xing 走/zou|是/shi|好/hao 事/shi|。",
    "我/wo|很/hen|行/xing|！",
)


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    """Twenty hanzi tokens, each rarer than the one before, but 行/xing, the commonest."""
    empty = Vocabulary.from_pairs(PAIRS)
    counts = np.zeros(len(empty), np.int64)
    counts[-len(PAIRS) :] = range(100, 100 - len(PAIRS), -1)
    counts[id_of(empty, "行", "xing")] = 500
    return Vocabulary.from_pairs(PAIRS, counts.tolist())


@dataclass(frozen=True)
class TinyText:
    """Documents of ten sentences in an order drawn by a seed: tokens and word starts."""

    tokens: npt.NDArray[np.uint16]
    starts: npt.NDArray[np.bool_]


def make_text(vocabulary: Vocabulary, documents: int, seed: int) -> TinyText:
    generator = np.random.default_rng(seed)
    tokens: list[int] = []
    starts: list[bool] = []
    for _ in range(documents):
        tokens.append(BEGIN)
        starts.append(True)
        for sentence in generator.integers(len(SENTENCES), size=10).tolist():
            for word in SENTENCES[sentence].split("|"):
                for i, piece in enumerate(word.split()):
                    char, _, syllable = piece.partition("/")
                    tokens.append(vocabulary.find(char, syllable))
                    starts.append(i == 0)
            tokens.append(BREAK)
            starts.append(True)
    return TinyText(np.array(tokens, np.uint16), np.array(starts))


def write_shard(folder: Path, name: str, text: TinyText) -> None:
    text.tokens.tofile(folder / f"{name}.bin")
    np.packbits(text.starts).tofile(folder / f"{name}.starts")


@pytest.fixture(scope="session")
def text(vocabulary: Vocabulary) -> TinyText:
    """The training text of `data`."""
    return make_text(vocabulary, 60, seed=1)


@pytest.fixture(scope="session")
def data(
    vocabulary: Vocabulary, text: TinyText, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A data folder, as the data command leaves it: two train shards, one dev shard.

    Not to be written to.
    """
    folder = tmp_path_factory.mktemp("data")
    vocabulary.save(folder / "vocab.tsv")
    middle = int(np.flatnonzero(text.tokens == BEGIN)[30])
    write_shard(folder, "train-000", TinyText(text.tokens[:middle], text.starts[:middle]))
    write_shard(folder, "train-001", TinyText(text.tokens[middle:], text.starts[middle:]))
    write_shard(folder, "dev-000", make_text(vocabulary, 6, seed=2))
    lines = {"dev": LineCounts(1, (0, 0, 3, 5)), "train": LineCounts(2, (0, 0, 3, 5))}
    save_lines(folder / "lines.json", lines)
    return folder


@pytest.fixture(scope="session")
def ngram_folder(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An n-gram of `data` with room for all but rare entries. Not to be written to."""
    folder = tmp_path_factory.mktemp("ngram")
    orders = range(2, 6)
    build(data, folder, dict.fromkeys(orders, 1000), dict.fromkeys(orders, 2))
    return folder


@pytest.fixture
def ngram(ngram_folder: Path) -> NgramScorer:
    """Of the n-gram in `ngram_folder`."""
    return NgramScorer(Ngram(ngram_folder))


@pytest.fixture(scope="session")
def config(vocabulary: Vocabulary) -> ModelConfig:
    """Width 32, two layers, a context of 24 tokens."""
    characters, syllables = embedding_parts(vocabulary)
    return ModelConfig(
        vocab_size=len(vocabulary),
        characters=max(characters) + 1,
        syllables=max(syllables) + 1,
        width=32,
        layers=2,
        heads=2,
        hidden=48,
        context=24,
    )


@pytest.fixture
def make_network(config: ModelConfig, vocabulary: Vocabulary) -> Callable[[], Network]:
    """Makes the same random network each time; its weights are large, so that inputs matter."""

    def make() -> Network:
        generator = torch.Generator().manual_seed(7)
        network = Network(config, embedding_parts(vocabulary)).eval()
        for parameter in network.parameters():
            mean, std = (0.0, 0.15) if parameter.ndim == 2 else (1.0, 0.1)
            torch.nn.init.normal_(parameter, mean, std, generator)
        return network

    return make


@pytest.fixture
def network(make_network: Callable[[], Network]) -> Network:
    """In evaluation mode, fp32, on the CPU."""
    return make_network()


@pytest.fixture
def scorer(make_network: Callable[[], Network]) -> NetworkScorer:
    """Of a network of its own, in fp32 on the CPU, that reads 16 tokens of context."""
    return NetworkScorer(make_network(), torch.device("cpu"), torch.float32, context=16)
