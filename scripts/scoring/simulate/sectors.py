"""What differs between trades: rates, amounts, channels, offers. One frozen record per sector."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from scoring.errors import CannotRun

Weights = tuple[tuple[str, float], ...]
"""Names with their weights; weights need not add up to one."""


@dataclass(frozen=True)
class Category:
    """A category of products; `price` is the typical price of one unit."""

    name: str
    department: str
    price: float
    weight: float = 1.0


@dataclass(frozen=True)
class Offer:
    """What can be offered; it covers the products of one category."""

    name: str
    offer_type: str
    category: str
    list_amount: float | None = None


@dataclass(frozen=True)
class Agreement:
    """What a customer is asked for at set times, beside orders.

    Attributes:
        name: what it is.
        share: customers who have one.
        amount: typical amount of a call; of all calls together where there are stages.
        days_between: days from one call to the next.
        stages: share of the amount that each call asks for; none where calls go on.
    """

    name: str
    share: float
    amount: float
    days_between: int
    stages: tuple[float, ...] = ()


@dataclass(frozen=True)
class Sector:
    """Parameters of a simulated company; shares are 0 to 1, rates are per year.

    Attributes:
        name: name of the sector.
        lines_per_year: order lines per person, prospects included, where none are asked for.
        lines_per_order: mean lines of an order.
        prospect_share: people who have not bought when the period starts.
        existing_share: customers who were there before the period starts.
        churn_per_year: rate at which a customer of middling satisfaction stops for good.
        rate_spread: standard deviation of the log of a customer's order rate.
        value_spread: standard deviation of the log of what a customer pays for a thing.
        categories: what is sold.
        products_per_category: products of each category.
        currencies: currencies of orders.
        channels: where orders are placed.
        store_count: shops, branches or agencies.
        season_amplitude: how far the order rate swings over a year, 0 to 1.
        season_peak: day of the year with the highest order rate.
        weekdays: weights of Monday to Sunday.
        coupon_share: orders with a coupon.
        discount_share: lines with a discount.
        return_share: orders that something of is returned.
        cancelled_share: orders that are cancelled.
        anonymous_share: orders and interactions of nobody known.
        offers: what is offered.
        campaigns_per_month: campaigns that start in a month.
        campaign_channels: channels of campaigns.
        target_share: people that a campaign addresses.
        random_share: part of the targeting that is left to chance.
        holdout_share: people never approached, for comparison.
        response_base: log-odds of a middling person's answer to an approach without pressure.
        response_order_share: answers that come with an order.
        incentive: typical reward of an answer.
        transactional_share: orders followed by a message that the person needs.
        interactions_per_year: interactions of a middling person.
        interaction_types: types of interactions, apart from e-mails.
        feedback_share: orders that are rated.
        complaint_share: orders of a middling person that are complained of.
        invoice_share: orders that are paid by invoice.
        loan_share: people with a loan.
        loan_amount: typical loan.
        collateral: kinds of collateral.
        lead_share: prospects with a lead.
        outcome: name of the outcome that the team wants predicted.
        outcomes_per_year: outcomes of a middling person.
        agreements: what customers are asked for at set times, beside orders and loans.
    """

    name: str
    lines_per_year: float
    lines_per_order: float
    prospect_share: float
    existing_share: float
    churn_per_year: float
    rate_spread: float
    value_spread: float
    categories: tuple[Category, ...]
    products_per_category: int
    currencies: Weights
    channels: Weights
    store_count: int
    season_amplitude: float
    season_peak: int
    weekdays: tuple[float, ...]
    coupon_share: float
    discount_share: float
    return_share: float
    cancelled_share: float
    anonymous_share: float
    offers: tuple[Offer, ...]
    campaigns_per_month: int
    campaign_channels: Weights
    target_share: float
    random_share: float
    holdout_share: float
    response_base: float
    response_order_share: float
    incentive: float
    transactional_share: float
    interactions_per_year: float
    interaction_types: Weights
    feedback_share: float
    complaint_share: float
    invoice_share: float
    loan_share: float
    loan_amount: float
    collateral: Weights
    lead_share: float
    outcome: str
    outcomes_per_year: float
    agreements: tuple[Agreement, ...] = ()


_RETAIL: Final = (
    Category("Bread", "Grocery", 2.9, 2.0), Category("Cheese", "Grocery", 5.4, 1.5),
    Category("Coffee & tea", "Grocery", 7.2), Category("Crème fraîche", "Grocery", 2.6),
    Category("Fruit", "Grocery", 3.3, 2.0), Category("Fish", "Grocery", 9.8, 0.7),
    Category("Wine", "Grocery", 11.5, 0.8), Category("Soap", "Care", 3.9, 0.8),
    Category("Shampoo", "Care", 5.9, 0.7), Category("Garden", "Home", 19.0, 0.4),
    Category("Kitchen", "Home", 24.0, 0.4), Category("Toys", "Home", 16.0, 0.4),
)  # fmt: skip
_COUPONS: Final = (
    Offer("Cheese coupons", "coupon_book", "Cheese"),
    Offer("Coffee coupons", "coupon_book", "Coffee & tea"),
    Offer("Garden weeks", "coupon_book", "Garden"),
    Offer("Kitchen fair", "event", "Kitchen", 25.0),
    Offer("Wine box", "bundle", "Wine", 59.0),
    Offer("Care basket", "bundle", "Shampoo", 19.0),
)

COMMERCE: Final = Sector(
    name="commerce", lines_per_year=50, lines_per_order=5, prospect_share=0.12,
    existing_share=0.7, churn_per_year=0.25, rate_spread=0.8, value_spread=0.5,
    categories=_RETAIL, products_per_category=60,
    currencies=(("USD", 92), ("EUR", 5), ("GBP", 3)), channels=(("store", 80), ("web", 20)),
    store_count=60, season_amplitude=0.2, season_peak=345,
    weekdays=(0.8, 0.8, 0.9, 0.9, 1.2, 1.5, 0.9),
    coupon_share=0.08, discount_share=0.25, return_share=0.02, cancelled_share=0.01,
    anonymous_share=0.02, offers=_COUPONS, campaigns_per_month=3,
    campaign_channels=(("email", 5), ("post", 3), ("sms", 2)),
    target_share=0.35, random_share=0.3, holdout_share=0.1, response_base=-2.6,
    response_order_share=0.8, incentive=5, transactional_share=0.05, interactions_per_year=12,
    interaction_types=(("web_visit", 75), ("visit", 10), ("call", 6), ("chat", 5), ("form", 4)),
    feedback_share=0.06, complaint_share=0.008, invoice_share=0.03, loan_share=0.03,
    loan_amount=1500, collateral=(("none", 90), ("deposit", 10)), lead_share=0.4,
    outcome="loyalty_card_upgrade", outcomes_per_year=0.1,
)  # fmt: skip

ECOMMERCE: Final = Sector(
    name="ecommerce", lines_per_year=18, lines_per_order=2.4, prospect_share=0.25,
    existing_share=0.5, churn_per_year=0.6, rate_spread=0.9, value_spread=0.6,
    categories=(
        Category("Shoes", "Fashion", 69.0), Category("Dresses", "Fashion", 49.0),
        Category("Shirts", "Fashion", 29.0, 1.5), Category("Books", "Media", 14.0, 1.5),
        Category("Games", "Media", 39.0), Category("Headphones", "Electronics", 89.0, 0.6),
        Category("Phones", "Electronics", 420.0, 0.2), Category("Lamps", "Home", 45.0, 0.7),
        Category("Bedding", "Home", 55.0, 0.7), Category("Cosmetics", "Beauty", 22.0, 1.2),
    ),
    products_per_category=120, currencies=(("USD", 70), ("EUR", 22), ("GBP", 8)),
    channels=(("web", 62), ("app", 38)), store_count=3, season_amplitude=0.3, season_peak=330,
    weekdays=(1.1, 1.0, 1.0, 1.0, 0.9, 0.8, 1.2),
    coupon_share=0.15, discount_share=0.35, return_share=0.12, cancelled_share=0.04,
    anonymous_share=0.05,
    offers=(
        Offer("Shoe sale", "coupon_book", "Shoes"), Offer("Readers' club", "bundle", "Books", 9.0),
        Offer("Sound week", "event", "Headphones"), Offer("Home refresh", "bundle", "Lamps", 79.0),
        Offer("Beauty box", "bundle", "Cosmetics", 29.0),
    ),
    campaigns_per_month=6, campaign_channels=(("email", 7), ("app", 3)),
    target_share=0.45, random_share=0.3, holdout_share=0.1, response_base=-3.0,
    response_order_share=0.6, incentive=8, transactional_share=0.4, interactions_per_year=30,
    interaction_types=(("web_visit", 90), ("chat", 6), ("form", 2), ("call", 2)),
    feedback_share=0.1, complaint_share=0.015, invoice_share=0.1, loan_share=0.01,
    loan_amount=600, collateral=(("none", 100),), lead_share=0.2,
    outcome="subscription", outcomes_per_year=0.15,
)  # fmt: skip

BANKING: Final = Sector(
    name="banking", lines_per_year=40, lines_per_order=1.1, prospect_share=0.2,
    existing_share=0.85, churn_per_year=0.08, rate_spread=0.6, value_spread=0.8,
    categories=(
        Category("Card payment", "Account", 38.0, 6.0), Category("Transfer", "Account", 240.0, 2.0),
        Category("Account fee", "Account", 8.0), Category("Savings deposit", "Savings", 400.0),
        Category("Fund purchase", "Investment", 900.0, 0.3),
        Category("Loan instalment", "Credit", 310.0, 0.8),
        Category("Home insurance", "Insurance", 45.0, 0.5),
        Category("Life insurance", "Insurance", 60.0, 0.4),
    ),
    products_per_category=8, currencies=(("EUR", 60), ("USD", 30), ("CHF", 10)),
    channels=(("app", 60), ("web", 20), ("branch", 20)), store_count=120,
    season_amplitude=0.05, season_peak=355, weekdays=(1.1, 1.1, 1.1, 1.1, 1.2, 0.8, 0.6),
    coupon_share=0.01, discount_share=0.02, return_share=0.01, cancelled_share=0.005,
    anonymous_share=0.005,
    offers=(
        Offer("Savings plan", "savings", "Savings deposit"),
        Offer("Starter fund", "investment", "Fund purchase", 1000.0),
        Offer("Consumer loan", "loan", "Loan instalment", 15000.0),
        Offer("Home cover", "insurance", "Home insurance", 300.0),
        Offer("Life cover", "insurance", "Life insurance", 480.0),
    ),
    campaigns_per_month=2, campaign_channels=(("email", 4), ("phone", 3), ("post", 3)),
    target_share=0.25, random_share=0.25, holdout_share=0.1, response_base=-3.4,
    response_order_share=0.3, incentive=30, transactional_share=0.1, interactions_per_year=24,
    interaction_types=(("web_visit", 80), ("visit", 6), ("call", 8), ("chat", 3), ("form", 3)),
    feedback_share=0.02, complaint_share=0.002, invoice_share=0.05, loan_share=0.35,
    loan_amount=18000, collateral=(("none", 45), ("property", 35), ("vehicle", 15), ("deposit", 5)),
    lead_share=0.5, outcome="insurance_taken", outcomes_per_year=0.06,
)  # fmt: skip

REAL_ESTATE: Final = Sector(
    name="real_estate", lines_per_year=2.5, lines_per_order=1.3, prospect_share=0.55,
    existing_share=0.5, churn_per_year=0.3, rate_spread=0.5, value_spread=0.7,
    categories=(
        Category("Rent", "Letting", 950.0, 6.0), Category("Agency fee", "Letting", 420.0),
        Category("Survey", "Services", 350.0), Category("Management", "Services", 90.0, 2.0),
        Category("Flat", "Sale", 210000.0, 0.05), Category("House", "Sale", 340000.0, 0.04),
        Category("Land", "Sale", 90000.0, 0.02),
    ),
    products_per_category=40, currencies=(("EUR", 80), ("USD", 20)),
    channels=(("agency", 85), ("web", 15)), store_count=40, season_amplitude=0.35,
    season_peak=150, weekdays=(1.0, 1.0, 1.0, 1.0, 1.2, 1.4, 0.3),
    coupon_share=0.0, discount_share=0.05, return_share=0.01, cancelled_share=0.06,
    anonymous_share=0.01,
    offers=(
        Offer("City flats", "property", "Flat", 240000.0),
        Offer("Family houses", "property", "House", 380000.0),
        Offer("Building plots", "property", "Land", 95000.0),
        Offer("Letting service", "service", "Management", 90.0),
    ),
    campaigns_per_month=2, campaign_channels=(("email", 6), ("phone", 2), ("post", 2)),
    target_share=0.3, random_share=0.3, holdout_share=0.1, response_base=-3.0,
    response_order_share=0.1, incentive=100, transactional_share=0.2, interactions_per_year=15,
    interaction_types=(("web_visit", 70), ("visit", 12), ("call", 10), ("form", 8)),
    feedback_share=0.15, complaint_share=0.02, invoice_share=0.6, loan_share=0.15,
    loan_amount=160000, collateral=(("property", 92), ("none", 5), ("deposit", 3)),
    lead_share=0.8, outcome="viewing", outcomes_per_year=1.2,
    # Rents and funds called for owners are not the agency's revenue: invoices without an order.
    agreements=(
        Agreement("rent", 0.4, 850.0, 30), Agreement("shared charges", 0.25, 480.0, 91),
        Agreement("home being built", 0.05, 230000.0, 120, (0.05, 0.3, 0.35, 0.25, 0.05)),
    ),
)  # fmt: skip

SECTORS: Final = {sector.name: sector for sector in (COMMERCE, ECOMMERCE, BANKING, REAL_ESTATE)}


def find_sector(name: str) -> Sector:
    """The sector of that name.

    Raises:
        CannotRun: there is none.
    """
    if name not in SECTORS:
        raise CannotRun(f"there is no sector '{name}' to simulate: use {', '.join(SECTORS)}")
    return SECTORS[name]
