"""The subcommands as `moyin` runs them: arguments in, exit status out."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial

import msgspec

from ime import __version__
from ime.bench.process_cost import Memory, milliseconds_alive
from ime.bench.replay import Plan, opened, read_rows, replay, warm_up, write_meta
from ime.bench.simulated_user import Learner, home_folders
from ime.commands import doctor
from ime.commands.convert import Form, convert
from ime.commands.model_options import fuzzy_names
from ime.commands.opening import open_runner, runner_of, shipped_converter
from ime.commands.personalize import UsageError, carry_out_with_bar
from ime.commands.pinyin import read_lines
from ime.commands.terminal import converse
from ime.decode.opening import open_converter
from ime.engine.options import session_options
from ime.engine.reading import Reader
from ime.engine.state import SessionOptions
from ime.lexicon.phrases import load_phrases
from ime.personalize.store import Store
from ime.settings import Folders, FuzzySettings, Settings, assets_folder, load, user_folders


def run_convert(args: argparse.Namespace) -> int:
    """`moyin convert`; 1 if a line could not be converted."""
    folders = user_folders()
    settings = with_model(_loaded(folders), args)
    # Nothing is committed, and pinyin is what this command reads, whatever the window's keys.
    typing = msgspec.structs.replace(settings.typing, private=True, scheme="full")
    settings = msgspec.structs.replace(settings, typing=typing)
    book, notices = load_phrases(folders.phrases_file)
    _warn_all(notices)
    options = session_options(settings)
    runner = open_runner(settings, _warn, options, book, folders.adapters)
    piped = args.pinyin == "-"
    form = Form(top=args.top, as_json=args.json, in_rows=piped)
    lines = sys.stdin if piped else [args.pinyin]
    return int(convert(runner, lines, args.context, form, sys.stdout) > 0)


def run_pinyin(args: argparse.Namespace) -> int:
    """`moyin pinyin`; a check uses no settings of the user's."""
    settings = with_model(_loaded(user_folders()) if args.check is None else Settings(), args)
    reader = Reader(open_converter(assets_folder(), settings, _warn).personal)
    if args.check is None:
        lines = sys.stdin if args.text == "-" else [args.text]
        read_lines(reader, lines, sys.stdout, as_json=args.json)
        return 0
    from ime.bench.reading_accuracy import check

    print(check(reader, args.check, args.limit, _warn), end="")
    return 0


def run_replay(args: argparse.Namespace) -> int:
    """`moyin replay`; the user's folders are neither read nor written.

    Raises:
        UsageError: there is to be training without learning.
    """
    settings = with_model(Settings(), args)
    options = SessionOptions(page_size=args.page, private=not args.learn)
    if args.personalize_after and not args.learn:
        raise UsageError("--personalize-after needs --learn: there would be nothing to learn.")
    with opened(args.table) as lines, contextlib.ExitStack() as stack:
        between = None
        if args.personalize_after or args.home:
            learner = stack.enter_context(_learner(args, settings))
            runner = runner_of(learner, options)
            between = partial(_train, learner, args.personalize_after)
        else:
            runner = open_runner(settings, _warn, options)
        warm_up(runner)
        start_ms, start = milliseconds_alive(), Memory.now()
        plan = Plan(
            picks=args.picks,
            learn=args.learn,
            context=args.context,
            limit=args.limit,
            pool=args.pool,
        )
        rows = replay(runner, read_rows(lines), plan, sys.stdout, between)
    write_meta(__version__, start_ms, start, rows, args.context)
    return 0


@contextlib.contextmanager
def _learner(args: argparse.Namespace, settings: Settings) -> Iterator[Learner]:
    """What types for a user of its own, with a log and versions."""
    with home_folders(args.home) as folders:
        opener = partial(shipped_converter, settings, _warn, folders.adapters)
        learner = Learner(folders, opener, args.threads or 0, work=carry_out_with_bar)
        try:
            yield learner
        finally:
            learner.close()


def _train(learner: Learner, every: int | None, rows: int) -> None:
    if every and rows % every == 0:
        learner.train(rows)


def run_doctor(args: argparse.Namespace, check_screen: Callable[[], None]) -> int:
    """`moyin doctor`; 1 if something is broken.

    Args:
        args: from the command line.
        check_screen: raises where no window can open.
    """
    folders = user_folders()
    loaded = load(folders.settings_file)
    settings = with_model(loaded.settings, args)
    healthy = doctor.examine(
        [
            doctor.check_versions,
            lambda: doctor.check_screen(check_screen),
            lambda: doctor.check_assets(assets_folder()),
            lambda: doctor.check_settings(loaded, folders),
            lambda: doctor.check_folders(folders),
            lambda: doctor.check_selections(folders.database),
            lambda: doctor.check_typing(lambda notify: open_runner(settings, notify)),
        ],
        sys.stdout,
    )
    return int(not healthy)


def run_terminal() -> int:
    """The conversation for machines without a screen."""
    folders = user_folders()
    settings = _loaded(folders)
    book, notices = load_phrases(folders.phrases_file)
    _warn_all(notices)
    options = session_options(settings)
    runner = open_runner(settings, _warn, options, book, folders.adapters)
    store = Store(folders.database, _warn)
    try:
        converse(runner, sys.stdin, sys.stdout, store)
    finally:
        store.close()
    return 0


def with_model(settings: Settings, args: argparse.Namespace) -> Settings:
    """Settings with what the command line says about model and ways of spelling put in."""
    given = {
        name: value
        for name in ("tier", "device", "threads", "beam")
        if (value := getattr(args, name, None)) is not None
    }
    model = msgspec.structs.replace(settings.model, **given)
    typing, fuzzy = settings.typing, settings.fuzzy
    if (correction := getattr(args, "correction", None)) is not None:
        typing = msgspec.structs.replace(typing, correction=correction == "on")
    if (pairs := getattr(args, "fuzzy", None)) is not None:
        named = fuzzy_names(pairs)
        fuzzy = FuzzySettings(**{name: name in named for name in fuzzy.__struct_fields__})
    return msgspec.structs.replace(settings, model=model, typing=typing, fuzzy=fuzzy)


def _loaded(folders: Folders) -> Settings:
    loaded = load(folders.settings_file)
    _warn_all(loaded.notices)
    return loaded.settings


def _warn_all(notices: Iterable[str]) -> None:
    for notice in notices:
        _warn(notice)


def _warn(notice: str) -> None:
    print(f"moyin: {notice}", file=sys.stderr)
