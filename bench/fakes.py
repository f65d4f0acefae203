"""The companies' side of the wire for the bench: `python -m bench.fakes`, on PORT."""

import threading
from dataclasses import replace

from app.settings import Settings
from providers.simulator.process import APPROVED_AFTER_S, MOMO_MARKET, Fakes


def main() -> None:
    with Fakes("127.0.0.1", Settings.load().port, list, momo_environment=MOMO_MARKET) as fakes:
        wallets = fakes.momo.wallets
        wallets.options = replace(wallets.options, settle_after_s=APPROVED_AFTER_S)
        threading.Event().wait()  # until it is terminated


if __name__ == "__main__":
    main()
