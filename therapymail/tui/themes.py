"""The room's colours, dark and light: quiet ones, and a loud one for what must not be overlooked."""

from textual.theme import Theme

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
    variables={"border": "#454b54", "border-blurred": "#363b42", "block-cursor-background": "#3b4a5c",
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
    variables={"border": "#bdb6a6", "border-blurred": "#d3ccbc", "block-cursor-background": "#cfdcea",
               "block-cursor-foreground": "#1d1c1a", "block-cursor-text-style": "none"},
)  # fmt: skip
