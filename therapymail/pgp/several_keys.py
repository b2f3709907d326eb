"""Several public keys one after the other, as a key directory may give them, taken apart."""

from therapymail.pgp.certificate_packets import each_packet

_PRIMARY = {5, 6}  # secret and public primary keys: each begins a key of its own


def certificates_in(packets: bytes) -> list[bytes]:
    """The binary keys in `packets`, each by itself; what stands before the first is left out. Raises KeyRefused."""
    starts = [packet.start for packet in each_packet(packets) if packet.tag in _PRIMARY]
    return [packets[start:end] for start, end in zip(starts, [*starts[1:], len(packets)], strict=True)]
