"""Words that the code writes as a name of its own, such as a state: as staff read them."""

from typing import Final

from values.said import Said, said

_WORDS: Final = {
    str(one): one
    for one in (
        said("accepted"),
        said("active"),
        said("applied"),
        said("approved"),
        said("asked"),
        said("booked"),
        said("bounced"),
        said("cancelled"),
        said("closed"),
        said("code"),
        said("collection"),
        said("commission"),
        said("completed"),
        said("dead"),
        said("delivered"),
        said("demo"),
        said("disbursed"),
        said("disbursement"),
        said("done"),
        said("draft"),
        said("expired"),
        said("failed"),
        said("fee"),
        said("frozen"),
        said("held"),
        said("in force"),
        said("invitation"),
        said("invited"),
        said("kept"),
        said("limit"),
        said("none"),
        said("open"),
        said("over"),
        said("paid"),
        said("paid back"),
        said("passkey"),
        said("password"),
        said("paused"),
        said("pending"),
        said("queued"),
        said("ready"),
        said("refund"),
        said("refused"),
        said("rejected"),
        said("repaying"),
        said("requested"),
        said("review"),
        said("revoked"),
        said("running"),
        said("sending"),
        said("sent"),
        said("set"),
        said("settled"),
        said("skipped"),
        said("to come"),
        said("to pay back"),
        said("unknown"),
        said("unset"),
        said("waiting"),
        said("working"),
        said("writing"),
        said("written off"),
        said("day"),
        said("channel"),
        said("language"),
        said("ok"),
        said("dropped"),
        said("gone"),
        said("received"),
    )
}


def word(name: str) -> str:
    """A state or a kind, for a clerk; as it is where it has no words."""
    plain = name.replace("_", " ")
    found: Said | None = _WORDS.get(plain)
    return plain if found is None else found
