"""Makes the Data Docs readable on a closed network, with a first page of plain HTML.

Great Expectations writes pages that load scripts and styles from public servers, and a first page
that is empty without them. Here each page keeps its content and gets one small style of its own.
"""

from __future__ import annotations

import re
import shutil
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from scoring.checks.report import CheckReport, CheckResult

_LOADED = re.compile(
    r"<(script|style|footer)\b.*?</\1\s*>|<(?:link|img)\b[^>]*>", re.DOTALL | re.IGNORECASE
)
_STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; margin: 1.5rem auto; max-width: 75rem; }
table { border-collapse: collapse; margin: .5rem 0 1.25rem; }
th, td { border: 1px solid #ccc; padding: .3rem .6rem; text-align: left; vertical-align: top; }
ol, ul { padding-left: 1.2rem; }
.btn-group, .btn, .card-text, .nav-item { display: none; }
.FAILED, .text-danger { color: #b00020; font-weight: bold; }
.warning, .text-warning { color: #8a5a00; font-weight: bold; }
.ok, .text-success { color: #1b6e2d; }
.fa-check-circle::before { content: "ok"; }
.fa-times::before { content: "FAILED"; }
.fa-exclamation-triangle::before { content: "warning"; }
"""
_HEAD = "<!DOCTYPE html>\n<html lang='en'><head><meta charset='utf-8'><title>{title}</title>"


def write_pages(report: CheckReport, docs_dir: Path, titles: Mapping[str, str]) -> None:
    """Clean the pages of a site and write its first page, and the one that leads to all sites.

    Args:
        report: what the site tells.
        docs_dir: folder of the site; its parent holds the sites of all checks of a warehouse.
        titles: title of each suite, by its folder name.
    """
    shutil.rmtree(docs_dir / "static", ignore_errors=True)
    for page in docs_dir.rglob("*.html"):
        page.write_text(without_loaded_parts(page.read_text(encoding="utf-8")), encoding="utf-8")
    links = [
        _link(page.relative_to(docs_dir).as_posix(), title)
        for slug, title in titles.items()
        for page in sorted((docs_dir / "validations" / slug).rglob("*.html"))
    ]
    _write_page(docs_dir / "index.html", f"Checks of {report.name}", _table(report), links)
    sites = sorted(page.parent.name for page in docs_dir.parent.glob("*/index.html"))
    _write_page(
        docs_dir.parent / "index.html",
        "Data Docs",
        "",
        [_link(f"{s}/index.html", s) for s in sites],
    )


def without_loaded_parts(page: str) -> str:
    """The page without whatever it would load or run, and with a style of its own."""
    return _LOADED.sub("", page).replace("</head>", f"<style>{_STYLE}</style></head>", 1)


def _write_page(path: Path, title: str, body: str, links: list[str]) -> None:
    items = "\n".join(f"<li>{link}</li>" for link in links)
    path.write_text(
        f"{_HEAD.format(title=escape(title))}<style>{_STYLE}</style></head>\n"
        f"<body><h1>{escape(title)}</h1>\n{body}\n<ul>\n{items}\n</ul></body></html>\n",
        encoding="utf-8",
    )


def _link(target: str, text: str) -> str:
    return f"<a href='{escape(target)}'>{escape(text)}</a>"


def _table(report: CheckReport) -> str:
    outcome = "passed" if report.passed else "FAILED"
    heads = ("", "table", "what must hold", "seen", "examples", "what to do")
    head = "".join(f"<th>{text}</th>" for text in heads)
    rows = "\n".join(_row(result) for result in report.results)
    return (
        f"<p class='{'ok' if report.passed else 'FAILED'}'>{outcome}</p>\n"
        f"<table>\n<tr>{head}</tr>\n{rows}\n</table>"
    )


def _row(result: CheckResult) -> str:
    cells = [
        result.table,
        result.expectation,
        result.observed,
        "; ".join(result.example_keys),
        "" if result.passed else result.advice,
    ]
    shown = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
    return f"<tr><td class='{result.verdict}'>{result.verdict}</td>{shown}</tr>"
