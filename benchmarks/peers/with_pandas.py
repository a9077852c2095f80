"""The subset in plain pandas: whole tables in memory, vectorised, no Python loop over rows."""

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

ITEMS = (
    *("selective_return", "subsidy_clawback", "instalment_balance"),
    *("downgrade_settlement", "bundle_penalty"),
)
FLOWS = ["gross_adds", "port_ins", "deactivations", "forced_deactivations", "port_outs"]
VERSION = ["policy_id", "policy_version"]


@dataclass
class Cut:
    """The inputs: a table by its name, or some columns of it; days as datetime64."""

    folder: Path

    def __call__(self, name: str, columns: list[str] | None = None) -> pd.DataFrame:
        """Read a table."""
        table = pq.read_table(self.folder / f"{name}.parquet", columns=columns)
        return table.to_pandas(date_as_object=False)


def lines_changed_daily(cut: Cut) -> pd.DataFrame:
    """Count what began and ended, by day, kind of line and brand."""
    opening = cut("int_delivery_facts")["opening_on"].iloc[0]
    spells = cut(
        "int_line_spells",
        [
            *("line_kind", "network_brand", "is_own_brand"),
            *("activated_on", "activation_kind", "terminated_on", "termination_kind"),
        ],
    )
    key = ["changed_on", "line_kind", "network_brand", "is_own_brand"]
    added = (
        spells.assign(
            changed_on=spells["activated_on"].clip(lower=opening).fillna(opening),
            is_port_in=spells["activation_kind"].eq("port_in"),
        )
        .groupby(key, dropna=False)
        .agg(gross_adds=("is_port_in", "size"), port_ins=("is_port_in", "sum"))
    )
    gone = spells[spells["terminated_on"].notna()]
    ended = (
        gone.assign(
            changed_on=gone["terminated_on"].clip(lower=opening),
            is_forced=gone["termination_kind"].eq("forced"),
            is_port_out=gone["termination_kind"].eq("port_out"),
        )
        .groupby(key, dropna=False)
        .agg(
            deactivations=("is_forced", "size"),
            forced_deactivations=("is_forced", "sum"),
            port_outs=("is_port_out", "sum"),
        )
    )
    return added.join(ended, how="outer").fillna(0).astype("int64").reset_index()


def churn_daily(cut: Cut) -> pd.DataFrame:
    """Roll the changes up into segments and run the stock over all days."""
    changes = lines_changed_daily(cut)
    brand_class = pd.Series(
        np.where(changes["is_own_brand"], "own_brand", "hosted_brand"), index=changes.index
    )
    kinds = {
        "total": "total",
        "line_kind": changes["line_kind"],
        "network_brand": changes["network_brand"],
        "brand_class": brand_class,
        "brand_class_and_line_kind": brand_class + "_" + changes["line_kind"],
    }
    by_segment = (
        pd.concat(
            changes.assign(segment_kind=kind, segment=segment) for kind, segment in kinds.items()
        )
        .groupby(["changed_on", "segment_kind", "segment"])[FLOWS]
        .sum()
        .reset_index()
    )
    facts = cut("int_delivery_facts").iloc[0]
    calendar = cut("ref_processing_calendar", ["calendar_date"])["calendar_date"]
    days = calendar[calendar.between(facts["opening_on"], facts["as_of_date"])]
    segment = ["segment_kind", "segment"]
    running = (
        days.to_frame("service_date")
        .merge(by_segment[segment].drop_duplicates(), how="cross")
        .merge(
            by_segment,
            how="left",
            left_on=["service_date", *segment],
            right_on=["changed_on", *segment],
        )
        .drop(columns="changed_on")
        .fillna(dict.fromkeys(FLOWS, 0))
        .astype(dict.fromkeys(FLOWS, "int64"))
        .sort_values("service_date")
    )
    net = running["gross_adds"] - running["deactivations"]
    running["closing_lines"] = net.groupby([running[each] for each in segment]).cumsum()
    running["opening_lines"] = running["closing_lines"] - net
    return running.merge(cut("int_line_days"), on="service_date")


def port_flows_daily(cut: Cut) -> pd.DataFrame:
    """Count completed ports by day, donor and recipient."""
    ports = cut(
        "stg_operator__port_requests",
        ["processed_on", "donor_carrier", "recipient_carrier", "requested_at", "status"],
    )
    ports = ports[ports["status"].eq("completed") & ports["processed_on"].notna()]
    requested_on = ports["requested_at"].dt.normalize()
    flows = (
        ports.assign(requested_on=requested_on, is_queued=requested_on < ports["processed_on"])
        .groupby(["processed_on", "donor_carrier", "recipient_carrier"])
        .agg(
            ports=("is_queued", "size"),
            queued_ports=("is_queued", "sum"),
            oldest_requested_on=("requested_on", "min"),
        )
        .reset_index()
    )
    carriers = cut("dim_carriers", ["carrier_code", "is_on_operator_network"])
    on_network = carriers.set_index("carrier_code")["is_on_operator_network"].astype(bool)
    flows = flows[flows[["donor_carrier", "recipient_carrier"]].isin(on_network.index).all(axis=1)]
    is_out = flows["donor_carrier"].map(on_network).astype(bool)
    is_in = flows["recipient_carrier"].map(on_network).astype(bool)
    return flows.assign(
        direction=np.select(
            [is_out & is_in, is_out, is_in], ["within_network", "out", "in"], "elsewhere"
        )
    )


