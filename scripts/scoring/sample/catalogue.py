"""Products, offers and campaigns: the things that people meet."""

from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Final

from scoring.sample.draft import Cell, Draft
from scoring.sample.faults import NULL, OUT_OF_RANGE, Fault, not_a, spoil
from scoring.sample.timeline import chance, money

PRODUCTS: Final = (
    "product_id", "product_name", "category", "department", "brand", "is_private_label",
    "margin_rate",
)  # fmt: skip
OFFERS: Final = (
    "offer_id", "offer_name", "offer_type", "list_amount", "currency", "start_date", "end_date",
)  # fmt: skip
OFFER_PRODUCTS: Final = ("offer_id", "product_id", "category")
CAMPAIGNS: Final = (
    "campaign_id", "campaign_name", "campaign_type", "channel", "offer_id", "start_date",
    "end_date", "unit_cost", "incentive_amount", "budget_amount", "currency",
)  # fmt: skip
CATEGORIES: Final = (
    ("Cheese", "Grocery", 600), ("Bread", "Grocery", 350), ("Coffee & tea", "Grocery", 900),
    ("Crème fraîche", "Grocery", 280), ("Garden", "Home", 2600), ("Kitchen", "Home", 3400),
    ("Soap", "Care", 450), ("Shampoo", "Care", 700),
)  # fmt: skip
UNKNOWN_PRODUCT: Final = "P999"
UNKNOWN_CAMPAIGN: Final = "CMP99"


@dataclass(frozen=True)
class Product:
    """A product with its price in cents."""

    product_id: str
    category: str
    price: int


@dataclass(frozen=True)
class Campaign:
    """A campaign; `appeal` multiplies the chance of an answer."""

    campaign_id: str
    name: str
    campaign_type: str
    channel: str
    offer_id: str | None
    start: date
    days: int
    unit_cost: str
    incentive: str | None
    appeal: float
    has_control: bool = False
    budget: str | None = None

    @property
    def end(self) -> date:
        """Last day."""
        return date.fromordinal(self.start.toordinal() + self.days - 1)


ALL_CAMPAIGNS: Final = (
    Campaign("CMP01", "Winter coupons", "coupon", "post", "OFF01",
             date(2024, 2, 5), 21, "0.80", "5.00", 1.4),
    Campaign("CMP02", "Spring news", "newsletter", "email", None,
             date(2024, 4, 8), 7, "0.02", None, 0.6),
    Campaign("CMP03", "Garden weeks", "coupon", "email", "OFF02",
             date(2024, 5, 13), 28, "0.02", "8.00", 1.2, True),
    Campaign("CMP04", "Été à table", "coupon", "post", "OFF03",
             date(2024, 7, 1), 31, "0.80", "4.00", 1.0),
    Campaign("CMP05", "We miss you", "win_back", "sms", "OFF04",
             date(2024, 9, 9), 14, "0.06", "10.00", 0.8),
    Campaign("CMP06", "Kitchen fair", "event", "email", "OFF05",
             date(2024, 10, 14), 10, "0.02", None, 0.9),
    Campaign("CMP07", "Christmas book", "coupon", "post", "OFF01",
             date(2024, 11, 18), 35, "0.95", "6.00", 1.6, True),
    Campaign("CMP08", "Loan at a fixed rate", "finance", "phone", "OFF07",
             date(2025, 1, 20), 30, "2.50", None, 0.3),
    Campaign("CMP09", "Spring coupons", "coupon", "email", "OFF02",
             date(2025, 3, 17), 21, "0.02", "5.00", 1.3),
    Campaign("CMP10", "Café du matin", "newsletter", "app", "OFF06",
             date(2025, 5, 12), 14, "0.01", None, 0.7),
    Campaign("CMP11", "June coupons", "coupon", "post", "OFF03",
             date(2025, 6, 9), 28, "0.85", "5.00", 1.2, budget="165.00"),
)  # fmt: skip
SUMMER: Final = Campaign(
    "CMP12", "Summer to come", "coupon", "email", "OFF02", date(2025, 7, 7), 21, "0.02", "5.00", 1.0
)


