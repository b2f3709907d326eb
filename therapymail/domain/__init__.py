"""Pure values and rules of email therapy; standard library only, no I/O and no clock of its own."""
