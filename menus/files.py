"""A file as an answer: sent in a chat, or gone on without."""

from dataclasses import dataclass
from typing import Final

from menus import sentences
from menus.answers import WrongAnswer
from menus.keys import option_key
from values.attached import AttachedFile, from_file_urn

WITHOUT_KEY: Final = 1


@dataclass(frozen=True, slots=True)
class File:
    """A picture or a PDF. Where no file can be sent, and for whoever has none, the screen offers to
    go on without one: then the value is None. A flow asks it where `can_send_files` says so.

    Its bytes come later than the answer, and may be none that are taken (`core/inbox/files.py`).
    """

    takes_zero = False

    def parse(self, raw: str) -> AttachedFile | None:
        """The file. Raises WrongAnswer."""
        if option_key(raw) == WITHOUT_KEY:
            return None
        found = from_file_urn(raw.strip())
        if found is None:
            raise WrongAnswer(sentences.WRONG_OPTION)
        return found
