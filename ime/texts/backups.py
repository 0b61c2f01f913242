"""What is said of a backup, in the terminal and in the window."""

from __future__ import annotations

from ime.backend.backup import Contents, Manifest
from ime.texts.catalogue import say
from ime.texts.learning_reports import moment


def contents_text(contents: Contents) -> str:
    """One line: how much there is."""
    parts = (
        say("backup.choices", count=contents.choices),
        say("backup.words", count=contents.words),
        say("backup.versions", count=contents.versions),
    )
    return say("backup.comma").join(parts)


def question(manifest: Manifest, present: Contents, forgotten: int) -> str:
    """What restoring would do, before it is done.

    Args:
        manifest: of the backup.
        present: what is there now and would be replaced.
        forgotten: words that were forgotten since and stay so.
    """
    made = say("backup.of", when=moment(manifest.made), version=manifest.version)
    replaced = say("backup.replaces", contents=contents_text(present))
    lines = [made, replaced]
    if forgotten:
        lines.append(say("backup.stay_forgotten", count=forgotten))
    return "\n".join([*lines, say("backup.come_back")])
