"""What `doctor` looks at, one subject a module; each finding is a value with one sentence and one next step."""
