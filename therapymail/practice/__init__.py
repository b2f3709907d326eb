"""What a therapist does, one verb a module; the only room where the others meet."""
