//! Which addresses and URLs the server may fetch from for a client: only what anybody on the internet could reach, so that
//! nobody reaches through the server what only the server can see.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use url::{Host, Url};

/// Networks of IPv4 that are not the public internet: address and prefix length. From IANA's registry,
/// <https://www.iana.org/assignments/iana-ipv4-special-registry>, with multicast, and with the one public address that a
/// cloud (Azure) uses for its machines' metadata.
const NOT_PUBLIC_V4: [(Ipv4Addr, u32); 17] = [
    (Ipv4Addr::UNSPECIFIED, 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(168, 63, 129, 16), 32),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
    (Ipv4Addr::BROADCAST, 32),
];

/// Networks of IPv6 inside global unicast (`2000::/3`) that are not the public internet: protocol assignments with Teredo,
/// documentation, and 6to4. From <https://www.iana.org/assignments/iana-ipv6-special-registry>.
const NOT_PUBLIC_V6: [(Ipv6Addr, u32); 4] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

const GLOBAL_UNICAST: (Ipv6Addr, u32) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);
/// IPv4 inside IPv6: what a socket makes of an IPv4 address, and what a translator (NAT64) makes of it.
const EMBEDS_V4: [(Ipv6Addr, u32); 2] =
    [(Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0, 0), 96), (Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96)];

/// Whether an address is one of the public internet.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    !NOT_PUBLIC_V4.iter().any(|(network, length)| {
        let ignored = 32 - length;
        address.to_bits() >> ignored == network.to_bits() >> ignored
    })
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let within = |(network, length): &(Ipv6Addr, u32)| {
        let ignored = 128 - length;
        address.to_bits() >> ignored == network.to_bits() >> ignored
    };
    if EMBEDS_V4.iter().any(within) {
        let [.., a, b, c, d] = address.octets();
        return is_public_v4(Ipv4Addr::new(a, b, c, d));
    }
    within(&GLOBAL_UNICAST) && !NOT_PUBLIC_V6.iter().any(within)
}

/// Whether a port is one on which web servers answer strangers; others belong to protocols that a request could confuse.
#[must_use]
pub const fn is_web_port(port: u16) -> bool {
    matches!(port, 80 | 443)
}

/// A URL that may not be fetched from.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotFetched {
    /// It is not `http` or `https`, or it is no URL at all.
    #[error("only http:// and https:// URLs are fetched")]
    Scheme,
    /// It carries a user name or a password.
    #[error("URLs with a user name or a password are not fetched")]
    Credentials,
    /// Its port is not one of the web's.
    #[error("only the ports 80 and 443 are fetched from")]
    Port,
    /// Its host is an address that is not public.
    #[error("the address is not one of the public internet")]
    Address,
}

/// What may be reached.
#[derive(Clone, Copy, Debug)]
pub struct Guard {
    /// Whether an address may be.
    pub address: fn(IpAddr) -> bool,
    /// Whether a port may be.
    pub port: fn(u16) -> bool,
}

impl Guard {
    /// Only the public web.
    pub const PUBLIC: Self = Self { address: is_public, port: is_web_port };

