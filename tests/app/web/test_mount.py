"""What stands below a path of its own is imported when somebody asks for it."""

from collections.abc import Iterable
from typing import Any

from app.web.mount import Mount


def test_it_is_made_when_somebody_asks_and_once() -> None:
    asked: list[str] = []
    made: list[str] = []

    def web(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        asked.append(environ["PATH_INFO"])
        return [b"web"]

    def make() -> Any:
        made.append("console")
        return lambda environ, start_response: [b"console"]

    mount = Mount(web, "/console", make)
    for path in ("/hooks/x", "/consolex", "/"):
        assert mount({"PATH_INFO": path}, None) == [b"web"]
    assert asked == ["/hooks/x", "/consolex", "/"]
    assert made == []
    for path in ("/console", "/console/people"):
        assert mount({"PATH_INFO": path}, None) == [b"console"]
    assert made == ["console"]
