"""The SSH algorithms that Genba accepts; everything with SHA-1, CBC or MD5 is left out.

With chacha20-poly1305 or an encrypt-then-mac cipher a peer must know strict key exchange against
Terrapin (CVE-2023-48795); asyncssh offers it from 2.14.2 and uses it when the server does.
"""

from __future__ import annotations

KEY_EXCHANGES = [
    "mlkem768x25519-sha256",
    "curve25519-sha256",
    "curve25519-sha256@libssh.org",
    "ecdh-sha2-nistp256",
    "ecdh-sha2-nistp384",
    "ecdh-sha2-nistp521",
    "diffie-hellman-group16-sha512",
    "diffie-hellman-group14-sha256",
]

HOST_KEYS = [
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "rsa-sha2-512",
    "rsa-sha2-256",
]

CIPHERS = [
    "aes128-gcm@openssh.com",
    "aes256-gcm@openssh.com",
    "chacha20-poly1305@openssh.com",
    "aes256-ctr",
    "aes192-ctr",
    "aes128-ctr",
]

MACS = [
    "hmac-sha2-256-etm@openssh.com",
    "hmac-sha2-512-etm@openssh.com",
    "hmac-sha2-256",
    "hmac-sha2-512",
]


def host_key_algorithms(key_type: str) -> list[str]:
    """The signature algorithms of a key type: an RSA key signs with SHA-2 only."""
    if key_type == "ssh-rsa":
        return ["rsa-sha2-512", "rsa-sha2-256"]
    return [key_type] if key_type in HOST_KEYS else []
