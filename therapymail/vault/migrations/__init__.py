"""The schema's numbered steps, one SQL file each; what a released step says is never edited again."""
