"""What therapymail knows of GnuPG and OpenPGP mail; nothing of mail servers or SQL."""
