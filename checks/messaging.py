"""Samples of the messaging domain."""

from types import MappingProxyType

from checks import samples
from checks.scenario import Samples
from core.messaging import messages

SAMPLES = Samples(
    answers=MappingProxyType(
        {
            messages.write_text: samples.an_id,
        }
    ),
)
