"""`python -m therapymail`: the program, where its script is not on the path."""

from therapymail.cli.entry import main

if __name__ == "__main__":
    main()
