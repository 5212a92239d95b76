-- Rows of the seeds of identity that say nothing, and columns and rules that they leave out.
with

survivorship as (
    select
        column_name as word,
        which_record as choice
    from {{ ref("survivorship") }}
),

columns_of_people as (
    {% for column in profile_columns() %}
    select '{{ column }}' as word
    {{ "union all" if not loop.last }}
    {% endfor %}
),

rules_of_the_models as (
    {% for rule in ["email", "phone", "name_birth_post", "reviewed"] %}
    select '{{ rule }}' as word
    {{ "union all" if not loop.last }}
    {% endfor %}
)

select
    'survivorship' as seed,
    coalesce(survivorship.word, columns_of_people.word) as word,
    coalesce(survivorship.choice, 'is left out') as choice
from survivorship
full join columns_of_people
    on survivorship.word = columns_of_people.word
where
    survivorship.word is null
    or columns_of_people.word is null
    or survivorship.choice not in ('survivor', 'newest', 'oldest')
union all
select
    'identity_rules' as seed,
    coalesce(rules.rule_name, rules_of_the_models.word) as word,
    case when rules.rule_name is null then 'is left out' else 'is no rule of the models' end as choice
from {{ ref("identity_rules") }} as rules
full join rules_of_the_models
    on rules.rule_name = rules_of_the_models.word
where rules.rule_name is null or rules_of_the_models.word is null
union all
select
    'identity_placeholders' as seed,
    pattern as word,
    kind as choice
from {{ ref("identity_placeholders") }}
where kind not in ('email', 'phone', 'name')
