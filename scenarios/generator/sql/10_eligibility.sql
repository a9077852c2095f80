-- Who is entitled to the waiver under the published terms, in the order of their reasons: the
-- generator knows how each line was made. The warehouse is measured against this.

create table eligibility as
select
    line_no,
    terminated_on,
    case
        when terminated_on between param('window.first_on') and param('window.last_on')
            then 'window'
        when terminated_on >= param('waiver.retroactive_from')
            and terminated_on < param('window.first_on') then 'retroactive'
    end as path,
    case
        when termination_kind = 'forced' then 'forced_termination'
        when line_kind not in ('handset', 'second_device') then 'line_kind_excluded'
        when brand_class = 'hosted' then 'hosted_brand'
        when terminated_on < param('waiver.retroactive_from')
            or terminated_on > param('window.last_on') then 'outside_window'
        when activated_on > param('waiver.in_service_on') then 'not_in_service_at_base_date'
        when device_change_on >= param('waiver.retroactive_from')
            and device_change_on <= terminated_on then 'device_changed'
        when recontract_on >= param('waiver.retroactive_from')
            and recontract_on <= terminated_on then 'recontracted'
        when day_of(rejoined_at) <= param('window.last_on') then 'rejoined'
        else 'eligible'
    end as reason_code
from lines
where terminated_on is not null;
