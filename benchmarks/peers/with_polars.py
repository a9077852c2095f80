"""The subset in polars: lazy scans of the Parquet, one plan per mart, streamed into its file."""

import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl
from polars import col, lit, when

ITEMS = (
    "selective_return",
    "subsidy_clawback",
    "instalment_balance",
    "downgrade_settlement",
    "bundle_penalty",
)
FLOWS = ("gross_adds", "port_ins", "deactivations", "forced_deactivations", "port_outs")
VERSION = ["policy_id", "policy_version"]
Scan = Callable[[str], pl.LazyFrame]


def lines_changed_daily(scan: Scan) -> pl.LazyFrame:
    """Count what began and ended, by day, kind of line and brand."""
    spells = scan("int_line_spells").join(
        scan("int_delivery_facts").select("opening_on"), how="cross"
    )
    key = ["changed_on", "line_kind", "network_brand", "is_own_brand"]

    def dated(day: str) -> pl.Expr:
        return pl.max_horizontal(day, "opening_on").alias("changed_on")

    added = spells.group_by(dated("activated_on"), *key[1:]).agg(
        gross_adds=pl.len(), port_ins=(col("activation_kind") == "port_in").sum()
    )
    ended = (
        spells.filter(col("terminated_on").is_not_null())
        .group_by(dated("terminated_on"), *key[1:])
        .agg(
            deactivations=pl.len(),
            forced_deactivations=(col("termination_kind") == "forced").sum(),
            port_outs=(col("termination_kind") == "port_out").sum(),
        )
    )
    return (
        pl.concat([added, ended], how="diagonal")
        .group_by(key)
        .agg(col(*FLOWS).fill_null(0).cast(pl.Int64).sum())
    )


def churn_daily(scan: Scan) -> pl.LazyFrame:
    """Roll the changes up into segments and run the stock over all days."""
    changes = lines_changed_daily(scan)
    brand_class = when("is_own_brand").then(lit("own_brand")).otherwise(lit("hosted_brand"))
    kinds = {
        "total": lit("total"),
        "line_kind": col("line_kind"),
        "network_brand": col("network_brand"),
        "brand_class": brand_class,
        "brand_class_and_line_kind": pl.concat_str(brand_class, lit("_"), "line_kind"),
    }
    segment = ["segment_kind", "segment"]
    by_segment = pl.concat(
        changes.group_by("changed_on", lit(kind).alias("segment_kind"), label.alias("segment")).agg(
            col(*FLOWS).sum()
        )
        for kind, label in kinds.items()
    )
    days = (
        scan("ref_processing_calendar")
        .join(scan("int_delivery_facts").select("opening_on", "as_of_date"), how="cross")
        .filter(col("calendar_date").is_between("opening_on", "as_of_date"))
        .select(service_date="calendar_date")
    )
    net = col("gross_adds") - col("deactivations")
    return (
        days.join(by_segment.select(segment).unique(), how="cross")
        .join(
            by_segment,
            how="left",
            left_on=["service_date", *segment],
            right_on=["changed_on", *segment],
        )
        .with_columns(col(*FLOWS).fill_null(0))
        .with_columns(closing_lines=net.cum_sum().over(segment, order_by="service_date"))
        .with_columns(opening_lines=col("closing_lines") - net)
        .join(scan("int_line_days"), on="service_date")
    )


def port_flows_daily(scan: Scan) -> pl.LazyFrame:
    """Count completed ports by day, donor and recipient."""
    carriers = scan("dim_carriers").select("carrier_code", on="is_on_operator_network")
    return (
        scan("stg_operator__port_requests")
        .filter(col("status") == "completed", col("processed_on").is_not_null())
        .with_columns(requested_on=col("requested_at").dt.date())
        .group_by("processed_on", "donor_carrier", "recipient_carrier")
        .agg(
            ports=pl.len(),
            queued_ports=(col("requested_on") < col("processed_on")).sum(),
            oldest_requested_on=col("requested_on").min(),
        )
        .join(carriers, left_on="donor_carrier", right_on="carrier_code")
        .join(carriers, left_on="recipient_carrier", right_on="carrier_code", suffix="_recipient")
        .with_columns(
            direction=when(col("on") & col("on_recipient"))
            .then(lit("within_network"))
            .when("on")
            .then(lit("out"))
            .when("on_recipient")
            .then(lit("in"))
            .otherwise(lit("elsewhere"))
        )
        .drop("on", "on_recipient")
    )


