"""Faults in a working day, measured: one fault a run, and afterwards everything is counted (scripts/soak)."""