def listed(values: pd.Series, threshold: object) -> pd.Series:
    """Say which values stand in a list of codes with bars around it."""
    codes = threshold.strip("|").split("|") if isinstance(threshold, str) else []
    return values.isin(codes)


def broken_rules(lines: pd.DataFrame, version: pd.Series) -> dict[str, pd.Series]:
    """Say for each rule which lines break it, whether or not the version has the rule."""
    limit = version.filter(like="_threshold").rename(lambda name: name[: -len("_threshold")])
    ended = lines["terminated_on"]
    victim = pd.Series(data=False, index=lines.index)
    for column, code in (("is_exposed", "exposure"), ("is_payment_victim", "payment")):
        if f"|{code}|" in str(limit["confirmed_victim"]):
            victim |= lines[column].eq(True)
    return {
        "termination_not_forced": listed(
            lines["termination_kind"], limit["termination_not_forced"]
        ),
        "line_kind_covered": ~listed(lines["line_kind"], limit["line_kind_covered"]),
        "own_brand_line": ~lines["is_own_brand"].astype(bool),
        "terminated_in_window": lines["path"].isna(),
        "in_service_at_base_date": lines["activated_on"] > limit["in_service_at_base_date"],
        "device_unchanged": lines["last_device_change_on"].between(
            limit["device_unchanged"], ended
        ),
        "not_recontracted": lines["last_recontract_on"].between(limit["not_recontracted"], ended),
        "not_rejoined": lines["rejoined_on"] <= limit["not_rejoined"],
        "confirmed_victim": ~victim,
        "waiver_not_discount": listed(lines["choice"], limit["waiver_not_discount"]),
    }


def decide(lines: pd.DataFrame, version: pd.Series) -> pd.DataFrame:
    """Decide on every line by one version of a policy."""
    first = np.full(len(lines), np.nan)
    names = np.full(len(lines), "", dtype=object)
    for rule, breaks in broken_rules(lines, version).items():
        if pd.notna(order := version[f"{rule}_order"]):
            first = np.fmin(first, np.where(breaks, order, np.nan))
            names = names + np.where(breaks, f"|{rule}", "").astype(object)
    covered = [item for item in ITEMS if version[f"covers_{item}"]]
    sums = {
        f"{kind}_covered_krw": lines[[f"{kind}_{item}_krw" for item in covered]].sum(axis=1)
        for kind in ("charged", "collected", "recomputed")
    }
    return pd.DataFrame(
        {
            "policy_id": version["policy_id"],
            "policy_version": version["policy_version"],
            "is_current": bool(version["is_current"]),
            "line_key": lines["line_key"],
            "terminated_on": lines["terminated_on"],
            "path": lines["path"],
            "rejected_by_rule_order": first,
            "broken_rules": pd.Series(names, index=lines.index, dtype="str").str[1:],
            **sums,
        }
    )


def waiver_decisions(cut: Cut) -> pd.DataFrame:
    """Let every version decide on every line, then lay the claims beside it."""
    lines = cut("int_terminated_lines_profiled")
    paths = cut("int_policy_path_days")
    victims = cut("int_incident_victims").drop(columns=["confirmed_on", "chosen_on"])
    rules = cut("ref_policy_rules", [*VERSION, "rule_order", "reason_code"])
    decided = []
    for _, version in cut("int_policy_versions_known").iterrows():
        own = (paths[VERSION] == version[VERSION]).all(axis=1)
        affected = victims[victims["incident_id"] == version["incident_id"]]
        profiled = lines.merge(
            paths.loc[own, ["terminated_on", "path"]], how="left", on="terminated_on"
        ).merge(affected, how="left", on="line_key")
        decided.append(decide(profiled, version))
    found = (
        pd.concat(decided, ignore_index=True)
        .merge(
            rules,
            how="left",
            left_on=[*VERSION, "rejected_by_rule_order"],
            right_on=[*VERSION, "rule_order"],
        )
        .merge(cut("int_claims_judged"), how="left", on=[*VERSION, "line_key"])
    )
    return judged(found)


