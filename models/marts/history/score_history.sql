with

results as (
    select * from {{ ref("score_results") }}
),

bin_codes as (
    select * from {{ ref("score_bin_codes") }}
),

card_features as (
    select distinct
        score_name,
        score_version,
        bin_set,
        feature
    from {{ ref("score_points") }}
    where feature <> '(base)'
),

runs as (
    select * from {{ ref("int_run") }}
),

codes as (
    select
        bin_codes.customer_id,
        bin_codes.as_of_date,
        card_features.score_name,
        card_features.score_version,
        {{ dbt.listagg(
            as_text("bin_codes.bin"), "'|'", "order by card_features.feature, card_features.bin_set"
        ) }} as bin_codes
    from bin_codes
    inner join card_features
        on bin_codes.bin_set = card_features.bin_set
        and bin_codes.feature = card_features.feature
    group by
        bin_codes.customer_id,
        bin_codes.as_of_date,
        card_features.score_name,
        card_features.score_version
),

/* Codes stand in the order of the features' names: with the seeds of the version the ledger can be made again. */
final as (
    select
        results.customer_id,
        results.as_of_date,
        results.score_name,
        results.score_version,
        results.score_raw,
        results.score,
        results.null_reason,
        codes.bin_codes
    from results
    inner join runs
        on results.as_of_date = runs.as_of_date
    left join codes
        on results.customer_id = codes.customer_id
        and results.as_of_date = codes.as_of_date
        and results.score_name = codes.score_name
        and results.score_version = codes.score_version
)

select * from final
