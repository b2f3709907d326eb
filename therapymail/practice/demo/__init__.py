"""The fictional practice that `therapymail demo` builds: a story as data, and the mail it came in."""
