"""Faults between staging and marts: joins that lose or multiply, rules that compute nonsense."""

FAULTS = {
    "intermediate.int_contract_fees_recomputed": {
        "A fee rule applies to nearly every ended contract": (
            "update {t} set rule_id = null where contract_kind = 'device_subsidy'"
        ),
        "No fee is above what the customer received": (
            "update {t} set recomputed_krw = base_krw + 1 where line_key = (select "
            "min(line_key) from {t})"
        ),
        "A fee is 1,000 to 2,000,000 won on average where there is one": (
            "update {t} set recomputed_krw = recomputed_krw // 1000"
        ),
        "Between a twentieth and all but a hundredth of running contracts yield a fee": (
            "update {t} set recomputed_krw = 0"
        ),
    },
    "intermediate.int_feed_volumes_daily": {
        "No feed is silent on days on which it is due": (
            "update {t} set actual = 0, chance_of_silence = 0.00009 "
            "where feed = 'port_requests' and service_date = '2026-01-09'"
        ),
        "No day without a reason brings more than days like it": (
            "update {t} set actual = typical_high + 1 "
            "where feed = 'port_requests' and service_date = '2026-01-14'"
        ),
        "No day without a reason brings far less than days like it": (
            "update {t} set typical_low = actual + 1 "
            "where feed = 'lines' and service_date = '2026-01-14'"
        ),
    },
    "intermediate.int_lines_changed_daily": {
        "A line is lost for between one twentieth and twenty lines gained": (
            "update {t} set deactivations = 0"
        ),
        "No day has half of all the lines lost": (
            "update {t} set deactivations = deactivations + 10000 "
            "where changed_on = (select max(changed_on) from {t})"
        ),
        "No month passes without a line gained": (
            "update {t} set gross_adds = 0 where month(changed_on) = 10 and year(changed_on) = 2025"
        ),
    },
    "intermediate.int_lines_ended": {
        "Nearly every port-out has a port request": "update {t} set recipient_carrier = null",
        "Only port-outs have a recipient": (
            "update {t} set recipient_carrier = (select min(recipient_carrier) from {t})"
        ),
    },
    "intermediate.int_policy_claims": {
        "At most one claim in ten is excused by an obstacle": (
            "update {t} set obstacle_ended_on = cast(claimed_at as date)"
        ),
        "A line claims at most one and a half times on average": (
            "insert into {t} select * from {t}"
        ),
    },
    "intermediate.int_ports_by_basis_daily": {
        "No day has more movers on a narrower basis than on all destinations": (
            "update {t} set ports = ports * 10 where basis = 'own_brand_mno_only'"
        ),
        "Movers between network operators are at least a fifth of all movers": (
            "delete from {t} where basis <> 'all_destinations'"
        ),
    },
    "intermediate.int_terminated_lines_profiled": {
        "Nobody paid more of a discount back than was charged": (
            "update {t} set collected_selective_return_krw = charged_selective_return_krw + 1 "
            "where line_key = (select min(line_key) from {t})"
        ),
        "Nobody paid more of a subsidy back than was charged": (
            "update {t} set collected_subsidy_clawback_krw = charged_subsidy_clawback_krw + 1 "
            "where line_key = (select min(line_key) from {t})"
        ),
        "Some leavers pay no fee at all": "update {t} set charged_selective_return_krw = 5000",
    },
    "intermediate.int_termination_charges": {
        "Nearly every fee is charged in one item": "update {t} set item_count = 2",
        "Nearly every fee is billed within a quarter of the end of the line": (
            "update {t} set billed_on = billed_on - 200"
        ),
    },
}
