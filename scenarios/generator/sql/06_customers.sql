-- Holders of lines: persons and sole traders in the order of the populations, then those who came
-- with an added line, then companies.

create table customers as
with numbered as (
    select
        cast(range as integer) as customer_no,
        cast(null as date) as since_on,
        false as is_company
    from range(1, param('numbers.persons') + 1)
    union all
    select
        customer_no,
        min(activated_on),
        false
    from lines
    where line_no > param('numbers.opening')
        and customer_no > param('numbers.persons')
        and customer_no <= param('numbers.persons') + param('numbers.adds')
    group by customer_no
    union all
    select
        cast(param('numbers.persons') + param('numbers.adds') + range as integer),
        null,
        true
    from range(1, param('numbers.companies') + 1)
)

select
    numbered.customer_no,
    coalesce(numbered.since_on, param('period.opening_on')) as since_on,
    case
        when numbered.is_company
            or draw('customer.unknown', numbered.customer_no)
            < param('customers.unknown_birth_date_share') then null
        else param('period.opening_on') - cast(floor(365.2425 * (
            ages.from_age
            + draw('customer.birth', numbered.customer_no) * (ages.to_age - ages.from_age)
        )) as integer)
    end as birth_date,
    cast(case
        when numbered.is_company then 'company'
        when draw('customer.type', numbered.customer_no) < param('customers.sole_trader_share')
            then 'sole_trader'
        else 'person'
    end as code) as customer_type,
    regions.code as region_code,
    -- A correction of the region, some day after.
    case
        when draw('customer.correction', numbered.customer_no) < param('customers.correction_share')
            and regions.code <> corrected.code
            then greatest(coalesce(numbered.since_on, param('period.opening_on')) + 1,
                param('period.daily_from') + cast(floor(
                    draw('customer.correction_day', numbered.customer_no)
                    * (param('period.last_on') - param('period.daily_from') - 5)
                ) as integer))
    end as corrected_on,
    case
        when draw('customer.correction', numbered.customer_no) < param('customers.correction_share')
            then corrected.code
    end as corrected_region_code
from numbered
inner join plan.ages as ages
    on card('customer.age', numbered.customer_no) = ages.slot
inner join decks as regions
    on regions.deck = 'regions'
        and regions.slot = card('customer.region', numbered.customer_no)
inner join decks as corrected
    on corrected.deck = 'regions'
        and corrected.slot = card('customer.corrected_region', numbered.customer_no)
order by numbered.customer_no;
