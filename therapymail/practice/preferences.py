"""What the therapist prefers, kept in config.toml beside what they wrote there."""

from therapymail.config import Light, keep_setting
from therapymail.practice.practice import Practice


def keep_theme(practice: Practice, theme: Light) -> None:
    """Keep how the interface looks. Raises NoPractice, ConfigurationFaulty, FileUnusable."""
    keep_setting(practice.paths.config, "theme", theme.value)
