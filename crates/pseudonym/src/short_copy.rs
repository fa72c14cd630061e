//! Copying a few bytes whose number is not known beforehand.

/// Copies to the start of the room, in two pieces of one size that overlap: cheaper than a call that asks for the
/// length. `None` if the room is too small.
#[inline]
pub(crate) fn copy(text: &[u8], room: &mut [u8]) -> Option<()> {
    let room = room.get_mut(..text.len())?;
    match text.len() {
        16..=32 => copy_ends::<16>(text, room),
        33..=64 => copy_ends::<32>(text, room),
        8..16 => copy_ends::<8>(text, room),
        _ => {
            room.copy_from_slice(text);
            Some(())
        }
    }
}

#[inline]
fn copy_ends<const PIECE: usize>(text: &[u8], room: &mut [u8]) -> Option<()> {
    *room.first_chunk_mut::<PIECE>()? = *text.first_chunk()?;
    *room.last_chunk_mut::<PIECE>()? = *text.last_chunk()?;
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_every_byte_and_no_more() {
        let text: [u8; 200] = std::array::from_fn(|n| n as u8 + 1);
        for length in 0..=text.len() {
            let mut room = [0; 200];
            copy(&text[..length], &mut room).unwrap();
            assert_eq!((&room[..length], &room[length..]), (&text[..length], &[0; 200][length..]));
            assert_eq!(copy(&text[..length], &mut room[..length]), Some(()));
            assert_eq!(copy(&text, &mut room[..length]).is_some(), length == text.len());
        }
    }
}
