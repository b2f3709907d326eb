"""What therapymail knows of IMAP, SMTP and MIME; nothing of OpenPGP or SQL."""
