"""One's own sessions and passkeys."""

from pathlib import Path

from werkzeug.wrappers import Response

from app.console.home.page import ANYWHERE
from app.console.page import Page, Route, Visit
from app.console.texts.catalogue import LANGUAGES
from core.email import addresses
from core.staff import members, passkeys, sessions
from core.staff.errors import SignInRefused
from core.staff.roles import ROLES, Permission
from core.staff.second_person import in_words
from values.said import said

OWN = Permission("me.look", "see one's own sessions", tuple(ROLES))


def me(visit: Visit) -> Response:
    return visit.show(
        "me/me.html",
        sessions=sessions.of_member(visit.tx, visit.member.id),
        email=addresses.of_member(visit.tx, visit.keys, visit.member.id),
    )


def offer(visit: Visit) -> Response:
    site = visit.console.site()
    text = passkeys.offer(visit.keys, site, visit.member, bound_to=visit.token)
    return Response(text, content_type="application/json")


def keep(visit: Visit) -> Response:
    try:
        passkeys.keep_another(
            visit.tx,
            visit.keys,
            visit.console.site(),
            visit.member,
            visit.form.get("answer", ""),
            session=visit.token,
        )
    except SignInRefused:
        return visit.go("me", "That passkey could not be kept.")
    return visit.go("me", "The passkey is kept.")


def end_others(visit: Visit) -> Response:
    ended = sessions.end_others(visit.tx, visit.keys, visit.member, visit.token)
    return visit.go(
        "me", said("{count} other sessions have ended, and no browser is trusted.", count=ended)
    )


def set_language(visit: Visit) -> Response:
    chosen = visit.form.get("language", "")
    members.choose_language(visit.tx, visit.member, chosen if chosen in LANGUAGES else None)
    return visit.go("me", "")


def set_email(visit: Visit) -> Response:
    typed, actor = visit.form.get("email", ""), visit.member.actor
    addresses.give_member(visit.tx, visit.keys, visit.member.id, typed, actor=actor)
    return visit.go("me", "E-mail goes there from now on." if typed.strip() else "No e-mail.")


PAGE = Page(
    name="me",
    title="You",
    folder=Path(__file__).parent,
    order=None,
    routes=(
        Route("", me, OWN, scopes=ANYWHERE),
        Route("/passkey", offer, OWN, scopes=ANYWHERE),
        Route("/passkey", keep, OWN, method="POST", scopes=ANYWHERE),
        Route("/language", set_language, OWN, method="POST", scopes=ANYWHERE),
        Route("/email", set_email, OWN, method="POST", scopes=ANYWHERE),
        Route("/end-others", end_others, OWN, method="POST", scopes=ANYWHERE),
    ),
    values={"roles_in_words": in_words},
)
