use std::fs;
use std::path::Path;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};

/// Writes `ca.pem`, `server.pem` and `server.key` for `localhost` and the loopback addresses into the folder.
pub(super) fn write_certificates(folder: &Path) {
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.distinguished_name.push(DnType::CommonName, "authority of one test");
    let authority = CertifiedIssuer::self_signed(authority, new_key()).expect("sign the authority's certificate");

    let key = new_key();
    let names = ["localhost", "127.0.0.1", "::1"].map(String::from);
    let server = CertificateParams::new(names)
        .and_then(|params| params.signed_by(&key, &authority))
        .expect("sign the server's certificate");

    for (name, text) in [("ca.pem", authority.pem()), ("server.pem", server.pem()), ("server.key", key.serialize_pem())]
    {
        fs::write(folder.join(name), text).expect("write a certificate");
    }
}

fn new_key() -> KeyPair {
    KeyPair::generate().expect("make a key pair")
}
