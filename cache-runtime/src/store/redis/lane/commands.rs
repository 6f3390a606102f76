//! Where the commands end that redis-rs writes. Each has one answer.

use super::extent::Malformed;

#[derive(Default)]
pub(super) struct Commands {
    at: At,
    /// What has been read of a number.
    number: u64,
    /// How many arguments are still to come.
    missing: u64,
}

#[derive(Default)]
enum At {
    /// Between two commands.
    #[default]
    Command,
    Count,
    Argument,
    Length,
    /// In an argument, of which so many bytes are to come, with its end.
    Bytes(u64),
}

impl Commands {
    /// Reads on. Says how many commands ended in these bytes, and where the last of them did.
    pub(super) fn pass(&mut self, bytes: &[u8]) -> Result<(usize, usize), Malformed> {
        let (mut ended, mut last, mut position) = (0, 0, 0);
        while let Some(&byte) = bytes.get(position) {
            match &mut self.at {
                At::Bytes(left) => {
                    let passed = usize::try_from(*left).unwrap_or(usize::MAX).min(bytes.len() - position);
                    position += passed;
                    *left -= passed as u64;
                    if *left > 0 {
                        break;
                    }
                    self.missing -= 1;
                    self.at = At::Argument;
                    if self.missing == 0 {
                        self.at = At::Command;
                        (ended, last) = (ended + 1, position);
                    }
                    continue;
                }
                At::Command if byte == b'*' => (self.at, self.number) = (At::Count, 0),
                At::Argument if byte == b'$' => (self.at, self.number) = (At::Length, 0),
                At::Count | At::Length => match byte {
                    b'0'..=b'9' if self.number < 1 << 32 => self.number = self.number * 10 + u64::from(byte - b'0'),
                    b'\r' => {}
                    b'\n' if matches!(self.at, At::Length) => self.at = At::Bytes(self.number + 2),
                    b'\n' if self.number > 0 => (self.at, self.missing) = (At::Argument, self.number),
                    _ => return Err(Malformed),
                },
                At::Command | At::Argument => return Err(Malformed),
            }
            position += 1;
        }
        Ok((ended, last))
    }
}

#[cfg(test)]
mod tests {
    use ::redis::{Cmd, pipe};
    use proptest::prelude::*;

    use super::Commands;

    #[test]
    fn counts_what_redis_rs_writes() {
        let mut commands = Commands::default();
        let mut get = Cmd::new();
        get.arg("GET").arg("k");
        let packed = get.get_packed_command();
        assert_eq!(commands.pass(&packed), Ok((1, packed.len())));
        let mut transaction = pipe();
        transaction.atomic().cmd("SET").arg("k").arg("").cmd("GET").arg("$3\r\n*1\r\n");
        let packed = transaction.get_packed_pipeline();
        assert_eq!(commands.pass(&packed), Ok((4, packed.len())), "two, MULTI and EXEC");
        assert_eq!(commands.pass(b""), Ok((0, 0)));
        assert!(commands.pass(b"PING\r\n").is_err());
        assert!(Commands::default().pass(b"*0\r\n").is_err());
        assert!(Commands::default().pass(b"*1\r\n:1\r\n").is_err());
        assert!(Commands::default().pass(b"*99999999999999999999\r\n").is_err());
    }

    proptest! {
        #[test]
        fn in_pieces_as_well(
            arguments in prop::collection::vec(prop::collection::vec(prop::collection::vec(any::<u8>(), 0..30), 1..4), 1..6),
            size in 1usize..40,
        ) {
            let mut packed = Vec::new();
            let mut ends = Vec::new();
            for command in &arguments {
                let mut one = Cmd::new();
                for argument in command {
                    one.arg(argument.as_slice());
                }
                packed.extend(one.get_packed_command());
                ends.push(packed.len());
            }
            let (mut commands, mut count, mut passed) = (Commands::default(), 0, 0);
            for piece in packed.chunks(size) {
                let (ended, last) = commands.pass(piece).expect("commands");
                count += ended;
                if ended > 0 {
                    prop_assert_eq!(ends[count - 1], passed + last);
                }
                passed += piece.len();
            }
            prop_assert_eq!(count, arguments.len());
        }
    }
}
