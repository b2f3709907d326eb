"""The single place where the real parts of a practice are wired together."""
