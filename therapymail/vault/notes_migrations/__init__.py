"""The numbered steps of notes.db, the store of process notes; what a released step says is never edited again."""
