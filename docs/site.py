"""Builds the parts of the site that nobody should write by hand.

The navigation comes from the folders, the reference from the docstrings of every package with an
``__all__``, the help texts from the command line, the parameters from the file that ships, and equations
become MathML, which browsers show without a script and without the network.
"""

from __future__ import annotations

import ast
import html
import re
from pathlib import Path

from latex2mathml.converter import convert
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "subside"

# Kinds of page, in the order in which a newcomer needs them: (folder, title).
SECTIONS = (
    ("tutorials", "Tutorials"),
    ("how-to", "How to"),
    ("explanation", "Explanation"),
    ("reference", "Reference"),
)


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Build the navigation: first the page everyone should read, then the four kinds."""
    nav: list[dict[str, object]] = [
        {"Subside": "index.md"},
        {"What it is not for": "not-for.md"},
        {"Known limits": "limits.md"},
    ]
    for folder, title in SECTIONS:
        pages = [f"{folder}/{page}" for page in _pages(Path(config.docs_dir) / folder)]
        if folder == "reference":
            pages += ["reference/command-line.md", "reference/parameters.md"]
            pages += [f"reference/{_page_name(name)}" for name in packages()]
        if pages:
            nav.append({title: list(dict.fromkeys(pages))})
    config.nav = nav
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are generated."""
    for name in packages():
        text = f"# {name}\n\n::: {name}\n"
        files.append(File.generated(config, f"reference/{_page_name(name)}", content=text))
    files.append(File.generated(config, "reference/command-line.md", content=_command_line()))
    files.append(File.generated(config, "reference/parameters.md", content=_parameters()))
    for name in ("GLOSSARY.md", "CHANGELOG.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        files.append(File.generated(config, f"reference/{name.lower()}", content=text))
    return files


def on_page_content(page_html: str, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001
    """Turn every equation into MathML."""

    def render(match: re.Match[str]) -> str:
        tag, source = match[1], html.unescape(match[2]).strip()
        inline = source.startswith(r"\(")
        return f"<{tag}>{convert(source[2:-2], display='inline' if inline else 'block')}</{tag}>"

    return re.sub(r'<(span|div) class="arithmatex">(.*?)</\1>', render, page_html, flags=re.S)


def packages() -> list[str]:
    """Return every package (and plain module at the top) that says what it exports."""
    found = []
    for path in sorted([*SOURCE.glob("*.py"), *SOURCE.glob("**/__init__.py")]):
        if path.name != "__init__.py" and path.name.startswith("_"):
            continue
        if _exports(path):
            parts = path.relative_to(SOURCE.parent).with_suffix("").parts
            found.append(".".join(part for part in parts if part != "__init__"))
    return found


def _exports(path: Path) -> bool:
    return any(
        isinstance(node, ast.Assign) and any(getattr(t, "id", "") == "__all__" for t in node.targets)
        for node in ast.parse(path.read_text(encoding="utf-8")).body
    )


def _page_name(package: str) -> str:
    return f"{package.removeprefix('subside.').replace('.', '-')}.md"


def _pages(folder: Path) -> list[str]:
    names = sorted(path.name for path in folder.glob("*.md"))
    if folder.name == "reference":
        names += ["glossary.md", "changelog.md"]
    return names


def _command_line() -> str:
    from subside.cli.app import help_text, verb_help
    from subside.cli.verbs import VERBS

    parts = ["# Command line", "", "```text", help_text(), "```", ""]
    for verb in VERBS:
        parts += [f"## subside {verb}", "", "```text", verb_help(verb), "```", ""]
    return "\n".join(parts)


def _parameters() -> str:
    from subside.engine.population.beliefs import fitted

    beliefs = fitted()
    parts = [
        "# Parameters and hypotheses",
        "",
        "The model's parameters as they ship. Spreads are standard deviations on the scale named (on `log`,",
        "0.2 is about 20 %): how imprecise the figure is, how trials and clinics differ, how people differ.",
        "What is recalled, a choice of design or assumed shows in every result.",
        "",
        _row("Parameter", "Typical", "Scale", "Figure", "Trials", "People", "Basis and note"),
        "|---" * 7 + "|",
    ]
    for one in beliefs.parameters.values():
        spreads = [f"{x:.2g}" if x else "" for x in (one.uncertainty_sd, one.trial_sd, one.patient_sd)]
        rows = f" ({', '.join(one.rows)})" if one.rows else ""
        said = f"{one.basis}{rows}{': ' if one.note else ''}{one.note}"
        parts.append(_row(f"`{one.name}`", f"{one.median:.3g} {one.unit}", one.scale, *spreads, said))
    parts += ["", "## Hypotheses", ""]
    parts += [_row("Hypothesis", "Typical form", "Weights", "Basis", "Note"), "|---" * 5 + "|"]
    for hypothesis in beliefs.hypotheses.values():
        weights = ", ".join(f"`{form}` {weight:.2f}" for form, weight in hypothesis.weights.items())
        names = f"`{hypothesis.name}`", f"`{hypothesis.typical}`"
        parts.append(_row(*names, weights, hypothesis.basis, hypothesis.note))
    parts += ["", "A case fixes a form by name: `[options]` then `low_dose_route = \"pore\"`."]
    return "\n".join(parts) + "\n"


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "/").replace("\n", " ") for cell in cells) + " |"