    /// Whether a URL may be asked for, as far as it can be told without resolving its name. The name's addresses are
    /// checked when they are known, and each redirect's URL like the first.
    ///
    /// # Errors
    /// [`NotFetched`] with the reason.
    pub fn check(self, url: &Url) -> Result<(), NotFetched> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(NotFetched::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(NotFetched::Credentials);
        }
        if !url.port_or_known_default().is_some_and(self.port) {
            return Err(NotFetched::Port);
        }
        let address = match url.host() {
            None => return Err(NotFetched::Scheme),
            Some(Host::Domain(_)) => return Ok(()),
            Some(Host::Ipv4(address)) => IpAddr::V4(address),
            Some(Host::Ipv6(address)) => IpAddr::V6(address),
        };
        if (self.address)(address) { Ok(()) } else { Err(NotFetched::Address) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn public(text: &str) -> bool {
        is_public(text.parse().unwrap_or_else(|error| panic!("{text}: {error}")))
    }

    #[test]
    fn only_the_public_internet_is_public() {
        for yes in [
            "8.8.8.8",
            "1.1.1.1",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.0.1",
            "172.32.0.1",
            "198.20.0.1",
            "223.255.255.255",
            "2606:4700:4700::1111",
            "2a00:1450:4001::1",
            "::ffff:8.8.8.8",
            "64:ff9b::808:808",
        ] {
            assert!(public(yes), "{yes}");
        }
        for no in [
            "0.0.0.0",
            "0.1.2.3",
            "10.1.2.3",
            "100.64.0.1",
            "100.100.100.200",
            "127.0.0.1",
            "127.255.0.1",
            "168.63.129.16",
            "169.254.169.254",
            "169.254.170.2",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.192",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "239.1.1.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::7f00:1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "64:ff9b::7f00:1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!public(no), "{no}");
        }
    }

    proptest! {
        #[test]
        fn an_embedded_address_is_as_public_as_itself(bits in any::<u32>()) {
            let inner = Ipv4Addr::from_bits(bits);
            prop_assert_eq!(is_public(inner.to_ipv6_mapped().into()), is_public(inner.into()));
            let translated = Ipv6Addr::from_bits((0x0064_ff9b_u128 << 96) | u128::from(bits));
            prop_assert_eq!(is_public(translated.into()), is_public(inner.into()));
        }

        #[test]
        fn what_the_standard_library_knows_to_be_special_is_never_public(bits in any::<u32>(), wide in any::<u128>()) {
            let v4 = Ipv4Addr::from_bits(bits);
            if v4.is_private() || v4.is_loopback() || v4.is_link_local() || v4.is_multicast() || v4.is_broadcast()
                || v4.is_documentation() || v4.is_unspecified()
            {
                prop_assert!(!is_public(v4.into()));
            }
            // Every prefix of eight bits is tried, so that small networks are not missed by chance alone.
            for high in 0..=255_u128 {
                let v6 = Ipv6Addr::from_bits((wide >> 8) | (high << 120));
                if v6.is_loopback() || v6.is_multicast() || v6.is_unique_local() || v6.is_unicast_link_local() {
                    prop_assert!(!is_public(v6.into()), "{v6}");
                }
            }
        }

        #[test]
        fn private_networks_are_refused_however_their_address_is_written(
            network in prop::sample::select(vec![0x7f00_0000_u32, 0x0a00_0000, 0xa9fe_0000, 0xc0a8_0000, 0]),
            host in 0u32..0xffff, form in 0usize..4,
        ) {
            let address = network | host;
            let text = match form {
                0 => format!("http://{}/", Ipv4Addr::from_bits(address)),
                1 => format!("http://{address}/"),
                2 => format!("http://0x{address:x}/"),
                _ => format!("http://[::ffff:{}]/", Ipv4Addr::from_bits(address)),
            };
            prop_assert_eq!(Guard::PUBLIC.check(&Url::parse(&text).unwrap()), Err(NotFetched::Address), "{}", text);
        }
    }

    #[test]
    fn a_url_is_refused_for_what_it_says_already() {
        for (text, refusal) in [
            ("ftp://example.com/a.png", NotFetched::Scheme),
            ("file:///etc/passwd", NotFetched::Scheme),
            ("data:image/png;base64,AA", NotFetched::Scheme),
            ("https://me:secret@example.com/", NotFetched::Credentials),
            ("https://me@example.com/", NotFetched::Credentials),
            ("http://example.com:22/", NotFetched::Port),
            ("http://127.1/", NotFetched::Address),
            ("http://[fe80::1]/", NotFetched::Address),
        ] {
            assert_eq!(Guard::PUBLIC.check(&Url::parse(text).unwrap()), Err(refusal), "{text}");
        }
        for text in ["https://placehold.co/600x400", "http://example.com:443/", "https://8.8.8.8/"] {
            assert_eq!(Guard::PUBLIC.check(&Url::parse(text).unwrap()), Ok(()), "{text}");
        }
    }
}
