//! Whatever a peer sends, in whatever pieces: what comes out is what went in, and what is charged is what is held.

use std::sync::Arc;

use proptest::prelude::*;
use tungstenite::protocol::frame::coding::{CloseCode, Data, OpCode};
use tungstenite::protocol::frame::{Frame, FrameHeader};
use tungstenite::protocol::{Role, WebSocketConfig};
use tungstenite::{Bytes, Message as Theirs, WebSocket};

use super::{Decoder, Limits, Message, Oversize, Violation};
use crate::accounting::{Account, Ledger, Term, Whose};
use crate::protocol::RequestId;

const LIMITS: Limits = Limits {
    kept: 1_000,
    read: 4_000,
};

fn account() -> Arc<Account> {
    Ledger::new(1 << 20, 1 << 20).open()
}

/// What a decoder makes of bytes that come in such pieces, and what ends it.
fn decode(
    account: &Arc<Account>,
    bytes: &[u8],
    sizes: &[usize],
) -> (Vec<Message>, Option<Violation>) {
    let mut decoder = Decoder::new(Arc::clone(account), LIMITS);
    let (mut messages, mut rest, mut sizes) = (Vec::new(), bytes, sizes.iter().cycle());
    while !rest.is_empty() {
        let size = sizes
            .next()
            .map_or(rest.len(), |size| (*size).clamp(1, rest.len()));
        let (piece, after) = rest.split_at(size);
        let mut piece = piece.to_vec();
        let mut bytes = piece.as_mut_slice();
        while !bytes.is_empty() {
            match decoder.feed(bytes) {
                Err(violation) => return (messages, Some(violation)),
                Ok((taken, message)) => {
                    messages.extend(message);
                    bytes = &mut bytes[taken..];
                }
            }
            if let Some(Message::Oversize(Oversize::Far, _)) = messages.last() {
                return (messages, None);
            }
        }
        rest = after;
    }
    (messages, None)
}

/// A frame as a client sends it.
fn frame(opcode: OpCode, is_final: bool, payload: &[u8], mask: [u8; 4]) -> Vec<u8> {
    let header = FrameHeader {
        opcode,
        is_final,
        mask: Some(mask),
        ..FrameHeader::default()
    };
    let frame = Frame::from_payload(header, Bytes::copy_from_slice(payload));
    let mut out = Vec::new();
    frame.format(&mut out).expect("writes");
    out
}

const TEXT: OpCode = OpCode::Data(Data::Text);
const MORE: OpCode = OpCode::Data(Data::Continue);
const PING: OpCode = OpCode::Control(tungstenite::protocol::frame::coding::Control::Ping);
const CLOSE: OpCode = OpCode::Control(tungstenite::protocol::frame::coding::Control::Close);
const MASK: [u8; 4] = [7, 77, 177, 17];

/// Messages in a form that can be compared.
fn told(messages: &[Message]) -> Vec<String> {
    messages
        .iter()
        .map(|message| format!("{message:?}"))
        .collect()
}

#[test]
fn a_message_may_be_cut_at_every_byte_and_pinged_between() {
    let text = "{\"op\":\"ä€😀\"}";
    let whole = told(&decode(&account(), &frame(TEXT, true, text.as_bytes(), MASK), &[]).0);
    for cut in 0..=text.len() {
        let (head, tail) = text.as_bytes().split_at(cut);
        let frames = [
            frame(TEXT, false, head, MASK),
            frame(PING, true, b"there?", MASK),
            frame(MORE, false, b"", MASK),
            frame(MORE, true, tail, MASK),
        ]
        .concat();
        for size in 1..8 {
            let (messages, end) = decode(&account(), &frames, &[size]);
            assert_eq!(end, None);
            assert_eq!(told(&messages[1..]), whole);
            assert!(matches!(&messages[0], Message::Ping(payload) if **payload == *b"there?"));
        }
    }
}

