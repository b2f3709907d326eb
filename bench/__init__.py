"""What therapymail costs: measured beside gpg, isync, notmuch and a bare Typer program, in one run."""
