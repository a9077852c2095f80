-- One type for every code that stands in a big table: a byte instead of a text.

create type code as enum (
    select distinct code
    from (
        select code from decks
        union all
        select population from plan.populations
        union all
        select line_kind from plan.populations
        union all
        select brand_class from plan.populations
        union all
        select contract_kind from plan.contract_classes
        union all
        select param('operator')
        union all
        select unnest([
            'new', 'port_in', 'port_out', 'voluntary', 'forced', 'deceased',
            'person', 'sole_trader', 'company'
        ])
    )
    order by code
);

alter table decks alter code type code;
alter table plan.populations alter population type code;
alter table plan.populations alter line_kind type code;
alter table plan.populations alter brand_class type code;
alter table plan.contract_classes alter class type code;
alter table plan.contract_classes alter contract_kind type code;
alter table plan.fee_rules alter brand_class type code;
alter table plan.fee_rules alter contract_kind type code;
alter table plan.plans alter plan_code type code;
alter table plan.brands_on_network alter brand_code type code;
alter table plan.port_outs alter destination type code;
alter table plan.port_outs alter brand_class type code;
alter table plan.port_ins alter donor_group type code;
alter table plan.port_ins alter brand_class type code;
alter table plan.terminations alter population type code;
alter table plan.terminations alter kind type code;
alter table plan.new_lines alter population type code;
alter table plan.new_lines alter kind type code;
alter table planted_lines alter population type code;
alter table planted_lines alter kind type code;
alter table planted_lines alter contract type code;
