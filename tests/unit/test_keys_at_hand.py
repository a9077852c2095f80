"""Where the pseudonym key may come from, and who gets to see it."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from orchestration import ui
from orchestration.settings import KEY_VARIABLES, Settings, environment_without_keys
from orchestration.validator import ValidatorProcess

KEY = "a-distinctive-key-3Vw7Zq-for-this-test"
VARIABLE = "AFTERMATH_PSEUDONYM_KEY"


def key_file(tmp_path: Path, text: str = f"{KEY}\n", mode: int = 0o600) -> Path:
    path = tmp_path / "key"
    path.write_text(text)
    path.chmod(mode)
    return path


def test_a_key_comes_from_a_file_of_ones_own(tmp_path: Path) -> None:
    assert Settings.from_env({f"{VARIABLE}_FILE": str(key_file(tmp_path))}).pseudonym_key == KEY
    path = key_file(tmp_path, mode=0o400)
    previous = Settings.from_env({"AFTERMATH_PREVIOUS_PSEUDONYM_KEY_FILE": str(path)})
    assert (previous.previous_pseudonym_key, previous.pseudonym_key) == (KEY, "")


@pytest.mark.fault(
    kind="privacy",
    tried="the key lies in a file that others may read, in none, or in two places",
    holds="nothing is run, and the message does not repeat the key",
)
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660])
def test_a_key_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    with pytest.raises(ValueError, match="must be yours alone") as caught:
        Settings.from_env({f"{VARIABLE}_FILE": str(key_file(tmp_path, mode=mode))})
    assert KEY not in str(caught.value)


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({f"{VARIABLE}_FILE": "/nowhere/key"}, "cannot be read"),
        ({f"{VARIABLE}_FILE": "/dev/null", VARIABLE: KEY}, "set one of them"),
    ],
)
def test_a_key_file_that_leaves_the_key_open_is_refused(environment, told) -> None:
    with pytest.raises(ValueError, match=told) as caught:
        Settings.from_env(environment)
    assert KEY not in str(caught.value)


def test_an_empty_key_file_is_not_the_demo_key(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="is empty"):
        Settings.from_env({f"{VARIABLE}_FILE": str(key_file(tmp_path, text=" \n"))})


def test_settings_do_not_show_keys() -> None:
    settings = Settings.from_env({VARIABLE: KEY, "AFTERMATH_PREVIOUS_PSEUDONYM_KEY": KEY[::-1]})
    assert KEY not in repr(settings)
    assert KEY[::-1] not in repr(settings)


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give every variable of a key a value."""
    for variable in KEY_VARIABLES:
        monkeypatch.setenv(variable, KEY)


def seen_of(pid: int) -> bytes:
    """What the process list and the environment of a process tell."""
    return Path(f"/proc/{pid}/environ").read_bytes() + Path(f"/proc/{pid}/cmdline").read_bytes()


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs /proc")
@pytest.mark.usefixtures("environment")
@pytest.mark.fault(
    kind="privacy",
    tried="the environments and command lines of the programs that a batch starts are looked into",
    holds="the validating process and the web server do not have the key",
)
def test_programs_that_need_no_key_have_none(monkeypatch: pytest.MonkeyPatch) -> None:
    validator = ValidatorProcess()
    validator.start()
    try:
        assert validator._process is not None
        wait_for_exec(validator._process.pid)
        assert KEY.encode() not in seen_of(validator._process.pid)
    finally:
        validator.stop()
    started: dict[str, dict[str, str] | None] = {}

    def popen(command, **options):
        started[command[2]] = options["env"]
        if len(started) == 2:
            raise ui._Stop
        return ended

    ended = subprocess.Popen([sys.executable, "-c", "input()"], start_new_session=True)
    monkeypatch.setattr(ui.subprocess, "Popen", popen)
    monkeypatch.setattr(ui.signal, "signal", lambda *_: None)
    assert ui._serve(3000) == 0
    assert KEY not in str(started["orchestration.loopback_server"])
    # Runs are started by the daemon, which hands the key on: it inherits the environment.
    assert started["dagster._daemon"] is None


def wait_for_exec(pid: int) -> None:
    """Between fork and exec a child still has the parent's memory."""
    for _ in range(200):
        if b"orchestration.validating" in Path(f"/proc/{pid}/cmdline").read_bytes():
            return
        time.sleep(0.01)
    raise AssertionError("the process did not start")


@pytest.mark.usefixtures("environment")
def test_the_environment_without_keys_keeps_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AFTERMATH_BUILD_DIR", "somewhere")
    found = environment_without_keys()
    assert found["AFTERMATH_BUILD_DIR"] == "somewhere"
    assert not set(KEY_VARIABLES) & found.keys()
