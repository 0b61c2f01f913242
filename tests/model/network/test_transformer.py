from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch

from model.network.config import ModelConfig
from model.network.transformer import Network, embedding_parts, rotary_table, rotate
from model.vocab import FIRST_HANZI, Vocabulary
from tests.tokens import id_of


@pytest.fixture
def tokens(config: ModelConfig) -> torch.Tensor:
    """(3, 20) token ids."""
    generator = torch.Generator().manual_seed(3)
    return torch.randint(0, config.vocab_size, (3, 20), generator=generator)


def test_embedding_parts_are_shared(vocabulary: Vocabulary) -> None:
    characters, syllables = embedding_parts(vocabulary)
    zhong, chong = id_of(vocabulary, "重", "zhong"), id_of(vocabulary, "重", "chong")
    middle = id_of(vocabulary, "中", "zhong")
    assert characters[zhong] == characters[chong] != characters[middle]
    assert syllables[zhong] == syllables[middle] != syllables[chong]
    assert len({syllables[i] for i in range(FIRST_HANZI)}) == 1  # marks have no reading
    assert sorted(set(characters)) == list(range(max(characters) + 1))


def test_logits_have_a_row_for_each_position(
    network: Network, config: ModelConfig, tokens: torch.Tensor
) -> None:
    assert network(tokens).shape == (3, 20, config.vocab_size)
    assert network.embedding().shape == (config.vocab_size, config.width)
    assert network.hidden(tokens).shape == (3, 20, config.width)


def test_later_tokens_do_not_change_earlier_logits(
    network: Network, tokens: torch.Tensor
) -> None:
    changed = tokens.clone()
    changed[:, 12:] = (changed[:, 12:] + 1) % network.config.vocab_size
    before, after = network(tokens), network(changed)
    torch.testing.assert_close(before[:, :12], after[:, :12], atol=1e-6, rtol=0)
    assert (before[:, 12:] - after[:, 12:]).abs().max() > 0.1


def test_earlier_tokens_and_their_order_matter(network: Network) -> None:
    last = [network(torch.tensor([row]))[0, -1] for row in ([50, 51, 52], [51, 50, 52])]
    assert (last[0] - last[1]).abs().max() > 0.01


def test_rows_of_a_batch_do_not_see_each_other(network: Network, tokens: torch.Tensor) -> None:
    together = network(tokens)
    for row in range(3):
        alone = network(tokens[row : row + 1])[0]
        torch.testing.assert_close(together[row], alone, atol=1e-5, rtol=0)


def test_training_attends_as_use_does(network: Network, tokens: torch.Tensor) -> None:
    """In training on a CPU attention is computed in another way."""
    network.eval()
    used = network(tokens)
    network.train()
    torch.testing.assert_close(network(tokens), used, atol=1e-5, rtol=1e-5)


def test_too_long_sequence_is_refused(network: Network, config: ModelConfig) -> None:
    network(torch.zeros(1, config.context, dtype=torch.long))
    with pytest.raises(ValueError, match="25 tokens do not fit a context of 24"):
        network(torch.zeros(1, config.context + 1, dtype=torch.long))


def test_dropout_acts_in_training_alone(
    config: ModelConfig, vocabulary: Vocabulary, tokens: torch.Tensor
) -> None:
    torch.manual_seed(1)
    network = Network(replace(config, dropout=0.5), embedding_parts(vocabulary))
    network.train()
    assert not torch.equal(network(tokens), network(tokens))
    network.eval()
    assert torch.equal(network(tokens), network(tokens))


def test_residual_outputs_begin_smaller(config: ModelConfig, vocabulary: Vocabulary) -> None:
    torch.manual_seed(1)
    network = Network(replace(config, layers=8), embedding_parts(vocabulary))
    block: Any = network.blocks[0]
    assert float(block.attention.qkv.weight.detach().std()) == pytest.approx(0.02, rel=0.1)
    for weight in (block.attention.out.weight, block.feed_forward.down.weight):
        assert float(weight.detach().std()) == pytest.approx(0.02 / 4, rel=0.1)


def test_rotation_depends_on_distance_alone() -> None:
    cos, sin = rotary_table(40, 8)
    generator = torch.Generator().manual_seed(5)
    query, key = torch.randn(2, 8, generator=generator)

    def product(at: int, of: int) -> float:
        turned = rotate(query, cos[at], sin[at]), rotate(key, cos[of], sin[of])
        return float(turned[0] @ turned[1])

    assert product(7, 3) == pytest.approx(product(34, 30), abs=1e-5)
    assert product(7, 3) != pytest.approx(product(7, 4), abs=1e-3)
    assert product(0, 0) == pytest.approx(float(query @ key), abs=1e-6)


def test_same_weights_give_the_same_logits(
    make_network: Callable[[], Network], tokens: torch.Tensor
) -> None:
    other = make_network()
    other.load_state_dict(make_network().state_dict())
    assert torch.equal(make_network()(tokens), other(tokens))
