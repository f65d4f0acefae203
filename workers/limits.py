"""Every limit of this room, in one place. Units last."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What the processes here keep to. The tests shorten the leases; nobody else changes them."""

    # --- the relay --------------------------------------------------------------------------
    poll_every_s: float = 0.2
    poll_slower_s: float = 1.0  # while Postgres or Redis is away
    batch: int = 100
    # A queue holds no more than a worker gets through within a lease: Postgres keeps the rest, and
    # what is queued twice because a lease ran out stays bounded.
    queue_depth: int = 500
    # Of receipts and of what goes to many a queue holds less, since what comes in the meantime
    # stands behind it; what somebody waits for goes to the front.
    receipts_depth: int = 200
    bulk_depth: int = 50
    # What goes to many at once is sent in jobs of so many rows, on a queue of its own.
    bulk_batch: int = 100
    bulk_jobs: int = 6
    bulk_jobs_at_once: int = 2  # so that no round of the relay takes long
    # While more than so many wait for an answer, one job goes to many each so often.
    prompts_beside_bulk: int = 10
    bulk_beside_prompts_every_s: float = 1.0
    queued_lease_s: float = 60.0

    # --- a job ------------------------------------------------------------------------------
    # A signal ends a job that takes too long; what no signal can end, ends with its process. Both
    # come before the lease runs out.
    job_timeout_s: int = 30
    job_hangs_after_s: int = 45
    job_lease_s: float = 60.0
    job_kept_in_redis_s: int = 3_600
    failure_kept_s: int = 86_400

    # --- sending ----------------------------------------------------------------------------
    # 24 tries: 2 s after the first, doubled up to an hour, come to about 14 hours.
    attempts_maximum: int = 24
    backoff_first_s: float = 2.0
    backoff_longest_s: float = 3_600.0
    backoff_jitter: float = 0.2
    text_age_maximum_s: float = 86_400.0  # a receipt that is a day late only worries people
    pause_first_s: float = 1.0  # after a refused connection; doubled up to:
    pause_longest_s: float = 30.0
    # What is back after a pause gets so many a second at first, doubled every so often.
    recovery_s: float = 60.0
    recovery_first_a_second: float = 20.0
    recovery_doubles_s: float = 10.0
    pause_alarmed_s: float = 300.0  # until somebody has topped up the account, or mended it
    settle_for_s: float = 15.0  # how long the outcome of a request is brought to Postgres

    # --- the turn log -----------------------------------------------------------------------
    drain_every_s: float = 0.5
    drain_batch: int = 2_000
    drain_from_stream: int = 64  # the most taken from one stream at a time: no stream starves
    aside_maximum: int = 1_000


LIMITS = Limits()

TURN_STREAMS = 256

# --- the schedule -----------------------------------------------------------------------------
EXPIRE_EVERY_S = 5.0
SWEEP_EVERY_S = 30.0
GUESSES_EVERY_S = 3_600.0
WORK_RETURNED_EVERY_S = 15.0
FUNNELS_EVERY_S = 300.0
ALARMS_EMAILED_EVERY_S = 60.0
PAYMENTS_LOOKED_AT_EVERY_S = 300.0
AGENTS_LOOKED_AT_EVERY_S = 900.0
TRUST_EVERY_S = 24 * 3_600.0
LOAN_PENALTIES_EVERY_S = 3_600.0
# A shop hears of its delivery within so long; a reservation may live so much longer.
ORDERS_EVERY_S = 5.0
# Reminders go by the day; one that fell into a pause comes an hour later.
CREDIT_EVERY_S = 3_600.0
RIDE_OFFERS_EVERY_S = 1.0
RIDE_PAPERS_EVERY_S = 600.0
FUEL_CALLS_EVERY_S = 3_600.0
FUEL_COMPLAINTS_EVERY_S = 600.0
FUEL_STOCK_EVERY_S = 600.0
VOTES_EVERY_S = 300.0
REMINDERS_EVERY_S = 900.0
PARTITIONS_EVERY_S = 6 * 3_600.0
RETENTION_EVERY_S = 3_600.0

SENDING_STALE_AFTER_S = 120.0  # twice the lease: the worker that finds it first says so
PARTITIONS_MONTHS_AHEAD = 3

OUTBOX_DONE_KEPT_DAYS = 7
TURNS_KEPT_MONTHS = 13
RETENTION_BATCH = 5_000
RETENTION_BATCHES_MAXIMUM = 200
