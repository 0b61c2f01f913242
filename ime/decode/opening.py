"""Opens the shipped converter: the best tier that this machine and these files allow.

The n-gram and the lexicon are needed; the Transformer is tried, and where torch or its weights
are missing or damaged the n-gram serves alone, with a notice that says why.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ime.convert.converter import ConverterOptions, SearchConverter
from ime.decode.assets import Shipped, load_shipped
from ime.decode.language_model import Scorer, ScorerModel
from ime.decode.options import ModelOptions
from ime.errors import AssetError, Message, Notify
from ime.learn.at_once import AtOnce
from ime.learn.choices import UserChoices
from ime.lexicon.characters import Characters
from ime.lexicon.dotted_names import DottedNames
from ime.lexicon.letter_words import LetterWords
from ime.lexicon.symbols import Symbols
from ime.lexicon.user_layer import WordIndex
from ime.lexicon.words import Lexicon
from ime.manifest import Verifier
from ime.pinyin.graph import Segmenter
from ime.ports import IntArray, LanguageModel, WordPairs
from ime.values import Commit, DecodeRequest, LeftContext, Mark
from model.memory import forget_code, keep_few_kernels, keep_for_good
from model.ngram.trie import NgramScorer
from model.vocab import Vocabulary

_log = logging.getLogger(__name__)
MODEL_DIGITS = 16  # of the sha256 that names the weights; as many as tell two releases apart
WARM_UP = "nihao"  # typed once at opening, so that no key pays for what happens only once


class OpenedConverter(SearchConverter):
    """A `Converter`: the search joined with what learns at once; able to say what it is.

    Args:
        model: of everyone; the user's own counts are mixed in here.
        lexicon: the words.
        options: how letters are read; None for full pinyin, typed exactly.
        trained: `model` after training on this user's text; None where there was none.
        pairs: which words follow each other; None to do without.
        letters: English words, and those of letters and hanzi; None to do without.
        names: those that are written with a dot; None to do without.
        characters: single ones that the model lacks; None to do without.
        symbols: by their names; None to do without.
        ngram: the n-gram of `model`, alone; None where `model` is no more than that.

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
    notices: tuple[str | Message, ...] = ()
    adapter: str = ""
    model: str = ""

    def __init__(
        self,
        model: LanguageModel,
        lexicon: Lexicon,
        options: ConverterOptions | None = None,
        trained: LanguageModel | None = None,
        pairs: WordPairs | None = None,
        letters: LetterWords | None = None,
        names: DottedNames | None = None,
        characters: Characters | None = None,
        symbols: Symbols | None = None,
        ngram: LanguageModel | None = None,
    ) -> None:
        options = options or ConverterOptions()
        segmenter = Segmenter(options.graph, letters)
        self.learned = AtOnce(model, lexicon, segmenter)
        super().__init__(
            model,
            self.learned,
            segmenter,
            options,
            pairs,
            trained,
            letters,
            names,
            characters,
            symbols,
            ngram,
        )

    def set_options(self, options: ConverterOptions) -> None:
        """Read letters, and order what is found, otherwise from the next request on."""
        super().set_options(options)
        self.learned.read_by(self._segmenter)

    def begin_with(self, choices: UserChoices) -> None:
        """Know choices of long ago, and nothing that was learned before."""
        self.learned.begin_with(choices)

    def know_words(self, words: WordIndex) -> None:
        """Know the words that the user added or imported, and no others of before."""
        self.learned.know_words(words)

    def know_letters(self, rows: Iterable[tuple[str, str]]) -> None:
        """Know what texts with letters or a dot were typed, oldest first."""
        self.learned.know_letters(rows)

    def learn(self, commit: Commit) -> None:
        """Let a commit's selections change the very next list."""
        self.learned.learn(commit)

    def retract(self, commit_id: int) -> None:
        """Undo what `learn` took from a commit."""
        self.learned.retract(commit_id)

    def mark(self, mark: Mark) -> None:
        """Pin, hide, forget or release a candidate in the very next list."""
        self.learned.mark(mark)


def open_converter(
    assets: Path,
    options: ConverterOptions | None = None,
    model: ModelOptions | None = None,
    notify: Notify | None = None,
    verifier: Verifier | None = None,
) -> OpenedConverter:
    """Load all that a converter needs; takes a second or two with the Transformer.

    Args:
        assets: the folder of shipped files.
        options: how letters are read; None for full pinyin, typed exactly.
        model: which one converts, and where; None for the best there is.
        notify: told when a lower tier has to do.
        verifier: of the shipped files, before they are read; None to believe them.

    Raises:
        AssetError: vocabulary, n-gram or lexicon are missing or damaged.
    """
    model = model or ModelOptions()
    shipped = load_shipped(assets, verifier)
    tier = _best_tier(assets, model, shipped, verifier)
    converter = _joined(tier.scorers, shipped, options, model)
    if tier.written is not None:
        converter.learned.know_writing(tier.written)
    _describe(converter, tier, shipped)
    _warm_up(converter, shipped)
    for notice in converter.notices:
        if notify is not None:
            notify(notice)
    return converter


