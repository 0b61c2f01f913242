"""What the settings mean to the session, the converter and the model: read here and only here.

What belongs to `converter_options` and `session_options` changes while a converter is open;
what belongs to `model_options` needs another one.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from ime.convert.converter import ConverterOptions
from ime.convert.search import SearchOptions
from ime.decode.options import ModelOptions
from ime.errors import Message
from ime.pinyin.custom_scheme import chosen_scheme
from ime.pinyin.graph import FuzzyPair, GraphOptions
from ime.session.bindings import read_bindings
from ime.session.keys import Key
from ime.session.state import SessionOptions
from ime.settings import ModeKey, Settings

_MODE_KEYS: Mapping[ModeKey, Key | None] = MappingProxyType(
    {"shift": Key.SHIFT, "control": Key.CONTROL, "none": None}
)
BEAM = 24  # up to 36, more is found behind the first place, but the first is the same
# A second thread made the median key slower (9.4 ms for 6.7 on two cores): the products of a
# step are too small to share. A wider network will want more; see `moyin bench --latency`.
THREADS = 1


def graph_options(settings: Settings) -> GraphOptions:
    """Ways of spelling."""
    pairs = settings.fuzzy.enabled()
    scheme, _ = chosen_scheme(settings.typing.scheme)
    return GraphOptions(
        fuzzy=frozenset(pair for pair in FuzzyPair if pair.name.lower() in pairs),
        # Slips are those of full pinyin; with two keys a syllable a slip is another syllable.
        correction=settings.typing.correction and scheme is None,
        undivided=scheme is not None,
    )


def converter_options(settings: Settings) -> ConverterOptions:
    """How an open converter reads letters and orders what it finds."""
    return ConverterOptions(
        graph=graph_options(settings),
        search=SearchOptions(beam=settings.model.beam or BEAM),
        scheme=chosen_scheme(settings.typing.scheme)[0],
        fixed_order=settings.typing.fixed_order,
        symbols=settings.typing.symbols,
        large_set=settings.typing.large_set,
    )


def model_options(settings: Settings, adapter: Path | None = None) -> ModelOptions:
    """What a converter is opened with.

    Args:
        settings: tier, device, threads.
        adapter: file of the personal adapter in use; None for none.
    """
    model = settings.model
    return ModelOptions(model.tier, model.device, model.threads or THREADS, adapter=adapter)


def session_options(settings: Settings) -> SessionOptions:
    """What the session reads."""
    window, keys, typing = settings.window, settings.keys, settings.typing
    return SessionOptions(
        page_size=window.page_size,
        vertical=window.orientation == "vertical",
        comma_period_page=keys.comma_period_page,
        bracket_char=keys.bracket_char,
        semicolon_select=keys.semicolon_select,
        apostrophe_select=keys.apostrophe_select,
        keypad_select=keys.keypad_select,
        chinese_punctuation=typing.chinese_punctuation,
        number_marks=typing.number_marks,
        full_width=typing.full_width,
        traditional=typing.traditional,
        literal_addresses=typing.literal_addresses,
        numerals=typing.numerals,
        next_words=typing.next_words,
        private=typing.private,
        scheme=chosen_scheme(typing.scheme)[0],
        mode_key=_MODE_KEYS[keys.mode_key],
        bindings=read_bindings(keys.own)[0],
    )


def complaints(settings: Settings) -> tuple[str | Message, ...]:
    """What of the settings cannot be followed, though each value alone is one it may have."""
    scheme = chosen_scheme(settings.typing.scheme)[1]
    return (*filter(None, [scheme]), *read_bindings(settings.keys.own)[1])
