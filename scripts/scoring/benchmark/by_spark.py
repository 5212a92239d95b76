"""Roll-ups of orders and lines by customer and day and a few windows, with Spark on two threads.

It does what `by_pandas.py` does. It is run by a Python of its own, which has pyspark and not this
package.
"""

from __future__ import annotations

import sys

from pyspark.sql import SparkSession

WINDOWS = (28, 91, 182, 364)
QUERIES = {
    "orders": """
        select order_id, customer_id, cast(ordered_at as date) as order_date, amount
        from (
            select *, row_number() over (partition by order_id order by file desc) as place
            from raw_orders
            where order_id is not null and ordered_at >= '1990-01-01' and ordered_at < now()
        )
        where place = 1 and customer_id is not null and coalesce(status, '') <> 'cancelled'
    """,
    "lines": """
        select order_id, product_id, net_amount
        from (
            select *, row_number() over (
                partition by order_id, line_number order by _loaded_at desc, file desc
            ) as place
            from raw_lines
            where order_id is not null and line_number >= 0
        )
        where place = 1 and not (net_amount < 0 and coalesce(quantity, 0) > 0)
    """,
    "days": """
        select customer_id, order_date, count(*) as order_count, sum(amount) as amount
        from orders group by customer_id, order_date
    """,
    "products": """
        select customer_id, order_date, product_id, count(*) as line_count,
            sum(net_amount) as net_amount
        from lines inner join orders using (order_id)
        group by customer_id, order_date, product_id
    """,
}


def main() -> None:
    """Run it on the raw location named on the command line."""
    spark = (
        SparkSession.builder.master("local[2]")
        .config("spark.driver.memory", "6g")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "8")
        .config("spark.driver.host", "127.0.0.1")
        .getOrCreate()
    )
    for name, table in (("raw_orders", "orders"), ("raw_lines", "order_lines")):
        rows = spark.read.parquet(f"{sys.argv[1]}/sales/{table}")
        rows.selectExpr("*", "input_file_name() as file").createOrReplaceTempView(name)
    for name in ("orders", "lines", "days", "products"):
        spark.sql(QUERIES[name]).createOrReplaceTempView(name)
    windows = ", ".join(
        f"sum(case when age <= {days} then order_count end), "
        f"sum(case when age <= {days} then amount end)"
        for days in WINDOWS
    )
    features = spark.sql(
        f"select customer_id, min(age), {windows} from (select days.*, datediff((select "
        "max(order_date) + interval 1 day from days), order_date) as age from days) "
        "group by customer_id"
    )
    features.write.format("noop").mode("overwrite").save()
    products = spark.sql("select * from products")
    products.write.format("noop").mode("overwrite").save()
    spark.stop()


if __name__ == "__main__":
    main()
