//! Commands that are written once: as they go over our socket, or for redis-rs.

use ::redis::{Cmd, Pipeline};

/// Takes commands, word by word.
pub(super) trait Words {
    /// One of so many words begins.
    fn command(&mut self, words: usize);

    /// Its next word, which is made of these.
    fn pieces(&mut self, pieces: &[&str]);

    fn bytes(&mut self, word: &[u8]);

    /// One that is the same each time.
    fn known(&mut self, known: &Known);

    /// One that is built already.
    fn built(&mut self, command: &Cmd);

    fn text(&mut self, word: &str) {
        self.bytes(word.as_bytes());
    }

    fn number(&mut self, word: u64) {
        self.text(itoa::Buffer::new().format(word));
    }
}

/// A command without anything of its own.
pub(super) struct Known {
    words: &'static [&'static str],
    packed: &'static [u8],
}

/// Applies to the command that follows: the server remembers who reads.
pub(super) const CACHING: Known =
    Known { words: &["CLIENT", "CACHING", "YES"], packed: b"*3\r\n$6\r\nCLIENT\r\n$7\r\nCACHING\r\n$3\r\nYES\r\n" };

/// As they go over the socket.
impl Words for Vec<u8> {
    fn command(&mut self, words: usize) {
        length(self, b'*', words);
    }

    fn pieces(&mut self, pieces: &[&str]) {
        length(self, b'$', pieces.iter().map(|piece| piece.len()).sum());
        pieces.iter().for_each(|piece| self.extend_from_slice(piece.as_bytes()));
        self.extend_from_slice(b"\r\n");
    }

    fn bytes(&mut self, word: &[u8]) {
        length(self, b'$', word.len());
        self.extend_from_slice(word);
        self.extend_from_slice(b"\r\n");
    }

    fn known(&mut self, known: &Known) {
        self.extend_from_slice(known.packed);
    }

    fn built(&mut self, command: &Cmd) {
        command.write_packed_command(self);
    }
}

fn length(out: &mut Vec<u8>, kind: u8, length: usize) {
    // Most are of a digit or two, which need no table.
    match (u8::try_from(length / 10), u8::try_from(length % 10)) {
        (Ok(0), Ok(ones)) => out.extend_from_slice(&[kind, b'0' + ones, b'\r', b'\n']),
        (Ok(tens @ 1..=9), Ok(ones)) => out.extend_from_slice(&[kind, b'0' + tens, b'0' + ones, b'\r', b'\n']),
        _ => {
            out.push(kind);
            out.extend_from_slice(itoa::Buffer::new().format(length).as_bytes());
            out.extend_from_slice(b"\r\n");
        }
    }
}

/// As redis-rs takes them.
impl Words for Pipeline {
    fn command(&mut self, words: usize) {
        self.add_command(Cmd::with_capacity(words, 16 * words));
    }

    fn pieces(&mut self, pieces: &[&str]) {
        self.arg(pieces.concat());
    }

    fn bytes(&mut self, word: &[u8]) {
        self.arg(word);
    }

    fn known(&mut self, known: &Known) {
        self.command(known.words.len());
        known.words.iter().for_each(|word| self.text(word));
    }

    fn built(&mut self, command: &Cmd) {
        self.add_command(command.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(out: &mut dyn Words) {
        out.known(&CACHING);
        out.command(5);
        out.text("SET");
        out.pieces(&["{", "key", "}:guard"]);
        out.bytes(&[b'x'; 123]);
        out.text("");
        out.number(u64::MAX);
        out.built(Cmd::new().arg("PING"));
        out.command(12);
        (0..12).for_each(|word| out.bytes(&vec![b'y'; word * 9]));
    }

    #[test]
    fn both_are_the_same_commands() {
        let (mut bytes, mut commands) = (Vec::new(), Pipeline::new());
        write(&mut bytes);
        write(&mut commands);
        assert_eq!(commands.len(), 4);
        assert_eq!(bytes, commands.get_packed_pipeline());
    }
}