def listed(value: str | pl.Expr, rule: str) -> pl.Expr:
    """Say whether a value stands in the rule's list of codes with bars around it."""
    code = pl.concat_str(lit("|"), value, lit("|"))
    return col(f"{rule}_threshold").str.contains(code, literal=True).fill_null(value=False)


def broken_rules() -> dict[str, pl.Expr]:
    """Say for each rule when a line breaks it, whether or not the version has the rule."""

    def since(day: str, rule: str) -> pl.Expr:
        return col(day).is_between(f"{rule}_threshold", "terminated_on")

    victim = "confirmed_victim"
    return {
        "termination_not_forced": listed("termination_kind", "termination_not_forced"),
        "line_kind_covered": ~listed("line_kind", "line_kind_covered"),
        "own_brand_line": ~col("is_own_brand"),
        "terminated_in_window": col("path").is_null(),
        "in_service_at_base_date": col("activated_on") > col("in_service_at_base_date_threshold"),
        "device_unchanged": since("last_device_change_on", "device_unchanged"),
        "not_recontracted": since("last_recontract_on", "not_recontracted"),
        "not_rejoined": col("rejoined_on") <= col("not_rejoined_threshold"),
        victim: ~(
            (col("is_exposed").fill_null(value=False) & listed(lit("exposure"), victim))
            | (col("is_payment_victim").fill_null(value=False) & listed(lit("payment"), victim))
        ),
        "waiver_not_discount": listed("choice", "waiver_not_discount"),
    }


def covered(kind: str) -> pl.Expr:
    """Sum what the version covers of the amounts of one kind."""
    return pl.sum_horizontal(
        when(f"covers_{item}").then(f"{kind}_{item}_krw").otherwise(0) for item in ITEMS
    )


def waiver_decisions(scan: Scan) -> pl.LazyFrame:
    """Let every version decide on every line, then lay the claims beside it."""
    rules = {
        rule: (col(f"{rule}_order").is_not_null() & breaks).fill_null(value=False)
        for rule, breaks in broken_rules().items()
    }
    decisions = (
        scan("int_terminated_lines_profiled")
        .join(scan("int_policy_versions_known"), how="cross")
        .join(scan("int_policy_path_days"), how="left", on=[*VERSION, "terminated_on"])
        .join(scan("int_incident_victims"), how="left", on=["incident_id", "line_key"])
        .select(
            *VERSION,
            "is_current",
            "line_key",
            "terminated_on",
            "path",
            rejected_by_rule_order=pl.min_horizontal(
                when(breaks).then(f"{rule}_order") for rule, breaks in rules.items()
            ),
            broken_rules=pl.concat_str(
                when(breaks).then(lit(f"|{rule}")).otherwise(lit(""))
                for rule, breaks in rules.items()
            ).str.slice(1),
            covered_krw=covered("charged"),
            collected_covered_krw=covered("collected"),
            recomputed_covered_krw=covered("recomputed"),
        )
    )
    reasons = scan("ref_policy_rules").select(
        *VERSION, "reason_code", rejected_by_rule_order="rule_order"
    )
    return judged(
        decisions.join(reasons, how="left", on=[*VERSION, "rejected_by_rule_order"]).join(
            scan("int_claims_judged"), how="left", on=[*VERSION, "line_key"]
        )
    )


def judged(found: pl.LazyFrame) -> pl.LazyFrame:
    """Compare what the operator decided and paid with what the version says."""
    eligible = col("rejected_by_rule_order").is_null()
    payable, due, paid = col("is_payable"), col("collected_covered_krw"), col("paid_krw")
    accepted = (col("operator_decision") == "accepted").fill_null(value=False)
    rejected = (col("operator_decision") == "rejected").fill_null(value=False)
    owed, kind = col("payable_krw"), col("disagreement_kind")
    return (
        found.with_columns(
            reason_code=col("reason_code").fill_null("eligible"),
            claim_status=col("claim_status").fill_null("not_claimed"),
            paid_krw=paid.fill_null(0),
            is_eligible=eligible,
        )
        .with_columns(
            is_payable=eligible & col("claim_status").is_in(["in_time", "excused_by_obstacle"])
        )
        .with_columns(
            payable_krw=when(payable).then(due).otherwise(0),
            disagreement_kind=when(~col("is_current") | (col("claim_status") == "not_claimed"))
            .then(lit("none"))
            .when(accepted & ~payable)
            .then(lit("wrongly_accepted"))
            .when(rejected & payable)
            .then(lit("wrongly_rejected"))
            .when((~payable & (paid > 0)) | (payable & (paid > due)))
            .then(lit("paid_too_much"))
            .when(payable & accepted & (paid > 0) & (paid < due))
            .then(lit("paid_too_little"))
            .otherwise(lit("none")),
        )
        .with_columns(
            is_disagreement=kind.is_in(["wrongly_accepted", "wrongly_rejected"]),
            overpaid_krw=when("is_current").then((paid - owed).clip(0)).otherwise(0),
            underpaid_krw=when(kind.is_in(["wrongly_rejected", "paid_too_little"]))
            .then((owed - paid).clip(0))
            .otherwise(0),
        )
    )


