//! What is refused: just what Parse Server refuses when a client subscribes.

use livematch::ErrorKind;

use super::lines::{check_all, data, read};

#[test]
fn refuses_what_parse_server_refuses() {
    let lines = read(&data("subscribe.jsonl"));
    check_all(&lines, 200, |line| {
        let accepted_there = line.value("expect")["subscribe"] == "ok";
        let clause = line.raw("where").ok_or("no clause")?;
        let fault = match line.query() {
            Ok(_) if accepted_there => return Ok(()),
            Err(error) if !accepted_there => {
                return if error.to_string().is_empty() {
                    Err("an empty error".into())
                } else {
                    Ok(())
                };
            }
            // The ledger: what is valid once it is rewritten, and what the original never returns from.
            Ok(_) if is_quoted(clause) => return Ok(()),
            Err(error) if error.kind() == ErrorKind::UnterminatedQuote => return Ok(()),
            Ok(_) => format!("accepted here, refused there: {}", line.value("expect")),
            Err(error) => format!("refused here, accepted there: {error}"),
        };
        Err(fault)
    });
}

fn is_quoted(clause: &str) -> bool {
    clause.contains(r"\\Q") && clause.contains(r"\\E")
}
