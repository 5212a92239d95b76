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
    population, active_days (none where there is no limit), missing_input (the feature that the score cannot do without and the company lacks, none
    where there is none), is_high_good and overall_weight.
-#}
{% macro live_scores(grain="person") -%}
    {% if not can_read_cards() or load_relation(ref("score_missing_inputs")) is none %}{{ return([]) }}{% endif %}
    {% set rows = run_query(
        "select catalogue.score_name, score_version, evidence, scale_kind, population, active_days, inputs.feature as missing_input, "
        ~ "coalesce(overall_weight, 0) as overall_weight, case when is_high_good then 1 else 0 end as is_high_good from " ~ ref("score_catalogue")
        ~ " as catalogue left join " ~ ref("score_missing_inputs") ~ " as inputs on catalogue.score_name = inputs.score_name "
        ~ "where is_on and catalogue.score_name <> 'overall' and grain = '" ~ grain ~ "' order by catalogue.score_name"
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
            "missing_input": row["missing_input"],
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
    The live card of a score, as lists: features (dictionaries with code, family and bins, each with bin, thousandths and strength as in
    `score_card_rows`) and base, in thousandths. `strength` names the column that a model gives the strength of a feature's bin. The
    models that call it become expressions over columns of bin codes, several times faster than a join of each person and feature with points.
-#}
{% macro live_card(score) -%}
    {% set card = {"base": 0, "features": {}} %}
    {% set rows = run_query(
        "select card_rows.code, card_rows.feature, card_rows.bin, card_rows.strength, card_rows.reason_family, "
        ~ "card_rows.thousandths from " ~ ref("score_card_rows") ~ " as card_rows "
        ~ "where card_rows.score_name = '" ~ score.score_name ~ "' order by card_rows.place"
    ).rows %}
    {% for code, feature, bin, strength, family, thousandths in rows %}
        {% if feature == "(base)" %}
            {% do card.update({"base": thousandths | int}) %}
        {% else %}
            {% if code not in card.features %}
                {% do card.features.update({code: {
                    "code": code,
                    "strength": "strength__" ~ score.score_name ~ "__" ~ feature,
                    "family": family,
                    "bins": [],
                }}) %}
            {% endif %}
            {% do card.features[code].bins.append({"bin": bin | int, "thousandths": thousandths | int, "strength": strength | int}) %}
        {% endif %}
    {% endfor %}
    {{ return({"base": card.base, "features": card.features.values() | list}) }}
{%- endmacro %}

{#- Ends a CTE whose columns others use many times: PostgreSQL would write its expressions anew at each use. -#}
{% macro computed_once() -%}
    {{ return(adapter.dispatch("computed_once")()) }}
{%- endmacro %}

{% macro default__computed_once() -%}{%- endmacro %}

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
        {{ raw_thousandths(card) }} as raw_thousandths,
        {{ pair_strongest(card, 1) }} as strongest_ups,
        {{ pair_strongest(card, -1) }} as strongest_downs
    from (
        select
            *{% for feature in card.features %},
            {{ bin_strength(feature) }} as {{ feature.strength }}
            {%- endfor %}
        from {{ relation }}
        {{ computed_once() }}
    ) as measured
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
