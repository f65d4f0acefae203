"""The shapes in which forwarders post texts: a file each.

| key | what |
| --- | --- |
| `headers` | the headers that sign: `timestamp`, `signature`, and `id` where the way has one |
| `texts` | where the list of texts is; without it the body is one text |
| `sender`, `text`, `received_at` | where each stands: `payload.sender`; the first that is there |
| `only` | values that the body has; any other body says nothing of a text |
"""
