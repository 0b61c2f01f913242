"""Everything that decides a run of fine-tuning."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TuneOptions:
    """Everything that decides a run.

    Attributes:
        rank: of the adapter; `DENSE` trains every weight.
        alpha: the adapter counts alpha / rank times.
        dropout: share of the adapter's low-rank values dropped in training, 0 to below 1.
        learning_rate: peak of AdamW.
        weight_decay: decoupled; pulls the adapter towards nothing.
        epochs: times every selection is seen.
        batch_tokens: a step.
        mixed: whether the loss is that of the mixture; else of the network alone, which takes a
            fifth less time, and the shares of the mixture are to be tuned afterwards.
        syllable_share: share of the loss that counts hanzi among those of their syllable; the
            rest counts them among all tokens.
        temperature: by which the logarithms of the mixture are divided among the tokens of a
            syllable; above 1, a hanzi that leads narrowly still gains.
        contrast: weight of the margin over passed-over candidates.
        margin: nats by which the chosen one should lead.
        replay: weight of the divergence from the base.
        replay_texts: texts that the base makes up.
        replay_tokens: length of each.
        evaluations: measurements on held-out selections, about.
        stale: share of the best held-out loss; a measurement in the second half of a run that
            gains less is the last.
        seed: of the adapter's start, of the order and of the replay.
    """

    rank: int = 8
    alpha: float = 16.0
    dropout: float = 0.05
    learning_rate: float = 3e-3
    weight_decay: float = 0.01
    epochs: float = 3.0
    batch_tokens: int = 512
    mixed: bool = True
    syllable_share: float = 0.7
    temperature: float = 1.0
    contrast: float = 0.05
    margin: float = 1.0
    replay: float = 3.0
    replay_texts: int = 32
    replay_tokens: int = 48
    evaluations: int = 6
    stale: float = 5e-4
    seed: int = 20261122
