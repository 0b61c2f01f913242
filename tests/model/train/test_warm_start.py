from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from model.network.checkpoint import CheckpointError, save_weights, sha256_of
from model.network.config import ModelConfig
from model.network.transformer import Network, embedding_parts
from model.train.warm_start import begin_from
from model.vocab import Vocabulary


def pairs_of(vocabulary: Vocabulary) -> list[tuple[str, str]]:
    return list(zip(vocabulary.texts, vocabulary.syllables, strict=True))


def network_over(
    vocabulary: Vocabulary, config: ModelConfig, seed: int, **shape: int
) -> Network:
    torch.manual_seed(seed)
    parts = embedding_parts(vocabulary)
    values = {"width": config.width, "layers": config.layers, **shape}
    made = ModelConfig(
        vocab_size=len(vocabulary),
        characters=max(parts[0]) + 1,
        syllables=max(parts[1]) + 1,
        heads=config.heads,
        hidden=config.hidden,
        context=config.context,
        dropout=0.0,
        **values,
    )
    network = Network(made, parts)
    torch.nn.init.normal_(network.bias)
    return network.eval()


@pytest.fixture
def other(vocabulary: Vocabulary) -> Vocabulary:
    """The same hanzi backwards, one less, one more, and one read differently."""
    pairs = pairs_of(vocabulary)
    hanzi = [pair for pair in pairs if pair[1]][::-1][1:]
    return Vocabulary.from_pairs((*hanzi[:-1], ("干", "gan"), (hanzi[-1][0], "qie")))


@pytest.fixture
def earlier(
    tmp_path: Path, vocabulary: Vocabulary, config: ModelConfig
) -> tuple[Path, Path, Network]:
    """A checkpoint: its folder, its vocabulary file, and the network."""
    words = tmp_path / "vocab.tsv"
    vocabulary.save(words)
    network = network_over(vocabulary, config, 1)
    save_weights(network, sha256_of(words), tmp_path / "weights", {})
    return tmp_path / "weights", words, network


def test_tokens_that_both_have_keep_their_logits(
    earlier: tuple[Path, Path, Network],
    vocabulary: Vocabulary,
    other: Vocabulary,
    config: ModelConfig,
) -> None:
    folder, words, old = earlier
    new = network_over(other, config, 2)
    fresh = new.bias.detach().clone()
    shared = begin_from(new, other, folder, words)
    before = {p: i for i, p in enumerate(pairs_of(vocabulary))}
    after = {p: i for i, p in enumerate(pairs_of(other))}
    both = sorted(before.keys() & after.keys())
    assert shared == len(both) == len(before) - 2
    text = [pair for pair in both if pair[1]][:8]
    said = old(torch.tensor([[before[pair] for pair in text]]))[0]
    now = new(torch.tensor([[after[pair] for pair in text]]))[0]
    torch.testing.assert_close(
        now[:, [after[pair] for pair in both]],
        said[:, [before[pair] for pair in both]],
        atol=0.02,  # weights are stored in fp16
        rtol=0.02,
    )
    assert float(new.bias[after["干", "gan"]].detach()) == float(fresh[after["干", "gan"]])


def test_blocks_of_another_shape_are_refused(
    earlier: tuple[Path, Path, Network], vocabulary: Vocabulary, config: ModelConfig
) -> None:
    folder, words, _ = earlier
    for shape in ({"layers": config.layers - 1}, {"width": 2 * config.width}):
        other_shape = network_over(vocabulary, config, 1, **shape)
        with pytest.raises(CheckpointError, match="ask for that width and no less depth"):
            begin_from(other_shape, vocabulary, folder, words)


@pytest.mark.parametrize("more", [1, 2, 5])
def test_a_deeper_network_begins_at_the_same_function_and_can_learn(
    earlier: tuple[Path, Path, Network], vocabulary: Vocabulary, config: ModelConfig, more: int
) -> None:
    folder, words, old = earlier
    deeper = network_over(vocabulary, config, 2, layers=config.layers + more)
    begin_from(deeper, vocabulary, folder, words)
    tokens = torch.arange(2, 10)[None]
    torch.testing.assert_close(deeper(tokens), old(tokens), atol=0.02, rtol=0.02)
    deeper(tokens).logsumexp(-1).sum().backward()
    for block in deeper.blocks:
        out = block.get_parameter("attention.out.weight")
        assert out.grad is not None
        assert float(out.grad.abs().sum()) > 0


def test_missing_checkpoint_is_named(
    tmp_path: Path,
    make_network: Callable[[], Network],
    earlier: tuple[Path, Path, Network],
    vocabulary: Vocabulary,
) -> None:
    with pytest.raises(CheckpointError, match="nowhere"):
        begin_from(make_network(), vocabulary, tmp_path / "nowhere", earlier[1])
