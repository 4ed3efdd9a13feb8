"""Which network addresses a message may go to.

An address of IPv6 that stands for one of IPv4 is judged by what it stands for: by the wrapping it
would look like one that anyone can reach.
"""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

NAT64 = IPv6Network("64:ff9b::/96")
"""Well-known prefix, RFC 6052 section 2.1; the last 32 bits are the address of IPv4."""

METADATA = frozenset(
    map(
        ip_address,
        (
            "169.254.169.254",  # most clouds
            "169.254.170.2",  # containers of Amazon
            "fd00:ec2::254",  # Amazon, IPv6
            "fd00:ec2::23",  # containers of Amazon, IPv6
            "fd20:ce::254",  # Google, IPv6
            "100.100.100.200",  # Alibaba
            "fd00:100::100:200",  # Alibaba, IPv6
            "168.63.129.16",  # Azure, a public address that only its machines reach
            "192.0.0.192",  # Oracle, of old
            "fd00:c1::a9fe:a9fe",  # Oracle, IPv6
            "fd00:42::42",  # Scaleway, IPv6
            "fd00:a9fe:a9fe::1",  # Akamai, IPv6
        ),
    )
)
"""Where clouds give a machine its own credentials. As the vendors document them."""


def refusal(address: str, private: bool) -> str | None:
    """Why nothing is sent to an address, in a few words; ``None``: it may be.

    ``private`` allows one's own network, and this machine; never what is no host at all, nor
    link-local addresses, where clouds keep their credentials.
    """
    ip = meant(ip_address(address.partition("%")[0]))
    if ip in METADATA:
        return "cloud metadata"
    if ip.is_loopback:
        return None if private else "loopback"
    for rule, hit in (
        ("unspecified", ip.is_unspecified),
        ("link-local", ip.is_link_local),
        ("multicast", ip.is_multicast),
        ("reserved", ip.is_reserved),
    ):
        if hit:
            return rule
    own = not ip.is_global or (isinstance(ip, IPv6Address) and ip.is_site_local)
    return "private" if own and not private else None


def meant(ip: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The address of IPv4 within, where there is one: mapped (RFC 4291), 6to4 (RFC 3056), NAT64
    (RFC 6052)."""
    if isinstance(ip, IPv4Address):
        return ip
    if ip in NAT64:
        return IPv4Address(int(ip) & 0xFFFF_FFFF)
    return ip.ipv4_mapped or ip.sixtofour or ip
