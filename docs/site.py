"""Builds the parts of the site that nobody should write by hand.

The navigation comes from the folders, the reference from the docstrings of every package with an
``__all__``, the help texts from the command line, and equations become MathML, which browsers show
without a script and without the network.
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
            pages += [*(f"reference/{_page_name(name)}" for name in packages()), "reference/command-line.md"]
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