def programme_movements(scan: Scan) -> pl.LazyFrame:
    """Sum the ledger by programme, month and measure."""
    debit = when(col("side") == "debit").then("amount_krw").otherwise(-col("amount_krw"))

    def measured(name: str) -> pl.Expr:
        return debit.filter(col("programme_measure") == name).sum()

    return (
        scan("fct_compensation_ledger")
        .filter(col("programme_id").is_not_null())
        .join(scan("ref_ledger_accounts").select("account", "programme_measure"), on="account")
        .group_by("programme_id", col("posted_on").dt.truncate("1mo").alias("cost_month"))
        .agg(
            incurred_krw=measured("incurred"),
            paid_krw=-measured("paid"),
            outstanding_change_krw=-measured("outstanding"),
        )
    )


def cost_monthly(scan: Scan) -> pl.LazyFrame:
    """Lay movements and ultimates beside the months, and add packages and the total."""
    key = ["programme_id", "cost_month"]
    movements = programme_movements(scan)
    to_come = ("expected_to_come_krw", "ultimate_low_krw", "ultimate_high_krw")
    amounts = ["announced_krw", "incurred_krw", "paid_krw", "outstanding_change_krw", *to_come]
    months = (
        scan("int_programme_months")
        .join(movements, how="left", on=key)
        .join(scan("rpt_programme_ultimates").select(*key, *to_come), how="left", on=key)
        .join(
            movements.group_by("programme_id").agg(first_month=col("cost_month").min()),
            how="left",
            on="programme_id",
        )
        .filter(col("is_announced") | (col("cost_month") >= col("first_month")))
        .with_columns(col(*amounts[1:]).fill_null(0))
    )
    # What was announced may be unknown, and is then in a sum too: nothing is not zero.
    known = when(col("announced_krw").count() > 0).then(col("announced_krw").sum())
    sums = [known.alias("announced_krw"), col(*amounts[1:]).sum()]
    is_package = col("kind") == "package"
    columns = ["programme_id", "row_kind", "treatment", "cost_month", *amounts]
    single = months.filter(~is_package).with_columns(
        row_kind=lit("programme"), treatment="treatment_code"
    )
    package = (
        months.filter(is_package | col("package_id").is_not_null())
        .group_by(pl.coalesce("package_id", "programme_id").alias("programme_id"), "cost_month")
        .agg(*sums, treatment=col("treatment_code").filter(is_package).max())
        .with_columns(row_kind=lit("package"))
    )
    total = (
        months.group_by("cost_month")
        .agg(*sums)
        .with_columns(
            programme_id=lit("all"), row_kind=lit("total"), treatment=lit(None, dtype=pl.String)
        )
    )

    def running(amount: str) -> pl.Expr:
        return col(amount).cum_sum().over("programme_id", order_by="cost_month")

    return (
        pl.concat(part.select(columns) for part in (single, package, total))
        .with_columns(
            is_total=col("row_kind") != "programme",
            cumulative_incurred_krw=running("incurred_krw"),
            cumulative_paid_krw=running("paid_krw"),
            outstanding_krw=running("outstanding_change_krw"),
        )
        .with_columns(ultimate_krw=col("cumulative_incurred_krw") + col("expected_to_come_krw"))
        .drop("outstanding_change_krw")
    )


def build(cut: Path, out: Path) -> None:
    """Build the subset from the cut and write the marts as Parquet."""

    def scan(name: str) -> pl.LazyFrame:
        return pl.scan_parquet(cut / "inputs" / f"{name}.parquet")

    for name, mart in (
        ("rpt_churn_daily", churn_daily),
        ("fct_port_flows_daily", port_flows_daily),
        ("fct_waiver_decisions", waiver_decisions),
        ("rpt_compensation_cost_monthly", cost_monthly),
    ):
        mart(scan).sink_parquet(out / f"{name}.parquet")


if __name__ == "__main__":
    build(Path(sys.argv[1]), Path(sys.argv[2]))
