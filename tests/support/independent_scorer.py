"""The scores once more, from features and the seeds' CSV files alone.

It shares nothing with the SQL: no macro, no query, no table between features and scores.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from tests.support.offer_scale import OfferScale
from tests.support.seed_cards import (
    BASE,
    FIVE,
    Card,
    Codes,
    Entry,
    Features,
    FeatureValue,
    Reason,
    Row,
    Scored,
    is_within,
    limit_entries,
    limited,
    number_in,
    one_digit,
    read_card,
    read_rows,
    thousandths,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ATTRIBUTE = "attribute_"
REASONS = 3
# What is told with one digit, and would be told as nothing.
LEAST_REASON = Decimal("0.05")
VOICES = ("feedback_count_364d", "complaint_count_364d")
BILLS = ("invoice_count_364d", "open_loan_count", "loan_default_count")
DESCRIPTIONS = ("income_band", "home_ownership", "occupation", "household_size")


class Scorer:
    """Scores people with the cards of a project folder."""

    def __init__(self, seeds: Path, sector: str, available: frozenset[str]) -> None:
        """Read the seeds.

        Args:
            seeds: the folder of seeds.
            sector: the set of seeds of the sector.
            available: features whose inputs were delivered.
        """
        reference, of_sector = seeds / "reference", seeds / "sectors" / sector
        self._available = available
        self._catalogue = {
            row["score_name"]: row for row in read_rows(of_sector / "score_catalogue.csv")
        }
        self._bins: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in read_rows(reference / "cards" / "feature_bins.csv"):
            self._bins[row["bin_set"], row["feature"]].append(row)
        features = read_rows(reference / "cards" / "feature_catalogue.csv")
        self._families = {row["feature"]: row["reason_family"] for row in features}
        texts = read_rows(reference / "cards" / "reason_texts.csv")
        self._texts = {row["feature"]: (row["text_en"], row["text_fr"]) for row in texts}
        self._labels = {
            row["score_name"]: (row["label_en"], row["label_fr"])
            for row in read_rows(reference / "score_texts.csv")
        }
        self._needs: dict[str, list[str]] = defaultdict(list)
        for row in read_rows(of_sector / "score_requirements.csv"):
            self._needs[row["score_name"]].append(row["feature"])
        points = read_rows(reference / "cards" / "score_points.csv")
        cards = [
            read_card(row, points)
            for name, row in sorted(self._catalogue.items())
            if row["is_on"] == "true" and name != "overall"
        ]
        self.cards = [card for card in cards if card.catalogue["grain"] == "person"]
        self.offer_cards = [card for card in cards if card.catalogue["grain"] == "offer"]
        self._offers = OfferScale(reference, of_sector)

    def score(self, features: Features, attributes: Mapping[str, str]) -> list[Scored]:
        """All live scores of a person, the overall score last.

        Args:
            features: the person's row of `customer_features`.
            attributes: own attributes, each with its prefix.
        """
        results = [self._score_card(card, features, attributes) for card in self.cards]
        return [*results, self._overall(results)]

    def score_offer(self, features: Features) -> list[Scored]:
        """All live scores of a person and an offer.

        Args:
            features: the person's row of `customer_features` and the pair's of
                `customer_offer_features`, in one.
        """
        return [self._score_card(card, features, {}) for card in self.offer_cards]

    def order_offers(self, scores: Mapping[str, Decimal]) -> list[str]:
        """Offers of a person from the most probable on, from their raw scores."""
        return sorted(
            scores, key=lambda offer: (-(scores[offer] + self._offers.points(offer)), offer)
        )

    def ledger(self, name: str, codes: str) -> tuple[Entry, ...]:
        """The ledger of a past score: bin codes in the order of the features' names.

        The entry for what lies beyond the ends of the scale is left out.
        """
        card = next(card for card in self.cards if card.name == name)
        bins = (int(code) for code in codes.split("|"))
        return self._ledger(card, dict(zip(card.keys, bins, strict=True)))

    def _ledger(self, card: Card, codes: Codes) -> tuple[Entry, ...]:
        base = Entry(BASE, 0, "start of the scale and constant of the card", FIVE + card.base)
        return (base, *(self._entry(card, key, code) for key, code in codes.items()))

    def _entry(self, card: Card, key: tuple[str, str], code: int) -> Entry:
        if code not in card.points[key]:
            # A code of the history that the card does not have shows in the ledger.
            return Entry(key[1], code, "no such bin", Decimal(0))
        return Entry(key[1], code, self._bin(key, code)["label_en"], card.points[key][code])

    def _score_card(self, card: Card, features: Features, attributes: Mapping[str, str]) -> Scored:
        codes = {key: self._code(key, features, attributes) for key in card.keys}
        text = "|".join(str(code) for code in codes.values())
        reason = self._null_reason(card, features)
        if reason is not None:
            return Scored(card.name, card.version, None, None, reason, text, (), (), ())
        ledger = self._ledger(card, codes)
        raw = sum((entry.points for entry in ledger), Decimal(0))
        score = limited(raw)
        ledger += limit_entries(raw, score)
        ups, downs = (self._strongest(card, codes, sign) for sign in (1, -1))
        return Scored(card.name, card.version, raw, score, None, text, ledger, ups, downs)

    def _code(
        self,
        key: tuple[str, str],
        features: Features,
        attributes: Mapping[str, str],
    ) -> int:
        """Bin of a feature: -1 where it was not delivered, 0 where the person has none."""
        bins, feature = self._bins[key], key[1]
        if feature.startswith(ATTRIBUTE):
            value: FeatureValue = attributes.get(feature)
            if any(row["bin_kind"] == "range" for row in bins):
                value = number_in(value)
        elif feature in self._available:
            value = features[feature]
        else:
            return -1
        if value is None:
            return 0
        for row in bins:
            if row["bin_kind"] == "category" and str(value) in row["categories"].split("|"):
                return int(row["bin"])
            if row["bin_kind"] == "range" and is_within(Decimal(value), row):
                return int(row["bin"])
        return next((int(row["bin"]) for row in bins if row["bin_kind"] == "other"), 0)

    def _bin(self, key: tuple[str, str], code: int) -> Row:
        return next(row for row in self._bins[key] if int(row["bin"]) == code)

    def _null_reason(self, card: Card, features: Features) -> str | None:
        absent = sorted(set(self._needs[card.name]) - self._available)
        if absent:
            return f"needs {absent[0]}"
        orders = Decimal(features["order_count_lifetime"] or 0)
        recency = features["days_since_last_order"]
        days = card.catalogue["active_days"]
        described = any(features[name] is not None for name in DESCRIPTIONS)
        left_out = {
            "buyers": (orders == 0, "no order yet"),
            "prospects": (orders > 0, "already a buyer"),
            "active": (recency is None or int(recency) > int(days or 0), "not active"),
            "repeaters": (
                Decimal(features["gap_count_364d"] or 0) < 2,
                "fewer than three order days in 364 days",
            ),
            "heard": (not _any(features, *VOICES), "nothing heard in 364 days"),
            "billed": (not _any(features, *BILLS), "no invoice or loan"),
            "described": (not described, "nothing known of the person"),
        }
        is_left_out, reason = left_out.get(card.catalogue["population"], (False, ""))
        return reason if is_left_out else None

    def _strongest(self, card: Card, codes: Codes, sign: int) -> tuple[Reason, ...]:
        """Reasons of one direction: the strongest feature of each family, the three strongest."""

        def strength(key: tuple[str, str]) -> tuple[Decimal, str, str]:
            return (-sign * card.points[key][codes[key]], key[1], key[0])

        families: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for key, code in codes.items():
            if sign * card.points[key][code] >= LEAST_REASON:
                families[self._families.get(key[1], key[1])].append(key)
        strongest = sorted((min(keys, key=strength) for keys in families.values()), key=strength)
        return tuple(
            self._reason(key, self._entry(card, key, codes[key])) for key in strongest[:REASONS]
        )

    def _reason(self, key: tuple[str, str], entry: Entry) -> Reason:
        plain = key[1].replace("_", " ") + ": {label}"
        en, fr = self._texts.get(key[1], (plain, plain))
        labels = self._bin(key, entry.bin)
        points = f" ({'+' if entry.points > 0 else ''}{one_digit(entry.points)})"
        return Reason(
            en.replace("{label}", labels["label_en"]) + points,
            fr.replace("{label}", labels["label_fr"]) + points.replace(".", ","),
        )

    def _overall(self, results: list[Scored]) -> Scored:
        version = int(self._catalogue["overall"]["score_version"])
        weighted = {}
        for result in results:
            weight = Fraction(self._catalogue[result.name]["overall_weight"] or "0")
            if result.raw is not None and weight > 0:
                weighted[result.name] = (result, weight)
        if not weighted:
            reason = "no score to weigh"
            return Scored("overall", version, None, None, reason, None, (), (), ())
        total = sum(weight for _, weight in weighted.values())
        points = {
            name: thousandths(weight * self._distance(result) / total)
            for name, (result, weight) in weighted.items()
        }
        raw = FIVE + sum(points.values(), Decimal(0))
        score = limited(raw)
        order = sorted(
            (name for name in points if points[name] != 0),
            key=lambda name: (-abs(points[name]), name),
        )[:REASONS]
        reasons = {name: self._overall_reason(weighted[name][0], points[name]) for name in order}
        label = "weighted distance of the score from 5"
        ledger = (
            Entry(BASE, 0, "start of the scale", FIVE),
            *(Entry(name, 0, label, points[name]) for name in points),
            *limit_entries(raw, score),
        )
        ups = tuple(reasons[name] for name in order if points[name] > 0)
        downs = tuple(reasons[name] for name in order if points[name] < 0)
        return Scored("overall", version, raw, score, None, None, ledger, ups, downs)

    def _distance(self, result: Scored) -> Fraction:
        assert result.raw is not None
        distance = Fraction(result.raw) - 5
        return distance if self._is_high_good(result.name) else -distance

    def _is_high_good(self, name: str) -> bool:
        return self._catalogue[name]["is_high_good"] == "true"

    def _overall_reason(self, result: Scored, points: Decimal) -> Reason:
        """The score in words, with its own first reason on the side that moved the overall."""
        assert result.score is not None
        is_up = (points > 0) == self._is_high_good(result.name)
        first = (result.ups if is_up else result.downs)[:1]
        score = one_digit(result.score)
        en, fr = self._labels[result.name]
        return Reason(
            f"{en} {score}" + "".join(f": {reason.en}" for reason in first),
            f"{fr} {score.replace('.', ',')}" + "".join(f" : {reason.fr}" for reason in first),
        )


def _any(features: Features, *names: str) -> bool:
    """Whether any of the counts is above 0."""
    return any(Decimal(features[name] or 0) > 0 for name in names)
