"""What holds for every test: Ctrl-C ends a program that a test starts, and a busy machine fails no property."""

import signal

from hypothesis import HealthCheck, settings

# A shell that runs the tests in the background has them ignore SIGINT, and every program they start would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)

# How long one example takes says nothing with more workers than processors; what has to be quick is measured apart.
settings.register_profile(
    "shared machine", max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("shared machine")
