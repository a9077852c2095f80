"""Faults of published tables: what readers would be misled by."""

from tests.expectations.faults import marts_churn, marts_survival

FAULTS = {
    **marts_churn.FAULTS,
    **marts_survival.FAULTS,
    "core.dim_dates": {
        "Between one day in fifty and four in ten are closed": (
            "update {t} set is_processing_day = true"
        ),
        "No stretch of two weeks is closed": (
            "update {t} set processed_on = date '2025-12-01' "
            "where date between date '2025-11-01' and date '2025-11-30'"
        ),
    },
    "core.dim_lines": {
        "Nearly every line has a plan tier": (
            "update {t} set plan_tier = null where not is_own_brand"
        ),
        "Nine of ten lines have a region": "update {t} set region = null where line_key % 5 = 0",
        "Lines are half a year to twenty years old on average": (
            "update {t} set activated_on = date '2025-11-01' + cast(line_key % 60 as integer)"
        ),
        "Lines spread over more than one plan tier and region": (
            "update {t} set plan_tier = 'standard'"
        ),
    },
    "compensation.fct_benefit_utilisation": {
        "No single use costs ten million won": (
            "update {t} set cost_krw = 20000000 where unit <> 'won'"
        ),
        "At least one grant in a thousand is used": "update {t} set used = 0",
    },
    "compensation.fct_ledger_entries": {
        "At most one entry in ten takes another one back": (
            "update {t} set is_reversal = true where amount_krw % 3 = 0"
        ),
        "At least a fifth of the fees is known within three months of the bill": (
            "update {t} set known_from = posted_on + 100"
        ),
        "Between three tenths and all of the fees charged are collected": (
            "delete from {t} where event_kind = 'fee_collected' and posted_on < date '2026-03-15'"
        ),
        "An entry of a line is 1,000 to 2,000,000 won on average": (
            "update {t} set amount_krw = amount_krw * 1000"
        ),
    },
    "compensation.fct_refund_positions": {
        "At most a tenth of what was ever owed was paid without being owed": (
            "update {t} set undue_krw = payable_krw"
        ),
        "At least a twentieth of the fees charged is kept": (
            "update {t} set waived_krw = charged_krw"
        ),
        "One line in ten that is owed money has been paid in full": (
            "insert into {t} select line_key + number, charged_krw, collected_krw, waived_krw,"
            " kept_krw, payable_krw, undue_krw, reversed_krw, paid_krw, expired_krw, payable_krw"
            " from {t} cross join range(2, 30) as more (number) where payable_krw > 0"
        ),
    },
    "compensation.fct_termination_fees": {
        "The sum charged is between half and twice the sum due": (
            "update {t} set recomputed_krw = recomputed_krw * 24"
        ),
        "At least four of five fees are charged as the rule says": (
            "update {t} set difference_krw = 100"
        ),
    },
    "compensation.fct_waiver_decisions": {
        "A binding policy for all entitles some and refuses some of those who left": (
            "update {t} set is_eligible = true where reason_code <> 'not_a_confirmed_victim'"
        ),
        "At most one decided claim in ten was decided against the terms": (
            "update {t} set is_disagreement = true"
        ),
        "At most a fifth more is paid than is payable": "update {t} set paid_krw = paid_krw * 2",
        "A covered fee is 1,000 to 2,000,000 won on average": (
            "update {t} set covered_krw = covered_krw * 1000"
        ),
        "Most claims are of people entitled by the current terms": (
            "update {t} set is_eligible = not is_eligible"
        ),
    },
    "compensation.fct_waiver_rule_results": {
        "No rule of a policy for all refuses nineteen of twenty lines": (
            "update {t} set passed = false where rule_code = 'device_unchanged'"
        ),
        "Rules name what they observed": "update {t} set observed = null",
    },
    "compensation.fct_revenue_forgone": {
        "Half to fifty times as many lines left as were expected to": (
            "update {t} set leavers = 0"
        ),
        "A month without a line costs no more than its list price": (
            "update {t} set month_krw = month_krw * 10"
        ),
    },
    "compensation.rpt_incident_cost": {
        "No line of the cost is below nought": (
            "update {t} set krw = -1 where cost_group = 'insurance'"
        ),
        "The upper end of the total is at most twenty times its base": (
            "update {t} set high_krw = 21 * krw where is_total"
        ),
        "Rates of exchange are of one size": (
            "update {t} set rate = rate / 1000 where rate_basis = 'claim'"
        ),
        "A line costs at most five times what was announced for it": (
            "update {t} set population_krw = 6 * announced_krw"
        ),
    },
    "compensation.rpt_cost_sensitivity": {
        "Something moves the total of an incident that costs anything": (
            "update {t} set swing_krw = 0"
        ),
        "No driver alone turns the cost into a gain": (
            "update {t} set total_low_krw = -1 where swing_rank = 1"
        ),
        "No driver alone makes the cost tenfold": (
            "update {t} set total_high_krw = 11 * total_base_krw where swing_rank = 1"
        ),
    },
    "compensation.rpt_compensation_cost_monthly": {
        "Payments add up to no less than nought": (
            "update {t} set cumulative_paid_krw = -cumulative_paid_krw"
        ),
        "Something is incurred once a programme has run for half a year": (
            "update {t} set cumulative_incurred_krw = 0"
        ),
    },
    "compensation.fct_data_entitlements": {
        "A grant for all is given to a fifth of the lines at least, not to all": (
            "update {t} set is_entitled = true"
        ),
        "Between one in fifty and four of five of those entitled gain nothing": (
            "update {t} set is_gaining = is_entitled"
        ),
        "Hardly anybody has the grant for one month only": "update {t} set entitled_months = 1",
    },
    "compensation.fct_insurance_claims": {
        "Three of ten claims at least are covered": (
            "insert into {t} select claims.* replace (claims.insurance_claim_id || range "
            "as insurance_claim_id, false as is_covered) from {t} as claims, range(50)"
        ),
        "Nobody loses ten thousand million won": "update {t} set loss_krw = loss_krw * 1000000",
        "Seven of ten payments are as the terms say": (
            "insert into {t} select claims.* replace (claims.insurance_claim_id || range "
            "as insurance_claim_id, 'underpaid' as finding, 1 as paid_krw) "
            "from {t} as claims, range(50)"
        ),
    },
    "compensation.fct_insurance_covers": {
        "Four of five covers end on the right day": (
            "update {t} set finding = 'ends_too_late' where customer_key % 2 = 0"
        ),
        "At most one enrolment in fifty is a second one": (
            "update {t} set finding = 'enrolled_twice' where customer_key % 20 = 0"
        ),
        "A month of cover costs 10 to 20,000 won": (
            "update {t} set premium_total_krw = premium_total_krw * 100"
        ),
        "Nearly every cover has a first and a last day": (
            "update {t} set delivered_cover_to = null where customer_key % 5 = 0"
        ),
    },
    "compensation.fct_insurance_entitlements": {
        "At most one in five has no birth date": (
            "update {t} set age_state = 'unknown' where customer_key % 3 = 0"
        ),
        "The automatic route takes hardly anybody it is not for": (
            "update {t} set state = 'enrolled_too_young' where customer_key % 10 = 0"
        ),
    },
    "compensation.rpt_data_grant_monthly": {
        "In no month four of five lines draw on a grant": (
            "update {t} set lines = lines * 20 where state = 'used'; "
            "update {t} set lines = lines // 100 + 200 where state = 'unused'"
        ),
        "No month's use is half as much again as the grant": (
            "update {t} set used_gb = used_gb * 1024 where state = 'used'"
        ),
        "At most one recorded grant in ten is of a line that has none": (
            "update {t} set lines = lines * 200 where state = 'not_entitled'"
        ),
    },
    "compensation.rpt_insurance_completeness": {
        "At most one in twenty of those due is missing once enrolment has begun": (
            "update {t} set customers = 300 where state = 'missing'"
        ),
        "Between one customer in two hundred and four of five are old enough": (
            "update {t} set customers = 1 where is_due"
        ),
    },
    "compensation.rpt_partner_discounts_monthly": {
        "The operator's share is at most the face value": (
            "update {t} set carrier_share_krw = face_value_krw + 1"
        ),
        "No month sees half of its coupons redeemed": (
            "update {t} set redeemed_count = issued_count - 1"
        ),
        "Ended months cost between a fifth and five times what was expected": (
            "update {t} set expected_krw = expected_krw * 10"
        ),
    },
    "compensation.rpt_programme_ultimates": {
        "No upper bound is a hundred times the estimate": (
            "update {t} set ultimate_high_krw = 1000 * ultimate_krw + 2000"
        ),
        "What is to come has a range, unless it is a plan": (
            "update {t} set ultimate_low_krw = ultimate_krw, ultimate_high_krw = ultimate_krw"
        ),
        "No provision of a million won grows tenfold in a month": (
            "update {t} set ultimate_krw = ultimate_krw * 1000, "
            "ultimate_high_krw = ultimate_high_krw * 1000 "
            "where cost_month = (select max(cost_month) from {t})"
        ),
    },
    "compensation.rpt_provision_rollforward": {
        "No provision is below nought": "update {t} set closing_krw = -closing_krw - 1",
        "Re-estimates are at most twice what was set aside and used": (
            "update {t} set reestimates_krw = (select sum(additions_krw + used_krw) from {t})"
        ),
    },
    "compensation.rpt_uptake_development": {
        "Hardly any cohort is taken up by more holders than it has": (
            "update {t} set cumulative_takers = entitled_count + 1"
        ),
        "A claim taken up is 1,000 to 2,000,000 won on average": (
            "update {t} set incremental_krw = incremental_krw * 1000"
        ),
        "Something is taken up after the first lag": (
            "update {t} set incremental_takers = 0 where lag > 0"
        ),
    },
    "compensation.rpt_policy_scenarios": {
        "No scenario gives up more than was billed": (
            "update {t} set cost_krw = charged_krw + 1 where segment = 'all'"
        ),
        "An entitled line costs 500 to 2,000,000 won on average": (
            "update {t} set cost_krw = cost_krw / 1000"
        ),
        "The policy in force entitles some and refuses some": (
            "update {t} set reason_code = 'eligible' where is_reference"
        ),
        "Three tenths or more of what is entitled are expected to be claimed": (
            "update {t} set expected_cost_krw = expected_cost_krw / 100"
        ),
        "Half of the scenarios or more change something": (
            "update {t} set delta_lines = 0, delta_expected_krw = 0"
        ),
    },
    "incident.fct_identifier_exposures": {
        "Findings are known here within a month of their confirmation": (
            "update {t} set known_from = confirmed_on + 60"
        ),
        "Hardly any finding was confirmed before its incident began": (
            "update {t} set confirmed_on = confirmed_on - 365"
        ),
    },
    "incident.fct_unauthorised_payments": {
        "No more is refunded than was lost": "update {t} set refunded_krw = amount_krw * 2",
        "A payment is 500 to 1,000,000 won on average": (
            "update {t} set amount_krw = amount_krw * 1000"
        ),
        "Nine of ten confirmed payments were made while the incident lasted": (
            "insert into {t} select payments.* replace (paid_on - 365 as paid_on, "
            "true as is_confirmed) from {t} as payments, range(10)"
        ),
        "Payments are confirmed after they were made": (
            "insert into {t} select payments.* replace (paid_on - 1 as confirmed_on, "
            "true as is_confirmed) from {t} as payments, range(10)"
        ),
    },
    "incident.rpt_access_monitoring_daily": {
        "At most a tenth of the feeds is missing": "update {t} set is_feed_missing = true",
        "Verification in the newest four weeks is not below that of the first four": (
            "update {t} set verified_share = verified_share / 2 "
            "where attempt_date > (select max(attempt_date) from {t}) - 28"
        ),
    },
    "reconciliation.rpt_batch_conservation": {
        "Lines, contracts and customers are delivered to the end": (
            "delete from {t} where entity = 'contracts' and batch_date > date '2025-12-01'"
        ),
        "Lines are accepted in most of their batches": (
            "update {t} set accepted = 0, superseded = 0, duplicate = delivered "
            "where entity = 'lines' and month(batch_date) in (1, 2, 9, 10, 11)"
        ),
    },
    "reconciliation.fct_quarantined_rows": {
        "No row is held for longer than its owner has to mend it": (
            "update {t} set is_overdue = true, overdue_severity = 'warning' where state = 'held'"
        ),
        "No row is overdue for a reason that must not wait": (
            "update {t} set is_overdue = true, overdue_severity = 'critical' where state = 'held'"
        ),
    },
    "reconciliation.rpt_held_amounts": {
        "What is held of an entity is at most a tenth of the won that count": (
            "update {t} set open_krw = 1000000000000 where entity = 'refund_payments'"
        ),
        "At most one refund in fifty is a second payment of its claim": (
            "update {t} set open_rows = 100 where reason_code = 'second_payment'"
        ),
        "At most one refund in fifty is above what its line was charged": (
            "update {t} set open_rows = 100 where reason_code = 'above_charge'"
        ),
    },
    "reconciliation.rpt_published_claims": {
        "At most one measured claim in four contradicts": (
            "update {t} set verdict = 'contradicts' where verdict = 'agrees'"
        ),
        "At least a third of the claims can be measured": (
            "update {t} set verdict = 'not_measurable' where verdict = 'agrees'"
        ),
    },
}
