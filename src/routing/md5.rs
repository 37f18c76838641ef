use md5::{Digest, Md5, block_api::compress};

/// What MD5 starts from (RFC 1321, 3.3).
const START: [u32; 4] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476];
/// Longer, and the padding takes a block of its own.
const LONGEST: usize = 55;

/// MD5, read as a big-endian number.
///
/// A key is short as good as always, and then it is one block with its padding,
/// which is laid out here: what digests text of any length, in pieces, takes an
/// eighth longer.
pub(super) fn md5(text: &[u8]) -> u128 {
    if text.len() > LONGEST {
        return u128::from_be_bytes(Md5::digest(text).into());
    }
    // The text, a single bit, zeros, and how many bits the text has.
    let mut block = [0; 64];
    block[..text.len()].copy_from_slice(text);
    block[text.len()] = 0x80;
    block[56..].copy_from_slice(&(text.len() as u64 * 8).to_le_bytes());
    let mut state = START;
    compress(&mut state, &[block]);
    state.iter().fold(0, |number, word| (number << 32) | u128::from(word.swap_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_md5_at_every_length() {
        for fill in [0, b'x', 0x80, 0xff] {
            for length in 0..200 {
                let text = vec![fill; length];
                let digest = u128::from_be_bytes(Md5::digest(&text).into());
                assert_eq!(md5(&text), digest, "{length} times {fill:02x}");
            }
        }
        assert_eq!(md5(b"abc"), 0x9001_5098_3cd2_4fb0_d696_3f7d_28e1_7f72, "of RFC 1321");
    }
}
