with

results as (
    select * from {{ ref("score_results") }}
    where null_reason is null
),

card_points as (
    select * from {{ ref("score_card_points") }}
),

places as (
    select distinct
        bin_set,
        feature,
        feature_place
    from card_points
),

bin_codes as (
    select * from {{ ref("score_bin_codes") }}
),

bins as (
    select * from {{ ref("feature_bins") }}
),

texts as (
    select * from {{ ref("reason_texts") }}
),

packed as (
    {% for direction, place in [("up", 1), ("up", 2), ("up", 3), ("down", 1), ("down", 2), ("down", 3)] %}
    select
        customer_id,
        as_of_date,
        score_name,
        '{{ direction }}' as direction,
        {{ place }} as place,
        {{ listed_at("strongest_" ~ direction ~ "s", place) }} as strength
    from results
    {{ "union all" if not loop.last }}
    {% endfor %}
),

unpacked as (
    select
        customer_id,
        as_of_date,
        score_name,
        direction,
        place,
        cast(9999 - strength % 10000 as integer) as feature_place,
        cast(
            case when direction = 'up' then 1 else -1 end * cast(floor(strength / 10000) as bigint) / 1000.0
            as decimal(6, 3)
        ) as points
    from packed
    where strength is not null
),

final as (
    select
        unpacked.customer_id,
        unpacked.as_of_date,
        unpacked.score_name,
        unpacked.direction,
        unpacked.place,
        places.feature,
        bin_codes.bin,
        unpacked.points,
        {{ reason_text("texts.text_en", "bins.label_en") }} as reason_en,
        {{ reason_text("texts.text_fr", "bins.label_fr") }} as reason_fr
    from unpacked
    inner join places
        on unpacked.feature_place = places.feature_place
    inner join bin_codes
        on unpacked.customer_id = bin_codes.customer_id
        and unpacked.as_of_date = bin_codes.as_of_date
        and places.bin_set = bin_codes.bin_set
        and places.feature = bin_codes.feature
    inner join bins
        on bin_codes.bin_set = bins.bin_set
        and bin_codes.feature = bins.feature
        and bin_codes.bin = bins.bin
    left join texts
        on places.feature = texts.feature
)

select * from final
