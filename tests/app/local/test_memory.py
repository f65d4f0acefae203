"""What Postgres takes of a machine's memory."""

from pathlib import Path

import pytest

from app.local.memory import MB, memory, shared_buffers_mb


@pytest.mark.parametrize(
    ("memory_mb", "taken_mb"),
    [(0, 128), (512, 128), (1_024, 128), (4_096, 512), (8_192, 1_024), (65_536, 1_024)],
)
def test_an_eighth_between_its_bounds(memory_mb: int, taken_mb: int) -> None:
    assert shared_buffers_mb(memory_mb * MB) == taken_mb


@pytest.mark.parametrize(
    ("membership", "limits", "expected_mb"),
    [
        ("0::/", {"memory.max": 256}, 256),
        ("0::/system.slice/piga.service", {"system.slice/piga.service/memory.max": 300}, 300),
        ("0::/outer/inner", {"outer/inner/memory.max": None, "outer/memory.max": 200}, 200),
        ("7:cpu:/\n9:memory:/docker/1", {"memory/docker/1/memory.limit_in_bytes": 64}, 64),
        ("9:memory:/docker/1", {"memory/memory.limit_in_bytes": 128}, 128),
    ],
)
def test_the_least_limit_around_a_process_counts(
    tmp_path: Path, membership: str, limits: dict[str, int | None], expected_mb: int
) -> None:
    (tmp_path / "cgroup").write_text(f"{membership}\n")
    for name, limit_mb in limits.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("max\n" if limit_mb is None else f"{limit_mb * MB}\n")
    assert memory(tmp_path / "cgroup", tmp_path) == expected_mb * MB


def test_without_limits_it_is_the_machines(tmp_path: Path) -> None:
    assert memory(tmp_path / "cgroup", tmp_path) > 256 * MB