def make_products() -> tuple[Product, ...]:
    """The products, seven per category."""
    return tuple(
        Product(f"P{place * 7 + step + 1:03d}", category, price + step * price // 5)
        for place, (category, _, price) in enumerate(CATEGORIES)
        for step in range(7)
    )


def draft_products(seed: int, products: tuple[Product, ...]) -> Draft:
    """Draft `sales.products`, in Parquet."""
    rng = Random(f"products {seed}")
    departments = {category: department for category, department, _ in CATEGORIES}
    draft = Draft("sales.products", PRODUCTS)
    for product in products:
        own = chance(rng, 0.3)
        cells: dict[str, Cell] = {
            "product_id": product.product_id,
            "product_name": f"{product.category} no. {product.product_id[1:]}",
            "category": product.category,
            "department": departments[product.category],
            "brand": "Maison" if own else rng.choice(("Alpina", "Nørd", "Sol & Fils")),
            "is_private_label": own,
            "margin_rate": rng.randrange(15, 45) / 100,
        }
        draft.add(".parquet", cells)
    draft.repeat(draft.rows[4])
    faults: tuple[Fault, ...] = (
        ("product_id", None, NULL),
        ("margin_rate", float("nan"), not_a("decimal")),
        ("margin_rate", 1.7, OUT_OF_RANGE),
    )
    spoil(draft, draft.rows[6:], faults, key="product_id")
    return draft


def draft_offers() -> Draft:
    """Draft `sales.offers`: coupon books, an event, a loan and a property."""
    draft = Draft("sales.offers", OFFERS)
    offers = (
        ("OFF01", "Cheese & coffee coupons", "coupon_book", None, None, "2024-01-01", None),
        ("OFF02", "Garden coupons", "coupon_book", None, None, "2024-05-01", "2025-12-31"),
        ("OFF03", "Coupons « à table »", "coupon_book", None, None, "2024-06-15", None),
        ("OFF04", "Welcome back", "coupon_book", None, None, "2024-09-01", "2025-09-01"),
        ("OFF05", "Kitchen fair", "event", "25.00", "USD", "2024-10-01", "2024-10-31"),
        ("OFF06", "Morning coffee", "bundle", "12.50", "EUR", "2025-05-01", None),
        ("OFF07", "Fixed-rate loan", "loan", "15000.00", "USD", "2025-01-01", None),
        ("OFF08", "Flat, rue de l'Église", "property", "240000.00", "EUR", "2024-03-01", None),
    )
    for offer in offers:
        draft.add(".csv", dict(zip(OFFERS, offer, strict=True)))
    faults: tuple[Fault, ...] = (
        ("offer_id", None, NULL),
        ("list_amount", "-1.00", OUT_OF_RANGE),
        ("start_date", "03/04/2025", not_a("date")),
    )
    spoil(draft, draft.rows[4:], faults, key="offer_id")
    return draft


def draft_offer_products(products: tuple[Product, ...]) -> Draft:
    """Draft `sales.offer_products`: whole categories, and single products."""
    draft = Draft("sales.offer_products", OFFER_PRODUCTS)
    covered = (
        ("OFF01", "Cheese"), ("OFF01", "Coffee & tea"), ("OFF02", "Garden"), ("OFF03", "Bread"),
        ("OFF03", "Crème fraîche"), ("OFF05", "Kitchen"),
    )  # fmt: skip
    for offer_id, category in covered:
        draft.add(".csv", {"offer_id": offer_id, "product_id": None, "category": category})
    for product in products[::6]:
        cells: dict[str, Cell] = {"offer_id": "OFF04", "product_id": product.product_id}
        draft.add(".csv", cells)
    draft.repeat(draft.rows[1])
    spoil(draft, draft.rows[2:], (("offer_id", None, NULL),))
    return draft


def draft_campaigns() -> Draft:
    """Draft `marketing.campaigns`, one that has not begun among them."""
    draft = Draft("marketing.campaigns", CAMPAIGNS)
    for campaign in (*ALL_CAMPAIGNS, SUMMER):
        cells: dict[str, Cell] = {
            "campaign_id": campaign.campaign_id,
            "campaign_name": campaign.name,
            "campaign_type": campaign.campaign_type,
            "channel": campaign.channel,
            "offer_id": campaign.offer_id,
            "start_date": campaign.start.isoformat(),
            "end_date": campaign.end.isoformat(),
            "unit_cost": campaign.unit_cost,
            "incentive_amount": campaign.incentive,
            "budget_amount": campaign.budget,
            "currency": "USD" if campaign.incentive else None,
        }
        draft.add(".csv", cells)
    draft.repeat(draft.rows[0])
    faults: tuple[Fault, ...] = (
        ("campaign_id", None, NULL),
        ("start_date", "2099-12-31", OUT_OF_RANGE),
        ("start_date", "2026-02-30", not_a("date")),
        ("unit_cost", money(-5), OUT_OF_RANGE),
    )
    spoil(draft, draft.rows[3:], faults, key="campaign_id")
    return draft
