"""A person with the phone's page in a real browser."""

from playwright.sync_api import ConsoleMessage, Locator, Page, expect


class Phone:
    """A person with the page in front of them."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.faults: list[str] = []
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", self._listen)
        page.goto(f"{url}/phone")
        expect(page.locator(".people .pick").first).to_be_visible(timeout=30_000)
        self.hops = 0

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.faults.append(message.text)

    def be(self, name: str, code: str = "*384*10#") -> None:
        self.page.locator("#services").get_by_text(code, exact=True).click()
        self.page.locator("#people").get_by_text(name).first.click()
        self.hops = 0

    def key(self, *keys: str) -> None:
        for key in keys:
            self.page.get_by_role("button", name=key, exact=True).click()

    def type(self, answer: str) -> None:
        """Type it on the computer's keyboard and press Enter; wait for the next screen."""
        self.page.keyboard.type(answer)
        self.page.keyboard.press("Enter")
        self.next()

    def next(self) -> None:
        self.hops += 1
        expect(self.page.locator("#hops")).to_have_text(str(self.hops))

    def redial(self) -> None:
        self.hops = 0
        self.page.get_by_role("button", name="Redial").last.click()
        self.next()

    @property
    def screen(self) -> str:
        return self.page.locator("#screen").inner_text()

    def shows(self, words: str) -> None:
        expect(self.page.locator("#screen")).to_contain_text(words)

    def says(self, words: str) -> None:
        expect(self.page.locator("#said")).to_have_text(words)

    def state(self, state: str) -> None:
        expect(self.page.locator("#state")).to_have_text(state)

    # --- in the chats ---------------------------------------------------------------------------

    @property
    def replies(self) -> Locator:
        """What came in the WhatsApp chat."""
        return self.page.locator("#chat .bubble.text")

    def write(self, words: str) -> None:
        """Write it on WhatsApp; wait for the reply."""
        count = self.replies.count()
        self.page.locator("#chat-input").fill(words)
        self.page.keyboard.press("Enter")
        self.replied(count)

    def tap(self, label: str) -> None:
        """Tap a button of the newest message, or a row of the list that it opens."""
        count = self.replies.count()
        newest = self.replies.last
        opens = newest.locator("[aria-haspopup=dialog]")
        if opens.count():
            opens.click()
            row = self.page.get_by_role("dialog").get_by_role("button", name=label, exact=True)
            row.click()
        else:
            newest.get_by_role("button", name=label, exact=True).click()
        self.replied(count)

    def replied(self, count: int) -> None:
        """One reply more than these, and no second one."""
        expect(self.replies).to_have_count(count + 1, timeout=30_000)

    def trouble(self, *names: str) -> None:
        for name in names:
            self.page.get_by_role("checkbox", name=name).check()
        expect(self.page.locator("#network-state")).to_have_text("bad")
