"""What the documents say of the tree is so: links, the picture of the rooms, versions."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from ime import __version__

REPOSITORY = Path(__file__).parents[1]
DOCUMENTS = sorted(
    path
    for folder in (".", "packaging", "assets")
    for path in (REPOSITORY / folder).glob("*.md")
)


def named(path: Path) -> str:
    return path.relative_to(REPOSITORY).as_posix()


def read(name: str) -> str:
    return (REPOSITORY / name).read_text(encoding="utf-8")


def project() -> dict[str, object]:
    return tomllib.loads(read("pyproject.toml"))


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_links_lead_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\(([^)\s#]+)[^)]*\)", document.read_text(encoding="utf-8"))
    local = [target for target in targets if "://" not in target]
    assert [target for target in local if not (document.parent / target).exists()] == []


def test_both_readmes_name_the_two_commands_alone_on_a_line() -> None:
    for name in ("README.md", "README.zh-CN.md"):
        lines = read(name).splitlines()
        assert "    ./packaging/start" in lines
        assert "    ./packaging/check" in lines


# --- ARCHITECTURE ------------------------------------------------------------------------


def floors() -> Iterator[str]:
    """The boxes of the picture, from the layers that import-linter checks."""
    config = project()["tool"]
    assert isinstance(config, dict)
    contracts = [c for c in config["importlinter"]["contracts"] if c["type"] == "layers"]
    for contract in contracts:
        (root,) = contract["containers"]
        for number, layer in enumerate(contract["layers"]):
            rooms = "; ".join(f"{root}_{room}[{room}]" for room in layer.split(" | "))
            yield f'        subgraph {root}{number}[" "]\n            {rooms}\n        end'
        for number in range(len(contract["layers"]) - 1):
            yield f"        {root}{number} --> {root}{number + 1}"


def picture() -> str:
    return read("ARCHITECTURE.md").split("```mermaid\n")[1].split("```")[0]


def test_picture_has_the_floors_that_are_checked() -> None:
    drawn = re.findall(
        r"^ {8}(?:subgraph .*\n(?: {12}.*\n)+ {8}end|\w+ --> \w+)$", picture(), re.MULTILINE
    )
    assert "\n".join(drawn) == "\n".join(floors())


def test_values_of_the_picture_are_classes_that_both_rooms_can_name() -> None:
    arrows = re.findall(r"^ {4}(\w+) -\. (\w+) \.-> (\w+)$", picture(), re.MULTILINE)
    assert len(arrows) == picture().count("-.")
    for start, value, end in arrows:
        for room in (start, end):
            root, name = room.split("_", 1)
            folder = REPOSITORY / root / name
            files = [*folder.rglob("*.py")] or [folder.with_suffix(".py")]
            texts = [file.read_text(encoding="utf-8") for file in files]
            assert any(re.search(rf"\b{value}\b", text) for text in texts), (room, value)


def test_every_path_in_architecture_and_contributing_exists() -> None:
    for document in ("ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "DECISIONS.md"):
        paths = re.findall(r"`((?:ime|model|tests|assets|packaging)/[\w./-]*)`", read(document))
        assert paths
        missing = [path for path in paths if not (REPOSITORY / path).exists()]
        assert missing == [], document


def test_every_answer_of_contributing_names_what_its_file_holds() -> None:
    table = read("CONTRIBUTING.md").split("## Ten questions")[1].split("\n## ")[0]
    answers = re.findall(r"`([\w/]+\.py)` \(`(\w+)`\)", table)
    assert len(answers) >= 10
    for path, name in answers:
        assert re.search(rf"\b{name}\b", read(path)), (path, name)


# --- CHANGELOG, DECISIONS ----------------------------------------------------------------


def test_changelog_is_in_the_form_that_it_names() -> None:
    heads = re.findall(r"^## (.*)$", read("CHANGELOG.md"), re.MULTILINE)
    assert heads[0] == "[Unreleased]"
    assert len(heads) > 1
    for head in heads[1:]:
        assert re.fullmatch(r"\[\d+\.\d+\.\d+\] - \d{4}-\d{2}-\d{2}", head), head


def test_newest_release_is_the_version_of_the_program_and_of_the_project() -> None:
    heads = re.findall(r"^## \[(\d+\.\d+\.\d+)\]", read("CHANGELOG.md"), re.MULTILINE)
    metadata = project()["project"]
    assert isinstance(metadata, dict)
    assert heads[0] == __version__ == metadata["version"]


def test_decisions_are_numbered_and_whole() -> None:
    decisions = re.split(r"^## ", read("DECISIONS.md"), flags=re.MULTILINE)[1:]
    for number, decision in enumerate(decisions, 1):
        assert decision.startswith(f"{number}. ")
        parts = (
            r"\n\d{4}-\d\d-\d\d\n.*\*\*Context\.\*\*.*\*\*Decision\.\*\*.*\*\*Consequence\.\*\*"
        )
        assert re.search(parts, decision, re.DOTALL), decision.splitlines()[0]


def test_rules_of_fronts_name_tests_that_are_there() -> None:
    named_tests = re.findall(
        r"\b(\w+/[\w/]*test_\w+\.py)(?:::(\w+))?", read("packaging/FRONTS.md")
    )
    assert len(named_tests) > 40
    for file, function in named_tests:
        text = read(f"tests/{file}")
        assert f"def {function}" in text, (file, function)
