"""Opens the shipped converter: the best tier that this machine and these files allow.

The n-gram and the lexicon are needed; the Transformer is tried, and where torch or its weights
are missing or damaged the n-gram serves alone, with a notice that says why.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ime.convert.converter import SearchConverter
from ime.convert.search import SearchOptions
from ime.decode.assets import Shipped, load_shipped
from ime.decode.language_model import CONTEXT_TOKENS, Scorer, ScorerModel
from ime.errors import AssetError, Message
from ime.learn.at_once import AtOnce
from ime.learn.choices import UserChoices
from ime.lexicon.letter_words import LetterWords
from ime.lexicon.user_layer import WordIndex
from ime.lexicon.words import Lexicon
from ime.pinyin.custom_scheme import chosen_scheme
from ime.pinyin.graph import FuzzyPair, GraphOptions, Segmenter
from ime.pinyin.shuangpin import Scheme
from ime.ports import LanguageModel, WordPairs
from ime.settings import Settings
from ime.values import Commit, DecodeRequest, LeftContext, Mark
from model.memory import keep_few_kernels, keep_for_good
from model.ngram.trie import NgramScorer
from model.vocab import Vocabulary

_log = logging.getLogger(__name__)
BEAM = 24  # up to 36, more is found behind the first place, but the first is the same
# A second thread made the median key slower (9.4 ms for 6.7 on two cores): the products of a
# step are too small to share. A wider network will want more; see `moyin bench --latency`.
THREADS = 1
MODEL_DIGITS = 16  # of the sha256 that names the weights; as many as tell two releases apart
WARM_UP = "nihao"  # typed once at opening, so that no key pays for what happens only once


class OpenedConverter(SearchConverter):
    """A `Converter`: the search joined with what learns at once; able to say what it is.

    Args:
        model: of everyone; the user's own counts are mixed in here.
        lexicon: the words.
        graph: which ways of spelling are on.
        search: width of the beam.
        scheme: of shuangpin, by which the keys of a request are read; None for full pinyin.
        trained: `model` after training on this user's text; None where there was none.
        pairs: which words follow each other; None to do without.
        letters: English words, and those of letters and hanzi; None to do without.
        fixed_order: only the first candidate follows the context and what was learned.

    Attributes:
        learned: what the user's choices changed.
        description: for the status line, whether it is ready.
        explanation: its details: parameters, device, number format.
        notices: why a higher tier is not used; empty when all is well.
        adapter: version of the personal adapter in use; empty for none.
        model: what identifies the weights in use; empty where the n-gram serves alone.
        shipped: the files it reads, kept for the next converter.
    """

    shipped: Shipped | None = None
    description: Message = Message("engine.other")
    explanation: Message = Message("engine.details.other")
    notices: tuple[str, ...] = ()
    adapter: str = ""
    model: str = ""

    def __init__(
        self,
        model: LanguageModel,
        lexicon: Lexicon,
        graph: GraphOptions | None = None,
        search: SearchOptions | None = None,
        scheme: Scheme | None = None,
        trained: LanguageModel | None = None,
        pairs: WordPairs | None = None,
        letters: LetterWords | None = None,
        *,
        fixed_order: bool = False,
    ) -> None:
        segmenter = Segmenter(graph or GraphOptions(), letters)
        self.learned = AtOnce(model, lexicon, segmenter)
        super().__init__(
            model,
            self.learned,
            segmenter,
            search,
            scheme,
            pairs,
            trained,
            letters,
            fixed_order=fixed_order,
        )

    def begin_with(self, choices: UserChoices) -> None:
        """Know choices of long ago, and nothing that was learned before."""
        self.learned.begin_with(choices)

    def know_words(self, words: WordIndex) -> None:
        """Know the words that the user added or imported, and no others of before."""
        self.learned.know_words(words)

    def learn(self, commit: Commit) -> None:
        """Let a commit's selections change the very next list."""
        self.learned.learn(commit)

    def retract(self, commit_id: int) -> None:
        """Undo what `learn` took from a commit."""
        self.learned.retract(commit_id)

    def mark(self, mark: Mark) -> None:
        """Pin, hide, forget or release a candidate in the very next list."""
        self.learned.mark(mark)


def graph_options(settings: Settings) -> GraphOptions:
    """Ways of spelling as the settings switch them."""
    pairs = settings.fuzzy.enabled()
    scheme, _ = chosen_scheme(settings.typing.scheme)
    return GraphOptions(
        fuzzy=frozenset(pair for pair in FuzzyPair if pair.name.lower() in pairs),
        # Slips are those of full pinyin; with two keys a syllable a slip is another syllable.
        correction=settings.typing.correction and scheme is None,
        undivided=scheme is not None,
    )


