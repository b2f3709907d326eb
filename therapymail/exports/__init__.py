"""A value in, a file out; pure renderers."""
