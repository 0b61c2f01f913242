"""The shipped models, for training, for judging and for reading documents."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from ime.convert.text_to_pinyin import Reader
from ime.decode.language_model import ScorerModel
from ime.errors import AssetError, Message
from model.device import choose_device, inference_dtype, threads_for_training, use_threads
from model.evaluate.likelihood import Passage, network_log_probs, ngram_log_probs
from model.finetune.examples import Chain
from model.finetune.ngram_mixture import NgramMixture
from model.mixture import MixtureScorer, load_shares, tune_shares
from model.network.adapter import Adapter, base_digest, merge
from model.network.checkpoint import CheckpointError, load_network, read_info, sha256_of
from model.network.scorer import NetworkScorer
from model.network.transformer import Network
from model.ngram.trie import Ngram, NgramScorer
from model.ngram.word_pairs import WordPairs
from model.vocab import Vocabulary

_CONTEXT = 64  # tokens, as in typing


class Models:
    """The shipped models, for training and for judging.

    Args:
        assets: folder of the shipped files.
        threads: of the processor; 0 for all, up to a few.

    Attributes:
        digest: of the weights.
        vocabulary: of all models.
        ngram: the n-gram's scorer.
        length: tokens that the network reads at most.

    Raises:
        AssetError: a shipped file is missing or damaged.
    """

    def __init__(self, assets: Path, threads: int) -> None:
        use_threads(threads or threads_for_training())
        self._assets, self._weights = assets, assets / "weights"
        try:
            self.digest = base_digest(self._weights)
            self._words_digest = sha256_of(assets / "vocab.tsv")
            self.vocabulary = Vocabulary.load(assets / "vocab.tsv")
            self.ngram = NgramScorer(Ngram(assets / "ngram"))
            self._shares = load_shares(self._weights)
            self.length = read_info(self._weights).config.context
        except (OSError, ValueError, CheckpointError) as exc:
            raise AssetError(
                Message.of("fault.asset_unreadable", path=str(assets), why=str(exc))
            ) from exc

    def network(self, adapter: Adapter | None = None, strength: float = 1.0) -> Network:
        """The base model in fp32, with an adapter merged in.

        Raises:
            AssetError: the weights are damaged.
            AdapterError: the adapter does not fit.
        """
        try:
            network = load_network(self._weights, self.vocabulary, self._words_digest)
        except CheckpointError as exc:
            raise AssetError(
                Message.of("fault.asset_unreadable", path=str(self._weights), why=str(exc))
            ) from exc
        if adapter is not None:
            merge(network, adapter, strength)
        return network

    def pairs(self) -> WordPairs | None:
        """Which words follow each other; typing does without them where they are damaged."""
        try:
            return WordPairs(self._assets / "pairs")
        except (OSError, ValueError):
            return None

    def reader(self) -> Reader:
        """Tells how running text is read, by the n-gram alone.

        On 700 hanzi of essays it reads as the mixture does, 60 times as fast (20,000 hanzi a
        second of one core).
        """
        return Reader(ScorerModel(self.vocabulary, self.ngram))

    def background(self) -> NgramMixture:
        """What is mixed with the network."""
        return NgramMixture(self.vocabulary, self.ngram, self._shares)

    def tuned_shares(self, adapter: Adapter, texts: Iterable[Chain]) -> tuple[float, ...]:
        """The network's shares in the mixture that make texts likeliest with an adapter.

        A network that knows its user is to be believed more than the n-gram, which does not.

        Args:
            adapter: to mix.
            texts: of the user, unseen in training; each begins with the begin token.
        """
        passages = [Passage(np.array(one.tokens[1:])) for one in texts]
        counted, known = ngram_log_probs(self.ngram, passages)
        network = self.network(adapter)
        return tune_shares(
            network_log_probs(network, choose_device("cpu"), passages), counted, known
        )

    def scorer(self, adapter: Adapter | None, strength: float = 1.0) -> MixtureScorer:
        """What typing would use with that adapter."""
        device = choose_device("cpu")
        network = NetworkScorer(
            self.network(adapter, strength), device, inference_dtype(device), _CONTEXT
        )
        own = adapter.info.shares if adapter is not None else ()
        return MixtureScorer(network, self.ngram, own or self._shares)
