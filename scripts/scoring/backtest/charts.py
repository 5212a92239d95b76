"""Two charts of a replay as one SVG: lift by tenth of all, calibration of the card."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scoring.backtest.results import CARD

if TYPE_CHECKING:
    from pathlib import Path

    from scoring.backtest.results import Result

_WIDTH, _HEIGHT = 330, 260
_MUTED = "#b8b8b8"
_SHOWN = (
    "#0b5394",
    "#6fa8dc",
    "#cc4125",
    "#e69138",
    "#6aa84f",
    "#8e7cc3",
    "#999999",
    "#45818e",
    "#a61c00",
)


def write_chart(result: Result, path: Path) -> None:
    """Draw a result and save it."""
    import altair

    (_lift(result) | _calibration(result)).resolve_scale(color="independent").configure_view(
        stroke=None
    ).configure_axis(grid=False).properties(
        title=altair.TitleParams(result.task.title, anchor="start", fontSize=14)
    ).save(path)


def _lift(result: Result):  # type: ignore[no-untyped-def] # noqa: ANN202 - a chart of altair
    import altair
    import pandas as pd

    frame = pd.DataFrame(
        [
            {"competitor": name, "tenth": place, "lift": tenth.lift}
            for name, tenths in result.lift.items()
            for place, tenth in enumerate(tenths, 1)
        ]
    )
    return (
        altair.Chart(frame)
        .mark_line(point=True)
        .encode(
            x=altair.X("tenth:O", title="tenth of the rows, highest first", axis={"labelAngle": 0}),
            y=altair.Y("lift:Q", title="lift"),
            color=altair.Color(
                "competitor:N",
                sort=list(result.lift),
                scale=altair.Scale(domain=list(result.lift), range=list(_SHOWN)),
                title=None,
            ),
            strokeWidth=altair.condition(
                altair.datum.competitor == CARD, altair.value(3), altair.value(1.2)
            ),
        )
        .properties(width=_WIDTH, height=_HEIGHT)
    )


def _calibration(result: Result):  # type: ignore[no-untyped-def] # noqa: ANN202 - as above
    import altair
    import pandas as pd

    tenths = result.calibration[CARD].tenths
    frame = pd.DataFrame(
        [
            {
                "expected": tenth.expected,
                "observed": tenth.observed,
                "low": tenth.low * tenth.expected,
                "high": tenth.high * tenth.expected,
            }
            for tenth in tenths
        ]
    )
    ends = pd.DataFrame({"expected": [0.0, float(frame["expected"].max())]})
    even = (
        altair.Chart(ends.assign(observed=ends["expected"]))
        .mark_line(strokeDash=[4, 4], color=_MUTED)
        .encode(x="expected:Q", y="observed:Q")
    )
    base = altair.Chart(frame).encode(
        x=altair.X("expected:Q", title="expected by the card, mean of a tenth")
    )
    bars = base.mark_rule(color=_SHOWN[0], opacity=0.6).encode(
        y=altair.Y("low:Q", title="observed, with 99 % for all tenths"), y2="high:Q"
    )
    points = base.mark_point(filled=True, size=50, color=_SHOWN[0]).encode(y="observed:Q")
    return (even + bars + points).properties(width=_WIDTH, height=_HEIGHT)
