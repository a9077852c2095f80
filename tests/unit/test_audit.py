"""The audit of packages finds what is planted, and says what it could not ask."""

from __future__ import annotations

import datetime as dt
import functools
import http.server
import json
import threading

import pytest

from audit import environment, index, licences, lock, reasons, run
from audit.lock import Locked

HASH = "a" * 64
PACKAGE = Locked("somelib", "1.0", frozenset({HASH}))
TODAY = dt.date(2026, 1, 4)


def planted(tried, holds):
    return pytest.mark.fault(kind="hostile input", tried=tried, holds=holds)


def test_a_lock_is_read_with_its_hashes():
    text = f"Some.Lib==1.0 \\\n    --hash=sha256:{HASH}\n    # via other\nother==2 ; python>'3'\n"
    packages, findings = lock.read(text)
    assert packages[0] == Locked("some-lib", "1.0", frozenset({HASH}))
    assert [str(each).split(";")[0] for each in findings] == ["other: has no sha256"]


@planted(
    "entries of the lock file without version, with a range, from an address, of another index",
    "the audit names each",
)
@pytest.mark.parametrize(
    "entry",
    [
        "somelib",
        "somelib>=1.0",
        "somelib==1.*",
        "somelib @ https://example.invalid/somelib.whl",
        "--extra-index-url https://example.invalid/simple",
        "-e .",
    ],
)
def test_an_entry_that_leaves_open_what_is_installed_is_found(entry):
    assert lock.read(f"{entry}\n    --hash=sha256:{HASH}\n")[1]


@planted("a package in the environment that nobody locked", "the audit names it")
def test_a_stranger_in_the_environment_is_found():
    there = {"somelib": "1.0", "stranger": "0.1", "pip": "99"}
    assert [each.package for each in environment.findings([PACKAGE], [], there)] == ["stranger"]
    older = environment.findings([PACKAGE], [], {"somelib": "0.9"})
    assert "locked is 1.0" in older[0].what


@pytest.mark.parametrize("text", ["GPL-3.0-only", "AGPL-3.0", "MIT AND GPL-2.0", "BUSL-1.1", ""])
def test_a_licence_that_restricts_use_is_refused(text):
    assert not licences.is_permissive(text)


def test_an_exception_holds_for_the_licence_it_was_made_for():
    name, licence = "text-unidecode", licences.stated("text-unidecode")
    assert licences.findings([name], {name: licence}) == []
    assert licences.findings([name], {name: "another"})
    assert licences.findings(["not-installed-anywhere"], {})


def test_a_dependency_without_a_reason_is_found():
    project = '[project]\ndependencies = ["a==1", "b[x]>=2"]\n[dependency-groups]\ndev = ["c"]\n'
    words = "one two three four five six seven eight"
    decision = f"### a\n{words}\n\n### c (tests only)\nshort\n\n### gone\n{words}\n"
    found = [each.package for each in reasons.findings(project, decision)]
    assert found == ["b", "c", "gone"]


VULNERABLE = {
    "info": {"version": "1.0"},
    "vulnerabilities": [
        {"id": "V-1", "aliases": ["CVE-1"], "fixed_in": ["1.1"], "summary": "hole"},
        {"id": "V-2", "withdrawn": "2025-01-01T00:00:00Z"},
    ],
}
LISTED = {"files": [{"hashes": {"sha256": HASH}, "yanked": False}]}


def index_of(documents):
    return lambda path, _accept: documents.get(path)


@planted("a locked version with a known vulnerability", "the audit fails until it is accepted")
def test_a_vulnerability_is_found_unless_it_is_accepted():
    ask = index_of({"/pypi/somelib/1.0/json": VULNERABLE, "/simple/somelib/": LISTED})
    told = index.examine([PACKAGE], ask, frozenset())
    assert [str(each) for each in told.findings] == [
        "somelib: 1.0 has V-1 (hole); fixed in 1.1; move to it, or accept it with a reason and an "
        "end"
    ]
    assert index.examine([PACKAGE], ask, frozenset({("somelib", "CVE-1")})).findings == []


@planted(
    "a locked file that the index took back, and one that the index does not have",
    "the audit names both",
)
def test_a_yanked_or_strange_file_is_found():
    clean = {"vulnerabilities": []}
    yanked = {"files": [{"hashes": {"sha256": HASH}, "yanked": "broken"}]}
    other = {"files": [{"hashes": {"sha256": "b" * 64}, "yanked": False}]}
    for listing, what in ((yanked, "was yanked broken"), (other, "no file of 1.0")):
        ask = index_of({"/pypi/somelib/1.0/json": clean, "/simple/somelib/": listing})
        (finding,) = index.examine([PACKAGE], ask, frozenset()).findings
        assert what in finding.what


def test_what_an_index_does_not_know_is_told_and_not_taken_for_good():
    told = index.examine([PACKAGE], index_of({}), frozenset())
    assert (told.unknown, told.unlisted, told.findings) == (["somelib"], ["somelib"], [])
    newer = {"info": {"version": "2.0"}, "vulnerabilities": []}
    told = index.examine([PACKAGE], index_of({"/pypi/somelib/json": newer}), frozenset())
    assert told.unknown == ["somelib"]


def test_an_acceptance_ends(tmp_path):
    path = tmp_path / "accepted.csv"
    head = "package,version,vulnerability,reason,ends_on\n"
    path.write_text(
        f"{head}somelib,1.0,V-1,not reached by us,2026-01-04\n"
        "somelib,1.0,V-2,not reached by us,2026-01-03\n"
        "somelib,0.9,V-3,not reached by us,2026-12-31\n"
        "somelib,1.0,V-4,,2026-12-31\n"
    )
    accepted, stale = run.accepted_vulnerabilities(TODAY, [PACKAGE], path)
    assert accepted == {("somelib", "V-1")}
    assert [each.what for each in stale] == [
        "V-2 was accepted until 2026-01-03",
        "V-3 was accepted for 0.9",
        "V-4 has no reason",
    ]


class Index(http.server.BaseHTTPRequestHandler):
    """A small index: one package, one document of another kind, nothing else."""

    def do_GET(self):
        known = {"/pypi/somelib/1.0/json": VULNERABLE, "/simple/somelib/": LISTED}
        document = known.get(self.path)
        self.send_response(200 if document else 404)
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(document).encode())

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def address():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Index)
    threading.Thread(target=functools.partial(server.serve_forever, 0.01), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/simple"
    server.shutdown()
    server.server_close()


def test_the_index_of_pip_is_asked(address, monkeypatch, capsys):
    monkeypatch.setenv("PIP_INDEX_URL", f"{address}/")
    assert index.configured() == address
    told = index.examine([PACKAGE], index.asking(address), frozenset())
    assert [each.package for each in told.findings] == ["somelib"]
    monkeypatch.setattr(run.environment, "findings", lambda *_: [])
    assert run.main(["--online", "--only", "duckdb"]) == 2
    out = capsys.readouterr().out
    assert "WARNING: the index has no data on vulnerabilities" in out


def test_without_an_index_the_rest_is_audited_and_the_gap_is_told(monkeypatch, capsys):
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setattr(run.environment, "findings", lambda *_: [])
    assert run.main(["--only", "duckdb"]) == 0
    assert "Vulnerabilities were NOT checked" in capsys.readouterr().out
    assert run.main(["--only", "duckdb", "--online"]) == 2
    assert run.main(["--offline"]) == 0
