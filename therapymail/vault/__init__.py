"""The encrypted store: SQLCipher, journal, projections, search; nothing of OpenPGP or mail."""
