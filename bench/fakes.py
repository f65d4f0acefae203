"""Africa's Talking's side of the wire for the bench: `python -m bench.fakes`, on PORT."""

import threading

from app.settings import Settings
from providers.simulator.process import Fakes


def main() -> None:
    with Fakes("127.0.0.1", Settings.load().port, list):
        threading.Event().wait()  # until it is terminated


if __name__ == "__main__":
    main()
