//! A body as it arrives. One that comes whole in a single piece is not copied. Of several, each is copied at once:
//! it lies in the memory that the connection reads into, and that memory is free again for the next piece.

use bytes::{Bytes, BytesMut};

pub(super) struct Pieces {
    /// The length that the source announced.
    announced: usize,
    /// The only piece, and as long as announced.
    whole: Bytes,
    /// All pieces otherwise.
    several: BytesMut,
}

impl Pieces {
    /// 0 when the source did not say.
    pub(super) fn announced(length: usize) -> Pieces {
        Pieces { announced: length, whole: Bytes::new(), several: BytesMut::new() }
    }

    pub(super) fn len(&self) -> usize {
        self.whole.len() + self.several.len() // one of them is empty
    }

    pub(super) fn push(&mut self, piece: Bytes) {
        if self.len() == 0 {
            if piece.len() == self.announced {
                self.whole = piece;
                return;
            }
            self.several.reserve(self.announced.min(BELIEVED));
        }
        let before = std::mem::take(&mut self.whole);
        self.several.extend_from_slice(&before);
        self.several.extend_from_slice(&piece);
    }

    pub(super) fn joined(self) -> Bytes {
        if self.several.is_empty() { self.whole } else { self.several.freeze() }
    }
}

/// Memory is set aside for no more than this before it has come: announcing costs a source nothing.
const BELIEVED: usize = 1024 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_joined_in_order_whatever_was_announced() {
        let cases: [&[&str]; 6] =
            [&[], &[""], &["{}"], &["", "{", "", "}"], &["[1,", "2,", "3]"], &["a", "b", "c", ""]];
        for pieces in cases {
            for announced in [0, 1, 2, 3, 100, usize::MAX] {
                let mut all = Pieces::announced(announced);
                for piece in pieces {
                    all.push(Bytes::copy_from_slice(piece.as_bytes()));
                }
                assert_eq!(all.len(), pieces.concat().len(), "{pieces:?} {announced}");
                assert_eq!(all.joined(), pieces.concat(), "{pieces:?} {announced}");
            }
        }
    }

    #[test]
    fn a_whole_piece_is_not_copied_and_an_announcement_is_not_believed_without_end() {
        let piece = Bytes::from(vec![b'x'; 1000]);
        for (announced, same) in [(1000, true), (0, false), (2000, false)] {
            let mut pieces = Pieces::announced(announced);
            pieces.push(piece.clone());
            assert_eq!(pieces.joined().as_ptr() == piece.as_ptr(), same, "{announced}");
        }
        let mut large = Pieces::announced(usize::MAX);
        large.push(piece);
        assert!(large.several.capacity() <= 2 * BELIEVED, "{}", large.several.capacity());
    }
}
