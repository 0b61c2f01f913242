from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch.nn.functional import cross_entropy

from model.network.config import ModelConfig
from model.network.transformer import Network, embedding_parts
from model.train import loss as module
from model.train.loss import TrainingLoss
from model.vocab import FIRST_HANZI, Vocabulary


@pytest.fixture
def network(make_network: Callable[[], Network]) -> Network:
    return make_network()


@pytest.fixture
def tokens(network: Network) -> torch.Tensor:
    generator = torch.Generator().manual_seed(3)
    return torch.randint(0, network.config.vocab_size, (3, 20), generator=generator)


def gradients(network: Network) -> dict[str, torch.Tensor]:
    found = {name: p.grad for name, p in network.named_parameters() if p.grad is not None}
    network.zero_grad()
    return {name: value.clone() for name, value in found.items()}


@pytest.mark.parametrize("rows", [1000, 60, 7, 1], ids=str)
def test_loss_and_gradients_are_those_of_cross_entropy(
    network: Network, tokens: torch.Tensor, rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ROWS", rows)
    targets = tokens.roll(-1, 1)
    targets[:, 5:9] = -1
    logits = network(tokens).flatten(0, 1)
    plain = cross_entropy(logits, targets.flatten(), ignore_index=-1)
    (2 * plain).backward()
    expected = gradients(network)
    found = TrainingLoss(network)(tokens, targets)
    torch.testing.assert_close(found, plain.detach(), atol=1e-6, rtol=1e-6)
    (2 * found).backward()
    for name, value in gradients(network).items():
        torch.testing.assert_close(value, expected[name], atol=1e-6, rtol=1e-4, msg=name)


def test_loss_without_counted_targets_is_nothing(
    network: Network, tokens: torch.Tensor
) -> None:
    found = TrainingLoss(network)(tokens, torch.full_like(tokens, -1))
    assert float(found.detach()) == 0
    found.backward()
    assert all(float(value.abs().max()) == 0 for value in gradients(network).values())


def test_loss_in_bf16_is_close(network: Network, tokens: torch.Tensor) -> None:
    targets = tokens.roll(-1, 1)
    exact = TrainingLoss(network)(tokens, targets)
    rough = TrainingLoss(network, dtype=torch.bfloat16)(tokens, targets)
    assert float(rough.detach()) == pytest.approx(float(exact.detach()), rel=0.01)


def test_loss_falls_on_eight_samples(config: ModelConfig, vocabulary: Vocabulary) -> None:
    torch.manual_seed(1)
    network = Network(config, embedding_parts(vocabulary))
    generator = torch.Generator().manual_seed(4)
    tokens = torch.randint(FIRST_HANZI, config.vocab_size, (8, 12), generator=generator)
    loss_of = TrainingLoss(network)
    optimizer = torch.optim.AdamW(network.parameters(), lr=0.01)
    losses = []
    for _ in range(40):
        loss = loss_of(tokens[:, :-1], tokens[:, 1:])
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        losses.append(float(loss.detach()))
    assert losses[0] > 3.5  # close to log(66), the loss of knowing nothing
    assert losses[-1] < 0.5


def test_every_parameter_gets_a_gradient(network: Network, tokens: torch.Tensor) -> None:
    TrainingLoss(network)(tokens, tokens.roll(-1, 1)).backward()
    for name, parameter in network.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.abs().max() > 0, name
