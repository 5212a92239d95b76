"""Fixtures for tests of functions."""

from __future__ import annotations

import pytest


@pytest.fixture
def verdict_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Checks judge and write no pages: that takes half as long again, and other tests read them."""

    def nothing(*_: object, **__: object) -> None:
        pass

    context = "great_expectations.data_context.AbstractDataContext"
    monkeypatch.setattr(f"{context}.build_data_docs", nothing)
    monkeypatch.setattr("scoring.checks.validate.write_pages", nothing)