def judged(found: pd.DataFrame) -> pd.DataFrame:
    """Compare what the operator decided and paid with what the version says."""
    found["reason_code"] = found["reason_code"].fillna("eligible")
    found["claim_status"] = found["claim_status"].fillna("not_claimed")
    found["paid_krw"] = found["paid_krw"].fillna(0).astype("int64")
    eligible = found["rejected_by_rule_order"].isna()
    payable = eligible & found["claim_status"].isin(["in_time", "excused_by_obstacle"])
    due, paid = found["collected_covered_krw"], found["paid_krw"]
    accepted = found["operator_decision"].eq("accepted")
    kind = np.select(
        [
            ~found["is_current"] | found["claim_status"].eq("not_claimed"),
            accepted & ~payable,
            found["operator_decision"].eq("rejected") & payable,
            ~payable & (paid > 0),
            payable & (paid > due),
            payable & accepted & (paid > 0) & (paid < due),
        ],
        [
            *("none", "wrongly_accepted", "wrongly_rejected"),
            *("paid_too_much", "paid_too_much", "paid_too_little"),
        ],
        "none",
    )
    payable_krw = due.where(payable, 0)
    short = np.isin(kind, ["wrongly_rejected", "paid_too_little"])
    return (
        found.assign(
            is_eligible=eligible,
            is_payable=payable,
            payable_krw=payable_krw,
            is_disagreement=np.isin(kind, ["wrongly_accepted", "wrongly_rejected"]),
            disagreement_kind=kind,
            overpaid_krw=(paid - payable_krw).clip(lower=0).where(found["is_current"], 0),
            underpaid_krw=(payable_krw - paid).clip(lower=0).where(short, 0),
        )
        .rename(columns={"charged_covered_krw": "covered_krw"})
        .drop(columns="rule_order")
    )


def programme_movements(cut: Cut) -> pd.DataFrame:
    """Sum the ledger by programme, month and measure."""
    ledger = cut(
        "fct_compensation_ledger", ["programme_id", "posted_on", "account", "side", "amount_krw"]
    ).dropna(subset="programme_id")
    accounts = cut("ref_ledger_accounts", ["account", "programme_measure"])
    posted = ledger.merge(accounts, on="account")
    amount = posted["amount_krw"].where(posted["side"].eq("debit"), -posted["amount_krw"])
    month = posted["posted_on"].dt.to_period("M").dt.to_timestamp()
    sums = (
        amount.groupby([posted["programme_id"], month, posted["programme_measure"]], dropna=False)
        .sum()
        .unstack(fill_value=0)
        .reindex(columns=["incurred", "paid", "outstanding"], fill_value=0)
    )
    signed = sums.mul([1, -1, -1])
    signed.columns = ["incurred_krw", "paid_krw", "outstanding_change_krw"]
    return signed.reset_index(names=["programme_id", "cost_month"])


def cost_monthly(cut: Cut) -> pd.DataFrame:
    """Lay movements and ultimates beside the months, and add packages and the total."""
    movements = programme_movements(cut)
    ultimates = cut(
        "rpt_programme_ultimates",
        [
            *("programme_id", "cost_month"),
            *("expected_to_come_krw", "ultimate_low_krw", "ultimate_high_krw"),
        ],
    )
    months = cut("int_programme_months")
    key = ["programme_id", "cost_month"]
    months = months.merge(movements, how="left", on=key).merge(ultimates, how="left", on=key)
    first = movements.groupby("programme_id")["cost_month"].min()
    begun = months["cost_month"] >= months["programme_id"].map(first)
    months = months[months["is_announced"].eq(True) | begun]
    # What was announced may be unknown, and is then in a sum too: nothing is not zero.
    amounts = [name for name in months if name.endswith("_krw")]
    moved = [name for name in amounts if name != "announced_krw"]
    months = months.fillna(dict.fromkeys(moved, 0)).astype(dict.fromkeys(amounts, "Int64"))
    is_package = months["kind"].eq("package")
    single = months[~is_package].assign(row_kind="programme")
    packed = months[is_package | months["package_id"].notna()]
    packed = packed.assign(
        programme_id=packed["package_id"].fillna(packed["programme_id"]),
        treatment_code=packed["treatment_code"].where(packed["kind"].eq("package")),
    ).groupby(key)
    package = packed[amounts].sum(min_count=1).join(packed["treatment_code"].max()).reset_index()
    package = package.assign(row_kind="package")
    total = months.groupby("cost_month")[amounts].sum(min_count=1).reset_index()
    total = total.assign(programme_id="all", row_kind="total", treatment_code=None)
    rows = pd.concat([single, package, total], ignore_index=True).sort_values("cost_month")
    running = rows.groupby("programme_id")
    came = running["incurred_krw"].cumsum()
    return rows.assign(
        is_total=rows["row_kind"].ne("programme"),
        treatment=rows["treatment_code"],
        cumulative_incurred_krw=came,
        cumulative_paid_krw=running["paid_krw"].cumsum(),
        outstanding_krw=running["outstanding_change_krw"].cumsum(),
        ultimate_krw=came + rows["expected_to_come_krw"],
    ).drop(
        columns=["treatment_code", "kind", "package_id", "is_announced", "outstanding_change_krw"]
    )


def build(folder: Path, out: Path) -> None:
    """Build the subset from the cut and write the marts as Parquet."""
    cut = Cut(folder / "inputs")
    for name, mart in (
        ("rpt_churn_daily", churn_daily),
        ("fct_port_flows_daily", port_flows_daily),
        ("fct_waiver_decisions", waiver_decisions),
        ("rpt_compensation_cost_monthly", cost_monthly),
    ):
        mart(cut).to_parquet(out / f"{name}.parquet", index=False)


if __name__ == "__main__":
    build(Path(sys.argv[1]), Path(sys.argv[2]))