def open_converter(
    assets: Path,
    settings: Settings,
    notify: Callable[[str], None] | None = None,
    adapters: Path | None = None,
) -> OpenedConverter:
    """Load everything the settings ask for; takes a second or two with the Transformer.

    Args:
        assets: the folder of shipped files.
        settings: tier, device, threads, beam, ways of spelling.
        notify: told, in a sentence for the user, when a lower tier has to do.
        adapters: folder of the user's adapters; None to convert without one.

    Raises:
        AssetError: vocabulary, n-gram or lexicon are missing or damaged.
    """
    shipped = load_shipped(assets)
    tier = _best_tier(assets, settings, shipped, adapters)
    scheme, complaint = chosen_scheme(settings.typing.scheme)
    models = [ScorerModel(shipped.vocabulary, scorer) for scorer in tier.scorers]
    converter = OpenedConverter(
        models[0],
        shipped.lexicon,
        graph_options(settings),
        SearchOptions(beam=settings.model.beam or BEAM),
        scheme,
        trained=models[1] if len(models) > 1 else None,
        pairs=shipped.pairs,
        letters=shipped.letters,
        fixed_order=settings.typing.fixed_order,
    )
    _describe(converter, tier, shipped)
    _warm_up(converter)
    keep_for_good()
    for notice in (*converter.notices, complaint):
        if notice and notify is not None:
            notify(notice)
    return converter


def _describe(converter: OpenedConverter, tier: _Tier, shipped: Shipped) -> None:
    converter.shipped = shipped
    converter.description, converter.explanation = tier.description, tier.explanation
    converter.notices, converter.adapter = tier.notices + shipped.notices, tier.adapter
    converter.model = tier.model


def _warm_up(converter: OpenedConverter) -> None:
    for end in range(1, len(WARM_UP) + 1):
        converter.convert(DecodeRequest(0, LeftContext(), WARM_UP[:end]))


@dataclass(frozen=True)
class _Tier:
    """What converts, and what is said of it.

    Attributes:
        scorers: the shipped one, and the one that was trained on the user's text, if any. They
            share the n-gram's states, because one at a time is used.
    """

    scorers: Sequence[Scorer]
    description: Message
    explanation: Message
    adapter: str = ""
    notices: tuple[str, ...] = ()
    model: str = ""


def _best_tier(
    assets: Path, settings: Settings, shipped: Shipped, adapters: Path | None
) -> _Tier:
    """What the settings ask for, or the n-gram with a notice that says why."""
    ngram = NgramScorer(shipped.ngram)
    alone = _Tier([ngram], Message("engine.ngram"), Message("engine.details.ngram"))
    if settings.model.tier != "auto":
        return alone
    try:
        return _with_network(assets, settings, shipped.vocabulary, ngram, adapters)
    except AssetError as exc:
        _log.warning("%s", exc)
        return replace(alone, notices=(f"{exc} Typing works with the smaller n-gram model.",))


def _with_network(
    assets: Path,
    settings: Settings,
    vocabulary: Vocabulary,
    ngram: NgramScorer,
    adapters: Path | None,
) -> _Tier:
    """The mixture of network and n-gram; raises AssetError where it is not to be had."""
    keep_few_kernels()
    try:
        # torch takes a second to import and is not needed for the n-gram.
        from ime.decode.personalized import Personalized, personalize
        from model.device import choose_device, inference_dtype, use_threads
        from model.mixture import MixtureScorer, SharesError, load_shares
        from model.network.adapter import base_digest
        from model.network.checkpoint import CheckpointError, load_network, sha256_of
        from model.network.scorer import NetworkScorer
    except (ImportError, OSError) as exc:
        raise AssetError(f"PyTorch cannot be loaded ({exc}). Install Moyin again.") from exc
    try:
        use_threads(settings.model.threads or THREADS)
        device = choose_device(settings.model.device)
        folder = assets / "weights"
        network = load_network(folder, vocabulary, sha256_of(assets / "vocab.tsv"))
        digest = base_digest(folder)
        mine = personalize(network, folder, adapters) if adapters else Personalized()
        dtype = inference_dtype(device)
        size = sum(parameter.numel() for parameter in network.parameters())
        networks = [network] if mine.network is None else [network, mine.network]
        readers = [NetworkScorer(each, device, dtype, CONTEXT_TOKENS) for each in networks]
        shares = load_shares(folder)
        scorers = [MixtureScorer(reader, ngram, shares) for reader in readers]
    except (CheckpointError, SharesError, OSError) as exc:
        told = f"The Transformer cannot be used: {exc}. Install Moyin again."
        raise AssetError(told) from exc
    except (ValueError, RuntimeError) as exc:  # of the device: not there, out of memory
        raise AssetError(f"The Transformer cannot be used: {exc}.") from exc
    described = _described(size, device.type, str(dtype), mine.version)
    notices = (mine.notice,) if mine.notice else ()
    return _Tier(scorers, *described, mine.version, notices, digest[:MODEL_DIGITS])


def _described(
    parameters: int, device: str, dtype: str, version: str
) -> tuple[Message, Message]:
    """State and details of the mixture."""
    figures: dict[str, str | float | Message] = {
        "parameters": parameters,
        "device": device,
        "number": dtype.removeprefix("torch."),
    }
    if not version:
        return Message("engine.network"), Message.of("engine.details.network", **figures)
    details = Message.of("engine.details.personal", version=version, **figures)
    return Message("engine.personal"), details