#[test]
fn what_breaks_the_rules_ends_the_connection() {
    let unmasked = Frame::message(Bytes::from_static(b"{}"), TEXT, true);
    let mut bytes = Vec::new();
    unmasked.format(&mut bytes).expect("writes");
    let mut reserved = frame(TEXT, true, b"{}", MASK);
    reserved[0] |= 0x40;
    let mut unknown = frame(TEXT, true, b"{}", MASK);
    unknown[0] = 0x83;
    let mut long = frame(TEXT, true, &vec![b'a'; 70_000], MASK);
    long[2] = 0xFF;
    let cases = [
        (bytes, Violation::UNMASKED),
        (reserved, Violation::RESERVED),
        (unknown, Violation::OPCODE),
        (long, Violation::LENGTH),
        (frame(PING, true, &[0; 126], MASK), Violation::CONTROL),
        (frame(PING, false, b"", MASK), Violation::CONTROL),
        (frame(MORE, true, b"", MASK), Violation::CONTINUATION),
        (
            [frame(TEXT, false, b"", MASK), frame(TEXT, true, b"", MASK)].concat(),
            Violation::CONTINUATION,
        ),
        (frame(TEXT, true, b"\xFF", MASK), Violation::UTF8),
        (
            [
                frame(TEXT, false, "ä".as_bytes().split_at(1).0, MASK),
                frame(MORE, true, b"", MASK),
            ]
            .concat(),
            Violation::UTF8,
        ),
        (frame(CLOSE, true, &[3], MASK), Violation::CLOSE),
        (frame(CLOSE, true, &[3, 237], MASK), Violation::CLOSE),
        (frame(CLOSE, true, &[3, 232, 0xFF], MASK), Violation::UTF8),
    ];
    for (bytes, violation) in cases {
        let account = account();
        for size in [1, 3, 1_000_000] {
            let (messages, end) = decode(&account, &bytes, &[size]);
            assert_eq!((messages.len(), end), (0, Some(violation)));
        }
        assert_eq!(account.held(), 0);
    }
}

#[test]
fn goodbyes() {
    let goodbye = |payload: &[u8]| decode(&account(), &frame(CLOSE, true, payload, MASK), &[]).0;
    assert!(matches!(goodbye(b"")[..], [Message::Close(None)]));
    assert!(matches!(
        goodbye(&[3, 232, b'b', b'y'])[..],
        [Message::Close(Some(CloseCode::Normal))]
    ));
    assert!(matches!(goodbye(&[15, 160])[..], [Message::Close(Some(_))]));
}

