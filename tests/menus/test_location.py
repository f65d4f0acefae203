"""Where something is: shared, in degrees, or in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from menus.answers import WrongAnswer
from menus.limits import ANSWER_CHARS_MAX
from menus.location import Place
from values.location import Location, from_geo_uri, geo_uri


@pytest.mark.parametrize(
    ("raw", "place"),
    [
        (" near  Kimironko market ", Location("near Kimironko market")),
        (
            "geo:-1.9501,30.0588?q=Kimironko%20Market",
            Location("Kimironko Market", -1.9501, 30.0588),
        ),
        ("geo:0,0", Location("", 0.0, 0.0)),
        ("-1.9501, 30.0588", Location("", -1.9501, 30.0588)),
        ("6.5244 3.3792", Location("", 6.5244, 3.3792)),
        ("geo:95,200 street", Location("geo:95,200 street")),  # words, though odd ones
    ],
)
def test_a_place_is_read(raw: str, place: Location) -> None:
    assert Place().parse(raw) == place


@pytest.mark.parametrize("raw", ["", "1", "12, 30", "95.1234, 30.0588", "?", "a" * 81])
def test_what_is_no_place_is_refused(raw: str) -> None:
    with pytest.raises(WrongAnswer):
        Place().parse(raw)


@pytest.mark.parametrize(("latitude", "longitude"), [(91.0, 0.0), (0.0, 181.0), (float("nan"), 0)])
def test_degrees_that_are_none_are_no_position(latitude: float, longitude: float) -> None:
    assert geo_uri(latitude, longitude) == ""


@given(st.floats(min_value=-90, max_value=90), st.floats(min_value=-180, max_value=180), st.text())
def test_what_was_shared_comes_back(latitude: float, longitude: float, name: str) -> None:
    uri = geo_uri(latitude, longitude, name)
    assert len(uri) <= ANSWER_CHARS_MAX
    place = from_geo_uri(uri)
    assert place is not None
    assert place.latitude == pytest.approx(latitude, abs=1e-5)
    assert place.longitude == pytest.approx(longitude, abs=1e-5)
    assert " ".join(name.split()).startswith(place.words) or not name.isprintable()


def test_a_log_does_not_say_where_somebody_is() -> None:
    assert "30.0" not in repr(Location("home", -1.9, 30.0))
    assert "home" not in repr(Location("home", -1.9, 30.0))
