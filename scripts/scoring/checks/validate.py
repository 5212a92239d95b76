"""Runs rules through Great Expectations, in memory, and writes the Data Docs."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

from scoring.checks.masking import mask
from scoring.checks.pages import write_pages
from scoring.checks.report import CheckReport, CheckResult

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from pathlib import Path

    from great_expectations import ExpectationSuite
    from great_expectations.core import ExpectationValidationResult
    from great_expectations.data_context.data_context.ephemeral_data_context import (
        EphemeralDataContext,
    )
    from great_expectations.expectations.expectation import Expectation

    from scoring.checks.rules import Rule, Subject

EXAMPLES = 5
# More than are shown, since several failing rows may have one key.
EXAMPLES_KEPT = 20
SEVERITIES = {"error": "critical", "warning": "warning", "information": "info"}
SITE = "data_docs"


def validate(
    name: str, subjects: Sequence[Subject], pii_columns: Collection[str], docs_dir: Path
) -> CheckReport:
    """Judge frames by their rules and write a page about each.

    Args:
        name: what is checked, for the report.
        subjects: frames and rules.
        pii_columns: columns to mask before anything else sees the frames.
        docs_dir: folder of the pages, made anew.

    Returns:
        The report; its results are in the order of subjects and rules.
    """
    import great_expectations as gx

    if docs_dir.exists():
        shutil.rmtree(docs_dir)
    context = _make_context(docs_dir)
    source = context.data_sources.add_pandas("warehouse")
    results: list[CheckResult] = []
    for subject in subjects:
        asset = source.add_dataframe_asset(subject.title)
        batch = asset.add_batch_definition_whole_dataframe("all rows")
        suite = context.suites.add(_make_suite(subject))
        definition = context.validation_definitions.add(
            gx.ValidationDefinition(name=_slug(subject.title), data=batch, suite=suite)
        )
        outcome = definition.run(
            batch_parameters={"dataframe": mask(subject.frame, pii_columns)},
            result_format={
                "result_format": "SUMMARY",
                "unexpected_index_column_names": list(subject.keys),
                "partial_unexpected_count": EXAMPLES_KEPT,
            },
        )
        results.extend(_read_results(subject, outcome.results))
    context.build_data_docs(site_names=[SITE])
    report = CheckReport(name, tuple(results), docs_dir / "index.html")
    write_pages(report, docs_dir, {_slug(s.title): s.title for s in subjects})
    return report


def _make_context(docs_dir: Path) -> EphemeralDataContext:
    import great_expectations as gx
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )

    return gx.get_context(
        mode="ephemeral",
        project_config=DataContextConfig(
            store_backend_defaults=InMemoryStoreBackendDefaults(),
            analytics_enabled=False,
            progress_bars=ProgressBarsConfig(globally=False, metric_calculations=False),
            data_docs_sites={
                SITE: {
                    "class_name": "SiteBuilder",
                    "show_how_to_buttons": False,
                    "store_backend": {
                        "class_name": "TupleFilesystemStoreBackend",
                        "base_directory": str(docs_dir),
                    },
                    "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
                }
            },
        ),
    )


def _slug(title: str) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in title)


def _make_suite(subject: Subject) -> ExpectationSuite:
    import great_expectations as gx

    expectations = [_make_expectation(i, rule) for i, rule in enumerate(subject.rules)]
    return gx.ExpectationSuite(name=_slug(subject.title), expectations=expectations)


def _make_expectation(number: int, rule: Rule) -> Expectation:
    import great_expectations.expectations as gxe
    from great_expectations.expectations.row_conditions import Column

    arguments: dict[str, Any] = dict(rule.arguments)
    if rule.where_null:
        arguments["row_condition"] = Column(rule.where_null).is_null()
    if rule.where_filled:
        arguments["row_condition"] = Column(rule.where_filled).is_not_null()
    expectation: Expectation = getattr(gxe, rule.expectation)(
        **arguments,
        description=rule.text,
        notes=rule.advice,
        severity=SEVERITIES[rule.severity],
        meta={"rule": number},
    )
    return expectation


def _read_results(
    subject: Subject, outcomes: Iterable[ExpectationValidationResult]
) -> list[CheckResult]:
    by_rule = {}
    for outcome in outcomes:
        config = outcome.expectation_config
        if config is not None:
            by_rule[int(config.meta["rule"])] = outcome
    return [
        _read_result(subject, rule, by_rule[number]) for number, rule in enumerate(subject.rules)
    ]


def _read_result(subject: Subject, rule: Rule, outcome: ExpectationValidationResult) -> CheckResult:
    passed = bool(outcome.success)
    found: Mapping[str, Any] = outcome.result or {}
    keys = [] if passed else _example_keys(subject.keys, found)
    return CheckResult(
        table=subject.table,
        expectation=rule.text,
        passed=passed,
        severity=rule.severity,
        observed=_observed(found, outcome.exception_info),
        failed_count=int(found.get("unexpected_count", 0 if passed else 1)),
        example_keys=tuple(keys),
        advice=rule.advice,
    )


def _example_keys(names: Sequence[str], found: Mapping[str, Any]) -> list[str]:
    rows: Iterable[Mapping[str, Any]] = found.get("partial_unexpected_index_list") or []
    texts = [" ".join(f"{name} {_plain(row[name])}" for name in names) for row in rows if names]
    return list(dict.fromkeys(texts))[:EXAMPLES]


def _observed(found: Mapping[str, Any], exception_info: Mapping[str, Any] | None) -> str:
    if "unexpected_count" in found:
        values = [_plain(v) for v in found.get("partial_unexpected_list") or [] if v is not None]
        examples = list(dict.fromkeys(values))[:EXAMPLES]
        shown = f", for example {'; '.join(examples)}" if examples else ""
        failing, rows = found["unexpected_count"], found["element_count"]
        return f"{failing} of {rows} rows do not{shown}" if failing else f"all {rows} rows do"
    if "observed_value" in found:
        return _plain(found["observed_value"])
    return f"it could not be evaluated: {_exception_message(exception_info or {})}"


def _exception_message(info: Mapping[str, Any]) -> str:
    """The message of an exception, which lies flat or one level below the name of a metric."""
    for node in (info, *info.values()):
        if isinstance(node, dict) and node.get("exception_message"):
            return str(node["exception_message"])
    return "no reason given"


def _plain(value: object) -> str:
    from pandas import isna

    if isinstance(value, dict):
        return ", ".join(_plain(part) for part in value.values())
    if isinstance(value, list | tuple):
        return ", ".join(_plain(part) for part in value)
    if isna(value):
        return "empty"
    if isinstance(value, float):
        return f"{value:.6g}"
    return str(value)
