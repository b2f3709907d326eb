"""The room's colours, dark, light and of high contrast: quiet ones, and a loud one for what must not be overlooked."""

from textual.theme import Theme

from therapymail.config import Light

DARK = Theme(
    name="therapymail-dark",
    primary="#7aa2c9",
    secondary="#8a9bb0",
    accent="#d8b46a",
    success="#7fb58a",
    warning="#d9a95b",
    error="#d9706b",
    foreground="#d8d5cd",
    background="#1b1d21",
    surface="#23262b",
    panel="#2a2e34",
    dark=True,
    variables={"foreground-muted": "#9b9a94", "border": "#454b54", "border-blurred": "#363b42",
               "block-cursor-background": "#3b4a5c",
               "block-cursor-foreground": "#f2efe8", "block-cursor-text-style": "none"},
)  # fmt: skip
LIGHT = Theme(
    name="therapymail-light",
    primary="#2f5f8f",
    secondary="#5b6b7d",
    accent="#8a5f10",
    success="#2f6b3c",
    warning="#8f5d05",
    error="#a3302b",
    foreground="#2b2a27",
    background="#f7f4ee",
    surface="#efebe2",
    panel="#e6e1d6",
    dark=False,
    variables={"foreground-muted": "#68645c", "border": "#bdb6a6", "border-blurred": "#d3ccbc",
               "block-cursor-background": "#cfdcea",
               "block-cursor-foreground": "#1d1c1a", "block-cursor-text-style": "none"},
)  # fmt: skip
CONTRAST = Theme(
    name="therapymail-contrast",
    primary="#9fd0ff",
    secondary="#ffffff",
    accent="#ffe066",
    success="#7dff9a",
    warning="#ffd54a",
    error="#ff8a80",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#101010",
    dark=True,
    variables={"border": "#ffffff", "border-blurred": "#b0b0b0", "block-cursor-background": "#003a80",
               "block-cursor-foreground": "#ffffff", "block-cursor-text-style": "bold", "foreground-muted": "#e0e0e0",
               "text-error": "#ff8a80", "text-warning": "#ffd54a", "text-success": "#7dff9a",
               "text-primary": "#9fd0ff", "text-accent": "#ffe066"},
)  # fmt: skip
_NAMED = {Light.DARK: DARK, Light.LIGHT: LIGHT, Light.CONTRAST: CONTRAST}
THEMES = tuple(_NAMED.values())


def theme_named(light: Light) -> Theme:
    """The theme of this light."""
    return _NAMED[light]


def theme_after(name: str) -> Light:
    """The light that comes after the theme of this name."""
    order = list(Light)
    at = next((number for number, light in enumerate(order) if _NAMED[light].name == name), -1)
    return order[(at + 1) % len(order)]
