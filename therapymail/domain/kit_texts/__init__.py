"""What the onboarding kit says, as data: a directory for each language, in it a file for each mail program."""
