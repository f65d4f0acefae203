from tests.docs.cli_reference import FILE, reference


def test_the_reference_is_fresh() -> None:
    fresh = reference()
    assert FILE.read_text("utf-8") == fresh, "python -m tests.docs.cli_reference writes it anew"