def _joined(
    scorers: Sequence[Scorer],
    shipped: Shipped,
    options: ConverterOptions | None,
    model: ModelOptions,
) -> OpenedConverter:
    """A converter of what was loaded."""
    models = [
        ScorerModel(shipped.vocabulary, scorer, model.context_tokens, shipped.tidy)
        for scorer in scorers
    ]
    alone = isinstance(scorers[0], NgramScorer)
    return OpenedConverter(
        models[0],
        shipped.lexicon,
        options,
        trained=models[1] if len(models) > 1 else None,
        pairs=shipped.pairs,
        letters=shipped.letters,
        names=shipped.names,
        characters=shipped.characters,
        symbols=shipped.symbols,
        ngram=None if alone else ScorerModel(shipped.vocabulary, NgramScorer(shipped.ngram)),
    )


def _describe(converter: OpenedConverter, tier: _Tier, shipped: Shipped) -> None:
    converter.shipped = shipped
    converter.description, converter.explanation = tier.description, tier.explanation
    converter.notices, converter.adapter = tier.notices + shipped.notices, tier.adapter
    converter.model = tier.model


def _warm_up(converter: OpenedConverter, shipped: Shipped) -> None:
    for end in range(1, len(WARM_UP) + 1):
        converter.convert(DecodeRequest(0, LeftContext(), WARM_UP[:end]))
    keep_for_good()
    shipped.tidy()  # reading the files took 30 MB and more
    forget_code("libtorch")  # 50 MB that only its loading needed


@dataclass(frozen=True)
class _Tier:
    """What converts, and what is said of it.

    Attributes:
        scorers: the shipped one, and the one that was trained on the user's text, if any. They
            share the n-gram's states, because one at a time is used.
        written: (V,) how often the user wrote each token elsewhere; None where that is little.
    """

    scorers: Sequence[Scorer]
    description: Message
    explanation: Message
    adapter: str = ""
    notices: tuple[str | Message, ...] = ()
    model: str = ""
    written: IntArray | None = None


def _best_tier(
    assets: Path, model: ModelOptions, shipped: Shipped, verifier: Verifier | None
) -> _Tier:
    """What the options ask for, or the n-gram with a notice that says why."""
    ngram = NgramScorer(shipped.ngram)
    alone = _Tier([ngram], Message("engine.ngram"), Message("engine.details.ngram"))
    if model.tier != "auto":
        return alone
    try:
        if verifier is not None:
            verifier.check("weights/")
        return _with_network(assets, model, shipped.vocabulary, ngram)
    except AssetError as exc:
        _log.warning("%s", exc)
        return replace(alone, notices=(Message.of("engine.fault.fallback", why=exc.told),))


def _with_network(
    assets: Path, model: ModelOptions, vocabulary: Vocabulary, ngram: NgramScorer
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
        raise AssetError(Message.of("engine.fault.torch", why=str(exc))) from exc
    try:
        use_threads(model.threads)
        device = choose_device(model.device)
        folder = assets / "weights"
        network = load_network(folder, vocabulary, sha256_of(assets / "vocab.tsv"))
        digest = base_digest(folder)
        mine = personalize(network, folder, model.adapter) if model.adapter else Personalized()
        dtype = inference_dtype(device)
        size = sum(parameter.numel() for parameter in network.parameters())
        networks = [network] if mine.network is None else [network, mine.network]
        readers = [
            NetworkScorer(each, device, dtype, model.context_tokens) for each in networks
        ]
        shipped = load_shares(folder)
        shares = [shipped, mine.shares or shipped]
        scorers = list(map(MixtureScorer, readers, [ngram, ngram], shares))
    except (CheckpointError, SharesError, OSError) as exc:
        raise AssetError(Message.of("engine.fault.damaged", why=str(exc))) from exc
    except (ValueError, RuntimeError) as exc:  # of the device: not there, out of memory
        raise AssetError(Message.of("engine.fault.unusable", why=str(exc))) from exc
    described = _described(size, device.type, str(dtype), mine.version)
    notices = (mine.notice,) if mine.notice else ()
    return _Tier(
        scorers, *described, mine.version, notices, digest[:MODEL_DIGITS], mine.written
    )


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
