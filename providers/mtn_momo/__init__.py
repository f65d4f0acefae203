"""MTN MoMo Open API: collections, disbursements, refunds. Wire facts and sources: README.md."""

NAME = "mtn_momo"
