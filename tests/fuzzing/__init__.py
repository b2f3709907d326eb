"""Fuzzing of every parser that reads what others wrote: targets, what must hold, mutations, and the results' table."""
