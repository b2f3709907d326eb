"""What holds for every test: Ctrl-C ends a program that a test starts, however the tests themselves were started."""

import signal

# A shell that runs the tests in the background has them ignore SIGINT, and every program they start would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)