#[test]
fn a_large_text_is_read_past_and_the_next_one_is_read() {
    let account = account();
    let large = |size: usize| format!(r#"{{"query":"{}","requestId":12}}"#, "x".repeat(size));
    let small = frame(TEXT, true, b"{}", MASK);
    for size in [1_000, 3_000, 3_900] {
        let whole = frame(TEXT, true, large(size).as_bytes(), MASK);
        let text = large(size);
        let (head, tail) = text.as_bytes().split_at(500);
        let pieces = [
            frame(TEXT, false, head, MASK),
            frame(MORE, true, tail, MASK),
        ]
        .concat();
        for bytes in [whole, pieces] {
            let (messages, end) =
                decode(&account, &[bytes, small.clone()].concat(), &[100, 1, 333]);
            assert_eq!((messages.len(), end), (2, None));
            let Message::Oversize(Oversize::Limit, Some(id)) = messages[0] else {
                unreachable!("{:?}", messages[0])
            };
            assert_eq!(id, RequestId::from(12.0));
        }
    }
    let far = frame(
        TEXT,
        true,
        format!(r#"{{"requestId":3,"a":"{}"}}"#, "x".repeat(10_000)).as_bytes(),
        MASK,
    );
    let (messages, _) = decode(&account, &far, &[100]);
    let [Message::Oversize(Oversize::Far, Some(id))] = messages[..] else {
        unreachable!("{messages:?}")
    };
    assert_eq!((id, account.held()), (RequestId::from(3.0), 0));
}

#[test]
fn what_has_only_been_announced_costs_nothing() {
    let account = account();
    let mut decoder = Decoder::new(
        Arc::clone(&account),
        Limits {
            kept: 1 << 20,
            read: 1 << 22,
        },
    );
    let mut bytes = frame(TEXT, true, &vec![b' '; 100_000], MASK);
    let (taken, message) = decoder.feed(&mut bytes[..1_000]).expect("no violation");
    assert!(message.is_none() && taken == 1_000 && account.held() < 2_000);
    assert_eq!(decoder.awaited(), 100_014 - 1_000);
    assert!(decoder.partial_since().is_some());
    let (_, message) = decoder.feed(&mut bytes[1_000..]).expect("no violation");
    assert!(account.held() >= 100_000 && decoder.partial_since().is_none());
    drop(message);
    assert_eq!(account.held(), 0);
}

#[test]
fn a_text_for_which_there_is_no_memory_is_read_past() {
    let ledger = Ledger::new(1 << 20, 600);
    let account = ledger.open();
    let text = format!(r#"{{"requestId":3,"a":"{}"}}"#, "x".repeat(900));
    let (messages, end) = decode(&account, &frame(TEXT, true, text.as_bytes(), MASK), &[100]);
    let [Message::Oversize(Oversize::Memory(why), Some(_))] = messages[..] else {
        unreachable!("{messages:?}")
    };
    assert_eq!(
        (why.whose, why.term, end),
        (Whose::Client, Term::Frames, None)
    );
    assert_eq!(account.held(), 0);
}

/// What a client of tungstenite has written.
fn written_by_tungstenite(messages: &[Theirs]) -> Vec<u8> {
    let stream = std::io::Cursor::new(Vec::new());
    let config = WebSocketConfig::default();
    let mut socket = WebSocket::from_raw_socket(stream, Role::Client, Some(config));
    for message in messages {
        socket.send(message.clone()).expect("writes");
    }
    socket.get_ref().get_ref().clone()
}

fn message() -> impl Strategy<Value = Theirs> {
    prop_oneof![
        4 => ".{0,30}".prop_map(Theirs::from),
        1 => prop::collection::vec(any::<u8>(), 0..2_000).prop_map(Theirs::from),
        1 => prop::collection::vec(any::<u8>(), 0..125).prop_map(|bytes| Theirs::Ping(bytes.into())),
        1 => prop::collection::vec(any::<u8>(), 0..125).prop_map(|bytes| Theirs::Pong(bytes.into())),
        1 => "[ -~]{900,1500}".prop_map(Theirs::from),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_tungstenite_writes_is_read(
        sent in prop::collection::vec(message(), 0..12),
        sizes in prop::collection::vec(1..300_usize, 1..6),
    ) {
        let account = account();
        let (messages, end) = decode(&account, &written_by_tungstenite(&sent), &sizes);
        prop_assert_eq!((messages.len(), end), (sent.len(), None));
        for (message, sent) in messages.iter().zip(&sent) {
            let is_right = match (message, sent) {
                (Message::Text(text), Theirs::Text(sent)) => text.text == sent.as_str() && sent.len() <= LIMITS.kept,
                (Message::Oversize(Oversize::Limit, None), Theirs::Text(sent)) => sent.len() > LIMITS.kept,
                (Message::Ping(payload), Theirs::Ping(sent)) => **payload == **sent,
                (Message::Binary, Theirs::Binary(_)) | (Message::Pong, Theirs::Pong(_)) => true,
                _ => false,
            };
            prop_assert!(is_right, "{message:?} {sent:?}");
        }
        drop(messages);
        prop_assert_eq!(account.held(), 0);
    }

    #[test]
    fn noise_ends_it_or_is_read_and_leaves_nothing(
        bytes in prop::collection::vec(any::<u8>(), 0..400),
        sizes in prop::collection::vec(1..100_usize, 1..4),
    ) {
        let account = account();
        drop(decode(&account, &bytes, &sizes));
        prop_assert_eq!(account.held(), 0);
    }
}
