"""The terminal interface: screens over the practice verbs, with no rule of its own."""
