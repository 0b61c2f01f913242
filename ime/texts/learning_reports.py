"""What a run found out, and what forgetting did, in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ime.errors import Message
from ime.personalize.documents.source_file import SourceFile
from ime.personalize.documents.words_of_text import FoundWord
from ime.personalize.facade import Overview, VersionLine
from ime.personalize.report import Outcome, Proof, Refusal, RunReport, Standing
from ime.texts.catalogue import language, say, told

_SHOWN = 5  # rescued and broken choices, each


def report_text(report: RunReport) -> str:
    """A report, with a few of the choices that changed."""
    lines = [summary(report)]
    lines += _table("report.rescued", report.rescued) + _table("report.broken", report.broken)
    return "\n".join(lines)


def summary(report: RunReport) -> str:
    """A report in figures."""
    held, general = report.held_out, report.general
    figures: dict[str, str | float | Message] = {
        "when": moment(report.created),
        "learned": report.learned,
        "fresh": report.fresh,
        "seconds": report.seconds,
        "hanzi": report.hanzi,
    }
    lines = [
        _head(report, figures),
        verdict(report),
        "",
        say(
            "report.held_out_documents" if report.hanzi else "report.held_out",
            count=held.count,
            before=held.before,
            after=held.after,
            share_before=percent(held.before, held.count),
            share_after=percent(held.after, held.count),
            rescued=held.rescued,
            broken=held.broken,
        ),
        say("report.known", count=report.known.count, broken=report.known.broken),
        say(
            "report.general",
            count=general.count,
            before=general.before,
            after=general.after,
            share_before=percent(general.before, general.count),
            share_after=percent(general.after, general.count),
        ),
    ]
    return "\n".join(lines)


def _head(report: RunReport, figures: dict[str, str | float | Message]) -> str:
    if report.hanzi:
        codes = "report.head_documents", "report.head_refused_documents"
    else:
        codes = "report.head", "report.head_refused"
    return say(codes[not report.version], version=report.version, **figures)


def verdict(report: RunReport) -> str:
    """Whether the run is in use, and if not, why."""
    if not report.accepted:
        space = "" if language() == "zh_CN" else " "
        return say("report.refused", reasons=space.join(map(reason_text, report.reasons)))
    if report.strength < 1:
        return say("report.weaker", strength=report.strength)
    return say("report.in_use")


def documents_text(files: Sequence[SourceFile]) -> str:
    """The documents that are learned from, a line each, and all of them together."""
    lines = [file_text(one) for one in files]
    hanzi = sum(one.hanzi for one in files)
    return "\n".join([*lines, say("documents.sum", count=len(files), hanzi=hanzi)])


def found_words_text(words: Sequence[FoundWord]) -> str:
    """Words that were found in documents, a line each: text, reading, times written."""
    if not words:
        return say("documents.words.none")
    return "\n".join(f"{one.text}\t{' '.join(one.syllables)}\t{one.count}" for one in words)


def file_text(file: SourceFile) -> str:
    """A document: how much is learned from, what is left out, or why it cannot be read."""
    if file.problem is not None:
        return told(file.problem)
    line = say("documents.file", hanzi=file.hanzi, path=file.path)
    return line + ("  " + left_out_text(file) if file.left_out else "")


def left_out_text(file: SourceFile) -> str:
    """What of a document is left out, by kind; empty where nothing is."""
    if not file.left_out:
        return ""
    kinds = [
        say(f"documents.kind.{kind}", count=count) for kind, count in file.left_out.items()
    ]
    return say("documents.left_out", kinds=say("documents.comma").join(kinds))


def proof_text(proof: Proof) -> str:
    """What forgetting did."""
    lines = []
    if proof.documents:
        lines.append(say("proof.documents", count=proof.documents))
    if proof.removed or not proof.documents:
        lines.append(say("proof.removed", count=proof.removed))
    if proof.versions:
        lines.append(say("proof.versions", names=", ".join(proof.versions)))
    if proof.before is not None and proof.after is not None:
        before, after = _place(proof.before), _place(proof.after)
        lines.append(say("proof.standing", before=before, after=after))
    if proof.drafts:
        lines.append(say("proof.drafts", count=proof.drafts))
    if proof.word and proof.traces:
        lines.append(say("proof.traces", files=", ".join(proof.traces)))
    elif proof.word:
        lines.append(say("proof.no_traces"))
    if proof.rebuilt is not None:
        lines.append(say("proof.rebuilt", verdict=verdict(proof.rebuilt)))
    return "\n".join(lines)


def standing_text(standing: Overview, selections: int) -> str:
    """How things stand: what is logged, what is in use, and all versions.

    Args:
        standing: of the versions.
        selections: in the log.
    """
    active = standing.active or say("standing.base")
    lines = [say("standing.logged", count=selections), say("standing.in_use", name=active)]
    return "\n".join([*lines, *map(_version, standing.versions)])


def _version(one: VersionLine) -> str:
    start = f"{'*' if one.active else ' '} {one.name}  "
    if one.damaged:
        return start + say("personalize.damaged")
    return start + say(
        "standing.version",
        made=moment(one.created),
        learned=one.learned,
        before=one.before,
        after=one.after,
    )


def percent(part: int, whole: int) -> str:
    """A share in per cent."""
    return f"{100 * part / whole:.1f} %" if whole else say("report.nothing")


def moment(seconds: float) -> str:
    """Date and time of day here.

    Args:
        seconds: since 1970, UTC.
    """
    return datetime.fromtimestamp(seconds).astimezone().strftime("%Y-%m-%d %H:%M")


def reason_text(reason: Refusal | str) -> str:
    """Why a run is not used."""
    if isinstance(reason, str):  # a report of an older version
        return reason
    return say(
        f"personalize.refused.{reason.reason.value}",
        cases=reason.cases,
        lost=reason.lost,
        allowed=reason.allowed,
        gained=reason.gained,
        likelier=reason.likelier,
    )


def _table(title: str, examples: Sequence[Outcome]) -> list[str]:
    nothing = say("report.nothing")
    rows = [
        say(
            "report.case",
            context=one.context[-8:],
            before=one.before or nothing,
            after=one.after or nothing,
        )
        for one in examples[:_SHOWN]
    ]
    return ["", say(title), *rows] if rows else []


def _place(standing: Standing) -> str:
    if not standing.rank:
        return say("proof.no_place", probability=standing.probability)
    return say("proof.place", rank=standing.rank, probability=standing.probability)
