"""A bare Typer program of two commands: what any program on this foundation needs to start."""

import typer

app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def greet(name: str, limit: int = 50) -> None:
    """Greet somebody."""
    typer.echo(f"{name} {limit}")


@app.command()
def leave() -> None:
    """Say goodbye."""
    typer.echo("goodbye")


if __name__ == "__main__":
    app()
