"""Work by letter with clients over ordinary email, sealed with OpenPGP, on the therapist's own machine."""

__version__ = "0.1.0"
