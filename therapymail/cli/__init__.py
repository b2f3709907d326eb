"""The command line: parse, call one practice verb, print."""
