{#-
    Cards are seeds; these macros read them while a model compiles, to write SQL that is fast for that set of cards. While the seeds do
    not exist (a first parse, lint) they give nothing and the models keep only their keys.
    A model that calls them names the seeds in a `-- depends_on` line.
-#}

{#- Whether SQL may be written from seeds now. -#}
{% macro can_read_cards() -%}
    {{ return(execute and flags.WHICH not in ("parse", "list", "clone") and load_relation(ref("score_catalogue")) is not none
        and load_relation(ref("score_points")) is not none and load_relation(ref("feature_bins")) is not none) }}
{%- endmacro %}

{#-
    Live scores of a grain (person, offer) in the order of their names: dictionaries with score_name, score_version, evidence, scale_kind,
    population, active_days (none where there is no limit), is_high_good and overall_weight.
-#}
{% macro live_scores(grain="person") -%}
    {% if not can_read_cards() %}{{ return([]) }}{% endif %}
    {% set rows = run_query(
        "select score_name, score_version, evidence, scale_kind, population, active_days, "
        ~ "coalesce(overall_weight, 0) as overall_weight, case when is_high_good then 1 else 0 end as is_high_good from " ~ ref("score_catalogue")
        ~ " where is_on and score_name <> 'overall' and grain = '" ~ grain ~ "' order by score_name"
    ).rows %}
    {% set scores = [] %}
    {% for row in rows %}
        {% do scores.append({
            "score_name": row["score_name"],
            "score_version": row["score_version"] | int,
            "evidence": row["evidence"],
            "scale_kind": row["scale_kind"],
            "population": row["population"],
            "active_days": row["active_days"],
            "is_high_good": row["is_high_good"] == 1,
            "overall_weight": row["overall_weight"],
        }) %}
    {% endfor %}
    {{ return(scores) }}
{%- endmacro %}

{#- Live scores of people that the overall score weighs. -#}
{% macro weighted_scores() -%}
    {{ return(live_scores() | selectattr("overall_weight", "gt", 0) | list) }}
{%- endmacro %}

{#-
    Features that a live card of a grain or its challenger uses: dictionaries with bin_set, feature, code (the column of its bin code), is_attribute,
    is_available and bins (rows of the seed that a value can fall into).
-#}
{% macro card_features(grain="person") -%}
    {% if not can_read_cards() %}{{ return([]) }}{% endif %}
    {% set rows = run_query(
        "select distinct bins.bin_set, bins.feature, bins.bin, bins.bin_kind, bins.lower_bound, bins.upper_bound, bins.categories, "
        ~ "coalesce(availability.is_available, true) as is_available "
        ~ "from " ~ ref("feature_bins") ~ " as bins "
        ~ "inner join " ~ ref("score_points") ~ " as points on bins.bin_set = points.bin_set and bins.feature = points.feature "
        ~ "inner join " ~ ref("score_catalogue") ~ " as catalogue on points.score_name = catalogue.score_name "
        ~ "and points.score_version in (catalogue.score_version, catalogue.challenger_version) and catalogue.is_on "
        ~ "and catalogue.grain = '" ~ grain ~ "' "
        ~ "left join " ~ ref("int_feature_availability") ~ " as availability on bins.feature = availability.feature "
        ~ "order by bins.bin_set, bins.feature, bins.bin"
    ).rows %}
    {% set features = {} %}
    {% for row in rows %}
        {% set code = row.bin_set ~ "__" ~ row.feature %}
        {% if code not in features %}
            {% do features.update({code: {
                "bin_set": row.bin_set,
                "feature": row.feature,
                "code": code,
                "is_attribute": row.feature.startswith("attribute_"),
                "is_available": row.is_available,
                "bins": [],
            }}) %}
        {% endif %}
        {% do features[code].bins.append(row) %}
    {% endfor %}
    {{ return(features.values() | list) }}
{%- endmacro %}

{#- Columns of the bin codes that a card uses, in the order of the names of their features. -#}
{% macro codes_of_card(score) -%}
    {{ return(run_query(
        "select distinct feature, bin_set, bin_set || '__' || feature as code from " ~ ref("score_points") ~ " where score_name = '"
        ~ score.score_name ~ "' and score_version = " ~ score.score_version ~ " and feature <> '(base)' order by feature, bin_set"
    ).columns["code"].values() | list) }}
{%- endmacro %}

{#- Expression: the bin codes of a card in one text, between bars; null for a card without features. -#}
{% macro codes_in_text(score) -%}
    {% set codes = codes_of_card(score) %}
    {% if not codes %}{{ return(as_text("null")) }}{% endif %}
    concat_ws('|', {% for code in codes %}{{ as_text("bins." ~ code) }}{{ ", " if not loop.last }}{% endfor %})
{%- endmacro %}

{#-
    A number without the zeros that its column gives it: beside 2.000000 DuckDB makes a decimal of 128 bits of every integer, which took half of
    the time of all bins.
-#}
{% macro shortest_number(number) -%}
    {% set text = number | string %}
    {{ return(text.rstrip("0").rstrip(".") if "." in text else text) }}
{%- endmacro %}

{#- The bin code of a feature as a case over the seed's bins: the fast form of the range join. -#}
{% macro bin_code(feature) -%}
    {%- if not feature.is_available -%}
    -1
    {%- elif feature.is_attribute -%}
    coalesce(attribute_codes.{{ feature.code }}, 0)
    {%- else -%}
    case
        when features.{{ feature.feature }} is null then 0
        {%- for bin in feature.bins if bin.bin_kind == "range" and bin.upper_bound is not none %}
        when features.{{ feature.feature }} < {{ shortest_number(bin.upper_bound) }} then {{ bin.bin }}
        {%- endfor %}
        {%- for bin in feature.bins if bin.bin_kind == "category" %}
        when features.{{ feature.feature }} in ('{{ sql_text(bin.categories).split("|") | join("', '") }}') then {{ bin.bin }}
        {%- endfor %}
        {%- for bin in feature.bins if bin.bin_kind == "other" or (bin.bin_kind == "range" and bin.upper_bound is none) %}
        else {{ bin.bin }}
        {%- endfor %}
    end
    {%- endif -%}
{%- endmacro %}

{#- Condition of the range join: whether a value falls into a bin. The portable form of `bin_code`. -#}
{% macro falls_into_bin(number_value, text_value, bins="bins") -%}
    (
        ({{ bins }}.bin_kind = 'missing' and {{ number_value }} is null and {{ text_value }} is null)
        or (
            {{ bins }}.bin_kind = 'range'
            and {{ number_value }} >= coalesce({{ bins }}.lower_bound, -1e11)
            and {{ number_value }} < coalesce({{ bins }}.upper_bound, 1e11)
        )
        or (
            {{ bins }}.bin_kind = 'category'
            and {{ dbt.position("'|'", text_value) }} = 0
            and {{ dbt.position("'|' || " ~ text_value ~ " || '|'", "'|' || " ~ bins ~ ".categories || '|'") }} > 0
        )
    )
{%- endmacro %}

{#- One row per person (or pair) and feature from one column per feature, whose name is `code`. What joins by it needs no text to be cut. -#}
{% macro unpivot_bins(relation, features, keys=["customer_id", "as_of_date"]) -%}
    {% if features -%}
    select
        {% for key in keys %}{{ key }},
        {% endfor -%}
        code,
        split_part(code, '__', 1) as bin_set,
        substr(code, {{ dbt.position("'__'", "code") }} + 2) as feature,
        bin
    from {{ relation }}
    {{ adapter.dispatch("unpivoted_codes")(features) }}
    {%- else -%}
    select
        {% for key in keys %}{{ key }},
        {% endfor -%}
        {{ as_text("null") }} as code,
        {{ as_text("null") }} as bin_set,
        {{ as_text("null") }} as feature,
        cast(null as integer) as bin
    from {{ relation }}
    where false
    {%- endif %}
{%- endmacro %}

{#- What follows a relation in `from` to turn the columns of its bin codes into rows of `code` and `bin`. -#}
{% macro default__unpivoted_codes(features) -%}
    unpivot include nulls (
        bin for code in ({% for feature in features %}{{ feature.code }}{{ ", " if not loop.last }}{% endfor %})
    )
{%- endmacro %}

{#- A reason in words: the text of the feature with the label of the bin, then the points with their sign. -#}
{% macro reason_text(text, label, feature, points, language) -%}
    replace(coalesce({{ text }}, replace({{ feature }}, '_', ' ') || ': {label}'), '{label}', {{ label }})
    || ' (' || case when {{ points }} > 0 then '+' else '' end || {{ one_digit(points, language) }} || ')'
{%- endmacro %}

{#- A number in words, with one digit of its fraction, which a comma parts from the whole in French. -#}
{% macro one_digit(number, language) -%}
    {% set text = as_text("cast(" ~ number ~ " as decimal(6, 1))") -%}
    {{ "replace(" ~ text ~ ", '.', ',')" if language == "fr" else text }}
{%- endmacro %}

{#-
    The live card of a score, as lists: features (dictionaries with code, family and bins, each with bin and thousandths) and base, in
    thousandths. `points` names the column that a model gives the points of a feature, `place` is that of its bin -1 in `score_card_rows`. The
    models that call it become expressions over columns of bin codes, several times faster than a join of each person and feature with points.
-#}
{% macro live_card(score) -%}
    {% set card = {"base": 0, "features": {}} %}
    {% set rows = run_query(
        "select card_rows.code, card_rows.feature, card_rows.bin, card_rows.place, card_rows.reason_family, "
        ~ "cast(card_rows.points * 1000 as bigint) as thousandths from " ~ ref("score_card_rows") ~ " as card_rows "
        ~ "where card_rows.score_name = '" ~ score.score_name ~ "' order by card_rows.place"
    ).rows %}
    {% for row in rows %}
        {% set code = row.code %}
        {% if row.feature == "(base)" %}
            {% do card.update({"base": row.thousandths | int}) %}
        {% else %}
            {% if code not in card.features %}
                {% do card.features.update({code: {
                    "code": code,
                    "points": "points__" ~ score.score_name ~ "__" ~ row.feature,
                    "family": row.reason_family,
                    "place": row.place - row.bin - 1,
                    "bins": [],
                }}) %}
            {% endif %}
            {% do card.features[code].bins.append({"bin": row.bin | int, "thousandths": row.thousandths | int}) %}
        {% endif %}
    {% endfor %}
    {{ return({"base": card.base, "features": card.features.values() | list}) }}
{%- endmacro %}

{#- Ends a CTE whose columns others use many times: PostgreSQL would write its expressions anew at each use. -#}
{% macro computed_once() -%}
    {{ return(adapter.dispatch("computed_once")()) }}
{%- endmacro %}

{% macro default__computed_once() -%}{%- endmacro %}

{#- Expression: the points of the bin that a feature falls into, in thousandths. -#}
{% macro bin_points(feature) -%}
    {{ return(adapter.dispatch("bin_points")(feature)) }}
{%- endmacro %}

{% macro default__bin_points(feature) -%}
    cast(case {{ feature.code }}{% for bin in feature.bins %} when {{ bin.bin }} then {{ bin.thousandths }}{% endfor %} end as bigint)
{%- endmacro %}

{#- The place of a bin in a list is its code plus two: -1 is the first. A third of the time of a case. -#}
{% macro duckdb__bin_points(feature) -%}
    {% set points = {} %}
    {% for bin in feature.bins %}{% do points.update({bin.bin: bin.thousandths}) %}{% endfor %}
    {% set listed = [] %}
    {% for code in range(-1, (points | max) + 1) %}{% do listed.append(points.get(code, "null")) %}{% endfor %}
    cast([{{ listed | join(", ") }}][{{ feature.code }} + 2] as bigint)
{%- endmacro %}

{#-
    Expressions, one per reason family: its strongest feature in one direction (1 up, -1 down). A strength packs points in thousandths times
    1 000 000, plus 999 999 less the place that the bin has in the card; it is less than 1 000 000 where none goes there (`least_strength`).
    Both directions add up the same two terms, which DuckDB then makes once.
-#}
{% macro family_strengths(card, sign) -%}
    {% set families = {} %}
    {% for feature in card.features if feature.bins | map(attribute="thousandths") | select("gt" if sign > 0 else "lt", 0) | first is defined %}
        {% set rest = "(" ~ (999998 - feature.place) ~ " - " ~ feature.code ~ ")" %}
        {% do families.setdefault(feature.family, []).append(
            (rest ~ " + " if sign > 0 else rest ~ " - ") ~ feature.points ~ " * 1000000"
        ) %}
    {% endfor %}
    {% set strongest = [] %}
    {% for strengths in families.values() %}
        {% do strongest.append("greatest(" ~ strengths | join(", ") ~ ")" if strengths | length > 1 else strengths[0]) %}
    {% endfor %}
    {{ return(strongest) }}
{%- endmacro %}

{#- Expression: the greatest strength of a side that is below those of the places before; null where there is none. -#}
{% macro greatest_below(side, place) -%}
    {% set strengths = [] %}
    {% for strength in side.families %}
        {% set name = side.name ~ "__" ~ loop.index %}
        {% do strengths.append(name if place == 1 else "case when " ~ name ~ " < " ~ side.name ~ "__place_" ~ (place - 1) ~ " then " ~ name ~ " end") %}
    {% endfor %}
    {{ return("greatest(" ~ strengths | join(", ") ~ ")" if strengths | length > 1 else (strengths or ["cast(null as bigint)"])[0]) }}
{%- endmacro %}

{#- Expression: the place in the card that a strength has packed with its points, null where it is no reason. -#}
{% macro place_of_strength(strength) -%}
    case when {{ strength }} >= {{ least_strength() }} then cast(999999 - {{ strength }} % 1000000 as integer) end
{%- endmacro %}

{#- Expression: the place in the card of the strongest, second or third feature of a list of strengths, which names its bin and its words. -#}
{% macro place_in_card(strengths, place) -%}
    999999 - {{ listed_at(strengths, place) }} % 1000000
{%- endmacro %}

{#- Expression: the three strongest features of a pair's card in one direction, one per family, as a list of strengths. -#}
{% macro pair_strongest(card, sign) -%}
    {{ return(three_strongest(family_strengths(card, sign) or ["cast(null as bigint)"])) }}
{%- endmacro %}

{#-
    The live cards of a grain, summed over the bins of its pairs: a select with keys, score_name, raw_thousandths, strongest_ups and
    strongest_downs; without rows where the sector has no card of the grain.
-#}
{% macro pair_sums(relation, grain, keys) -%}
    {%- set columns = keys | join(", ") -%}
    {% for score in live_scores(grain) -%}
    {%- set card = live_card(score) -%}
    select
        {{ columns }},
        '{{ score.score_name }}' as score_name,
        5000 + {{ card.base }}
        {%- for feature in card.features %}
        + {{ feature.points }}
        {%- endfor %} as raw_thousandths,
        {{ pair_strongest(card, 1) }} as strongest_ups,
        {{ pair_strongest(card, -1) }} as strongest_downs
    from (
        select
            *{% for feature in card.features %},
            {{ bin_points(feature) }} as {{ feature.points }}
            {%- endfor %}
        from {{ relation }}
        {{ computed_once() }}
    ) as pointed
    {{ "union all" if not loop.last }}
    {% else -%}
    select
        {{ columns }},
        {{ as_text("null") }} as score_name,
        cast(null as bigint) as raw_thousandths,
        cast(null as {{ list_type("bigint") }}) as strongest_ups,
        cast(null as {{ list_type("bigint") }}) as strongest_downs
    from {{ relation }}
    where false
    {% endfor -%}
{%- endmacro %}

{#- Points in thousandths below which a feature is no reason: they would be told as 0.0. -#}
{% macro least_reason() -%}
    {{ return(50) }}
{%- endmacro %}

{#- The strength below which a feature is no reason. -#}
{% macro least_strength() -%}
    {{ return(least_reason() * 1000000) }}
{%- endmacro %}

{#- The three greatest of some strengths of one row, as a list of those that are reasons. -#}
{% macro three_strongest(expressions) -%}
    {{ return(adapter.dispatch("three_strongest")(expressions)) }}
{%- endmacro %}

{% macro default__three_strongest(expressions) -%}
    coalesce((
        select (array_agg(strengths.strength order by strengths.strength desc))[1:3]
        from unnest(array[{{ expressions | join(", ") }}]) as strengths (strength)
        where strengths.strength >= {{ least_strength() }}
    ), cast(array[] as bigint[]))
{%- endmacro %}

{% macro duckdb__three_strongest(expressions) -%}
    list_sort(
        list_filter([{{ expressions | join(", ") }}], strength -> strength >= {{ least_strength() }}), 'DESC'
    )[1:3]
{%- endmacro %}
