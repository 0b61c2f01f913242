from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch

from model.config import ModelConfig
from model.network import Network, embedding_parts, rotary_table, rotate
from model.vocab import FIRST_HANZI, Vocabulary


@pytest.fixture
def tokens(config: ModelConfig) -> torch.Tensor:
    """(3, 20) token ids."""
    generator = torch.Generator().manual_seed(3)
    return torch.randint(0, config.vocab_size, (3, 20), generator=generator)


def test_embedding_parts_are_shared(vocabulary: Vocabulary) -> None:
    characters, syllables = embedding_parts(vocabulary)
    zhong, chong = vocabulary.id_of("重", "zhong"), vocabulary.id_of("重", "chong")
    middle = vocabulary.id_of("中", "zhong")
    assert characters[zhong] == characters[chong] != characters[middle]
    assert syllables[zhong] == syllables[middle] != syllables[chong]
    assert len({syllables[i] for i in range(FIRST_HANZI)}) == 1  # marks have no reading
    assert sorted(set(characters)) == list(range(max(characters) + 1))


def test_logits_have_a_row_for_each_position(
    network: Network, config: ModelConfig, tokens: torch.Tensor
) -> None:
    logits, loss = network(tokens)
    assert logits.shape == (3, 20, config.vocab_size)
    assert loss is None
    assert network.embedding().shape == (config.vocab_size, config.width)
    assert network.hidden(tokens).shape == (3, 20, config.width)


def test_later_tokens_do_not_change_earlier_logits(
    network: Network, tokens: torch.Tensor
) -> None:
    changed = tokens.clone()
    changed[:, 12:] = (changed[:, 12:] + 1) % network.config.vocab_size
    before, after = network(tokens)[0], network(changed)[0]
    torch.testing.assert_close(before[:, :12], after[:, :12], atol=1e-6, rtol=0)
    assert (before[:, 12:] - after[:, 12:]).abs().max() > 0.1


def test_earlier_tokens_and_their_order_matter(network: Network) -> None:
    last = [network(torch.tensor([row]))[0][0, -1] for row in ([50, 51, 52], [51, 50, 52])]
    assert (last[0] - last[1]).abs().max() > 0.01


def test_rows_of_a_batch_do_not_see_each_other(network: Network, tokens: torch.Tensor) -> None:
    together = network(tokens)[0]
    for row in range(3):
        alone = network(tokens[row : row + 1])[0][0]
        torch.testing.assert_close(together[row], alone, atol=1e-5, rtol=0)


def test_loss_is_the_mean_over_counted_targets(network: Network, tokens: torch.Tensor) -> None:
    targets = tokens.roll(-1, 1)
    targets[:, 5:] = -1
    logits, loss = network(tokens, targets)
    logs = logits.log_softmax(-1)[:, :5]
    expected = -logs.gather(-1, targets[:, :5, None]).mean()
    torch.testing.assert_close(loss, expected, atol=1e-6, rtol=0)


def test_too_long_sequence_is_refused(network: Network, config: ModelConfig) -> None:
    network(torch.zeros(1, config.context, dtype=torch.long))
    with pytest.raises(ValueError, match="25 tokens do not fit a context of 24"):
        network(torch.zeros(1, config.context + 1, dtype=torch.long))


def test_loss_falls_on_eight_samples(config: ModelConfig, vocabulary: Vocabulary) -> None:
    torch.manual_seed(1)
    network = Network(config, embedding_parts(vocabulary))
    generator = torch.Generator().manual_seed(4)
    tokens = torch.randint(FIRST_HANZI, config.vocab_size, (8, 12), generator=generator)
    optimizer = torch.optim.AdamW(network.parameters(), lr=0.01)
    losses = []
    for _ in range(40):
        _, loss = network(tokens[:, :-1], tokens[:, 1:])
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        losses.append(float(loss.detach()))
    assert losses[0] > 3.5  # close to log(66), the loss of knowing nothing
    assert losses[-1] < 0.5


def test_every_parameter_gets_a_gradient(network: Network, tokens: torch.Tensor) -> None:
    network(tokens, tokens.roll(-1, 1))[1].backward()
    for name, parameter in network.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.abs().max() > 0, name


def test_dropout_acts_in_training_alone(
    config: ModelConfig, vocabulary: Vocabulary, tokens: torch.Tensor
) -> None:
    torch.manual_seed(1)
    network = Network(replace(config, dropout=0.5), embedding_parts(vocabulary))
    network.train()
    assert not torch.equal(network(tokens)[0], network(tokens)[0])
    network.eval()
    assert torch.equal(network(tokens)[0], network(tokens)[0])


def test_residual_outputs_begin_smaller(config: ModelConfig, vocabulary: Vocabulary) -> None:
    torch.manual_seed(1)
    network = Network(replace(config, layers=8), embedding_parts(vocabulary))
    block = network.blocks[0]
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
    assert torch.equal(make_network()(tokens)[0], other(tokens)[0])
