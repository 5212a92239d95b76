{#-
    A person's own rate of taking an offer over what is usual for it, pulled towards 1 while there is little to go by. Reads the relations
    `availability` and `usual`; days are those in which the person was there to take it, weighed as the count is.
-#}
{% macro rate_ratio(count, known_days) -%}
    case
            when availability.has_line_products
                then {{ quantise(
                    "(coalesce(" ~ as_double(count) ~ ", 0) + " ~ reference_statistic("offer_rate_weight") ~ " * usual.intensity)"
                    ~ " / (coalesce(" ~ as_double(known_days) ~ ", 0) / 28 + " ~ reference_statistic("offer_rate_weight") ~ ")"
                    ~ " / usual.intensity"
                ) }}
        end
{%- endmacro %}
