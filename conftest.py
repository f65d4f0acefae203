"""What holds of all tests, wherever they stand: options, markers, and where fixtures come from."""

import os
import sys
from collections.abc import Iterator

import hypothesis
import pytest

from core.security import keyring

pytest_plugins = (
    "tests.support.servers",
    "tests.support.ussd_fixtures",
    "tests.support.providers",
)

# The same examples on every run: what a run says can be had again. HYPOTHESIS_PROFILE=explore looks
# for new ones.
hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None)
hypothesis.settings.register_profile("explore", deadline=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--refresh-transcripts",
        action="store_true",
        help="Write down what the phones show now; review the difference as text.",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "postgres: uses Postgres; run on the oldest version too")
    config.addinivalue_line("markers", "one_version: long, and alike on every version of Postgres")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        one_version = item.get_closest_marker("one_version") is not None
        if not one_version and "servers" in getattr(item, "fixturenames", ()):
            item.add_marker("postgres")


@pytest.fixture(scope="session", autouse=True)
def cheap_pins() -> Iterator[None]:
    """A PIN's hash says what it costs to verify, so a cheap one keeps hundreds of tests quick. What
    it costs in earnest, `tests/core/security/test_keyring.py` says."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(keyring, "ARGON2_MEMORY_KIB", 64)
        patched.setattr(keyring, "ARGON2_ITERATIONS", 1)
        yield


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Once all test processes are done: no secret is left on the servers that they shared."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        return
    from tests.security.afterwards import leaks

    factory: pytest.TempPathFactory = session.config._tmp_path_factory  # type: ignore[attr-defined]
    found = leaks(factory.getbasetemp() / "home")
    for leak in found:
        print(f"\nLEAK {leak}", file=sys.stderr)
    if found:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
